"""`placeholder export`: files where a static host serves them, a manifest, and nothing of anybody else's touched."""

import json
import re
import threading
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

import httpx
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from placeholder import draw
from placeholder.cli import main
from placeholder.cli.files import file_name, path_name

SITE = {
    "/400x300.png": "400x300.png",
    "/400x300": "400x300.svg",
    "/og": "og.svg",
    "/40x30@2x.webp": "40x30@2x.webp",
    "/40x30.jpeg": "40x30.jpeg",
    "/seed/ada/40x40.gif": "seed/ada/40x40.gif",
    "/seed/Grace%20Hopper/40x40": "seed/Grace Hopper/40x40.svg",
    "/color/F00/40x40.avif": "color/F00/40x40.avif",
    "http://127.0.0.1:8000/gradient/40x30.png": "gradient/40x30.png",
    "https://pictures.test/glyph/40x30": "glyph/40x30.svg",
}
"""URLs whose file has their path, and that file."""
MARKED = {
    "/600x240?text=hero+banner&bg=111827": r"600x240-text-hero-banner-bg-111827-[0-9a-f]{12}\.svg",
    "/600x240.png?text=%2e%2e%2f%00": r"600x240-text-[0-9a-f]{12}\.png",
    "/16:9/64": r"16-9-64-[0-9a-f]{12}\.svg",
    "/seed/../40x30": r"seed---40x30-[0-9a-f]{12}\.svg",
    "/seed/%2e%2e/40x30": r"seed---40x30-[0-9a-f]{12}\.svg",
    "/seed/a%00b/40x30": r"seed-a-b-40x30-[0-9a-f]{12}\.svg",
    "/seed/..%5C..%5Cetc/40x30": r"seed--etc-40x30-[0-9a-f]{12}\.svg",
    "/seed/C:%5Cwindows/40x30.png": r"seed-c-windows-40x30-[0-9a-f]{12}\.png",
    "/seed/con/40x30": r"seed-con-40x30\.svg",
    "/seed/NUL.txt/40x30": r"seed-nul-txt-40x30-[0-9a-f]{12}\.svg",
    "/seed/a./40x30": r"seed-a--40x30-[0-9a-f]{12}\.svg",
    "/seed/.htaccess/40x30": r"seed--htaccess-40x30-[0-9a-f]{12}\.svg",
    "/seed/-rf/40x30": r"seed--rf-40x30\.svg",
    "/seed/a+b/40x30": r"seed-a-b-40x30-[0-9a-f]{12}\.svg",
    "/seed/%C3%A9/40x30": r"seed---40x30-[0-9a-f]{12}\.svg",
    "/seed/" + "x" * 200 + "/40x30": r"seed-x{55}-[0-9a-f]{12}\.svg",
}


def run(folder: Path, *urls: str, words: tuple[str, ...] = ()) -> Result:
    done = CliRunner().invoke(main, ["export", "-", "--out", str(folder), *words], input="\n".join(urls))
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    return done


def manifest(folder: Path) -> Any:
    return json.loads((folder / "manifest.json").read_bytes())


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() or path.is_symlink()}


@pytest.fixture
def public(tmp_path: Path) -> Path:
    return tmp_path / "public"


@pytest.fixture
def host(public: Path) -> Iterator[str]:
    """The origin of a static host over `public`."""

    class Quiet(SimpleHTTPRequestHandler):
        extensions_map: ClassVar = {**SimpleHTTPRequestHandler.extensions_map, ".webp": "image/webp", ".avif": "image/avif"}

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(public))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_static_host_serves_each_picture_at_its_own_path(public: Path, host: str) -> None:
    done = run(public, "# pictures", "", *SITE, "  # more")
    assert (done.exit_code, done.stderr.count("line")) == (0, 0), done.output
    assert files(public) == {*SITE.values(), "manifest.json"}
    for url, file in SITE.items():
        path = urlsplit(url).path
        ending = "" if "." in path.rpartition("/")[2] else ".svg"
        answer = httpx.get(host + path + ending)
        assert (answer.status_code, answer.content) == (200, draw(url)), url
        assert answer.headers["content-type"] == manifest(public)[url]["type"]
        assert (public / file).read_bytes() == draw(path + ending), "with its ending it is a URL of the same picture"


def test_the_manifest_tells_what_a_build_has_to_know(public: Path) -> None:
    urls = [*SITE, *MARKED]
    assert run(public, *urls).exit_code == 0
    told = manifest(public)
    assert list(told) == urls
    for url, entry in told.items():
        body = (public / entry["file"]).read_bytes()
        assert body == draw(url)
        assert set(entry) == {"file", "type", "width", "height", "bytes", "sha256"}
        assert (entry["bytes"], entry["sha256"]) == (len(body), sha256(body).hexdigest())
        if entry["type"] not in ("image/svg+xml",):
            assert Image.open(BytesIO(body)).size == (entry["width"], entry["height"])
    assert told["/40x30@2x.webp"]["width"] == 80
    assert (told["/og"]["width"], told["/og"]["height"]) == (1200, 630)


