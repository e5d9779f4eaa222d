"""The query string, by the WHATWG form encoding and our own limits."""

from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.errors import BadParameter
from placeholder.values.query import MAX_PARAMETERS, chosen, has_parameter, parse_query

READ = [
    pytest.param("", {}, id="nothing"),
    pytest.param("text=a", {"text": "a"}, id="one"),
    pytest.param("text=hero+banner", {"text": "hero banner"}, id="P-25 plus is a space"),
    pytest.param("text=hero%20banner", {"text": "hero banner"}, id="P-25 percent 20 is a space"),
    pytest.param("text=1%2B1", {"text": "1+1"}, id="P-25 an encoded plus is a plus"),
    pytest.param("text=%252B", {"text": "%2B"}, id="decoded once"),
    pytest.param("text=a&text=b", {"text": "b"}, id="V17 the last wins"),
    pytest.param("bg=111&bg=&bg=222", {"bg": "222"}, id="V17 the last of three"),
    pytest.param("bg=111&BG=222", {"bg": "111", "BG": "222"}, id="V17 names are case-sensitive"),
    pytest.param("text=a;bg=b", {"text": "a;bg=b"}, id="V17 a semicolon separates nothing"),
    pytest.param("text", {"text": ""}, id="AP-7 a name alone is empty"),
    pytest.param("text=", {"text": ""}, id="AP-7 an empty value"),
    pytest.param("=x", {"": "x"}, id="no name"),
    pytest.param("text=a=b", {"text": "a=b"}, id="the first = counts"),
    pytest.param("te%78t=a", {"text": "a"}, id="an encoded name"),
    pytest.param("a+b=c", {"a b": "c"}, id="a plus in a name"),
    pytest.param("text=%D0%9F%D1%80", {"text": "Пр"}, id="UTF-8"),
    pytest.param("text=%d0%9f", {"text": "П"}, id="lower-case digits"),
    pytest.param("text=%FF%FE", {"text": "\ufffd\ufffd"}, id="V4 no UTF-8"),
    pytest.param("text=%ED%A0%80", {"text": "\ufffd\ufffd\ufffd"}, id="V4 a surrogate in UTF-8"),
    pytest.param("text=%C0%AF", {"text": "\ufffd\ufffd"}, id="V4 an overlong slash"),
    pytest.param("text=%F4%90%80%80", {"text": "\ufffd" * 4}, id="V4 beyond Unicode"),
    pytest.param("text=%E4%BD", {"text": "\ufffd"}, id="V4 half a character"),
    pytest.param("text=%", {"text": "%"}, id="a bare percent stays"),
    pytest.param("text=%4&bg=%zz", {"text": "%4", "bg": "%zz"}, id="a broken escape stays"),
    pytest.param("text=%00", {"text": "\x00"}, id="V3 NUL arrives, cleaning is another's work"),
    pytest.param("text=a%26bg=b", {"text": "a&bg=b"}, id="an encoded & is text"),
    pytest.param("text=%3Cscript%3E", {"text": "<script>"}, id="V1 markup arrives as text"),
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_a_query_is_read_by_name(text: str, expected: dict[str, str]) -> None:
    found = parse_query(text)
    assert {name: value for name, value in found.items() if name or value} == expected


@pytest.mark.parametrize("text", ["text=a&", "&text=a", "&&text=a&&"])
def test_empty_pairs_name_nothing_that_we_read(text: str) -> None:
    assert parse_query(text)["text"] == "a"


@pytest.mark.parametrize("count", [1, 31, 32])
def test_up_to_thirty_two_parameters_are_read(count: int) -> None:
    """V17."""
    assert MAX_PARAMETERS == 32
    assert len(parse_query("&".join(f"n{index}=1" for index in range(count)))) == count


@pytest.mark.parametrize("text", ["&".join(["a=1"] * 33), "&".join(["a=1"] * 1000), "&" * 32, "&" * 8000])
def test_more_are_refused(text: str) -> None:
    """V17."""
    with pytest.raises(BadParameter) as refusal:
        parse_query(text)
    assert refusal.value.param == "query"
    assert "32" in str(refusal.value)


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=12), max_size=32))
def test_whatever_is_encoded_arrives(wanted: dict[str, str]) -> None:
    """P-25: both spellings of a space."""
    encoders = (quote_plus, lambda text: quote(text, safe=""))
    for encode in encoders:
        assert parse_query("&".join(f"{encode(name)}={encode(value)}" for name, value in wanted.items())) == wanted


@pytest.mark.parametrize(
    ("text", "is_there"),
    [
        ("style=mesh", True),
        ("a=1&style", True),
        ("style=", True),
        ("st%79le=mesh", True),
        ("&".join(["a=1"] * 99) + "&style=mesh", True),
        ("", False),
        ("a=style", False),
        ("Style=mesh", False),
        ("hairstyle=1&styles=2&sty le", False),
        ("&".join(["a=1"] * 8000), False),
    ],
    ids=lambda given: str(given)[:20],
)
def test_a_parameter_is_found_among_however_many(text: str, is_there: bool) -> None:
    """P-48."""
    assert has_parameter(text, "style") is is_there


@pytest.mark.parametrize(
    ("text", "word"), [("", "b"), ("at=a", "a"), ("at=b", "b"), ("at=a&at=c", "c"), ("At=a", "b"), ("at=%61", "a")]
)
def test_a_word_is_one_of_those_that_there_are(text: str, word: str) -> None:
    assert chosen(parse_query(text), "at", ("a", "b", "c"), "b") == word


@pytest.mark.parametrize("text", ["at", "at=", "at=d", "at=A", "at=a+", "at=a,b", "at=a&at=d"])
def test_another_word_is_refused_with_those_that_there_are(text: str) -> None:
    with pytest.raises(BadParameter) as refusal:
        chosen(parse_query(text), "at", ("a", "b", "c"), "b")
    assert (refusal.value.param, str(refusal.value)) == ("at", "at: expected one of a, b, c")
