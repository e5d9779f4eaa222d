"""A service that is asked to end answers those whom it has kept waiting, and ends."""

import socket
from typing import Any

import httpx

KEY = "Vt4rPq8sLm2xWz6yKc9dHf3n"
IMAGE = "Sec-Fetch-Dest: image\r\nSec-Fetch-Mode: no-cors\r\n"


def asking(port: int, target: str, headers: str = "") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.sendall(f"GET {target} HTTP/1.1\r\nHost: placeholder.test\r\n{headers}\r\n".encode())
    return connection


def answer(connection: socket.socket) -> bytes:
    with connection:
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_whoever_waits_is_answered(serving: Any) -> None:
    """`serving` allows less time to the end than the poll asks to be held."""
    with (
        serving(PLACEHOLDER_API_KEY=KEY, PLACEHOLDER_SKETCH_DELAY_S="600") as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):
        asked = {"prompt": "a lighthouse", "w": 40, "h": 30}
        job = client.post("/ai", json=asked, headers={"Authorization": f"Bearer {KEY}"}).json()
        while client.get(job["status_url"]).json() != {"state": "generating"}:
            pass
        poll, live = asking(port, f"{job['status_url']}?wait=25"), asking(port, f"{job['url']}?live=1", IMAGE)
        for _ in range(3):  # by when the server has read those two
            client.get("/healthz")
    assert answer(poll).endswith(b'{"state": "generating"}')
    assert b"\r\n--frame--\r\n" in answer(live)
