"""A sentence for each refusal that has a status; a test fails where one lacks it."""

from placeholder import errors

FAULT = "internal_error"
"""The code of a 500, which is always a bug."""

TOLD: dict[type[errors.Refusal], str] = {
    errors.NoSuchPicture: "The address names nothing that is drawn or was asked for.",
    errors.WrongMethod: "The address answers other methods; `Allow` lists them.",
    errors.TooLong: "The URL is longer than is read.",
    errors.BadParameter: "A value that its grammar refuses; `param` names it, `error` says what was expected.",
    errors.ForeignHost: "The `Host` is none that this service is configured for.",
    errors.NotNow: "Asking again after `Retry-After` seconds helps.",
    errors.Busy: "More pictures at once than the queue holds; `Retry-After` says when to ask again.",
    errors.Unavailable: "Something that the service stands on does not answer; `Retry-After` says when to ask again.",
    errors.NoRoom: "The disk is nearly full, so no new picture is begun; those that are there are served.",
    errors.Unauthorized: "No valid key came with the request.",
    errors.InvalidToken: "The token does not fit the request that it came with, or is none.",
    errors.TokenExpired: "The token's time is over, and its picture is not there.",
    errors.Forbidden: "The key is valid, and lacks the scope for this.",
    errors.ForeignOrigin: "The key is valid, and not for pages of this origin.",
    errors.SecretKeyInBrowser: "A page sent a secret key. Pages use publishable keys or tokens.",
    errors.KeyLimit: "The key is valid, and not for this size or model.",
    errors.OverBudget: "The key, or the address, has used what it may use for now; `RateLimit-*` and `Retry-After` tell.",
    errors.TooLarge: "The body is longer than is read.",
    errors.WrongType: "The body is not `application/json`.",
    errors.Blocked: "The prompt breaks a rule. It became no job and was sent nowhere.",
    errors.BadSignature: "The webhook is not signed by its sender.",
    errors.NoWebhooks: "Webhooks cannot be verified here.",
    errors.Gone: "The picture was there, and was deleted.",
}
