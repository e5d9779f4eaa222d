"""The document as one installation has it."""

from typing import Any

import pytest

from placeholder.manual.model import Facts
from placeholder.manual.openapi import document
from placeholder.web.errors import STATUS

FACTS = Facts("https://pictures.example", "1.2.3", ("flux-schnell", "sdxl"), {"/": "text/html; charset=utf-8"})


@pytest.fixture(scope="session")
def facts() -> Facts:
    return FACTS


@pytest.fixture(scope="session")
def told(facts: Facts) -> dict[str, Any]:
    return document(facts, STATUS)
