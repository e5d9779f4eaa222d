"""Fetching outputs: from hosts that lie, drip, swell, break off and send us elsewhere."""

import asyncio
import gzip
import ssl
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from placeholder.jobs.ports import OutputGone, OutputRefused, OutputTrouble
from placeholder.providers.outputs import MAX_BYTES, HttpOutputs

Listening = Callable[..., Any]
NAME = "files.replicate.delivery"
PUBLIC, PRIVATE = "93.184.216.34", "127.0.0.1"


def answer(body: bytes = b"", status: int = 200, **headers: str) -> bytes:
    told = "".join(
        f"{name.replace('_', '-')}: {value}\r\n" for name, value in {"content_length": str(len(body)), **headers}.items()
    )
    return f"HTTP/1.1 {status} X\r\n{told}\r\n".encode() + body


@asynccontextmanager
async def serving(listening: Listening, *answers: bytes | None, asked: list[bytes] | None = None) -> AsyncIterator[int]:
    """Answers each request with the next of `answers`, the last one for ever; None: nothing."""
    heads = [] if asked is None else asked

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            port = writer.get_extra_info("sockname")[1]
            sent = answers[min(len(heads), len(answers)) - 1]
            if sent is None:
                return
            writer.write(sent.replace(b"PORT", str(port).encode()))
            await writer.drain()
            if b"connection: close" in sent[:200] or not (b"chunked" in sent[:200] or b"content-length" in sent[:200]):
                return

    async with listening(server) as port:
        yield port


@asynccontextmanager
async def fetching(port: int, seconds: float = 3, path: str = "/a.png?b=c") -> AsyncIterator[tuple[HttpOutputs, str]]:
    outputs = HttpOutputs((f"http://127.0.0.1:{port}",), seconds=seconds)
    try:
        yield outputs, f"http://127.0.0.1:{port}{path}"
    finally:
        await outputs.close()


async def fetch(listening: Listening, *answers: bytes | None, seconds: float = 3) -> bytes:
    async with serving(listening, *answers) as port, fetching(port, seconds) as (outputs, url):
        return await outputs.fetch(url)


