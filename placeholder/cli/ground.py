"""What commands stand on: the settings and the database, with faults told in words for people."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import SQLAlchemyError

from placeholder.db.health import Damaged, is_damage
from placeholder.db.hold import Interrupted
from placeholder.errors import Refusal
from placeholder.ground import Ground, open_ground
from placeholder.settings import BadSettings, Settings, read_settings


class Unusable(click.ClickException):
    """What is kept cannot be used before somebody has done something about it: no restart helps."""

    exit_code = 3


@contextmanager
def opened() -> Iterator[tuple[Settings, Ground]]:
    """Raises click.ClickException."""
    with told():
        settings = read_settings()
        ground = open_ground(settings)
        try:
            yield settings, ground
        except Refusal as error:
            if is_damage(error.__cause__):
                raise Damaged(ground.database.engine.url.database or "") from None
            raise
        finally:
            ground.database.close()


@contextmanager
def told() -> Iterator[None]:
    """Raises click.ClickException in the place of what is said to people."""
    try:
        yield
    except (BadSettings, Refusal) as error:
        raise click.ClickException(str(error)) from None
    except (Damaged, Interrupted) as error:
        raise Unusable(str(error)) from None
    except SQLAlchemyError:  # whose words quote the URL
        raise click.ClickException("PLACEHOLDER_DATABASE_URL: the database cannot be opened") from None
