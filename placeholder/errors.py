"""The family of refusals: everything the service says no to, by reason. No HTTP in it; each surface maps it once.

    Refusal
    ├── NoSuchPicture      the path names nothing that we draw
    ├── WrongMethod        the path is known, the method is not
    ├── TooLong            the URL is longer than we read
    ├── BadParameter       a value that its grammar refuses; names the culprit and what was expected
    ├── ForeignHost        the request names a host that the operator did not list
    └── Busy               more work than the queue holds; asking again later helps

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


class Busy(Refusal):
    code = "busy"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many pictures at once. Try again in {retry_after} s")
        self.retry_after = retry_after
