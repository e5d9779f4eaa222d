"""For the tests of sites that use this service: the service itself, live, with nothing to set up and nothing left behind.

Who tests a Django, Flask or Starlette site that shows pictures from here has two wishes: that the tests reach no other machine
and cost nothing, and that what they see is what the site will see. So `serve` starts the real service, in a process of its own
on a free port of this machine, with a data folder of its own and the built-in painter, and ends it with the block. Nothing of
the environment's own settings for the service reaches it.

    import unittest
    from placeholder.testing import serve

    class ShopTest(unittest.TestCase):
        def setUp(self):
            self.pictures = self.enterContext(serve())

        def test_the_page_shows_a_picture(self):
            ... self.pictures.address("/400x300") ...

Under pytest the fixture `placeholder_server` is the same for a whole run, and needs no import and no line of configuration. An
ASGI application can also mount the service, and then needs neither (placeholder/web/mount.py).
"""

import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from placeholder.testing.process import started

__all__ = ["Server", "serve"]


@dataclass(frozen=True, slots=True)
class Server:
    """A running service. `url` is its origin, such as http://127.0.0.1:41873; `key` opens POST /ai."""

    url: str
    key: str = field(repr=False)

    def address(self, target: str) -> str:
        """The whole URL of a path of the service, such as "/400x300?text=hero", or of one that it has handed out."""
        if not target.startswith("/"):
            raise ValueError("expected a path that begins with /")
        return self.url + target


@contextmanager
def serve(**settings: str | float | bool) -> Iterator[Server]:
    """The service for as long as the block runs.

    A picture from a prompt takes a tenth of a second. `settings` are the service's own, by the names in README's table without
    PLACEHOLDER_, in lower case: `serve(sketch_failures=1)` fails every picture, `serve(sketch_delay_s=3600)` never has one.

    Raises TypeError for a name that is none of them, and RuntimeError, with the service's own words, where it does not start."""
    _check(settings)
    key = secrets.token_urlsafe(24)
    plain: dict[str, str | float | bool] = {"api_key": key, "provider": "sketch", "sketch_delay_s": 0.1, "log_level": "info"}
    chosen = {f"PLACEHOLDER_{name.upper()}": str(value) for name, value in {**plain, **settings}.items()}
    with (
        tempfile.TemporaryDirectory(prefix="placeholder-", ignore_cleanup_errors=True) as folder,
        started(Path(folder), chosen) as origin,
    ):
        yield Server(origin, chosen["PLACEHOLDER_API_KEY"])


def _check(settings: Iterable[str]) -> None:
    if settings:
        from placeholder.settings import Settings

        known = {name for name, field in Settings.model_fields.items() if field.validation_alias is None}
        if not known.issuperset(settings):
            raise TypeError(f"expected names of the service's settings: {', '.join(sorted(known))}")
