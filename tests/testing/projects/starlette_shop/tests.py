"""By unittest: the mounted service in this process, and a live one where a test wants another host."""

import os
import re
import tempfile
import unittest

import httpx

KEY = "Zk3vR8qLm2XwT5bNs7Yd1HcJf"


class MountedTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        folder = self.enterContext(tempfile.TemporaryDirectory())
        os.environ.update(
            PLACEHOLDER_DATA_DIR=folder,
            PLACEHOLDER_API_KEY=KEY,
            PLACEHOLDER_PROVIDER="sketch",
            PLACEHOLDER_SKETCH_DELAY_S="0.1",
        )
        from shop import app, pictures

        await self.enterAsyncContext(pictures.lifespan())
        transport = httpx.ASGITransport(app)
        self.client = await self.enterAsyncContext(httpx.AsyncClient(transport=transport, base_url="http://shop.test"))

    async def test_the_page_and_a_prompt(self) -> None:
        (source,) = re.findall(r'<img src="([^"]+)"', (await self.client.get("/")).text)
        answer = await self.client.get(source)
        self.assertEqual(answer.headers["content-location"], "/pictures/1200x630?text=hats")
        wish = {"prompt": "a felt hat", "w": 64, "h": 48}
        told = (await self.client.post("/pictures/ai", json=wish, headers={"Authorization": f"Bearer {KEY}"})).json()
        state = {"state": told["state"]}
        while state["state"] not in ("ready", "failed"):
            state = (await self.client.get(f"{told['status_url']}?wait=20&while={state['state']}")).json()
        self.assertEqual(state["url"], told["url"])
        self.assertEqual((await self.client.get(told["url"])).headers["x-ai-state"], "ready")


class LiveTest(unittest.TestCase):
    def test_a_picture_that_fails(self) -> None:
        from placeholder.testing import serve

        pictures = self.enterContext(serve(sketch_failures=1))
        wish, key = {"prompt": "a felt hat", "w": 64, "h": 48}, {"Authorization": f"Bearer {pictures.key}"}
        told = httpx.post(pictures.address("/ai"), json=wish, headers=key).raise_for_status().json()
        state = told["state"]
        while state not in ("ready", "failed"):
            state = httpx.get(pictures.address(f"{told['status_url']}?wait=20&while={state}"), timeout=30).json()["state"]
        self.assertEqual(state, "failed")


if __name__ == "__main__":
    unittest.main()
