"""What commands stand on: the settings and the database, with faults told in words for people."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import SQLAlchemyError

from placeholder.errors import Refusal
from placeholder.ground import Ground, open_ground
from placeholder.settings import BadSettings, Settings, read_settings


@contextmanager
def opened() -> Iterator[tuple[Settings, Ground]]:
    """Raises click.ClickException."""
    try:
        settings = read_settings()
        ground = open_ground(settings)
    except (BadSettings, Refusal) as error:
        raise click.ClickException(str(error)) from None
    except SQLAlchemyError:  # whose words quote the URL
        raise click.ClickException("PLACEHOLDER_DATABASE_URL: the database cannot be opened") from None
    try:
        yield settings, ground
    except Refusal as error:
        raise click.ClickException(str(error)) from None
    finally:
        ground.database.close()
