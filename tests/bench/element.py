"""What <ai-img> costs and how late it shows, beside plain polling: `python tests/bench/element.py`. Needs Chromium.

A page with one element at a time, over and over, against a service whose sketches take as long as a fast model (--delay). The
same module, once with long polls and once with a service that answers each at once (the relay takes `wait` away). The lag runs
from the moment at which another client, waiting too, is told `ready` to the element's own event, both on this machine's clock.
"""

import argparse
import asyncio
import gzip
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.async_api import Page, async_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))
from browser.conftest import ARGUMENTS
from browser.relay import Relay

KEY = "Kq7vR2mXw9Lz4TnB8sHd3PfYc6Jg"
PAGE = """<!doctype html><title>bench</title><script type="module">
    import { registerAiImg } from "/components/ai-img.js";
    registerAiImg();
</script>"""
SHOW = """([prompt, key]) => new Promise((done) => {
    const element = Object.assign(document.createElement("ai-img"), { prompt, w: 512, h: 512, apiKey: key });
    element.addEventListener("ai-img:ready", () => done(Date.now() / 1000));
    document.body.replaceChildren(element);
})"""


@contextmanager
def service(delay: float) -> Iterator[str]:
    chosen = {"PLACEHOLDER_API_KEY": KEY, "PLACEHOLDER_PROVIDER": "sketch", "PLACEHOLDER_SKETCH_DELAY_S": str(delay)}
    with tempfile.TemporaryDirectory() as home:
        log = Path(home, "log")
        with log.open("wb") as out:
            command = [sys.executable, "-m", "placeholder", "serve", "--port", "0"]
            process = subprocess.Popen(command, cwd=home, env={**os.environ, **chosen}, stdout=out, stderr=out)
        try:
            while not (told := re.search(r"running on (http://\S+)", log.read_text())):
                time.sleep(0.05)
            yield told[1]
        finally:
            process.terminate()
            process.wait()


async def lag(page: Page, relay: Relay, origin: str, prompt: str) -> float:
    """Seconds from `ready` to shown."""
    shown = asyncio.create_task(page.evaluate(SHOW, [prompt, KEY]))
    (post, *_) = await relay.until("POST", "/ai")
    async with httpx.AsyncClient(base_url=origin, timeout=40) as client:
        wish = {"prompt": prompt, "w": 512, "h": 512}
        told = (await client.post("/ai", json=wish, headers={"Authorization": post.headers["authorization"]})).json()
        state = told["state"]
        while state != "ready":
            state = (await client.get(f"{told['status_url']}?wait=25&while={state}")).json()["state"]
        ready = time.time()
    at: float = await shown
    return at - ready


async def measure(origin: str, jobs: int, has_long_polls: bool, page: Page) -> None:
    relay = Relay(origin)
    relay.strips_wait = not has_long_polls
    lags, counts = [], []
    for number in range(jobs):
        relay.clear()
        relay.strips_wait = not has_long_polls
        await page.goto(relay.page("bench.html", PAGE))
        relay.seen.clear()
        lags.append(await lag(page, relay, origin, f"a lighthouse {number} {has_long_polls}"))
        counts.append(len(relay.of("GET", "/ai/.*/status")))
    relay.close()
    name = "long polls" if has_long_polls else "plain polls"
    middle, longest = statistics.median(lags) * 1000, max(lags) * 1000
    print(f"| {name} | {statistics.mean(counts):.1f} | {middle:.0f} | {longest:.0f} |")


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=12)
    parser.add_argument("--delay", type=float, default=2, help="seconds that a picture takes")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    chosen = parser.parse_args()
    with service(chosen.delay) as origin:
        module = httpx.get(f"{origin}/components/ai-img.js", headers={"Accept-Encoding": "identity"}).content
        sent = len(gzip.compress(module, mtime=0))
        print(f"The module: {len(module)} bytes, {sent} as browsers take it (gzip).\n")
        print(f"{chosen.jobs} pictures of {chosen.delay:g} s each:\n")
        print("| | status requests a job | shown after ready, ms, median | longest |\n|---|--:|--:|--:|")
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chosen.chromium, args=ARGUMENTS)
            page = await browser.new_page()
            for has_long_polls in (True, False):
                await measure(origin, chosen.jobs, has_long_polls, page)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
