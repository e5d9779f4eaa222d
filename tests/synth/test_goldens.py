"""Goldens: what these URLs draw, byte for byte, for ever (P-16, P-17).

The files in goldens/ change on `pytest --update-goldens` alone. The same bytes must come from another process, under
another hash seed, in another time zone, in another locale, and from every Python that we support. Other Pythons are
those on the PATH, and those that PLACEHOLDER_PYTHONS lists, separated by colons.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

import placeholder
from placeholder import draw
from placeholder.synth.icons import MORE

pytestmark = pytest.mark.usefixtures("without_fonts")
"""With them, words of other scripts are outlines."""

FOLDER = Path(__file__).parent / "goldens"

URLS = {
    # the documented examples
    "label": "/400x300",
    "label-hero": "/600x240?text=hero+banner&bg=111827&fg=9aa0b4",
    "color": "/color/7c9cff/400x300",
    "gradient-120": "/gradient/600x400?from=7c9cff&to=59e3c5&angle=120",
    "gradient-radial": "/gradient/600x400?from=7c9cff&to=59e3c5&type=radial",
    "seed": "/seed/precious-tide/400x300",
    "glyph-avatar": "/glyph/300x300?as=avatar",
    # labels
    "label-bg": "/400x300?bg=7c9cff",
    "label-fg": "/400x300?fg=fffae6",
    "label-empty": "/400x300?text=",
    "label-lines": "/400x300?text=one%0Atwo%5Cnthree+and+more",
    "label-wrapped": "/300x200?text=The+quick+brown+fox+jumps+over+the+lazy+dog",
    "label-cut": "/90x30?text=The+quick+brown+fox+jumps+over+the+lazy+dog+again+and+again+and+again",
    "label-long": "/1200x900?text=" + "word+" * 60,
    "label-cyrillic": "/600x240?text=%D0%9F%D1%80%D0%B8%D0%B2%D0%B5%D1%82%2C+%D0%BC%D0%B8%D1%80",
    "label-greek": "/600x240?text=%CE%93%CE%B5%CE%B9%CE%AC+%CF%83%CE%BF%CF%85+%CE%9A%CF%8C%CF%83%CE%BC%CE%B5",
    "label-accents": "/600x240?text=%C3%85ngstr%C3%B6m+%C5%81%C3%B3d%C5%BA+%C4%B0stanbul+e%CC%81",
    "label-cjk": "/600x240?text=%E5%8D%A0%E4%BD%8D%E5%9B%BE",
    "label-cjk-lines": "/200x200?text=%E5%8D%A0%E4%BD%8D%0A%F0%9F%A6%8A+fox",
    "label-arabic": "/600x240?text=%D8%B9%D9%86%D8%B5%D8%B1",
    "label-hostile": "/600x240?text=%3Cscript%3E%26%22%5D%5D%3E%00%FF%E2%80%AE%ED%A0%80",
    "label-wide-clamped": "/9999x40",
    "label-tall-clamped": "/40x99999999999999999999",
    "label-one-unit": "/0x0",
    "label-double": "/400x300@2x.svg",
    "label-triple-clamped": "/2000x1001@3x.svg?text=hero",
    # their looks
    "look-radius": "/400x300?radius=24",
    "look-circle": "/300x300?radius=50%25&border=6&text=Ada",
    "look-border": "/400x300?border=4,teal&bg=WhiteSmoke",
    "look-translucent": "/400x300?bg=7c9cff40&border=2,7c9cff80&radius=16",
    "look-transparent": "/400x300?bg=transparent",
    "look-dark": "/400x300?theme=dark",
    "look-auto": "/400x300?theme=auto&border=2&radius=12",
    "look-auto-transparent": "/400x300?theme=auto&bg=transparent&text=one%5Cntwo",
    "look-bold": "/400x300?weight=700&text=Handgloves",
    "look-serif": "/400x300?font=serif&text=%CE%A9%CE%BC%CE%AD%CE%B3%CE%B1",
    "look-serif-bold": "/400x300?font=serif&weight=700&align=left&text=Hero+banner%5Cnof+two+lines",
    "look-mono": "/400x300?font=mono&align=right&text=let+x%3B",
    "look-mono-bold": "/400x300?font=mono&weight=700&text=%D0%9F%D1%80%D0%B8%D0%B2%D0%B5%D1%82",
    "look-cjk": "/400x300?font=serif&weight=700&theme=auto&text=%E5%8D%A0%E4%BD%8D%E5%9B%BE",
    "look-debug": "/400x300@2x.svg?debug=1",
    "look-debug-small": "/60x40?debug=1&text=Hero",
    # the others
    "color-short": "/color/ABC/1x2048",
    "gradient": "/gradient/400x300",
    "gradient-up": "/gradient/400x300?angle=0&from=000&to=%23FFF",
    "gradient-odd": "/gradient/333x777?angle=-22.125",
    "gradient-fading": "/gradient/400x300?from=transparent&to=rebeccapurple&angle=0",
    "gradient-round": "/gradient/400x300?from=ff000080&to=00f8&type=radial&radius=40",
    "gradient-radial-double": "/gradient/2048x300@2x.svg?type=radial&angle=120",
    "seed-emoji": "/seed/%F0%9F%A6%8A/300x300",
    "seed-spaces": "/seed/a%20b%00%FF/64x64",
    "seed-wide": "/seed/user-1/2048x100",
    "style-identicon": "/seed/precious-tide/300x300?style=identicon",
    "style-identicon-wide": "/seed/user-1/2048x100?style=identicon&theme=dark",
    "style-mesh": "/seed/precious-tide/400x300?style=mesh",
    "style-mesh-dark": "/seed/precious-tide/40x40?style=mesh&theme=dark",
    "style-mesh-auto": "/seed/precious-tide/400x300?style=mesh&theme=auto",
    "style-waves": "/seed/precious-tide/400x300?style=waves",
    "style-waves-dark": "/seed/%F0%9F%A6%8A/300x400@2x.svg?style=waves&theme=dark",
    "style-mosaic": "/seed/precious-tide/400x300?style=mosaic",
    "style-mosaic-odd": "/seed/tern/333x777?style=mosaic",
    "style-rings": "/seed/precious-tide/400x300?style=rings",
    "style-rings-dark": "/seed/a%20b%00%FF/64x64?style=rings&theme=dark",
    "style-initials": "/seed/precious-tide/300x300?style=initials",
    "style-initials-cjk": "/seed/%E6%9D%8E%E9%9B%B7/300x300?style=initials&theme=dark",
    "style-blobs": "/seed/precious-tide/400x300?style=blobs",
    "style-blobs-dark": "/seed/ada/1x1?style=blobs&theme=dark",
    "style-constellation": "/seed/precious-tide/400x300?style=constellation",
    "style-constellation-dark": "/seed/tern/40x40?style=constellation&theme=dark",
    "style-constellation-auto": "/seed/precious-tide/300x300?style=constellation&theme=auto",
    "glyph-photo": "/glyph/400x300",
    "glyph-video": "/glyph/400x300?as=video",
    "glyph-product": "/glyph/300x400?as=product",
    "glyph-map": "/glyph/64x64?as=map",
    "glyph-document": "/glyph/1x1?as=document",
    "glyph-round": "/glyph/300x300?as=avatar&radius=50%25",
    "glyph-double": "/glyph/300x300@2x.svg?as=avatar",
    "glyph-blocked": "/glyph/300x200?as=blocked",
    "glyph-failed": "/glyph/200x300?as=failed",
    **{f"glyph-{name}": f"/glyph/300x300?as={name}" for name in MORE},
}


@pytest.mark.parametrize("slug", URLS)
def test_a_url_draws_what_it_has_always_drawn(slug: str, updates_goldens: bool) -> None:
    """P-16, P-17."""
    file = FOLDER / f"{slug}.svg"
    if updates_goldens:
        file.write_bytes(draw(URLS[slug]))
        pytest.skip("written anew")
    assert draw(URLS[slug]) == file.read_bytes()


@pytest.mark.parametrize("slug", URLS)
async def test_the_service_answers_what_has_always_been_drawn(
    slug: str, client: httpx.AsyncClient, updates_goldens: bool
) -> None:
    """P-16, P-31, P-34, P-43, P-44, P-50, P-54."""
    if updates_goldens:
        pytest.skip("the goldens are being written")
    answer = await client.get(URLS[slug])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.content == (FOLDER / f"{slug}.svg").read_bytes()


def test_every_golden_has_its_url_and_no_two_are_alike(updates_goldens: bool) -> None:
    if updates_goldens:
        pytest.skip("the goldens are being written")
    files = {file.stem: file.read_bytes() for file in FOLDER.iterdir()}
    assert set(files) == set(URLS)
    assert len(set(files.values())) == len(URLS) >= 32


@pytest.mark.parametrize("slug", URLS)
def test_a_golden_is_a_sound_svg(slug: str, assert_sound_svg: Callable[..., object]) -> None:
    """P-23, P-30: a wrong golden must not become the law."""
    ending = URLS[slug].partition("?")[0].rpartition("/")[2]
    size, _, mark = ending.removesuffix(".svg").partition("@")
    w, h = (min(max(int(side), 1), 2048) for side in size.split("x"))
    density = int(mark[:1] or 1)
    scale = min(density, 4096 / max(w, h))
    shown = (round(w * scale), round(h * scale)) if density > 1 else None
    assert_sound_svg((FOLDER / f"{slug}.svg").read_bytes(), (w, h), shown)


# ---------------------------------------------------------------- other processes, other Pythons

DIGESTS = """
import hashlib, json, sys
sys.modules["uharfbuzz"] = None
from placeholder import draw
print(json.dumps({url: hashlib.sha256(draw(url)).hexdigest() for url in json.load(sys.stdin)}))
"""
HOME = str(Path(placeholder.__file__).parent.parent)


def digests(python: str, *options: str, **environment: str) -> dict[str, str]:
    """The SHA-256 of every golden's URL as a new process draws it, with nothing on its path but this package (and what is
    installed beside it, the shaping of other scripts excepted)."""
    ran = subprocess.run(
        [python, "-B", "-s", "-S", *options, "-c", DIGESTS],
        input=json.dumps(list(URLS.values())),
        cwd=HOME,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": HOME, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, str] = json.loads(ran.stdout)
    return found


@pytest.fixture(scope="module")
def ours(without_fonts: None) -> dict[str, str]:
    return {url: sha256(draw(url)).hexdigest() for url in URLS.values()}


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"PYTHONHASHSEED": "0"}, id="hash seed 0"),
        pytest.param({"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu"}, id="hash seed 1, east"),
        pytest.param({"PYTHONHASHSEED": "random", "TZ": "Pacific/Marquesas"}, id="hash seed random, west"),
        pytest.param({"LC_ALL": "C", "PYTHONUTF8": "0", "LANG": "C"}, id="the plain locale"),
        pytest.param({"LC_ALL": "tr_TR.UTF-8"}, id="the Turkish locale"),
    ],
)
def test_another_process_draws_the_same_bytes(environment: dict[str, str], ours: dict[str, str]) -> None:
    """P-17."""
    assert digests(sys.executable, **environment) == ours


@pytest.mark.parametrize("options", [("-O",), ("-OO",), ("-X", "dev", "-W", "error")], ids=" ".join)
def test_no_option_of_the_interpreter_changes_a_byte(options: tuple[str, ...], ours: dict[str, str]) -> None:
    """P-17."""
    assert digests(sys.executable, *options) == ours


RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
VERSIONS = ("3.11", "3.12", "3.13", "3.14")


def version_of(python: str) -> str:
    """The version that `python` runs as, or "" where it does not run."""
    try:
        ran = subprocess.run(
            [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except OSError:
        return ""
    return ran.stdout.strip() if ran.returncode == 0 else ""


@pytest.fixture(scope="module")
def pythons() -> dict[str, str]:
    """An interpreter for every version found; the one that runs the tests always."""
    listed = [python for python in os.environ.get("PLACEHOLDER_PYTHONS", "").split(":") if python]
    on_path = [python for version in VERSIONS for python in [shutil.which(f"python{version}")] if python]
    found = {version: python for python in [*on_path, *listed] for version in [version_of(python)] if version}
    return {**found, RUNNING: sys.executable}


def test_every_python_that_was_listed_runs(pythons: dict[str, str]) -> None:
    """A mistyped PLACEHOLDER_PYTHONS must not look like a pass."""
    for python in os.environ.get("PLACEHOLDER_PYTHONS", "").split(":"):
        assert not python or version_of(python), python
    assert pythons[RUNNING] == sys.executable


@pytest.mark.parametrize("version", VERSIONS)
def test_every_python_draws_the_same_bytes_without_any_other_package(
    version: str, pythons: dict[str, str], ours: dict[str, str]
) -> None:
    """P-17: across Python's versions, whose Unicode tables differ."""
    if version not in pythons:
        pytest.skip(f"no Python {version} here")
    assert digests(pythons[version]) == ours
