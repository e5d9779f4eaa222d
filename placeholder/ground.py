"""What the service and its commands both stand on: the database, brought up to date, and the vault."""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from tempfile import NamedTemporaryFile

from placeholder.db.database import BadDatabaseUrl, Database, open_engine
from placeholder.db.schema import NewerSchema, migrate
from placeholder.settings import BadSettings, Settings
from placeholder.vault import MIN_SECRET, Vault


@dataclass(frozen=True, slots=True)
class Ground:
    """What is kept, and the keys to it."""

    database: Database
    vault: Vault


def open_ground(settings: Settings) -> Ground:
    """The database, brought up to date, and the vault. Raises BadSettings."""
    try:
        engine = open_engine(settings.database)
    except BadDatabaseUrl as error:
        raise BadSettings(f"PLACEHOLDER_DATABASE_URL: {error}") from None
    except OSError as error:
        culprit = (
            "DATABASE_URL: cannot write its file" if settings.database_url else f"DATA_DIR: cannot write {settings.data_dir}"
        )
        raise BadSettings(f"PLACEHOLDER_{culprit}: {error.strerror}") from None
    secret = settings.secret.get_secret_value() if settings.secret else _kept_secret(settings, engine.dialect.name)
    try:
        migrate(engine)
    except NewerSchema as error:
        raise BadSettings(f"PLACEHOLDER_DATABASE_URL: {error}") from None
    return Ground(Database(engine), Vault(secret))


def _kept_secret(settings: Settings, dialect: str) -> str:
    """The secret in the data folder, made where there is none yet."""
    if dialect != "sqlite":
        raise BadSettings("PLACEHOLDER_SECRET: expected 32 random characters or more; every process needs the same")
    path = settings.data_dir / "secret"
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            # Linked into place whole, so that of two processes that start at once both read the same.
            with NamedTemporaryFile("w", dir=settings.data_dir, prefix="secret.") as own:
                own.write(secrets.token_urlsafe(32))
                own.flush()
                os.fsync(own.fileno())
                with suppress(FileExistsError):
                    os.link(own.name, path)
        kept = path.read_text("utf-8", "replace").strip()
    except OSError as error:
        raise BadSettings(f"PLACEHOLDER_DATA_DIR: cannot write {settings.data_dir}: {error.strerror}") from None
    if len(kept) < MIN_SECRET or not kept.isascii():
        raise BadSettings(f"PLACEHOLDER_DATA_DIR: expected the secret that was made for these data in {path}")
    return kept
