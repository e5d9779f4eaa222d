"""The family of refusals: everything the service says no to, by reason. No HTTP in it; each surface maps it once.

    Refusal
    ├── NoSuchPicture      the path names nothing that we draw
    ├── WrongMethod        the path is known, the method is not
    ├── TooLong            the URL is longer than we read
    ├── BadParameter       a value that its grammar refuses; names the culprit and what was expected
    ├── ForeignHost        the request names a host that the operator did not list
    ├── NotNow             asking again later helps
    │   ├── Busy           more work than the queue holds
    │   ├── Unavailable    something that we stand on does not answer
    │   └── NoRoom         the disk is nearly full
    ├── Unauthorized       no valid key came with the request
    │   ├── InvalidToken   a token that does not fit the request that it came with, or is none
    │   └── TokenExpired   a token whose time is over, for a picture that there is not
    ├── Forbidden          the key is valid, and not for this
    ├── ForeignOrigin      the key is valid, and not for pages of this origin
    ├── SecretKeyInBrowser a page sent a key that no page may hold
    ├── KeyLimit           the key is valid, and not for a picture of this size or by this model
    ├── OverBudget         the key, or the address, has used what it may use for now
    ├── TooLarge           the body is longer than we read
    ├── WrongType          the body is of a type that we do not read
    ├── Blocked            the prompt breaks a rule
    ├── BadSignature       a webhook that its sender did not sign
    ├── NoWebhooks         webhooks cannot be verified here
    └── Gone               it was there, and was deleted

A message says what was expected. It never echoes a secret, a prompt or the refused value.
"""


class Refusal(Exception):
    """A request that is not served; `str()` is the sentence that people read."""

    code = "refused"

    def __init__(self, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.param = param


class NoSuchPicture(Refusal):
    code = "not_found"

    def __init__(self, message: str = "No such picture. Try /400x300") -> None:
        super().__init__(message)


class WrongMethod(Refusal):
    code = "method_not_allowed"

    def __init__(self, allowed: str) -> None:
        super().__init__(f"This address answers {allowed}")
        self.allowed = allowed


class TooLong(Refusal):
    code = "url_too_long"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The URL is longer than {limit:,} bytes")


class BadParameter(Refusal):
    code = "invalid_parameter"

    def __init__(self, param: str, expected: str) -> None:
        super().__init__(f"{param}: expected {expected}", param=param)


class ForeignHost(Refusal):
    code = "unknown_host"

    def __init__(self) -> None:
        super().__init__("Host: expected one of the names that this service is configured for")


class NotNow(Refusal):
    code = "not_now"

    def __init__(self, sentence: str, retry_after: int) -> None:
        super().__init__(f"{sentence}. Try again in {retry_after} s")
        self.retry_after = retry_after


class Busy(NotNow):
    code = "busy"

    def __init__(self, retry_after: int) -> None:
        super().__init__("Too many pictures at once", retry_after)


class Unavailable(NotNow):
    code = "unavailable"

    def __init__(self, what: str, retry_after: int = 5) -> None:
        super().__init__(f"{what} does not answer", retry_after)


class NoRoom(NotNow):
    code = "no_room"

    def __init__(self) -> None:
        super().__init__("The disk is nearly full, so no new picture is begun", 60)


class Unauthorized(Refusal):
    code = "invalid_api_key"

    def __init__(self, message: str = "Authorization: expected Bearer and a valid API key") -> None:
        super().__init__(message)


class InvalidToken(Unauthorized):
    code = "invalid_token"

    def __init__(self, fault: str) -> None:
        super().__init__(f"Authorization: {fault}")


class TokenExpired(Unauthorized):
    code = "token_expired"

    def __init__(self) -> None:
        super().__init__("Authorization: this token has expired, and its picture is not there")


class Forbidden(Refusal):
    code = "insufficient_scope"

    def __init__(self, scope: str) -> None:
        super().__init__(f"This key has no scope {scope}")


class ForeignOrigin(Refusal):
    code = "origin_not_allowed"

    def __init__(self, expected: str) -> None:
        super().__init__(f"Origin: expected {expected}")


class SecretKeyInBrowser(Refusal):
    code = "secret_key_in_browser"

    def __init__(self) -> None:
        super().__init__(
            "This key is secret, and a page shows it to everyone. Use a publishable key there"
            " (placeholder keys create --publishable), or a token (placeholder tokens mint)"
        )


class KeyLimit(Refusal):
    code = "key_limit"

    def __init__(self, param: str, allowed: str) -> None:
        super().__init__(f"{param}: expected {allowed}, for this key allows no more", param=param)


class OverBudget(Refusal):
    code = "over_budget"

    def __init__(self, what: str, retry_after: int, *, jobs: int | None = None, who: str = "This key") -> None:
        """`jobs`: how many there were to use, where jobs are what has been used up."""
        super().__init__(f"{who} has used up its {what}")
        self.retry_after, self.jobs = retry_after, jobs


class TooLarge(Refusal):
    code = "body_too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body is longer than {limit:,} bytes")


class WrongType(Refusal):
    code = "unsupported_media_type"

    def __init__(self) -> None:
        super().__init__("Content-Type: expected application/json")


class Blocked(Refusal):
    code = "blocked"

    def __init__(self, category: str) -> None:
        super().__init__("This prompt is not allowed here", param="prompt")
        self.category = category


class BadSignature(Refusal):
    code = "bad_signature"

    def __init__(self) -> None:
        super().__init__("The signature is not valid")


class NoWebhooks(Refusal):
    code = "not_configured"

    def __init__(self) -> None:
        super().__init__("No webhook secret is configured")


class Gone(Refusal):
    code = "gone"

    def __init__(self) -> None:
        super().__init__("This picture was deleted")
