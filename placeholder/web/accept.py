"""What a client would rather be sent (RFC 9110 §12.5). A picture's bytes follow from its URL and nothing else (P-18): this
is asked for refusals, and for files of text."""


def prefers_json(accept: str) -> bool:
    """True where `accept` names application/json (or a +json type) at least as high as any picture it names."""
    json_weight, picture_weight = 0.0, 0.0
    for part in accept.lower().split(","):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        weight = _weight(parameters)
        if media_type == "application/json" or media_type.endswith("+json"):
            json_weight = max(json_weight, weight)
        elif media_type.startswith("image/"):
            picture_weight = max(picture_weight, weight)
    return json_weight > 0 and json_weight >= picture_weight


def takes_gzip(accept_encoding: str) -> bool:
    """True where `accept_encoding` names gzip, or anything, and does not exclude it (RFC 9110 §12.5.3)."""
    weights = dict[str, float]()
    for part in accept_encoding.lower().split(","):
        coding, *parameters = (piece.strip() for piece in part.split(";"))
        weights[coding] = _weight(parameters)
    return next((weights[coding] > 0 for coding in ("gzip", "x-gzip", "*") if coding in weights), False)


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0
