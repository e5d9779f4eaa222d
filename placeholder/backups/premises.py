"""What of a service's keepings is ours to back up, and where it lies."""

from dataclasses import dataclass
from pathlib import Path

from placeholder.blobs.store import folder
from placeholder.db.database import BadDatabaseUrl, sqlite_file
from placeholder.ground import read_secret, secret_file
from placeholder.settings import BadSettings, Settings
from placeholder.vault import Vault

_POSTGRES = (
    "PLACEHOLDER_DATABASE_URL: PostgreSQL has its own tools for this. Back up with pg_dump first and then the store of pictures"
    " (a bucket by its versioning, a folder by copying it), so that no row is without its picture; and keep PLACEHOLDER_SECRET."
    " Restore with pg_restore while no service runs, and start the service with the same secret"
)


class NotOurs(Exception):
    """What is not ours to do, and whose it is."""


@dataclass(frozen=True, slots=True)
class Premises:
    database: Path
    secret: Path
    """The file, whether it is there or not."""
    pictures: Path | None
    """Their folder; None where they lie in a bucket."""
    given: str | None
    """The secret from the environment, in whose presence the file counts for nothing."""

    def mark(self) -> bytes | None:
        """Of the secret under which a service works here; None where there is none yet. Raises BadSettings, OSError."""
        if self.given is None and not self.secret.exists():
            return None
        return Vault(self.given or read_secret(self.secret)).mark


def premises(settings: Settings) -> Premises:
    """Raises BadSettings, NotOurs."""
    try:
        database = sqlite_file(settings.database)
    except BadDatabaseUrl as error:
        raise BadSettings(f"PLACEHOLDER_DATABASE_URL: {error}") from None
    if database is None:
        raise NotOurs(_POSTGRES)
    given = settings.secret.get_secret_value() if settings.secret else None
    return Premises(database, secret_file(settings), folder(settings.storage), given)
