"""Pictures as strangers send them: sound, damaged, disguised, hostile. Built here, byte by byte where no library would.

`SOUND` become masters, the others do not; each row of `REFUSED` says by which word. `CANARY` lies wherever metadata may lie.
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from functools import cache, partial
from io import BytesIO

from PIL import Image, PngImagePlugin

CANARY = b"canary-7f3a"
ORIENTATION = 0x0112
SIDES = (48, 32)

Build = Callable[[], bytes]


# ---------------------------------------------------------------- PNG, chunk by chunk


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def head(width: int, height: int, depth: int = 8, kind: int = 2, interlaced: int = 0) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced))


END = chunk(b"IEND", b"")
ONE_PIXEL = chunk(b"IDAT", zlib.compress(b"\0\1\2\3")) + END


def png(width: int, rows: list[bytes], depth: int = 8, kind: int = 2, before: bytes = b"") -> bytes:
    """A PNG of unfiltered rows, with chunks between its head and its pixels."""
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    return head(width, len(rows), depth, kind) + before + chunk(b"IDAT", pixels) + END


def chunks(body: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """The name, the data and the start of each chunk; the file ends where the last one does."""
    assert body.startswith(b"\x89PNG\r\n\x1a\n")
    at = 8
    while at < len(body):
        (length,), name = struct.unpack_from(">I", body, at), body[at + 4 : at + 8]
        data = body[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", body, at + 8 + length)[0] == zlib.crc32(name + data)
        yield name, data, at
        at += 12 + length


def blank(width: int, height: int, channels: int = 1) -> bytes:
    """A valid PNG, black, whose size stands in no relation to its bytes."""
    packer, row = zlib.compressobj(9), bytes(1 + width * channels)
    rows = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return head(width, height, kind={1: 0, 3: 2, 4: 6}[channels]) + chunk(b"IDAT", rows) + END


# ---------------------------------------------------------------- whole pictures, by Pillow


@cache
def scene(mode: str = "RGB") -> Image.Image:
    """Something that looks different from each of its sides."""
    across, down = Image.linear_gradient("L").rotate(90), Image.linear_gradient("L")
    red, green = across.resize(SIDES), down.resize(SIDES)
    picture = Image.merge("RGB", (red, green, Image.new("L", SIDES, 90)))
    picture.paste((255, 255, 255), (2, 2, 14, 8))
    if mode == "RGBA":
        picture.putalpha(across.resize(SIDES))
    return picture if mode in ("RGB", "RGBA") else picture.convert(mode)


def saved(form: str, picture: Image.Image | None = None, **options: object) -> bytes:
    out = BytesIO()
    (picture or scene()).save(out, form, **options)
    return out.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    found = Image.Exif()
    found[ORIENTATION] = orientation
    found[0x010E] = CANARY.decode()  # ImageDescription
    found.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + CANARY  # UserComment
    found.get_ifd(0x8825)[0x001D] = CANARY.decode()  # GPSDateStamp
    return found


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><d>' + CANARY + b"</d></x:xmpmeta>"


def profile(order: str = "rgb") -> bytes:
    """An ICC profile of sRGB's primaries, linear, taken in another order: with "grb" what says red means green."""
    primaries = {"r": (0.4361, 0.2225, 0.0139), "g": (0.3851, 0.7169, 0.0971), "b": (0.1431, 0.0606, 0.7141)}

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    curve = b"curv\0\0\0\0" + struct.pack(">I", 0)
    said = b"desc\0\0\0\0" + struct.pack(">I", len(CANARY) + 1) + CANARY + b"\0" + bytes(78)
    tags = [(b"desc", said), (b"cprt", b"text\0\0\0\0" + CANARY + b"\0"), (b"wtpt", xyz(0.9642, 1.0, 0.8249))]
    tags += [(name + b"XYZ", xyz(*primaries[primary])) for name, primary in zip((b"r", b"g", b"b"), order, strict=True)]
    tags += [(name + b"TRC", curve) for name in (b"r", b"g", b"b")]
    table, data, at = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, value in tags:
        padded = value + bytes(-len(value) % 4)
        table += name + struct.pack(">II", at + len(data), len(value))
        data += padded
    start = struct.pack(">I4sI4s4s4s", at + len(data), b"none", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    date = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    light = struct.pack(">3i", 63190, 65536, 54061)
    return (start + date + b"acsp" + bytes(28) + light).ljust(128, b"\0") + table + data


def animated_png(frames: int) -> bytes:
    pictures = [Image.new("RGB", SIDES, (index, 0, 255 - index)) for index in range(frames)]
    return saved("PNG", pictures[0], save_all=True, append_images=pictures[1:], duration=20)


def animated_webp(frames: int) -> bytes:
    pictures = [Image.new("RGB", SIDES, (index, 0, 255 - index)) for index in range(frames)]
    return saved("WEBP", pictures[0], save_all=True, append_images=pictures[1:], lossless=True)


def two_in_one() -> bytes:
    """MPO, as phones write it: a JPEG with a second one behind it."""
    first, second = Image.new("RGB", SIDES, (0, 0, 255)), Image.new("RGB", SIDES, (255, 0, 0))
    return saved("MPO", first, save_all=True, append_images=[second])


# ---------------------------------------------------------------- metadata, in every place there is


def told_png() -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("prompt", CANARY.decode())
    text.add_text("parameters", CANARY.decode(), zip=True)
    text.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
    text.add_itxt("Title", CANARY.decode(), "en", CANARY.decode())
    plain = saved("PNG", pnginfo=text, exif=exif(), icc_profile=profile(), dpi=(300, 300))
    private = (
        chunk(b"tIME", struct.pack(">HBBBBB", 2026, 1, 1, 0, 0, 0)) + chunk(b"caNv", CANARY) + chunk(b"sPLT", CANARY + bytes(8))
    )
    first_pixels = next(at for name, _, at in chunks(plain) if name == b"IDAT")
    return plain[:first_pixels] + private + plain[first_pixels : -len(END)] + chunk(b"tEXt", b"late\0" + CANARY) + END + CANARY


def told_jpeg() -> bytes:
    plain = saved("JPEG", exif=exif(), icc_profile=profile(), comment=CANARY, xmp=XMP, quality=95)
    private = b"".join(b"\xff" + bytes([0xE0 + kind]) + struct.pack(">H", 2 + len(CANARY)) + CANARY for kind in (3, 10, 13))
    return plain[:2] + private + plain[2:] + CANARY


def told_webp() -> bytes:
    plain = saved("WEBP", exif=exif(), icc_profile=profile(), xmp=XMP, lossless=True)
    private = b"CANV" + struct.pack("<I", 12) + CANARY + b"\0"
    return b"RIFF" + struct.pack("<I", len(plain) - 8 + len(private)) + plain[8:] + private


PAGE = b"<html><script>alert('" + CANARY + b"')</script></html>"

TOLD: dict[str, Build] = {
    "png": told_png,
    "jpeg": told_jpeg,
    "webp": told_webp,
    "jpeg and page": lambda: saved("JPEG", comment=PAGE) + PAGE,
    "jpeg and archive": lambda: saved("JPEG") + b"PK\x03\x04" + CANARY,
    "png and page": lambda: saved("PNG") + PAGE,
    "png and program": lambda: saved("PNG")[: -len(END)] + chunk(b"juNk", b"<?php " + CANARY) + END,
}

# ---------------------------------------------------------------- what a picture may be besides 8-bit RGB


def grey_png(depth: int, values: list[int], key: int | None = None) -> bytes:
    """One row of grey `values` of `depth` bits, one of which may be declared transparent."""
    bits = "".join(f"{value:0{depth}b}" for value in values)
    row = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    return png(len(values), [row], depth, 0, b"" if key is None else chunk(b"tRNS", struct.pack(">H", key)))


def many(form: str, mode: str, **options: object) -> Build:
    return lambda: saved(form, scene(mode), **options)


SOUND: dict[str, Build] = {
    "png": many("PNG", "RGB"),
    "png with alpha": many("PNG", "RGBA"),
    "png grey": many("PNG", "L"),
    "png grey with alpha": many("PNG", "LA"),
    "png palette": many("PNG", "P"),
    "png palette with transparency": lambda: saved("PNG", scene("P"), transparency=bytes(range(256))),
    "png one bit": many("PNG", "1"),
    "png 16-bit grey": lambda: grey_png(16, [0, 255, 256, 32768, 65535]),
    "png 16-bit grey, one transparent": lambda: grey_png(16, [0, 255, 256, 32768, 65535], 256),
    "png 4-bit grey, one transparent": lambda: grey_png(4, [0, 1, 7, 15], 7),
    "png 16-bit colour": lambda: png(2, [struct.pack(">6H", 0, 255, 65535, 0x1234, 0x5678, 0x9ABC)], 16),
    "jpeg": many("JPEG", "RGB"),
    "jpeg progressive": many("JPEG", "RGB", progressive=True),
    "jpeg grey": many("JPEG", "L"),
    "jpeg cmyk": many("JPEG", "CMYK"),
    "webp": many("WEBP", "RGB"),
    "webp with alpha": many("WEBP", "RGBA"),
    "webp lossless": many("WEBP", "RGBA", lossless=True),
    "apng": partial(animated_png, 200),
    "webp of frames": partial(animated_webp, 50),
    "mpo": two_in_one,
    "turned png": lambda: saved("PNG", exif=exif(6)),
    "turned jpeg": lambda: saved("JPEG", exif=exif(6)),
    "turned webp": lambda: saved("WEBP", exif=exif(6)),
    "one pixel": lambda: saved("PNG", Image.new("RGB", (1, 1))),
    "a hair": lambda: saved("PNG", Image.new("RGBA", (1, 900), (1, 2, 3, 4))),
    "25 million pixels": partial(blank, 5000, 5000),
    "profile that is none": lambda: saved("PNG", icc_profile=b"not a profile"),
    "profile of another colour space": lambda: saved("PNG", scene("L"), icc_profile=profile()),
    **{f"told {name}": build for name, build in TOLD.items()},
}

# ---------------------------------------------------------------- bombs, impostors, ruins


def flattened(name: bytes, lead: bytes, size: int = 200 << 20) -> bytes:
    """A PNG with a chunk that unpacks to `size`."""
    packer, block = zlib.compressobj(9), bytes(1 << 20)
    packed = b"".join(packer.compress(block) for _ in range(size >> 20)) + packer.flush()
    return head(1, 1) + chunk(name, lead + packed) + ONE_PIXEL


def jpeg_of(width: int, height: int) -> bytes:
    """A JPEG that says it is so large."""
    body = bytearray(saved("JPEG"))
    at = body.index(b"\xff\xc0") + 5
    body[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(body)


def webp_of(width: int, height: int) -> bytes:
    """A WebP that says it is so large."""
    body = bytearray(saved("WEBP", lossless=True))
    at = body.index(b"\x2f", 12) + 1
    (bits,) = struct.unpack_from("<I", body, at)
    struct.pack_into("<I", body, at, bits >> 28 << 28 | (height - 1) << 14 | width - 1)
    return bytes(body)


BOMBS: dict[str, Build] = {
    "png of 2^31-1 squared": lambda: head(2**31 - 1, 2**31 - 1) + chunk(b"IDAT", b"") + END,
    "png of 169 megapixels": partial(blank, 13000, 13000),
    "png of 88 megapixels with alpha": partial(blank, 9400, 9400, 4),
    "png a row too large": partial(blank, 5000, 5001),
    "jpeg of 65500 squared": partial(jpeg_of, 65500, 65500),
    "jpeg of 26 megapixels": partial(jpeg_of, 5200, 5000),
    "webp of 16383 squared": partial(webp_of, 16383, 16383),
    "webp of 26 megapixels": partial(webp_of, 5200, 5000),
}

SWOLLEN: dict[str, Build] = {
    "zTXt": partial(flattened, b"zTXt", b"k\0\0"),
    "iTXt": partial(flattened, b"iTXt", b"k\0\1\0\0\0"),
    "iCCP": partial(flattened, b"iCCP", b"k\0\0"),
    "80 tEXt": lambda: (
        head(1, 1) + chunk(b"tEXt", b"k\0" + bytes(1 << 20)) * 80 + chunk(b"IDAT", zlib.compress(b"\0\1\2\3")) + END
    ),
}

OTHERS = ("GIF", "BMP", "TIFF", "EPS", "ICO", "PPM", "JPEG2000", "AVIF", "PDF", "TGA")
FOREIGN: dict[str, Build] = {
    **{
        form.lower(): partial(saved, form)
        for form in ("GIF", "BMP", "TIFF", "EPS", "ICO", "PPM", "JPEG2000", "AVIF", "PDF", "TGA")
    },
    "psd": lambda: b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 4, 4, 8, 3) + bytes(200),
    "fits": lambda: b"SIMPLE  =                    T".ljust(2880),
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4"/></svg>',
    "html": lambda: PAGE,
    "archive": lambda: b"PK\x03\x04" + bytes(100),
    "nothing": lambda: b"",
    "one byte": lambda: b"\x89",
    "wave": lambda: b"RIFF\x24\0\0\0WAVEfmt " + bytes(24),
    "png behind a byte": lambda: b"\0" + saved("PNG"),
    "postscript that calls itself png": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n" + saved("PNG"),
}


def cut(build: Build, share: float) -> bytes:
    body = build()
    return body[: int(len(body) * share)]


def broken_checksum(name: bytes) -> bytes:
    body = bytearray(saved("PNG"))
    at, data = next((at, data) for known, data, at in chunks(bytes(body)) if known == name)
    body[at + 8 + len(data)] ^= 1
    return bytes(body)


def broken_pixels() -> bytes:
    body = bytearray(saved("PNG"))
    at = next(at for name, _, at in chunks(bytes(body)) if name == b"IDAT")
    body[at + 40] ^= 0xFF
    return bytes(body)


RUINS: dict[str, Build] = {
    **{f"{form.lower()} cut at {share:.0%}": partial(cut, partial(saved, form), share)
       for form in ("PNG", "JPEG", "WEBP") for share in (0.06, 0.1, 0.3, 0.5, 0.7, 0.9)},
    **{f"checksum of {name.decode()}": partial(broken_checksum, name) for name in (b"IHDR", b"IDAT")},
    "pixels changed": broken_pixels,
    "png without pixels": lambda: head(4, 4) + END,
    "png of no width": lambda: head(0, 4) + chunk(b"IDAT", zlib.compress(b"")) + END,
    "png of a kind that is none": lambda: head(4, 4, 3, 5) + chunk(b"IDAT", zlib.compress(bytes(52))) + END,
    "png that ends early": lambda: saved("PNG")[: -len(END)],
    "jpeg of heads": lambda: b"\xff\xd8\xff" + b"\xff\xe1\x00\x02" * 1000,
    "webp of nothing": lambda: b"RIFF\x04\0\0\0WEBP",
    **{f"swollen {name}": build for name, build in SWOLLEN.items()},
}  # fmt: skip

REFUSED: dict[str, tuple[str, Build]] = {
    **{name: ("size", build) for name, build in BOMBS.items()},
    **{name: ("format", build) for name, build in FOREIGN.items()},
    **{name: ("broken", build) for name, build in RUINS.items()},
}
