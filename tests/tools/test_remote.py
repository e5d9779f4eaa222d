"""What is said where a service is none, is not there, or says no."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from placeholder.tools.remote import Remote, Trouble

JOB = "abcdefghijklmnop"
Stand = Callable[..., str]


@pytest.fixture
def stand() -> Iterator[Stand]:
    """Something else that answers everything with this; gives its address."""
    opened = list[HTTPServer]()

    def start(status: int, body: bytes, **headers: str) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        opened.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in opened:
        server.shutdown()
        server.server_close()


async def refusal(remote: Remote, job: str = JOB) -> str:
    with pytest.raises(Trouble) as caught:
        await remote.status(job, 0)
    return str(caught.value)


async def test_nobody_is_asked_without_an_address() -> None:
    assert "start this command with --url" in await refusal(Remote(None, None))
    with pytest.raises(Trouble, match="--url"):
        await Remote(None, None).submit({})


async def test_nothing_is_submitted_without_a_key() -> None:
    with pytest.raises(Trouble, match="PLACEHOLDER_API_KEY: expected a key"):
        await Remote("http://127.0.0.1:9", None).submit({})


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://[", "http://no such host"])
async def test_a_service_that_is_not_there(address: str) -> None:
    assert await refusal(Remote(address, None)) == "The service at --url does not answer"


@pytest.mark.parametrize("body", [b"<html>", b"", b"[1]", b"\xff"])
async def test_a_service_that_is_another(body: bytes, stand: Stand) -> None:
    said = await refusal(Remote(stand(200, body), None))
    assert said == "What stands at --url is no placeholder service: status 200, and no JSON object"


async def test_a_service_that_says_no(stand: Stand) -> None:
    said = await refusal(Remote(stand(503, b'{"error": "Too many", "code": "busy"}', Retry_After="7"), None))
    assert said == "Too many (status 503, busy); ask again in 7 s"


@pytest.mark.parametrize("job", ["", "../status", "ABCDEFGHIJKLMNOP", JOB + "q", f"{JOB}/x", JOB + "\n"])
async def test_a_job_that_is_none_is_not_asked_about(job: str) -> None:
    assert (await refusal(Remote("http://127.0.0.1:9", None), job)).startswith("job: expected the id")


async def test_addresses_are_whole(stand: Stand) -> None:
    base = stand(200, b'{"state": "ready", "url": "/ai/8x8/x.png", "width": 8}')
    assert await Remote(base, None).status(JOB, 0) == {"state": "ready", "url": f"{base}/ai/8x8/x.png", "width": 8}
