"""`placeholder render`, as people type it."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from placeholder import draw
from placeholder.cli import main
from placeholder.cli.files import file_name


def run(*words: str, **options: object) -> Result:
    return CliRunner().invoke(main, words, **options)


def test_a_picture_goes_to_the_file_that_is_named_in_the_format_of_its_ending(tmp_path: Path) -> None:
    hero = tmp_path / "hero.png"
    done = run("render", "/600x240?text=hero", "-o", str(hero))
    assert (done.exit_code, done.output) == (0, "")
    assert hero.read_bytes() == draw("/600x240.png?text=hero")
    assert [path.name for path in tmp_path.iterdir()] == ["hero.png"]


@pytest.mark.parametrize(
    ("url", "name", "same_as"),
    [
        ("/40x30", "a.svg", "/40x30"),
        ("/40x30", "a.txt", "/40x30"),
        ("/40x30", "A.JPG", "/40x30.jpg"),
        ("/40x30.webp", "a.webp", "/40x30.webp"),
        ("/40x30@2x.png", "a.png", "/40x30@2x.png"),
        ("https://pictures.test/40x30.png?text=a", "a.png", "/40x30.png?text=a"),
        ("/seed/a%20b/40x30", "a.svg", "/seed/a%20b/40x30"),
        ("/og?text=hero", "a.png", "/1200x630.png?text=hero"),
        ("/gradient/favicon@2x.webp", "a.webp", "/gradient/32x32@2x.webp"),
        ("/16:9/64", "a.gif", "/64x36.gif"),
        ("https://pictures.test/glyph/16%3A9/64.png?as=star", "a.png", "/glyph/64x36.png?as=star"),
    ],
)
def test_url_and_file_agree_on_the_format(tmp_path: Path, url: str, name: str, same_as: str) -> None:
    assert run("render", url, "-o", str(tmp_path / name)).exit_code == 0
    assert (tmp_path / name).read_bytes() == draw(same_as)


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["render", "/40x30?bg=zz", "-o", "a.svg"], 1, "/40x30?bg=zz: bg: expected a colour"),
        (["render", "/forty", "-o", "a.svg"], 1, "No such picture"),
        (["render", "/40x30.webp", "-o", "a.png"], 1, "output: expected a file that ends as the URL does, in webp"),
        (["render", "/40x30.svg", "-o", "a.png"], 1, "in svg"),
        (["render", "/40x30", "-o", "nowhere/a.svg"], 1, "No such file or directory"),
        (["render", "/40x30", "-o", "."], 2, "is a directory"),
        (["render", "--from", "-", "--out", "/dev/null/d"], 1, "/dev/null/d: Not a directory"),
        (["render", "/40x30"], 2, "Give a URL with -o FILE, or --from FILE with --out DIR."),
        (["render"], 2, "Give a URL"),
        (["render", "/40x30", "-o", "a.svg", "--out", "d"], 2, "Give a URL"),
        (["render", "--from", "missing.txt", "--out", "d"], 2, "missing.txt"),
    ],
)
def test_what_is_refused_is_said_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*words)
    assert done.exit_code == code
    assert sentence in done.output
    assert list(tmp_path.rglob("*")) == []


def test_standard_output_takes_the_bytes_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "placeholder", "render", "/40x30.png", "-o", "-"], capture_output=True, check=True
    )
    assert done.stdout == draw("/40x30.png")
    assert done.stderr == b""


def test_a_list_becomes_a_folder(tmp_path: Path) -> None:
    listing = tmp_path / "urls.txt"
    urls = ["/400x300", "/seed/ada/40x40.png", "https://pictures.test/60x24.webp?text=a", "/60x24.webp?text=b", "/seed/../40x40"]
    listing.write_text("# pictures\n\n" + "\n".join(urls) + "\n  /gradient/40x30.gif  \n")
    folder = tmp_path / "out" / "deep"
    done = run("render", "--from", str(listing), "--out", str(folder))
    assert done.exit_code == 0, done.output
    made = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert sorted(made.values()) == sorted([*map(draw, urls), draw("/gradient/40x30.gif")])
    assert made["400x300.svg"] == draw("/400x300")
    assert made["seed-ada-40x40.png"] == draw("/seed/ada/40x40.png")
    assert Image.open(io.BytesIO(made["gradient-40x30.gif"])).size == (40, 30)


def test_a_list_names_the_lines_that_are_refused_and_draws_the_others(tmp_path: Path) -> None:
    done = run("render", "--from", "-", "--out", str(tmp_path), input="/400x300\n/nothing\n/40x30?fg=1\n/40x30\n")
    assert done.exit_code == 1
    assert "line 2: /nothing: No such picture" in done.output
    assert "line 3: /40x30?fg=1: fg: expected a colour" in done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["400x300.svg", "40x30.svg"]


def test_a_list_that_is_no_utf_8_is_refused_by_line(tmp_path: Path) -> None:
    listing = tmp_path / "urls.txt"
    listing.write_bytes(b"/40x30\n/\xff\xfe\n")
    done = run("render", "--from", str(listing), "--out", str(tmp_path / "out"))
    assert done.exit_code == 1
    assert "line 2: " in done.output
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["40x30.svg"]


def test_a_picture_that_cannot_be_put_in_its_place_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "40x30.svg").mkdir()
    done = run("render", "--from", "-", "--out", str(tmp_path), input="/40x30\n")
    assert done.exit_code == 1
    assert "40x30.svg: Is a directory" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["40x30.svg"]


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    """As a device does: root may well say `-o /dev/null`, and the machine is to keep it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert run("render", "/40x30", "-o", str(pipe)).exit_code == 0
        assert os.read(reader, 10_000).startswith(b"<svg")
    finally:
        os.close(reader)
    assert pipe.is_fifo()
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


@pytest.mark.parametrize(
    "urls",
    [
        ("/40x30?text=a", "/40x30?text=b"),
        ("/seed/A/40x30", "/seed/a/40x30"),
        ("/seed/a.b/40x30", "/seed/a-b/40x30"),
        ("/seed/" + "x" * 300 + "/40x30", "/seed/" + "x" * 301 + "/40x30"),
        ("/seed/%2e%2e/40x30", "/seed/../40x30"),
        ("/16:9/64", "/16-9-64"),
    ],
)
def test_different_urls_have_different_plain_file_names(urls: tuple[str, str]) -> None:
    one, other = (file_name(url, "svg") for url in urls)
    assert one != other
    for name in (one, other):
        assert Path(name).name == name
        assert not name.startswith(".")
        assert len(name) < 120
