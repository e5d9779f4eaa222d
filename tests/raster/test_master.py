"""From strangers' bytes to the master: which become one, what it looks like, and that nothing else comes along."""

import base64
import subprocess
import sys
import time
import zlib
from io import BytesIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat
from raster.pictures import (
    CANARY,
    ORIENTATION,
    REFUSED,
    SIDES,
    SOUND,
    TOLD,
    animated_png,
    animated_webp,
    chunk,
    chunks,
    grey_png,
    png,
    profile,
    saved,
    scene,
    two_in_one,
)

from placeholder.raster.master import Master, Undecodable, clean
from placeholder.values.size import Size

OWN, SMALL = Size(*SIDES), Size(24, 24)


def opened(master: Master) -> Image.Image:
    image = Image.open(BytesIO(master.png))
    image.load()
    return image


def check(master: Master, size: Size) -> Image.Image:
    """What holds for every master."""
    image = opened(master)
    assert image.size == (size.w, size.h)
    assert image.mode in ("RGB", "RGBA")
    assert not image.info
    first, *_, last = parts = list(chunks(master.png))
    assert [name for name, _ in pairwise_unique(parts)] == [b"IHDR", b"IDAT", b"IEND"]
    assert first[1][8:] == bytes((8, 2 if image.mode == "RGB" else 6, 0, 0, 0)), "8 bits, not interlaced"
    assert last[1] == b""
    assert image.mode == "RGB" or image.getchannel("A").getextrema() != (255, 255), "an opaque alpha is none"
    assert 4 < len(base64.b64decode(master.thumbhash, validate=True)) < 36
    kind, data = master.blur.split(",")
    assert kind == "data:image/webp;base64"
    assert len(master.blur) < 400
    assert max(Image.open(BytesIO(base64.b64decode(data, validate=True))).size) <= 16
    return image


def pairwise_unique(parts: list[tuple[bytes, bytes, int]]) -> list[tuple[bytes, bytes]]:
    """The chunks, of equal ones in a row the first."""
    kept = [parts[0], *(after for before, after in pairwise(parts) if before[0] != after[0])]
    return [(name, data) for name, data, _ in kept]


def far(one: Image.Image, other: Image.Image) -> float:
    """How far two pictures lie apart, on average, in levels of 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one.convert("RGBA"), other.convert("RGBA"))).mean) / 4


# ---------------------------------------------------------------- what becomes a master


@pytest.mark.parametrize("size", [Size(60, 40), Size(17, 90)], ids=str)
@pytest.mark.parametrize("name", SOUND)
def test_a_sound_picture_becomes_a_master(name: str, size: Size) -> None:
    check(clean(SOUND[name](), size), size)


@pytest.mark.parametrize("size", [Size(1, 1), Size(1, 2048), Size(2048, 1), Size(2048, 2048), Size(3, 2), OWN], ids=str)
def test_any_size_can_be_covered(size: Size) -> None:
    check(clean(saved("WEBP"), size), size)


def test_a_picture_of_its_own_size_keeps_its_pixels() -> None:
    assert opened(clean(saved("PNG"), OWN)).tobytes() == scene().tobytes()


def test_the_middle_is_kept() -> None:
    thirds = Image.new("RGB", (90, 30))
    for index, color in enumerate(((255, 0, 0), (0, 255, 0), (0, 0, 255))):
        thirds.paste(color, (30 * index, 0, 30 * index + 30, 30))
    middle = opened(clean(saved("PNG", thirds), Size(10, 10)))
    assert middle.getpixel((5, 5)) == (0, 255, 0)
    wide = opened(clean(saved("PNG", thirds.rotate(90, expand=True)), Size(20, 20)))
    assert wide.getpixel((10, 10)) == (0, 255, 0)


def test_what_lies_beneath_transparency_does_not_bleed() -> None:
    """Scaling mixes colours by how much of them is seen."""
    picture = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    picture.paste((0, 0, 255, 255), (0, 0, 20, 40))
    red, _, blue, alpha = opened(clean(saved("PNG", picture), Size(13, 13))).getpixel((6, 6))  # type: ignore[misc]
    assert 0 < alpha < 255
    assert red < 3
    assert blue > 252


# ---------------------------------------------------------------- of several pictures the first


@pytest.mark.parametrize("body", [animated_png(200), animated_webp(50), two_in_one()], ids=["apng", "webp", "mpo"])
def test_of_several_pictures_the_first_is_taken_and_no_other_read(body: bytes) -> None:
    start = time.perf_counter()
    image = check(clean(body, OWN), OWN)
    assert time.perf_counter() - start < 1
    assert far(image, Image.new("RGB", SIDES, (0, 0, 255))) < 2


# ---------------------------------------------------------------- nothing comes along


@pytest.mark.parametrize("name", TOLD)
def test_metadata_stays_behind(name: str) -> None:
    body = TOLD[name]()
    assert CANARY in body or CANARY in b"".join(zlib.decompress(data) for kind, data, _ in chunks(body) if kind == b"IDAT")
    master = clean(body, Size(30, 20))
    check(master, Size(30, 20))
    told = master.png + base64.b64decode(master.thumbhash) + base64.b64decode(master.blur.split(",")[1])
    assert CANARY not in told
    for mark in (b"Exif", b"EXIF", b"xmp", b"ICC", b"adobe", b"<html", b"<?php", b"PK\x03\x04", b"prompt"):
        assert mark not in told


# ---------------------------------------------------------------- it looks right


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_stands_upright(form: str, orientation: int) -> None:
    """Written the way a camera holds it, so that the tag turns it back."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    upright = scene()
    held = upright.transpose(undo[orientation]) if orientation in undo else upright
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    options = {"lossless": True} if form == "WEBP" else {"quality": 95, "subsampling": 0} if form == "JPEG" else {}
    shown = opened(clean(saved(form, held, exif=exif, **options), OWN))
    assert far(shown, upright) < (2 if form == "JPEG" else 0.001)


