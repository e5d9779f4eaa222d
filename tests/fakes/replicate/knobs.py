"""Every knob of the fake that is no fault, with Replicate's own behaviour as the default. All may be turned while it runs."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Latency:
    """How long a prediction takes, in seconds of the fake's clock."""

    start: float = 0.05
    run: float = 0.15


@dataclass(slots=True)
class Knobs:
    latency: Latency = field(default_factory=Latency)

    # -- the API
    page_size: int = 100
    list_items_carry_webhook: bool = True
    """Whether the items of a list name their webhook. It is not known of the real one, so both must do."""
    list_lag: float = 0.0
    """Seconds until a new prediction shows up in the list."""
    created_status: int = 201
    """What a create without `Prefer: wait` answers; the API's description allows 202 too."""
    strict_inputs: bool = True
    """Refuse inputs that the model does not declare. The real one has been seen to overlook some."""
    creates_per_minute: int = 600
    create_burst: int = 600
    """Below 600 a minute the refusal speaks of little credit, as Replicate's does (then 6 a minute and a burst of 1)."""
    others_per_minute: int = 3000
    retry_after_header: bool = False
    """Replicate says how long to wait in the body of a 429, not in a header."""
    throttle_seconds: int = 1
    """What an injected 429 asks the client to wait."""
    hang_seconds: float = 25.0
    """How long an injected hang keeps silent before it answers after all."""
    max_upload: int = 100 * 1024 * 1024

    # -- webhooks
    hook_scale: float = 1.0
    """Shortens the waits between attempts, which end at a minute."""
    hook_timeout: float = 10.0
    hook_late: float = 2.0
    """Seconds by which `[[hook:late]]` delays the terminal webhook."""
    tell_aborted: bool = False
    """Whether `aborted` sends a terminal webhook. It is not known of the real one, whose documents name the other ends only."""
    hooks_to: str | None = None
    """An origin (http://127.0.0.1:8000) that gets every webhook, whatever host its URL names: for a service that believes
    in its public name. Without it only loopback hosts are called."""
    hooks_follow_clock: bool = False
    """Stamp webhooks with the fake's clock. Off, because a receiver checks them against the real time."""

    # -- files
    delivery: str | None = None
    """The origin that outputs name, where it shall not be `files_origin` (https://replicate.delivery)."""
    drip_seconds: float = 0.25
    """The pause between the small pieces of a dripping file."""
