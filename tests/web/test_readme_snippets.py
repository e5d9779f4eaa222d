"""The three snippets of README that mint submit tokens, as they stand there: a service takes what they mint.

PLACEHOLDER_REQUIRE_NODE=1 and PLACEHOLDER_REQUIRE_PHP=1 forbid to go on without these two.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from fixtures.imagining import FOX, Imagining, Service

from placeholder.keys.permits import Statement, fits, read_permit, signing_secret

pytestmark = pytest.mark.asyncio(loop_scope="module")

README = Path(__file__).resolve().parents[2] / "README.md"
SHOP = "https://shop.example"


@dataclass(frozen=True)
class Language:
    """`call` prints a token for the JSON array of arguments that is the program's first."""

    fence: str
    call: str
    program: str
    ending: str


LANGUAGES = [
    Language("python", "import json, sys\nprint(submit_token(*json.loads(sys.argv[1])))", sys.executable, ".py"),
    Language("js", "console.log(submitToken(...JSON.parse(process.argv[2])));", "node", ".cjs"),
    Language("php", "echo submit_token(...json_decode($argv[1], true)), PHP_EOL;", "php", ".php"),
]


def snippet(fence: str) -> str:
    if not README.is_file():
        pytest.skip("needs the source tree for README.md")
    section = README.read_text("utf-8").partition("\n### Keys that may stand in a page\n")[2]
    (found,) = re.findall(rf"^```{fence}\n(.*?)^```$", section.partition("\n## ")[0], re.MULTILINE | re.DOTALL)
    return str(found)


def program_of(language: Language) -> str:
    found = shutil.which(language.program)
    if found is None:
        variable = f"PLACEHOLDER_REQUIRE_{language.program.upper()}"
        if os.environ.get(variable) == "1":
            pytest.fail(f"{variable}=1, and there is no {language.program}")
        pytest.skip(f"no {language.program}: install it to run README's snippet")
    return found


def minted(language: Language, folder: Path, secret: str, *arguments: Any) -> str:
    path = folder / f"snippet{language.ending}"
    path.write_text(f"{snippet(language.fence)}\n{language.call}\n", "utf-8")
    done = subprocess.run(
        [program_of(language), path, json.dumps(arguments)],
        env={"PATH": os.environ["PATH"], "PLACEHOLDER_SIGNING_SECRET": secret},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.removesuffix("\n")


@pytest.fixture(params=LANGUAGES, ids=lambda language: language.fence)
def language(request: pytest.FixtureRequest) -> Language:
    found: Language = request.param
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(imagining: Imagining) -> AsyncIterator[Service]:
    async with imagining() as opened:
        yield opened


PROMPT = " \t\r\nÄpfel, Füchse\r\nund 雪\rim \u00a0Wald 🦊👩‍👩‍👧‍👦\v\f \n"


async def test_a_service_takes_what_a_snippet_mints(language: Language, service: Service, tmp_path: Path) -> None:
    """White space at the ends, CR LF, umlauts and emoji; the shortest call, and all that there is."""
    key, secret = service.made_key(id="", name="test", owner=language.fence, scopes=frozenset(("ai:create",)))
    signing = signing_secret(service.vault.signing_key, key.id)
    plain = {"prompt": PROMPT, "w": 640, "h": 9999}
    full = {**plain, "model": "flux-dev", "seed": 0}
    at_shop = {"Origin": SHOP}
    for fields, more, headers in [
        (plain, [], {}),
        (plain, ["", "", "*"], at_shop),
        (full, ["flux-dev", 0], {}),
        (full, ["flux-dev", 0, SHOP], at_shop),
    ]:
        token = minted(language, tmp_path, signing, PROMPT, 640, 9999, *more)
        answer = await service.post(fields, key=token, headers=headers)
        assert answer.status == 200, answer.body
        read = {**fields, "prompt": PROMPT.replace("\r\n", "\n").replace("\r", "\n")}
        assert (await service.post(read, key=secret)).json()["id"] == answer.json()["id"]
    assert (await service.post(full, key=token, headers={"Origin": "https://other.example"})).status == 401
    assert (await service.post({**full, "seed": 1}, key=token, headers=at_shop)).status == 401


async def test_all_of_them_mint_the_same(language: Language, tmp_path: Path) -> None:
    secret = signing_secret(b"k" * 32, "0123456789ab")
    for prompt in (FOX["prompt"], PROMPT, "\u00a0a\u2003\ufeff", "x" * 4000, "'\"\\$a {$b} %s \\n"):
        permit = read_permit(minted(language, tmp_path, secret, prompt, 1, 2, "m/n", 2147483647, SHOP))
        assert permit is not None
        said = prompt.replace("\r\n", "\n").replace("\r", "\n").strip(" \t\n\v\f\r")
        assert fits(permit, secret, Statement(said, 1, 2, "m/n", 2147483647), SHOP)
