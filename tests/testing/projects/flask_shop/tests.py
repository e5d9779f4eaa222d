"""By the fixture that comes with the package: nothing is imported for it."""

import json
import re
from urllib.request import Request, urlopen

import pytest
from flask.testing import FlaskClient
from shop import create_app


@pytest.fixture
def client(placeholder_server) -> FlaskClient:
    return create_app(placeholder_server.url).test_client()


def test_the_page_shows_a_picture(client: FlaskClient) -> None:
    (source,) = re.findall(r'<img src="([^"]+)"', client.get("/hat").text)
    with urlopen(source) as answer:
        assert answer.headers["content-type"] == "image/svg+xml"


def test_the_element_has_its_module_and_its_endpoint(client: FlaskClient, placeholder_server) -> None:
    page = client.get("/hat").text
    (module,) = re.findall(r'from "([^"]+)"', page)
    with urlopen(module) as answer:
        assert b"registerAiImg" in answer.read()
    assert f'<ai-img endpoint="{placeholder_server.url}"' in page


def test_a_prompt_becomes_a_picture(placeholder_server) -> None:
    headers = {"Authorization": f"Bearer {placeholder_server.key}", "Content-Type": "application/json"}
    body = json.dumps({"prompt": "a felt hat", "w": 64, "h": 48}).encode()
    with urlopen(Request(placeholder_server.address("/ai"), body, headers)) as answer:
        told = json.load(answer)
    state = told["state"]
    while state not in ("ready", "failed"):
        with urlopen(placeholder_server.address(f"{told['status_url']}?wait=20&while={state}")) as answer:
            state = json.load(answer)["state"]
    with urlopen(placeholder_server.address(told["url"])) as answer:
        assert (state, answer.headers["content-type"]) == ("ready", "image/png")
