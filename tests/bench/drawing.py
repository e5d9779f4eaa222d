"""What drawing costs inside the process, without a server: `python tests/bench/drawing.py`.

SVG in microseconds of this process's own time (Spec to text, pure Python), each call a picture not drawn before; what a start
costs with the extras' packages and without (startup.py). Both have limits: the command fails where one is broken. `--limits`
ends there. Then raster in milliseconds (URL to bytes, in this thread) with the size of the file; the longest time for which a
raster picture kept another thread from running; and the memory held after one picture of every kind at 4096².
"""

import argparse
import gc
import platform
import re
import statistics
import sys
import threading
import time
from itertools import count
from pathlib import Path

import startup

from placeholder import draw
from placeholder.library import asked_for
from placeholder.synth.seeds.album import LOOKS
from placeholder.synth.seeds.look import AUTO
from placeholder.synth.seeds.palette import THEMES

FRESH = count(1000)
SVG = {
    "solid": lambda n: f"/color/{n % 0xFFFFFF:06x}/400x300",
    "gradient": lambda n: f"/gradient/400x300?from={n % 0xFFFFFF:06x}&angle={n % 360}",
    "label, its own size": lambda n: f"/{n % 2048 + 1}x300",
    "label, a new text": lambda n: f"/400x300?text=label+{n}",
    "label of eight new words": lambda n: f"/400x300?text=the+quarterly+report+of+team+number+{n}+follows",
    "label in a frame, for both themes": lambda n: f"/400x300?text=label+{n}&radius=16&border=2&font=serif&theme=auto",
    **{
        f"label {name}": lambda n, word=word: f"/400x300?text={word}+{n}"
        for name, word in (
            ("in Greek", "Κόσμε"),
            ("in Cyrillic", "Привет"),
            ("in Chinese", "占位图"),
            ("in Arabic", "عنصر"),
            ("in Hebrew", "תמונה"),
            ("in Devanagari", "चित्र"),
            ("in Thai", "ภาพ"),
            ("with an emoji", "🦊"),
        )
    },
    "seed": lambda n: f"/seed/s{n}/400x300",
    **{
        f"seed, {style}": lambda n, style=style: f"/seed/s{n}/400x300?style={style}&theme={THEMES[n % len(THEMES)]}"
        for style in LOOKS
    },
    **{
        f"seed, {style}, for both themes": lambda n, style=style: f"/seed/s{n}/400x300?style={style}&theme={AUTO}"
        for style in LOOKS
    },
    "seed, mosaic, its longest": lambda n: f"/seed/s{n}/1200x300?style=mosaic",
    "glyph": lambda n: f"/glyph/{n % 2048 + 1}x300?as=map",
}
LIMITS = {"label": 60, "seed": 50}
"""Microseconds, by the first word of a name."""
RASTER = (
    "/color/7c9cff/2048x2048.png",
    "/400x300.png",
    "/1200x630.png",
    "/2048x2048.png",
    "/400x300.png?radius=16",
    "/1200x630.webp?radius=16",
    "/1200x630.avif?radius=16",
    "/1200x630.gif?radius=16",
    "/gradient/400x300.png",
    "/gradient/2048x2048.png?angle=120",
    "/gradient/2048x2048.png?type=radial",
    "/seed/ada/1200x630.png",
    *(f"/seed/ada/1200x630.webp?style={style}" for style in LOOKS),
    "/seed/ada/2048x2048.png?style=mesh",
    "/glyph/300x300.png",
    "/1200x630.jpg",
    "/1200x630.webp",
    "/gradient/1200x630.webp",
    "/1200x630.avif",
    "/1200x630.gif",
    "/seed/ada/2048x2048.avif",
    "/2048x2048.avif",
)
LARGEST = [
    f"{address}.{ending}{query}"
    for address, query in (
        ("/2048x2048@2x", ""),
        ("/color/7c9cff/2048x2048@2x", ""),
        ("/gradient/2048x2048@2x", "?angle=120"),
        ("/seed/ada/2048x2048@2x", ""),
        ("/seed/ada/2048x2048@2x", "?style=mesh"),
        ("/glyph/2048x2048@2x", ""),
    )
    for ending in ("png", "jpg", "webp", "avif", "gif")
]


def microseconds(make_url) -> float:
    rounds = []
    for _ in range(7):
        pictures = [asked_for(make_url(next(FRESH))) for _ in range(2000)]
        # Its own time, so that what else the machine does is not counted.
        started = time.process_time()
        for picture in pictures:
            picture.drawing.draw(picture.spec)
        rounds.append((time.process_time() - started) / len(pictures) * 1e6)
    return min(rounds)


def milliseconds(url: str) -> tuple[float, int]:
    rounds, deadline = [], time.perf_counter() + 1.5
    while len(rounds) < 3 or time.perf_counter() < deadline:
        started = time.perf_counter()
        body = draw(url)
        rounds.append((time.perf_counter() - started) * 1e3)
    return statistics.median(rounds), len(body)


def longest_stall(url: str) -> float:
    """The longest gap in milliseconds between two beats of a thread that wants to run every millisecond."""
    done = threading.Event()
    worker = threading.Thread(target=lambda: (draw(url), done.set()))
    longest, last = 0.0, time.perf_counter()
    worker.start()
    while not done.is_set():
        time.sleep(0.001)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    return longest * 1e3


def rss_mb() -> float:
    return int(re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024


def svg() -> bool:
    """Prints what every drawing takes; whether all keep to their limits."""
    print("| SVG | µs | limit | |\n|---|--:|--:|---|")
    kept = True
    gc.disable()
    for name, make_url in SVG.items():
        took, limit = microseconds(make_url), LIMITS.get(re.split("[ ,]", name)[0])
        verdict = "" if limit is None else "kept" if took < limit else "BROKEN"
        kept &= verdict != "BROKEN"
        print(f"| {name} | {took:.2f} | {limit or ''} | {verdict} |", flush=True)
    gc.enable()
    return kept


def raster() -> None:
    print("\n| raster | ms | bytes |\n|---|--:|--:|")
    for url in RASTER:
        print("| `{}` | {:.2f} | {:,} |".format(url, *milliseconds(url)), flush=True)
    print("\n| 4096² | ms | longest stall ms |\n|---|--:|--:|")
    for url in LARGEST:
        started = time.perf_counter()
        stall = longest_stall(url)
        print(f"| `{url}` | {(time.perf_counter() - started) * 1e3:.0f} | {stall:.1f} |", flush=True)
    print(f"\nmemory held after these: {rss_mb():.0f} MB")


def main() -> None:
    words = argparse.ArgumentParser(description="What drawing costs.")
    words.add_argument("--limits", action="store_true", help="only what has a limit")
    asked = words.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}\n")
    kept = [svg(), startup.measure()]
    if not asked.limits:
        raster()
    sys.exit(None if all(kept) else "a limit is broken")


if __name__ == "__main__":
    main()
