"""Draws what a model would have: a real picture of the asked size and format, the same for the same prompt and seed. The
prompt lies in its metadata, as models leave it there. Pure, and slow enough to belong in a thread.
"""

import io
import json
import random
import struct
import zlib

from PIL import ExifTags, Image, ImageDraw, ImageOps
from PIL.PngImagePlugin import PngInfo

MEDIA_TYPES = {"webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}
_ENCODERS = {"webp": "WEBP", "jpg": "JPEG", "png": "PNG"}

BOMB_SIDE = 16384


def draw(prompt: str, seed: int, size: tuple[int, int], kind: str, quality: int) -> bytes:
    """`kind`: webp, jpg or png."""
    dice = random.Random(f"{seed}/{prompt}")

    def color() -> tuple[int, int, int]:
        return dice.randrange(256), dice.randrange(256), dice.randrange(256)

    ground = Image.linear_gradient("L").rotate(dice.choice((0, 90, 180, 270))).resize(size)
    picture = ImageOps.colorize(ground, color(), color())
    pen, (width, height) = ImageDraw.Draw(picture), size
    for _ in range(5):
        x, y, radius = dice.randrange(width), dice.randrange(height), dice.randrange(min(size) // 16, min(size) // 4)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), color())
    told = json.dumps({"prompt": prompt, "seed": seed})  # ASCII, which is all that these fields hold
    out = io.BytesIO()
    if kind == "png":
        info = PngInfo()
        info.add_text("prompt", told)
        picture.save(out, "PNG", pnginfo=info, compress_level=1)
    else:
        exif = Image.Exif()
        exif[ExifTags.Base.ImageDescription] = told
        exif[ExifTags.Base.Software] = "replicate"
        picture.save(out, _ENCODERS[kind], quality=quality, exif=exif, method=0)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few dozen kilobytes that says it is 16384 pixels wide and high, and is."""
    row = b"\0" * (1 + BOMB_SIDE // 8)
    deflate = zlib.compressobj(9)
    data = b"".join(deflate.compress(row * 64) for _ in range(BOMB_SIDE // 64)) + deflate.flush()
    head = struct.pack(">IIBBBBB", BOMB_SIDE, BOMB_SIDE, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
