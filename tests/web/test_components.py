"""The web component as it is sent: which bytes, how small, how long kept, to whom (P-92)."""

import gzip
import json
import re
import shutil
import subprocess
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

Ask = Callable[..., Awaitable[Any]]

PRESENT = "/components/ai-img.js"
PINNED = f"/components/ai-img@{version('placeholder')}.js"
MOST_BYTES = 4096
IMMUTABLE = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=300, stale-while-revalidate=86400"


@pytest.mark.parametrize(("target", "keeping"), [(PRESENT, BRIEFLY), (PINNED, IMMUTABLE)])
async def test_it_is_a_module_that_any_origin_may_import(target: str, keeping: str, ask: Ask) -> None:
    answer = await ask(target)
    assert answer.status == 200
    assert answer["content-type"] == "text/javascript; charset=utf-8"
    assert answer["cache-control"] == keeping
    assert answer["access-control-allow-origin"] == "*"
    assert answer["cross-origin-resource-policy"] == "cross-origin"
    assert answer["x-content-type-options"] == "nosniff"
    assert answer["vary"] == "Accept-Encoding"
    assert answer["content-encoding"] is None
    assert re.search(rb"export\{[^}]*\bas registerAiImg\b", answer.body)
    assert not re.search(rb"\b(import|require)\b", answer.body), "it depends on nothing (P-97)"


@pytest.mark.parametrize("target", [PRESENT, PINNED])
async def test_as_browsers_take_it_it_has_at_most_4_kb(target: str, ask: Ask) -> None:
    answer = await ask(target, headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
    assert answer["content-encoding"] == "gzip"
    assert len(answer.body) <= MOST_BYTES
    assert gzip.decompress(answer.body) == (await ask(target)).body


CODINGS = [
    ("gzip", True),
    ("GZIP", True),
    ("x-gzip", True),
    ("*", True),
    ("gzip;q=0.1, br", True),
    ("br, *;q=0.5", True),
    ("", False),
    ("br", False),
    ("identity", False),
    ("gzip;q=0", False),
    ("gzip;q=0, *", False),
    ("*;q=0", False),
    ("gzipped", False),
    (";;,,=", False),
]


@pytest.mark.parametrize(("accepted", "is_compressed"), CODINGS)
async def test_it_is_compressed_for_who_takes_that(accepted: str, is_compressed: bool, ask: Ask) -> None:
    answer = await ask(PRESENT, headers={"Accept-Encoding": accepted})
    assert (answer["content-encoding"] == "gzip") is is_compressed


async def test_each_coding_has_a_tag_of_its_own_and_is_not_sent_twice(ask: Ask) -> None:
    tags = set()
    for headers in ({}, {"Accept-Encoding": "gzip"}):
        tag = (await ask(PRESENT, headers=headers))["etag"]
        again = await ask(PRESENT, headers={**headers, "If-None-Match": tag})
        assert (again.status, again["etag"], again["cache-control"]) == (304, tag, BRIEFLY)
        tags.add(tag)
    assert len(tags) == 2


async def test_head_tells_what_get_would_send(ask: Ask) -> None:
    asked, told = await ask(PRESENT), await ask(PRESENT, "HEAD")
    assert told["content-length"] == str(len(asked.body))
    assert told["etag"] == asked["etag"]


STRANGERS = [
    "/components/ai-img@0.0.0.js",
    "/components/ai-img@.js",
    "/components/ai-img@..%2F..%2Fpyproject.js",
    "/components/ai-img.min.js",
    "/components/package.json",
    "/components/../pyproject.toml",
    "/components/%2e%2e/pyproject.toml",
    "/components/",
    "/components",
]


@pytest.mark.parametrize("target", STRANGERS)
async def test_nothing_else_is_there(target: str, ask: Ask) -> None:
    assert (await ask(target)).status == 404


async def test_a_release_that_is_not_here_is_refused_in_words_that_a_program_reads(ask: Ask) -> None:
    answer = await ask("/components/ai-img@9.9.9.js", headers={"Accept": "*/*"})
    assert answer["content-type"] == "application/json"
    assert PINNED.removeprefix("/components/") in json.loads(answer.body)["error"]


async def test_importing_it_without_a_browser_does_nothing(ask: Ask, tmp_path: Path) -> None:
    """As a server does that renders pages."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node")
    module = tmp_path / "ai-img.mjs"
    module.write_bytes((await ask(PRESENT)).body)
    program = f"const m = await import({module.as_uri()!r}); console.log(Object.keys(m).sort().join(), m.registerAiImg());"
    done = subprocess.run([node, "--input-type=module", "-e", program], capture_output=True, text=True, check=True)
    assert done.stdout == "AiImg,registerAiImg undefined\n"
    assert done.stderr == ""
