"""Every knob: `PLACEHOLDER_*` in the environment, or in a `.env` file where the service starts. Read by app and cli alone."""

import os

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class BadSettings(Exception):
    """One line for each setting that cannot be used: its name and what was expected, never its value."""


class Settings(BaseSettings):
    """Use `read_settings`, which says what is wrong in words for people."""

    model_config = SettingsConfigDict(env_prefix="PLACEHOLDER_", env_file=".env", extra="ignore", frozen=True)

    door: bool = True
    """Answer synth URLs in front of the application (`placeholder serve` only)."""
    allowed_hosts: str = ""
    """The names that a Host header may carry, separated by commas; empty allows any."""
    cache_mb: int = Field(default=64, ge=0, le=4096)
    """Megabytes of finished pictures kept, for SVG and for raster each."""
    raster_workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=64)
    """Raster pictures made at once."""
    raster_queue: int = Field(default=32, ge=0, le=4096)
    """Raster pictures that may wait; beyond, 503 with Retry-After."""

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset(name.strip().lower() for name in self.allowed_hosts.split(",") if name.strip())


def read_settings() -> Settings:
    """The settings of this process. Raises BadSettings."""
    try:
        return Settings()
    except ValidationError as error:
        prefix = str(Settings.model_config["env_prefix"])
        lines = (f"{prefix}{'.'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors())
        raise BadSettings("\n".join(lines)) from None