async def test_an_output(listening: Listening, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No token, no cookie, no .netrc, no proxy; nothing but a request for the bytes as they are."""
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    asked: list[bytes] = []
    async with serving(listening, answer(b"picture", set_cookie="a=b; Path=/"), asked=asked) as port:
        async with fetching(port) as (outputs, url):
            assert await outputs.fetch(url) == b"picture"
            assert await outputs.fetch(url) == b"picture"
        lines = asked[0].decode().lower().split("\r\n")
        assert lines[0] == "get /a.png?b=c http/1.1"
        assert f"host: 127.0.0.1:{port}" in lines
        assert "accept-encoding: identity" in lines
        assert {line.partition(":")[0] for line in lines[1:] if line} == {"host", "accept", "accept-encoding", "user-agent"}
        assert asked[0] == asked[1]


async def test_a_body_in_chunks(listening: Listening) -> None:
    assert (
        await fetch(listening, b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
        == b"abcde"
    )


async def test_a_body_until_the_end(listening: Listening) -> None:
    assert await fetch(listening, b"HTTP/1.1 200 X\r\n\r\nabc") == b"abc"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, OutputGone) for status in (404, 410)),
        *((status, OutputTrouble) for status in (408, 425, 429, 500, 502, 503, 504, 599)),
        *((status, OutputRefused) for status in (201, 204, 206, 300, 304, 400, 401, 403, 405, 418, 451)),
    ],
)
async def test_statuses(listening: Listening, status: int, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        await fetch(listening, answer(b"" if status in (204, 304) else b"x", status))


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (answer(gzip.compress(b"x"), content_encoding="gzip"), OutputRefused),
        (answer(b"x", content_encoding="br"), OutputRefused),
        (answer(b"x", content_encoding="identity, gzip"), OutputRefused),
        (answer(b"abc", content_length="10", connection="close"), OutputTrouble),
        (answer(b"abc", content_length="10000000000"), OutputRefused),
        (answer(b"abc", content_length="9" * 40), OutputTrouble),
        (answer(b"abc", content_length="-1"), OutputTrouble),
        (answer(b"abc", content_length="abc"), OutputTrouble),
        (b"HTTP/1.1 200 X\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd", OutputTrouble),
        (b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n3\r\nabc\r\n", OutputTrouble),
        (b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\nzzz\r\n", OutputTrouble),
        (b"HTTP/1.1 200 X\r\n" + b"a: b\r\n" * 2_000_000 + b"\r\n", OutputTrouble),
        (b"HTTP/1.1 200 X\r\na: " + b"b" * 10_000_000 + b"\r\n\r\n", OutputTrouble),
        (b"HTTP/1.1 100 X\r\n\r\n" * 3, OutputTrouble),
        (b"nonsense\r\n\r\n", OutputTrouble),
        (None, OutputTrouble),
    ],
    ids=lambda value: repr(value[17:60]) if isinstance(value, bytes) else str(value),
)
async def test_answers_that_are_none(listening: Listening, sent: bytes | None, kind: type[Exception]) -> None:
    began = time.monotonic()
    with pytest.raises(kind) as caught:
        await fetch(listening, sent)
    assert caught.value.__context__ is None or kind is OutputRefused
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 X\r\n\r\n", b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n"])
async def test_a_body_without_end(listening: Listening, head: bytes) -> None:
    """Ten gigabytes that nobody announced."""
    sent = 0
    block = b"x" * 1_000_000 if b"chunked" not in head else b"f4240\r\n" + b"x" * 1_000_000 + b"\r\n"

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        for _ in range(10_000):
            writer.write(block)
            await writer.drain()
            sent += len(block)

    async with listening(server) as port, fetching(port, 10) as (outputs, url):
        with pytest.raises(OutputRefused):
            await outputs.fetch(url)
    assert sent < 2 * MAX_BYTES


async def test_the_largest_body(listening: Listening) -> None:
    assert len(await fetch(listening, answer(b"x" * MAX_BYTES), seconds=10)) == MAX_BYTES
    with pytest.raises(OutputRefused):
        await fetch(listening, answer(b"x" * (MAX_BYTES + 1)), seconds=10)


async def test_a_dripping_body(listening: Listening) -> None:
    """No pause is long, the whole is."""

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 X\r\ncontent-length: 1000\r\n\r\n")
        for _ in range(1000):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with listening(server) as port, fetching(port, 0.5) as (outputs, url):
        began = time.monotonic()
        with pytest.raises(OutputTrouble):
            await outputs.fetch(url)
        assert 0.4 < time.monotonic() - began < 2


async def test_a_head_that_never_comes(listening: Listening) -> None:
    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(server) as port, fetching(port, 0.3) as (outputs, url):
        with pytest.raises(OutputTrouble):
            await outputs.fetch(url)


async def test_nobody_listens() -> None:
    async with fetching(1) as (outputs, url):
        with pytest.raises(OutputTrouble):
            await outputs.fetch(url)


# ---------------------------------------------------------------- redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_within_the_rules(listening: Listening, status: int) -> None:
    asked: list[bytes] = []
    hops = [answer(b"gone on", status, location=to) for to in ("/b.png", "//127.0.0.1:PORT/c.png", "http://127.0.0.1:PORT/d.png")]
    async with serving(listening, *hops, answer(b"picture"), asked=asked) as port, fetching(port) as (outputs, url):
        assert await outputs.fetch(url) == b"picture"
    assert [head.split(b" ")[1] for head in asked] == [b"/a.png?b=c", b"/b.png", b"/c.png", b"/d.png"]


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:1/",
        "https://127.0.0.1:PORT/",
        "http://localhost:PORT/",
        "http://u@127.0.0.1:PORT/",
        "//evil.com/",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "http://[::/",
        "\xe9",
        "",
        "/again",
    ],
)
async def test_a_redirect_elsewhere_or_without_end(listening: Listening, location: str) -> None:
    asked: list[bytes] = []
    sent = f"HTTP/1.1 302 X\r\ncontent-length: 0\r\nlocation: {location}\r\n\r\n".encode("latin-1")
    async with serving(listening, sent, asked=asked) as port, fetching(port) as (outputs, url):
        with pytest.raises(OutputRefused):
            await outputs.fetch(url)
    assert len(asked) == (4 if location in ("/again", "") else 1)


async def test_two_locations(listening: Listening) -> None:
    sent = b"HTTP/1.1 302 X\r\ncontent-length: 0\r\nlocation: /b\r\nlocation: /c\r\n\r\n"
    with pytest.raises(OutputRefused):
        await fetch(listening, sent)


# ---------------------------------------------------------------- names


class Rerouted(httpcore.AnyIOBackend):
    """Notes where a connection should go and leads it to a port on loopback."""

    def __init__(self, port: int, unreachable: Sequence[str] = ()) -> None:
        self.port, self.unreachable, self.connected = port, unreachable, list[tuple[str, int]]()

    async def connect_tcp(self, host: str, port: int, *rest: Any, **more: Any) -> httpcore.AsyncNetworkStream:
        self.connected.append((host, port))
        if host in self.unreachable:
            raise httpcore.ConnectError
        return await super().connect_tcp("127.0.0.1", self.port, *rest, **more)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """For NAME: the certificate, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


@asynccontextmanager
async def named(
    listening: Listening, certificate: tuple[Path, Path], *lookups: list[str], unreachable: Sequence[str] = ()
) -> AsyncIterator[tuple[HttpOutputs, Rerouted, list[str]]]:
    """Outputs of replicate.delivery, whose names are looked up as `lookups` say, the last one for ever."""
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(*certificate)
    told: list[str] = []
    server_side.sni_callback = lambda _socket, name, _context: told.append(name)
    looked_up = 0

    async def resolve(host: str, port: int) -> list[str]:
        nonlocal looked_up
        looked_up += 1
        return lookups[min(looked_up, len(lookups)) - 1]

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 X\r\nconnection: close\r\ncontent-length: 7\r\n\r\npicture")
        await writer.drain()

    async with listening(server, ssl=server_side) as port:
        network = Rerouted(port, unreachable)
        trust = ssl.create_default_context(cafile=certificate[0])
        outputs = HttpOutputs(("replicate.delivery",), seconds=3, resolve=resolve, network=network, trust=trust)
        try:
            yield outputs, network, told
        finally:
            await outputs.close()


async def test_the_connection_goes_to_the_address_that_was_checked(listening: Listening, certificate: tuple[Path, Path]) -> None:
    """The name stays in TLS."""
    async with named(listening, certificate, [PUBLIC]) as (outputs, network, told):
        assert await outputs.fetch(f"https://{NAME}/a.png") == b"picture"
        assert network.connected == [(PUBLIC, 443)]
        assert told == [NAME]


async def test_tls_proves_the_name(listening: Listening, certificate: tuple[Path, Path]) -> None:
    async with named(listening, certificate, [PUBLIC]) as (outputs, _, _):
        with pytest.raises(OutputTrouble):
            await outputs.fetch("https://other.replicate.delivery/a.png")


async def test_a_name_that_changes_its_address(listening: Listening, certificate: tuple[Path, Path]) -> None:
    """Each connection looks up, and holds that very lookup against the rules."""
    async with named(listening, certificate, [PUBLIC], [PRIVATE]) as (outputs, network, _):
        assert await outputs.fetch(f"https://{NAME}/a.png") == b"picture"
        with pytest.raises(OutputRefused):
            await outputs.fetch(f"https://{NAME}/a.png")
        assert network.connected == [(PUBLIC, 443)]


@pytest.mark.parametrize(
    "addresses",
    [[], [PRIVATE], [PUBLIC, PRIVATE], [PUBLIC, "::1"], ["169.254.169.254"], ["64:ff9b::a9fe:a9fe"], ["fe80::1%eth0"]],
    ids=str,
)
async def test_every_address_must_be_public(listening: Listening, certificate: tuple[Path, Path], addresses: list[str]) -> None:
    async with named(listening, certificate, addresses) as (outputs, network, _):
        with pytest.raises(OutputRefused):
            await outputs.fetch(f"https://{NAME}/a.png")
        assert not network.connected


async def test_the_next_address_is_tried(listening: Listening, certificate: tuple[Path, Path]) -> None:
    addresses = ["2606:4700::1111", PUBLIC]
    async with named(listening, certificate, addresses, unreachable=addresses[:1]) as (outputs, network, _):
        assert await outputs.fetch(f"https://{NAME}/a.png") == b"picture"
        assert [host for host, _ in network.connected] == addresses
    async with named(listening, certificate, [PUBLIC], unreachable=[PUBLIC]) as (outputs, _, _):
        with pytest.raises(OutputTrouble):
            await outputs.fetch(f"https://{NAME}/a.png")


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://169.254.169.254/latest/", OutputRefused),
        ("https://replicate.delivery.evil.com/", OutputRefused),
        ("https://replicate.delivery@evil.com/", OutputRefused),
        ("file:///etc/passwd", OutputRefused),
        ("data:image/png;base64,AAAA", OutputRefused),
        ("", OutputRefused),
        ("https://" + "a" * 70 + ".replicate.delivery/", OutputTrouble),
    ],
)
async def test_urls_that_are_not_fetched(url: str, kind: type[Exception]) -> None:
    """With the resolver and the trust of every day."""
    outputs = HttpOutputs(("replicate.delivery",))
    with pytest.raises((kind, OutputRefused)):
        await outputs.fetch(url)
    await outputs.close()


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "::ffff:127.0.0.1"])
async def test_no_spelling_of_loopback_is_public(host: str) -> None:
    """What the system's resolver makes of it is what is checked."""
    from placeholder.providers.addresses import is_public
    from placeholder.providers.outputs import resolve

    try:
        addresses = await resolve(host, 443)
    except OSError:
        return
    assert not any(map(is_public, addresses))
