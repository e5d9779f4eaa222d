"""From where an output may be fetched: hosts, URLs, addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.providers.addresses import is_public, read_hosts, read_url

HOSTS = read_hosts(("replicate.delivery", "http://127.0.0.1:9911", "https://files.test"))


def admitted(url: str) -> bool:
    read = read_url(url)
    return read is not None and HOSTS.admit(read[1])


@pytest.mark.parametrize(
    "url",
    [
        "https://replicate.delivery/xezq/a/out-0.png",
        "https://pbxt.replicate.delivery/a.png?x=1#y",
        "https://a.b.c.replicate.delivery/",
        "https://REPLICATE.delivery:443/",
        "http://127.0.0.1:9911/a.png",
        "https://files.test/a.png",
        "https://files.test:443/a.png",
    ],
)
def test_where_outputs_may_be(url: str) -> None:
    assert admitted(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "//replicate.delivery/a",
        "/a.png",
        "https://",
        "https:///a",
        "http://replicate.delivery/a",
        "https://replicate.delivery:444/",
        "https://replicate.delivery:80/",
        "https://replicate.delivery:99999/",
        "https://replicate.delivery./",
        "https://.replicate.delivery/",
        "https://a..replicate.delivery/",
        "https://xreplicate.delivery/",
        "https://replicate.delivery.evil.com/",
        "https://replicate.delivery@evil.com/",
        "https://user@replicate.delivery/",
        "https://user:pass@replicate.delivery/",
        "https://@evil.com/",
        "https://evil.com/replicate.delivery",
        "https://evil.com#replicate.delivery",
        "https://evil.com?replicate.delivery",
        "https://evil.com\\@replicate.delivery/",
        "https://replicate.delivery\\@evil.com/",
        "https://replicate。delivery/",
        "https://replicate.delivery%2f.evil.com/",
        "https://replicate%2edelivery/",
        "https://delivery/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:7f00:1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1/",
        "http://127.0.0.1:9912/",
        "https://127.0.0.1:9911/",
        "http://localhost:9911/",
        "http://127.1:9911/",
        "http://files.test/",
        "https://a.files.test/",
        "file:///etc/passwd",
        "ftp://replicate.delivery/",
        "gopher://replicate.delivery/",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        "https://replicate.delivery/" + "a" * 3000,
        "https://replicate.delivery/\n",
        "https://replicate.delivery\t/",
        "https://[replicate.delivery]/",
        "https://replicate.delivery:-443/",
        "https://replicate.delivery:443@evil.com/",
    ],
)
def test_where_they_may_not(url: str) -> None:
    assert not admitted(url)


@given(st.text(max_size=60) | st.text(max_size=30).map(lambda text: f"https://{text}replicate.delivery/"))
def test_what_is_compared_is_what_is_connected_to(url: str) -> None:
    read = read_url(url)
    if read and HOSTS.admit(read[1]):
        host = read[0].raw_host.decode("ascii").lower()
        assert host == "replicate.delivery" or host.endswith(".replicate.delivery")


@pytest.mark.parametrize(
    "entry",
    ["", "a b", "http://", "ftp://a", "https://a/path", "https://u@a", "a/b", "*.replicate.delivery", "a..b", "é.de", "a:80"],
)
def test_an_entry_that_is_none(entry: str) -> None:
    with pytest.raises(ValueError, match="output host"):
        read_hosts((entry,))


def test_only_origins_may_lie_anywhere() -> None:
    assert HOSTS.need_public("replicate.delivery", 443)
    assert HOSTS.need_public("127.0.0.1", 443)
    assert not HOSTS.need_public("127.0.0.1", 9911)
    assert not HOSTS.need_public("files.test", 443)


PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "104.18.0.1",
    "2606:4700::1111",
    "2a00:1450:4001:81b::200e",
    "2001:4860:4860::8888",
]
PRIVATE = {
    "this host": ["0.0.0.0", "0.1.2.3", "::"],
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12:3456::1"],
    "shared": ["100.64.0.1", "100.127.255.255"],
    "link-local": ["169.254.0.1", "169.254.169.254", "fe80::1", "fe80::5efe:a9fe:a9fe"],
    "site-local": ["fec0::1"],
    "protocols": ["192.0.0.1", "192.0.0.8", "192.0.0.170"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "benchmarks": ["198.18.0.1", "198.19.255.255", "2001:2::1"],
    "relays": ["192.88.99.1"],
    "multicast": ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"],
    "reserved": ["240.0.0.1", "255.255.255.255", "5f00::1", "4000::1", "8000::1"],
    "Azure": ["168.63.129.16"],
    "IPv4-mapped": ["::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::ffff:8.8.8.8", "::ffff:0:7f00:1"],
    "IPv4-compatible": ["::127.0.0.1", "::a9fe:a9fe", "::8.8.8.8"],
    "NAT64": ["64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "64:ff9b:1:2::a9fe:a9fe"],
    "6to4": ["2002:7f00:1::", "2002:a9fe:a9fe::", "2002:0a00:0001::1"],
    "Teredo": ["2001::1", "2001:0:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
    "ORCHID": ["2001:10::1", "2001:20::1"],
    "ISATAP": ["::5efe:7f00:1", "2606:4700::5efe:a9fe:a9fe", "2606:4700::200:5efe:7f00:1"],
    "with a zone": ["fe80::1%eth0", "2606:4700::1111%eth0"],
    "no address": ["", "localhost", "1.1.1", "0x7f000001", "2130706433", "127.1", "1.1.1.1 ", "[::1]", "01.1.1.1"],
}


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", [address for family in PRIVATE.values() for address in family])
def test_addresses_that_are_not(address: str) -> None:
    assert not is_public(address)
