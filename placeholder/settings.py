"""Every knob: `PLACEHOLDER_*` in the environment, or in a `.env` file where the service starts. Read by app and cli alone."""

import os
import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from placeholder.keys.tokens import weakness
from placeholder.values.origin import read_origin

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class BadSettings(Exception):
    """One line for each setting that cannot be used: its name and what was expected, never its value."""


def _public(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:  # whose words quote the URL
        parts = urlsplit("")
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if url and not (is_safe and parts.hostname and parts.username is None and not parts.query and not parts.fragment):
        raise ValueError("expected https://HOST, or http://localhost:PORT")
    if not re.fullmatch(r"[A-Za-z0-9._~!$&'()*+,;=:@/-]*", parts.path):
        raise ValueError("expected a path of plain characters, without %")
    return url.rstrip("/")


def _strong(key: SecretStr | None) -> SecretStr | None:
    fault = weakness(key.get_secret_value()) if key else None
    if fault:
        raise ValueError(fault)
    return key


def _another(key: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
    if key and key == info.data.get("api_key"):
        raise ValueError("expected another key than PLACEHOLDER_API_KEY, which is for whoever asks for pictures")
    return _strong(key)


def _long(secret: SecretStr | None) -> SecretStr | None:
    if secret and (len(secret.get_secret_value()) < 32 or len(set(secret.get_secret_value())) < 10):
        raise ValueError("expected 32 random characters or more")
    return secret


def _allowed(models: str) -> str:
    from placeholder.providers.models import find_model

    for name in filter(None, re.split(r"[,\s]+", models)):
        if find_model(name, frozenset()) is None:
            raise ValueError("expected names of known models, separated by commas")
    return models


def _storable(url: SecretStr | None) -> SecretStr | None:
    if url:
        from placeholder.blobs.store import open_blobs

        open_blobs(url.get_secret_value())
    return url


def _fetchable(hosts: str) -> str:
    from placeholder.providers.addresses import read_hosts

    read_hosts(_list(hosts))
    return hosts


def _signing(secrets: SecretStr | None) -> SecretStr | None:
    for secret in secrets.get_secret_value().split() if secrets else ():
        if not re.fullmatch(r"whsec_(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", secret):
            raise ValueError("expected whsec_ and a key in base64, or several of them, separated by spaces")
    return secrets


def _listed(origins: str) -> str:
    if origins.strip() != "*" and not all(map(read_origin, _list(origins))):
        raise ValueError("expected *, or origins such as https://shop.example, separated by commas")
    return origins


def _peers(names: str) -> str:
    from placeholder.synth.foreign.peers import BY_NAME, PEERS

    if not all(name.lower() in BY_NAME for name in _list(names)):
        raise ValueError(f"expected names of {', '.join(peer.name for peer in PEERS)}, separated by commas")
    return names


def _hosts_of_peers(pairs: str) -> str:
    from placeholder.synth.foreign.peers import BY_NAME

    for pair in _list(pairs):
        host, _, name = pair.partition("=")
        if ":" in host or not read_origin(f"https://{host}") or name.lower() not in BY_NAME:
            raise ValueError("expected HOST=NAME, such as old.example=placehold.co, separated by commas")
    return pairs


def _header(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]*", name):
        raise ValueError("expected the name of a header, such as X-Real-IP")
    return name


def _token(token: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
    if info.data.get("provider") == "replicate" and not token:
        raise ValueError("expected a token, since PLACEHOLDER_PROVIDER is replicate")
    return token


def _cog(url: str, info: ValidationInfo) -> str:
    if info.data.get("provider") == "cog" and not re.fullmatch(r"https?://[^/?#@\s]+(/[^?#\s]*)?", url):
        raise ValueError("expected the address of a Cog server, since PLACEHOLDER_PROVIDER is cog")
    return url


def _points(text: str) -> str:
    if any(
        not re.fullmatch(r"(?:\*|[a-z_.]+)=(?:kill|raise)(?::(?:0|1|0?\.[0-9]+))?", entry) for entry in text.split(",") if text
    ):
        raise ValueError("expected point=kill or point=raise, each with a share of 0 to 1 if wanted: *=kill:0.02")
    return text


class Settings(BaseSettings):
    """Use `read_settings`, which says what is wrong in words for people."""

    model_config = SettingsConfigDict(
        env_prefix="PLACEHOLDER_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        allow_inf_nan=False,
        frozen=True,
        hide_input_in_errors=True,
    )

    # ---- pictures by URL

    door: bool = True
    """Answer synth URLs in front of the application (`placeholder serve` only)."""
    allowed_hosts: str = ""
    """The names that a Host header may carry, separated by commas; empty allows any."""
    compat: Annotated[str, AfterValidator(_peers)] = ""
    """Other services whose URLs are answered where ours mean nothing, in this order; separated by commas."""
    compat_hosts: Annotated[str, AfterValidator(_hosts_of_peers)] = ""
    """Hosts that stand for one of them, besides its own: HOST=NAME, separated by commas."""
    max_connections: int = Field(default=16_384, ge=1)
    """Connections open at once in each process (`placeholder serve` only), as far as its limit of open files allows. Beyond it,
    those that have been idle for longest are closed; where none is, 503 with Retry-After."""
    cache_mb: int = Field(default=64, ge=0, le=4096)
    """Megabytes of finished pictures kept, for SVG, for raster and for AI pictures each."""
    raster_workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=64)
    """Raster pictures made at once."""
    raster_queue: int = Field(default=32, ge=0, le=4096)
    """Raster pictures that may wait; beyond, 503 with Retry-After."""

    # ---- what is kept, and where

    data_dir: Path = Path("data")
    database_url: SecretStr | None = None
    storage_url: Annotated[SecretStr | None, AfterValidator(_storable)] = None
    min_free_mb: int = Field(default=200, ge=0, le=1_000_000)
    """Megabytes that must be free on the disks that are written to; with less, no new job is begun. 0 begins them always."""
    secret: Annotated[SecretStr | None, AfterValidator(_long)] = None
    """What ids, key digests and sealed prompts derive from; made on the first start where the database is SQLite."""
    prompt_hours: float = Field(default=24, ge=0)
    """Hours after a job's end for which its prompt is kept, sealed."""
    retention_days: float = Field(default=0, ge=0)
    """Days after which finished pictures are deleted; 0 keeps them."""

    # ---- who may ask

    api_key: Annotated[SecretStr | None, AfterValidator(_strong)] = None
    """A key that always works."""
    operator_key: Annotated[SecretStr | None, AfterValidator(_another)] = None
    """A key that opens /operator and /metrics, and nothing else."""
    metrics_open: bool = False
    """Whether /metrics answers without a key."""
    public_url: Annotated[str, AfterValidator(_public)] = ""
    """Where the world reaches this service; webhooks are asked for there. Its path is what a proxy in front takes off, and what
    the URLs that `placeholder serve` hands out begin with."""
    cors_origins: Annotated[str, AfterValidator(_listed)] = "*"
    """Whose pages may use secret keys, besides our own: origins, separated by commas; * is anybody's."""
    refuse_secret_keys_from_browsers: bool = False
    """Nobody's pages may."""
    playground: bool = True
    """Whether the front page has a key of its own, where pictures cost nothing."""
    client_address_header: Annotated[str, AfterValidator(_header)] = ""
    """The header in which a proxy in front tells the client's address, and lets nobody else tell it."""
    models: Annotated[str, AfterValidator(_allowed)] = ""
    """The models that may be asked for, separated by commas; empty allows all that are known."""
    moderation_key: SecretStr | None = None
    """Has prompts checked by a moderation service besides our own rules."""
    moderation_url: str = "https://api.openai.com/v1"
    moderation_fail: Literal["open", "closed"] = "closed"
    """Whether prompts pass when it does not answer."""

    # ---- who paints

    provider: Literal["auto", "sketch", "replicate", "cog"] = "auto"
    replicate_api_token: Annotated[SecretStr | None, AfterValidator(_token)] = Field(
        default=None, validation_alias="REPLICATE_API_TOKEN"
    )
    replicate_base_url: str = Field(default="https://api.replicate.com/v1", validation_alias="REPLICATE_BASE_URL")
    replicate_webhook_secret: Annotated[SecretStr | None, AfterValidator(_signing)] = Field(
        default=None, validation_alias="REPLICATE_WEBHOOK_SECRET"
    )
    """One or more, separated by spaces (rotation); fetched from Replicate where absent."""
    cog_url: Annotated[str, AfterValidator(_cog)] = ""
    output_hosts: Annotated[str, AfterValidator(_fetchable)] = "replicate.delivery"
    """Where outputs may be fetched from: names, with their subdomains, or whole origins; separated by commas."""
    sketch_delay_s: float = Field(default=3, ge=0, le=3600)
    sketch_failures: float = Field(default=0, ge=0, le=1)
    """The share of jobs that the sketch provider fails."""

    # ---- how jobs are carried

    worker: bool = True
    """Whether this process carries jobs, or leaves that to others on the same database."""
    worker_steps: int = Field(default=8, ge=1, le=256)
    """Talks with a provider, and pictures being fetched, at once."""
    decoders: int = Field(default=1, ge=1, le=64)
    """Processes that decode what providers send."""
    lease_s: float = Field(default=30, gt=0)
    poll_s: float = Field(default=5, gt=0)
    """Seconds to the first look at a prediction without news; later ones are farther apart."""
    reconcile_grace_s: float = Field(default=60, ge=0)
    """Seconds that a submission without an answer waits for news before it may be sent again."""
    deadline_s: float = Field(default=900, gt=0)
    """Seconds after which a job that gets nowhere fails."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
    failpoints: Annotated[str, AfterValidator(_points)] = ""
    """For crash tests: `point=kill`, `point=raise`, `*=kill:0.02`, separated by commas."""

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset(name.lower() for name in _list(self.allowed_hosts))

    @property
    def peers(self) -> tuple[str, ...]:
        return tuple(_list(self.compat))

    @property
    def peer_hosts(self) -> dict[str, str]:
        """By host, the name of the service that it stands for."""
        pairs = (pair.lower().partition("=") for pair in _list(self.compat_hosts))
        return {host.removesuffix("."): name for host, _, name in pairs}

    @property
    def secret_key_origins(self) -> frozenset[str] | None:
        """None: anybody's."""
        if self.cors_origins.strip() == "*":
            return None
        return frozenset(filter(None, map(read_origin, _list(self.cors_origins))))

    @property
    def own_origin(self) -> str | None:
        parts = urlsplit(self.public_url)
        return read_origin(f"{parts.scheme}://{parts.netloc}")

    @property
    def public_path(self) -> str:
        """Of the public URL, without a slash at its end."""
        return urlsplit(self.public_url).path

    @property
    def outputs(self) -> tuple[str, ...]:
        return tuple(_list(self.output_hosts))

    @property
    def allowed_models(self) -> frozenset[str]:
        return frozenset(_list(self.models))

    @property
    def database(self) -> str:
        if self.database_url:
            return self.database_url.get_secret_value()
        from sqlalchemy.engine import URL  # which knows how its own release writes a path

        return URL.create("sqlite", database=str(self.data_dir.resolve() / "placeholder.db")).render_as_string(
            hide_password=False
        )

    @property
    def storage(self) -> str:
        if self.storage_url:
            return self.storage_url.get_secret_value()
        return (self.data_dir.resolve() / "pictures").as_uri()


def _list(text: str) -> list[str]:
    return [name for name in re.split(r"[,\s]+", text) if name]


def read_settings() -> Settings:
    """The settings of this process. Raises BadSettings."""
    try:
        return Settings()
    except ValidationError as error:
        prefix = str(Settings.model_config["env_prefix"])
        lines = (
            f"{_name(prefix, one['loc'])}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors(include_input=False, include_context=False)
        )
        raise BadSettings("\n".join(lines)) from None
    except (OSError, UnicodeError):
        raise BadSettings(".env: expected a readable file in UTF-8") from None


def _name(prefix: str, place: tuple[int | str, ...]) -> str:
    name = ".".join(map(str, place)).upper()
    return name if name.startswith("REPLICATE_") else prefix + name
