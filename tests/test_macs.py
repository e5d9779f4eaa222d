"""HMAC-SHA256, held against the standard library's."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from placeholder.macs import mac


@given(st.binary(max_size=200), st.lists(st.binary(max_size=5000), min_size=1, max_size=3))
def test_it_is_the_standard_one_however_often_a_key_is_used(key: bytes, messages: list[bytes]) -> None:
    """A key longer than a block of 64 bytes stands for its digest (RFC 2104 §2)."""
    assert [mac(key, message) for message in messages] == [hmac.digest(key, message, "sha256") for message in messages]
