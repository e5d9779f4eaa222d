"""Fetches what a provider painted, from an address that came over the network.

- Every hop is held against the rules of `addresses`, redirects included (at most MAX_HOPS); a name is looked up once, all its
  addresses must be allowed, and the connection goes to the one that was checked. TLS still proves the name.
- No token, no cookie, no proxy from the environment, no compression, which could swell.
- MAX_BYTES and SECONDS in all; a body shorter than announced is no body; the head has the parser's own limit.

An HTTP client would follow and decode on its own account, so this speaks to httpcore, the layer below httpx.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import httpcore
import httpx

from placeholder.jobs.ports import OutputGone, OutputRefused, OutputTrouble
from placeholder.providers.addresses import Hosts, is_public, read_hosts, read_url

MAX_BYTES = 25_000_000
MAX_HOPS = 3
SECONDS = 20.0

_HEADERS = [(b"accept", b"image/*"), (b"accept-encoding", b"identity"), (b"user-agent", b"placeholder")]
_TIMEOUT = {"connect": 5.0, "read": 10.0, "write": 5.0, "pool": SECONDS}
_GONE = frozenset((404, 410))
_TROUBLE = frozenset((408, 425, 429))
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_TRIED = 3
"""Addresses of a host that are tried."""

Resolve = Callable[[str, int], Awaitable[list[str]]]


async def resolve(host: str, port: int) -> list[str]:
    """Every address of `host`. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class HttpOutputs:
    def __init__(
        self,
        hosts: tuple[str, ...],
        *,
        seconds: float = SECONDS,
        resolve: Resolve = resolve,
        network: httpcore.AsyncNetworkBackend | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """`hosts`: names and origins (`addresses`). Raises ValueError for one that is neither. The rest is for tests."""
        self._hosts, self._seconds = read_hosts(hosts), seconds
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust or httpx.create_ssl_context(trust_env=False),
            max_connections=None,
            max_keepalive_connections=8,
            keepalive_expiry=15,
            network_backend=_Checked(self._hosts, resolve, network or httpcore.AnyIOBackend()),
        )

    async def fetch(self, url: str) -> bytes:
        failed = ""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._followed(url)
        except TimeoutError:
            failed = "the output took too long"
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError, UnicodeError) as error:
            failed = f"the output could not be read: {type(error).__name__}"
        raise OutputTrouble(failed)

    async def close(self) -> None:
        await self._pool.aclose()

    async def _followed(self, url: str) -> bytes:
        for _ in range(1 + MAX_HOPS):
            read = read_url(url)
            if read is None or not self._hosts.admit(read[1]):
                raise OutputRefused("the output is not where outputs may be")
            target, origin = read
            address = httpcore.URL(scheme=origin.scheme, host=target.raw_host, port=origin.port, target=target.raw_path)
            headers = [(b"host", target.netloc), *_HEADERS]
            async with self._pool.stream("GET", address, headers=headers, extensions={"timeout": _TIMEOUT}) as response:
                if response.status not in _REDIRECTS:
                    return await _body(response)
                url = _location(target, _header(response, b"location"))
        raise OutputRefused("too many redirects")


class _Checked(httpcore.AsyncNetworkBackend):
    """Looks a name up once and connects to an address that was checked."""

    def __init__(self, hosts: Hosts, resolve: Resolve, network: httpcore.AsyncNetworkBackend) -> None:
        self._hosts, self._resolve, self._network = hosts, resolve, network

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._resolve(host, port)
        if not addresses or (self._hosts.need_public(host, port) and not all(map(is_public, addresses))):
            raise OutputRefused("the output's host has an address that is not public")
        refused: Exception = OSError("no address")
        for address in addresses[:_TRIED]:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                refused = error
        raise refused


def _header(response: httpcore.Response, wanted: bytes) -> bytes:
    """Empty when the header is not there; refused when it is there twice."""
    values = [value for name, value in response.headers if name.lower() == wanted]
    if len(values) > 1:
        raise OutputRefused("the output's host says two things at once")
    return values[0] if values else b""


def _location(base: httpx.URL, location: bytes) -> str:
    try:
        return str(base.join(location.decode("ascii")))
    except (httpx.InvalidURL, ValueError):
        return ""


async def _body(response: httpcore.Response) -> bytes:
    status = response.status
    if status in _GONE:
        raise OutputGone(f"the output's host answered {status}")
    if status >= 500 or status in _TROUBLE:
        raise OutputTrouble(f"the output's host answered {status}")
    if status != 200:
        raise OutputRefused(f"the output's host answered {status}")
    if _header(response, b"content-encoding").strip().lower() not in (b"", b"identity"):
        raise OutputRefused("the output is compressed")
    announced = _header(response, b"content-length")
    # Its grammar is the parser's business, which has refused anything but digits.
    if announced and int(announced) > MAX_BYTES:
        raise OutputRefused("the output is too large")
    received = bytearray()
    async for chunk in response.aiter_stream():
        received += chunk
        if len(received) > MAX_BYTES:
            raise OutputRefused("the output is too large")
    return bytes(received)
