"""The pytest plugin: there wherever this package is installed, it loads nothing before a test asks for its fixture."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from placeholder.testing import Server


@pytest.fixture(scope="session")
def placeholder_server() -> "Iterator[Server]":
    """A live placeholder service for the whole run: `.url`, `.key`, `.address("/400x300")` (placeholder/testing)."""
    from placeholder.testing import serve

    with serve() as server:
        yield server