@pytest.mark.parametrize(("url", "name"), MARKED.items(), ids=[url[:30] for url in MARKED])
def test_what_can_be_no_path_gets_a_name(public: Path, url: str, name: str) -> None:
    assert run(public, url).exit_code == 0
    (file,) = files(public) - {"manifest.json"}
    assert re.fullmatch(name, file)
    assert (public / file).read_bytes() == draw(url)
    assert [path.name for path in public.parent.iterdir()] == ["public"]


def test_one_picture_for_many_urls_is_one_file(public: Path) -> None:
    urls = ["/40x30", "/40x30.svg", "https://a.test/40x30", "http://b.test:8000/40x30", "/40x30"]
    assert run(public, *urls).exit_code == 0
    assert files(public) == {"40x30.svg", "manifest.json"}
    assert {entry["file"] for entry in manifest(public).values()} == {"40x30.svg"}
    assert len(manifest(public)) == 4


def test_names_that_differ_in_case_alone_are_told_apart(public: Path) -> None:
    assert run(public, "/seed/Ada/40x30", "/seed/ada/40x30", "/seed/ADA/40x30").exit_code == 0
    told = manifest(public)
    assert told["/seed/Ada/40x30"]["file"] == "seed/Ada/40x30.svg"
    assert told["/seed/ada/40x30"]["file"] == "seed-ada-40x30.svg"
    assert len({entry["file"].casefold() for entry in told.values()}) == 3
    for url, entry in told.items():
        assert (public / entry["file"]).read_bytes() == draw(url)


@settings(max_examples=300)
@given(seed=st.text(min_size=1, max_size=80), form=st.sampled_from(["", ".png", "@2x.svg"]), query=st.text(max_size=20))
def test_every_name_is_portable_and_stays_inside(seed: str, form: str, query: str) -> None:
    if "/" in seed:
        return
    url = f"/seed/{quote(seed, errors='replace')}/40x30{form}" + (f"?q={quote(query, errors='replace')}" if query else "")
    path, flat = path_name(url, "svg"), file_name(url, "svg")
    assert re.fullmatch(r"[a-z0-9@_-]+\.svg", flat)
    assert len(flat) < 120
    if path:
        for segment in path.split("/"):
            assert re.fullmatch(r"[A-Za-z0-9_@,=][A-Za-z0-9._@,= -]*", segment)
            assert segment[-1] not in ". "
            assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d) *(\..*)?", segment)
        assert path == f"seed/{seed}/40x30{form or '.svg'}"


# What is refused


def test_every_refusal_is_told_with_its_line_and_the_others_are_drawn(public: Path) -> None:
    done = run(
        public,
        "/40x30",
        "",
        "# x",
        "/nothing",
        "/40x30?bg=zzz",
        "/400",
        "/ai/40x30/abcdefghijklmnop.png",
        "http://[::1",
        "/24x24",
    )
    assert done.exit_code == 1
    for sentence in (
        "line 4: /nothing: No such picture",
        "line 5: /40x30?bg=zzz: bg: expected a colour",
        "line 6: /400: ",
        "line 7: /ai/",
        "line 8: http://[::1: ",
    ):
        assert sentence in done.stderr
    assert list(manifest(public)) == ["/40x30", "/24x24"]


def test_where_all_is_refused_nothing_is_touched(public: Path) -> None:
    assert run(public, "/nothing").exit_code == 1
    assert not public.exists()
    run(public, "/40x30")
    before = (public / "manifest.json").read_bytes()
    assert run(public, "/nothing").exit_code == 1
    assert (public / "manifest.json").read_bytes() == before


def test_an_empty_list_is_an_empty_site(public: Path) -> None:
    assert run(public, "# none").exit_code == 0
    assert manifest(public) == {}


def test_a_terminal_is_told_no_control_characters(public: Path) -> None:
    done = run(public, "/\x1b[31mred\x07", "/" + "x" * 5000)
    assert "\x1b" not in done.stderr
    assert "\x07" not in done.stderr
    assert len(done.stderr) < 1000


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["export", "urls.txt"], 2, "--out"),
        (["export", "--out", "d"], 2, "LIST"),
        (["export", "missing.txt", "--out", "d"], 2, "missing.txt"),
        (["export", "urls.txt", "--out", "urls.txt"], 2, "is a file"),
        (["export", "urls.txt", "--out", "urls.txt/d"], 1, "urls.txt/d"),
    ],
)
def test_words_that_are_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, sentence: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "urls.txt").write_text("/40x30\n")
    done = CliRunner().invoke(main, words)
    assert (done.exit_code, sentence in done.output) == (code, True), done.output
    assert files(tmp_path) == {"urls.txt"}


