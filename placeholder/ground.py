"""What the service and its commands both stand on: the database, brought up to date, and the vault."""

import os
import secrets
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from placeholder.db.database import BadDatabaseUrl, Database, open_engine, sqlite_file
from placeholder.db.health import Damaged, check, is_damage
from placeholder.db.hold import Hold, InUse, share
from placeholder.db.schema import NewerSchema, migrate
from placeholder.db.turns import TooLong
from placeholder.settings import BadSettings, Settings
from placeholder.vault import MIN_SECRET, Vault


@dataclass(frozen=True, slots=True)
class Ground:
    """What is kept, and the keys to it."""

    database: Database
    vault: Vault


def open_ground(settings: Settings) -> Ground:
    """The database, brought up to date, and the vault. Raises BadSettings, Damaged, Interrupted."""
    with ExitStack() as stack:
        try:
            file = sqlite_file(settings.database)
            hold = share(file) if file else None
            if hold:
                stack.callback(hold.close)
            engine = open_engine(settings.database)
            stack.callback(engine.dispose)
        except BadDatabaseUrl as error:
            raise BadSettings(f"PLACEHOLDER_DATABASE_URL: {error}") from None
        except InUse as error:
            raise BadSettings(str(error)) from None
        except OSError as error:
            culprit = (
                "DATABASE_URL: cannot write its file" if settings.database_url else f"DATA_DIR: cannot write {settings.data_dir}"
            )
            raise BadSettings(f"PLACEHOLDER_{culprit}: {error.strerror}") from None
        secret = settings.secret.get_secret_value() if settings.secret else _kept_secret(settings, engine.dialect.name)
        _bring_up(engine, hold)
        return Ground(Database(engine, stack.pop_all().close), Vault(secret))


def _bring_up(engine: Engine, hold: Hold | None) -> None:
    """Raises BadSettings, Damaged."""
    try:
        if hold and hold.was_left:
            check(engine)
            hold.settle()
        migrate(engine)
    except NewerSchema as error:
        raise BadSettings(f"PLACEHOLDER_DATABASE_URL: {error}") from None
    except TooLong:
        raise BadSettings("PLACEHOLDER_DATABASE_URL: another process is writing into the database; try again") from None
    except SQLAlchemyError as error:
        if is_damage(error):
            raise Damaged(engine.url.database or "") from None
        raise


def _kept_secret(settings: Settings, dialect: str) -> str:
    """The secret in the data folder, made where there is none yet."""
    if dialect != "sqlite":
        raise BadSettings("PLACEHOLDER_SECRET: expected 32 random characters or more; every process needs the same")
    path = secret_file(settings)
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
        kept = read_secret(path)
    except OSError as error:
        raise BadSettings(f"PLACEHOLDER_DATA_DIR: cannot write {settings.data_dir}: {error.strerror}") from None
    return kept


def secret_file(settings: Settings) -> Path:
    """Where the secret is kept that was made for these data."""
    return settings.data_dir / "secret"


def read_secret(path: Path) -> str:
    """Raises BadSettings, OSError."""
    kept = path.read_text("utf-8", "replace").strip()
    if len(kept) < MIN_SECRET or not kept.isascii():
        raise BadSettings(f"PLACEHOLDER_DATA_DIR: expected the secret that was made for these data in {path}")
    return kept
