import re
import time
from html import unescape
from urllib.request import urlopen

import httpx
from django.test import SimpleTestCase, override_settings

from placeholder.testing import serve


class PageTest(SimpleTestCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.pictures = cls.enterClassContext(serve())
        cls.enterClassContext(override_settings(PLACEHOLDER_URL=cls.pictures.url, PLACEHOLDER_KEY=cls.pictures.key))

    def test_the_page_shows_pictures_that_are_there(self) -> None:
        sources = re.findall(r'<img src="([^"]+)"', self.client.get("/").content.decode())
        self.assertEqual(sources[0], self.pictures.address("/400x300.png?text=hat"))
        for source in sources:
            with urlopen(unescape(source)) as answer:
                self.assertEqual(answer.headers["content-type"], "image/png")

    def test_the_hero_is_painted(self) -> None:
        hero = re.findall(r'<img src="([^"]+/ai/[^"]+)"', self.client.get("/").content.decode())[0]
        ends = time.monotonic() + 20
        state = ""
        while state != "ready" and time.monotonic() < ends:
            with urlopen(hero) as answer:
                state = answer.headers["x-ai-state"]
            time.sleep(0.05)
        self.assertEqual(state, "ready")


class MountedTest(SimpleTestCase):
    async def test_the_service_is_a_part_of_the_site(self) -> None:
        from asgi import application

        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
            self.assertEqual((await client.get("/pictures/400x300")).headers["content-type"], "image/svg+xml")
            self.assertEqual((await client.get("/pictures/og")).headers["content-location"], "/pictures/1200x630")
            self.assertEqual((await client.get("/nothing")).status_code, 404)