def test_a_list_with_a_byte_order_mark_or_no_utf_8(public: Path, tmp_path: Path) -> None:
    listing = tmp_path / "urls.txt"
    listing.write_bytes(b"\xef\xbb\xbf/40x30\r\n/\xff\xfe\r\n")
    done = CliRunner().invoke(main, ["export", str(listing), "--out", str(public)])
    assert done.exit_code == 1
    assert "line 2: " in done.output
    assert list(manifest(public)) == ["/40x30"]


# What is there already


def test_a_second_run_changes_nothing(public: Path) -> None:
    urls = [*SITE, *MARKED]
    run(public, *urls)
    before = {file: ((public / file).stat().st_mtime_ns, (public / file).read_bytes()) for file in files(public)}
    assert run(public, *urls).exit_code == 0
    after = {file: ((public / file).stat().st_mtime_ns, (public / file).read_bytes()) for file in files(public)}
    assert {file: body for file, (_, body) in after.items()} == {file: body for file, (_, body) in before.items()}
    changed = {file for file in before if before[file][0] != after[file][0]}
    assert changed <= {"manifest.json"}


def test_a_file_of_ours_that_an_older_release_drew_is_replaced(public: Path) -> None:
    run(public, "/40x30")
    older = b"<svg/>"
    (public / "40x30.svg").write_bytes(older)
    told = manifest(public)
    told["/40x30"]["sha256"] = sha256(older).hexdigest()
    (public / "manifest.json").write_text(json.dumps(told))
    assert run(public, "/40x30").exit_code == 0
    assert (public / "40x30.svg").read_bytes() == draw("/40x30")


def test_a_file_of_somebody_is_left_alone_unless_forced(public: Path) -> None:
    run(public, "/40x30")
    (public / "40x30.svg").write_bytes(b"mine")  # ours once, changed by hand since
    (public / "24x24.svg").write_bytes(b"mine")
    (public / "8x8.svg").write_bytes(draw("/8x8"))
    done = run(public, "/40x30", "/24x24", "/8x8", "/9x9")
    assert done.exit_code == 1
    assert "line 1: /40x30: 40x30.svg is there and not ours; --force overwrites it" in done.stderr
    assert "line 2: /24x24: 24x24.svg is there and not ours" in done.stderr
    assert (public / "40x30.svg").read_bytes() == (public / "24x24.svg").read_bytes() == b"mine"
    assert list(manifest(public)) == ["/8x8", "/9x9"]
    assert run(public, "/40x30", "/24x24", words=("--force",)).exit_code == 0
    assert (public / "24x24.svg").read_bytes() == draw("/24x24")


@pytest.mark.parametrize(
    "body", ["", "[]", "{", "null", '{"name": "my app", "icons": []}', '{"/x": {"file": 1}}', '{"/x": 1}', "[" * 20_000]
)
def test_a_manifest_of_somebody_stops_everything_unless_forced(public: Path, body: str) -> None:
    """A web application's manifest has the same name."""
    public.mkdir()
    (public / "manifest.json").write_text(body)
    done = run(public, "/40x30")
    assert (done.exit_code, "manifest.json is there and not ours; --force" in done.output) == (1, True)
    assert files(public) == {"manifest.json"}
    assert (public / "manifest.json").read_text() == body
    assert run(public, "/40x30", words=("--force",)).exit_code == 0
    assert list(manifest(public)) == ["/40x30"]


def test_a_link_leads_nothing_out_of_the_folder(public: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.svg").write_bytes(b"mine")
    public.mkdir()
    (public / "seed").symlink_to(elsewhere)
    (public / "40x30.svg").symlink_to(elsewhere / "mine.svg")
    for words in ((), ("--force",)):
        done = run(public, "/seed/ada/40x30", words=words)
        assert done.exit_code == 1
        assert "line 1: /seed/ada/40x30: seed/ada/40x30.svg would lie outside of the folder" in done.stderr
    assert run(public, "/40x30").exit_code == 1
    assert run(public, "/40x30", words=("--force",)).exit_code == 0
    assert not (public / "40x30.svg").is_symlink()
    assert files(elsewhere) == {"mine.svg"}
    assert (elsewhere / "mine.svg").read_bytes() == b"mine"


def test_what_cannot_be_written_is_told_by_line_and_leaves_nothing_half(public: Path) -> None:
    public.mkdir()
    (public / "seed").write_text("a file")
    (public / "40x30.svg").mkdir()
    done = run(public, "/seed/ada/40x30", "/40x30", "/9x9")
    assert done.exit_code == 1
    assert "line 1: /seed/ada/40x30: seed/ada/40x30.svg: " in done.stderr
    assert "line 2: /40x30: 40x30.svg is there and no file" in done.stderr
    assert files(public) == {"seed", "9x9.svg", "manifest.json"}


def test_the_manifest_comes_last_and_whole(public: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is cut off while it writes leaves the old file or the new one."""
    run(public, "/40x30")
    before = (public / "manifest.json").read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    done = run(public, "/40x30", "/9x9")
    assert done.exit_code == 1
    assert "No space left on device" in done.output
    assert files(public) == {"40x30.svg", "manifest.json"}
    assert (public / "manifest.json").read_bytes() == before
