"""What <ai-img> costs and how late it shows, beside plain polling: `python tests/bench/element.py`. Needs Chromium.

A page with one element at a time, over and over, against a service whose sketches take as long as a fast model (--delay). The
same module, once with long polls and once with a service that answers each at once (the relay takes `wait` away). The lag runs
from the moment at which another client, waiting too, is told `ready` to the element's own event, both on this machine's clock.
"""

import argparse
import asyncio
import gzip
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx
import report
from jobs import KEY
from playwright.async_api import Page, async_playwright
from processes import SERVE, running

sys.path.insert(0, str(Path(__file__).parents[1]))
from browser.conftest import ARGUMENTS
from browser.relay import Relay

PAGE = """<!doctype html><title>bench</title><script type="module">
    import { registerAiImg } from "/components/ai-img.js";
    registerAiImg();
</script>"""
SHOW = """([prompt, key]) => new Promise((done) => {
    const element = Object.assign(document.createElement("ai-img"), { prompt, w: 512, h: 512, apiKey: key });
    element.addEventListener("ai-img:ready", () => done(Date.now() / 1000));
    document.body.replaceChildren(element);
})"""


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


async def measure(origin: str, jobs: int, has_long_polls: bool, page: Page) -> tuple[str, ...]:
    """A row."""
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
    name = "held requests" if has_long_polls else "plain polling, 0.5 s doubling to 5 s"
    middle, longest = statistics.median(lags) * 1000, max(lags) * 1000
    return name, f"{statistics.mean(counts):.1f}", f"{middle:.0f}", f"{longest:.0f}"


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=12)
    parser.add_argument("--delay", type=float, default=2, help="seconds that a picture takes")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    chosen = parser.parse_args()
    delay = {"PLACEHOLDER_API_KEY": KEY, "PLACEHOLDER_PROVIDER": "sketch", "PLACEHOLDER_SKETCH_DELAY_S": str(chosen.delay)}
    with tempfile.TemporaryDirectory() as folder, running(SERVE, Path(folder, "home"), pinned=False, **delay) as (port, _):
        origin = f"http://127.0.0.1:{port}"
        module = httpx.get(f"{origin}/components/ai-img.js", headers={"Accept-Encoding": "identity"}).content
        sent = len(gzip.compress(module, mtime=0))
        print(f"The module: {len(module):,} bytes, {sent:,} as browsers take it (gzip).\n")
        print(f"{chosen.jobs} pictures of {chosen.delay:g} s each:\n")
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chosen.chromium, args=ARGUMENTS)
            page = await browser.new_page()
            rows = [await measure(origin, chosen.jobs, has_long_polls, page) for has_long_polls in (True, False)]
            await browser.close()
    report.table(("", "status requests a job", "shown after ready, ms, median", "longest"), rows)


if __name__ == "__main__":
    asyncio.run(main())
