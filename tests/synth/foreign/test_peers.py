"""Peers and reading: who is called what, whose host is whose, and that nothing comes out that we could not draw."""

import pytest
from fixtures.foreign import TARGETS
from hypothesis import given, settings
from hypothesis import strategies as st

from placeholder.errors import BadParameter, Refusal, TooLong
from placeholder.synth.catalogue import MAX_URL, find_target
from placeholder.synth.foreign.peers import BY_NAME, PEERS
from placeholder.synth.foreign.reading import Reading

NAMES = {
    *("via.placeholder.com", "placehold.co", "dummyimage.com", "fakeimg.pl", "placeholders.dev", "picsum.photos"),
    *("via.placeholder", "placehold", "dummyimage", "fakeimg", "placeholders", "picsum"),
}


def test_a_peer_is_known_by_its_name_with_a_top_level_domain_and_without() -> None:
    assert BY_NAME.keys() == NAMES


def test_a_host_is_one_peers_alone() -> None:
    hosts = [host for peer in PEERS for host in peer.hosts]
    assert len(set(hosts)) == len(hosts)
    assert all(host == host.lower() for host in hosts)
    assert all(any(host.endswith(peer.name) for host in peer.hosts) for peer in PEERS)


FOREIGN = [b"placehold.co", b"PLACEHOLD.co", b"placehold.co:8000", b"www.placehold.co.", b"old.example", b"old.example:80"]
OURS = [
    *(b"", b"placeholder.test", b"placehold.co.evil.example", b"evil-placehold.co", b"a.placehold.co", b"placehold.co:80:80"),
    *(b"\xff", b"placehold.co/", b" placehold.co", b"placehold.co,evil.example", b"user@placehold.co"),
    *(b"placehold.co:" + b"0" * 300, b"placehold.co" + b"." * 2, b"p" * 100_000),
]


def test_a_host_is_read_in_any_case_and_at_any_port() -> None:
    reading = Reading(hosts={"old.example": "PlaceHold"})
    assert [host for host in (*FOREIGN, *OURS) if reading.is_foreign(host)] == FOREIGN
    assert not Reading().is_foreign(b"old.example")
    for host in FOREIGN:
        turned = reading.at_host(host, "/600x400")
        assert turned is not None
        assert (turned.target, turned.refusal) == ("/600x400?bg=dddddd&fg=999999", None)
    assert all(reading.at_host(host, "/600x400") is None for host in OURS)


def test_an_operator_may_say_that_a_host_is_anothers() -> None:
    turned = Reading(hosts={"placehold.co": "dummyimage"}).at_host(b"placehold.co", "/300")
    assert turned is not None
    assert turned.target == "/300x300.png?bg=cccccc&fg=000000"


def test_the_list_is_tried_in_its_order() -> None:
    for names, target in (
        (("placehold.co", "dummyimage.com"), "/300x300?bg=000000&fg=ffffff"),
        (("dummyimage.com", "placehold.co"), "/300x300.png?bg=000000&fg=ffffff"),
        (("picsum.photos", "fakeimg"), "/300x300.png?bg=000000&fg=ffffff"),
    ):
        turned = Reading(names).elsewhere("/300/000/fff")
        assert turned is not None
        assert turned.target == target
    turned = Reading(("dummyimage.com", "fakeimg.pl", "placehold.co")).elsewhere("/300/orange/white")
    assert turned is not None
    assert turned.target == "/300x300?bg=ffa500&fg=ffffff"
    assert Reading(("picsum.photos",)).elsewhere("/300") is None
    assert Reading().elsewhere("/300/000/fff") is None


def test_a_name_of_nobody_is_refused() -> None:
    with pytest.raises(KeyError):
        Reading(("placehold.org",))
    with pytest.raises(KeyError):
        Reading(hosts={"a.example": "nobody"})


def test_a_refusal_keeps_the_size_and_the_format_that_were_asked_for() -> None:
    turned = Reading(("fakeimg",)).elsewhere("/300/000/a.webp?" + "&" * 40)
    assert turned is not None
    assert turned.target == "/300x300.webp?bg=000000&fg=909090"
    assert isinstance(turned.refusal, BadParameter)
    turned = Reading(("fakeimg",)).elsewhere("/300/000/a.webp?text=" + "a" * MAX_URL)
    assert turned is not None
    assert turned.target == "/300x300.webp?bg=000000&fg=909090"
    assert isinstance(turned.refusal, TooLong)
    turned = Reading(("dummyimage",)).elsewhere("/300" + "&a" * 40)
    assert turned is not None
    assert isinstance(turned.refusal, BadParameter)
    assert Reading(("fakeimg",)).elsewhere("/nothing?" + "a" * MAX_URL) is None


PARAMETERS = {None, "width", "height", "bgColor", "textColor"}


@settings(max_examples=1000)
@given(TARGETS)
def test_what_a_grammar_says_is_a_url_of_ours(target: str) -> None:
    """It is ASCII, and our own grammar refuses none of it."""
    for peer in PEERS:
        for grammar in (peer.read, peer.read_at_host):
            own, param = None, None
            try:
                own = grammar(target)
            except BadParameter as refusal:
                param = refusal.param
            assert param in PARAMETERS
            if own is not None:
                assert own.isascii()
                assert find_target(own)


@given(st.text(max_size=60).map("/".__add__))
def test_any_text_is_read_or_not(target: str) -> None:
    for peer in PEERS:
        try:
            own = peer.read_at_host(target)
        except Refusal:
            continue
        assert own is None or find_target(own)