@pytest.mark.parametrize("tag", [0, 9, 65535])
def test_an_orientation_that_is_none_turns_nothing(tag: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = tag
    assert opened(clean(saved("PNG", exif=exif), OWN)).tobytes() == scene().tobytes()


@pytest.mark.parametrize("exif", [b"Exif\0\0junk", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff" + bytes(30)])
def test_a_damaged_exif_block_is_passed_over(exif: bytes) -> None:
    body = saved("PNG")
    at = next(at for name, _, at in chunks(body) if name == b"IDAT")
    assert opened(clean(body[:at] + chunk(b"eXIf", exif) + body[at:], OWN)).tobytes() == scene().tobytes()
    assert far(opened(clean(saved("JPEG", exif=exif, quality=95), OWN)), scene()) < 3


@pytest.mark.parametrize(
    ("body", "pixels"),
    [
        pytest.param(grey_png(1, [0, 1]), ["000000", "ffffff"], id="one bit"),
        pytest.param(grey_png(2, [0, 1, 2, 3]), ["000000", "555555", "aaaaaa", "ffffff"], id="two bits"),
        pytest.param(grey_png(16, [0x00FF, 0x0100, 0x8000, 0xFFFF]), ["000000", "010101", "808080", "ffffff"], id="16 bits"),
        pytest.param(grey_png(8, [0, 77], 77), ["000000ff", "4d4d4d00"], id="grey key"),
        pytest.param(grey_png(1, [0, 1], 1), ["000000ff", "ffffff00"], id="one-bit key"),
        pytest.param(grey_png(2, [0, 1, 2], 1), ["000000ff", "55555500", "aaaaaaff"], id="two-bit key"),
        pytest.param(grey_png(4, [0, 7, 8], 7), ["000000ff", "77777700", "888888ff"], id="four-bit key"),
        pytest.param(grey_png(16, [0x1234, 0x1235, 0x0034], 0x1234), ["12121200", "121212ff", "000000ff"], id="16-bit key"),
        pytest.param(
            png(2, [bytes((1, 2, 3, 4, 5, 6))], before=chunk(b"tRNS", bytes((0, 4, 0, 5, 0, 6)))),
            ["010203ff", "04050600"],
            id="colour key",
        ),
        pytest.param(
            png(2, [bytes(range(0, 120, 10))], 16, before=chunk(b"tRNS", bytes(range(60, 120, 10)))),
            ["001428ff", "3c506400"],
            id="16-bit colour key",
        ),
        pytest.param(png(2, [b"\x40\x80\xc0\xff"], kind=4), ["40404080", "c0c0c0ff"], id="grey with alpha"),
        pytest.param(png(1, [bytes((0x12, 0x34, 0x80, 0x00))], 16, 4), ["12121280"], id="16-bit grey with alpha"),
        pytest.param(
            png(3, [b"\0\1\2"], kind=3, before=chunk(b"PLTE", bytes(range(9))) + chunk(b"tRNS", b"\xff\x80")),
            ["000102ff", "03040580", "060708ff"],
            id="palette with transparency",
        ),
        pytest.param(png(2, [b"\0\1"], kind=3, before=chunk(b"PLTE", bytes(range(6)))), ["000102", "030405"], id="palette"),
        pytest.param(png(1, [b"\x10\x20\x30\xff"], kind=6), ["102030"], id="opaque alpha"),
    ],
)
def test_every_kind_of_png_comes_out_as_its_colours(body: bytes, pixels: list[str]) -> None:
    image = opened(clean(body, Size(len(pixels), 1)))
    step = len(pixels[0]) // 2
    assert [image.tobytes()[at : at + step].hex() for at in range(0, len(image.tobytes()), step)] == pixels


@pytest.mark.parametrize("color", [(255, 0, 0), (0, 255, 0), (10, 20, 200), (255, 255, 255), (0, 0, 0)])
def test_ink_becomes_light(color: tuple[int, int, int]) -> None:
    plain = Image.new("RGB", SIDES, color)
    assert far(opened(clean(saved("JPEG", plain.convert("CMYK"), quality=95), OWN)), plain) < 4


def test_a_profile_is_applied_and_left_behind() -> None:
    picture = Image.new("RGB", SIDES, (255, 0, 0))
    for form in ("PNG", "WEBP", "JPEG"):
        body = saved(form, picture, icc_profile=profile("grb"), quality=95)
        red, green, blue = opened(clean(body, OWN)).getpixel((4, 4))  # type: ignore[misc]
        assert (red < 20, green > 235, blue < 20) == (True, True, True)
    picture.putalpha(100)
    assert opened(clean(saved("PNG", picture, icc_profile=profile("grb")), OWN)).getpixel((4, 4))[3] == 100  # type: ignore[index]


@pytest.mark.parametrize("bad", [b"junk", profile()[:200], bytes(500), profile().replace(b"XYZ ", b"XXXX")])
def test_a_profile_that_is_none_changes_nothing(bad: bytes) -> None:
    assert opened(clean(saved("PNG", icc_profile=bad), OWN)).tobytes() == scene().tobytes()


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_by_which_word(name: str) -> None:
    word, build = REFUSED[name]
    body = build()
    start = time.perf_counter()
    with pytest.raises(Undecodable) as refusal:
        clean(body, OWN)
    assert (refusal.value.reason, str(refusal.value)) == (word, word)
    assert refusal.value.__cause__ is None
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_cut_anywhere_it_is_refused_or_whole(form: str) -> None:
    """Where nothing but padding is missing, all pixels may be there."""
    options = {"quality": 90} if form == "JPEG" else {"lossless": True} if form == "WEBP" else {}
    body = saved(form, **options)
    whole = opened(clean(body, OWN))
    for length in range(0, len(body), 7 if form == "PNG" else 3):
        found = outcome(body[:length], OWN)
        if isinstance(found, Master):
            assert length > len(body) - 8
            assert far(opened(found), whole) == 0
        else:
            assert found in ("format", "broken")


# ---------------------------------------------------------------- anything at all


def outcome(body: bytes, size: Size = SMALL) -> Master | str:
    try:
        master = clean(body, size)
    except Undecodable as refusal:
        return refusal.reason
    check(master, size)
    return master


STARTS = st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x40\0\0\0WEBPVP8 ", b"RIFF\x40\0\0\0WEBPVP8X"])


@given(STARTS, st.binary(max_size=300))
def test_random_bytes_are_refused_or_a_picture(start: bytes, rest: bytes) -> None:
    assert outcome(start + rest)


BODIES = [SOUND[name]() for name in SOUND if name not in ("apng", "webp of frames", "25 million pixels")]


@given(st.sampled_from(BODIES), st.data())
def test_changed_pictures_are_refused_or_a_picture(body: bytes, data: st.DataObject) -> None:
    changed = bytearray(body)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(changed)))
        length = data.draw(st.integers(0, 12))
        # Most changes overwrite; some make the file longer or shorter.
        changed[at : at + length] = data.draw(st.binary(max_size=12)) if data.draw(st.booleans()) else bytes(length)
    if data.draw(st.booleans()):
        changed = bytearray(mended(bytes(changed)))
    assert outcome(bytes(changed))


def mended(body: bytes) -> bytes:
    """A PNG's checksums made right again, so that what was changed is read at all."""
    if not body.startswith(b"\x89PNG\r\n\x1a\n"):
        return body
    out, at = body[:8], 8
    while at + 12 <= len(body):
        length = int.from_bytes(body[at : at + 4], "big")
        out += chunk(body[at + 4 : at + 8], body[at + 8 : at + 8 + length])
        at += 12 + length
    return out


# ---------------------------------------------------------------- what the server stands on


def test_the_words_can_be_had_without_the_decoders() -> None:
    script = "import sys, placeholder.raster.studio; sys.exit(any(name in sys.modules for name in ('PIL', 'pyvips')))"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


def test_after_the_rehearsal_nothing_more_is_loaded(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """A worker can then open no file any more, and a module loaded late would be missing."""
    bodies = [*(build() for build in SOUND.values()), *(build() for _, build in REFUSED.values())]
    for index, body in enumerate(bodies):
        (tmp_path / f"{index:03}").write_bytes(body)
    script = """
import sys
from pathlib import Path
from placeholder.raster.master import Undecodable, clean, rehearse
from placeholder.values.size import Size
bodies = [path.read_bytes() for path in sorted(Path(sys.argv[1]).iterdir())]
rehearse()
seen = []
sys.addaudithook(lambda event, words: seen.append((event, words)) if event in ("open", "import", "socket.connect") else None)
for body in bodies:
    try:
        clean(body, Size(30, 20))
    except Undecodable:
        pass
print(len(bodies), sorted({f"{event} {words[0]}" for event, words in seen}))
"""
    said = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == f"{len(bodies)} []"
