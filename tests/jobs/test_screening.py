"""The screen: every line of the corpus, no rule and no `unless` that the corpus does not need, hostile prompts, faulty files."""

import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import placeholder.jobs.screening
from placeholder.jobs.screening import Screen, Verdict, normalised

DATA = (Path(placeholder.jobs.screening.__file__).parent / "rules.json").read_text("utf-8")
CORPUS = json.loads(Path(__file__).with_name("screening_corpus.json").read_text("utf-8"))
HARMLESS: list[str] = [prompt for prompts in CORPUS["harmless"].values() for prompt in prompts]
BLOCKED: list[tuple[str, str]] = [(prompt, rule) for rule, prompts in CORPUS["blocked"].items() for prompt in prompts]
SCREEN = Screen.parse(DATA)

ZERO_WIDTHS = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u202e\u2066\u034f\u180e\ufe0f\u3164\U000e0041\x00\x08\ud800"
ANY_TEXT = st.text(st.characters(exclude_categories=()))
ANY_PROMPT = st.lists(st.sampled_from([*re.findall(r"\S+", " ".join(HARMLESS)), *(prompt for prompt, _ in BLOCKED)])).map(
    " ".join
)


# ---------------------------------------------------------------- the corpus


@pytest.mark.parametrize("prompt", HARMLESS, ids=ascii)
def test_a_harmless_prompt_passes(prompt: str) -> None:
    assert SCREEN.check(prompt) is None


@pytest.mark.parametrize(("prompt", "rule"), BLOCKED, ids=ascii)
def test_a_refused_prompt_is_refused_by_its_rule(prompt: str, rule: str) -> None:
    verdict = SCREEN.check(prompt)
    assert verdict is not None
    assert verdict.rule == rule


def test_the_corpus_is_large_enough_and_has_no_line_twice() -> None:
    prompts = [*HARMLESS, *(prompt for prompt, _ in BLOCKED)]
    assert len(set(prompts)) == len(prompts)
    assert len(HARMLESS) >= 120
    assert len(BLOCKED) >= 120


def test_every_rule_is_needed() -> None:
    """And the gravest come first."""
    assert [verdict.rule for verdict in SCREEN.rules] == list(CORPUS["blocked"])
    assert {verdict.category for verdict in SCREEN.rules[:3]} == {"sexual-minors"}
    assert "sexual-minors" not in {verdict.category for verdict in SCREEN.rules[3:]}


def _lists_named_in(data: dict[str, Any], entries: list[str]) -> set[str]:
    named = {word[1:] for entry in entries for word in entry.split() if word.startswith("@")}
    return named.union(*(_lists_named_in(data, data["lists"][name]) for name in named))


def _each_unless_spoilt() -> Iterator[tuple[str, str]]:
    """The data file with one `unless` entry, or one phrase of a list that only `unless` names, made to match nothing."""
    data = json.loads(DATA)
    hitting = [entry for rule in data["rules"] for group in (rule.get("any", []), *rule.get("all", [])) for entry in group]
    saving = [entry for rule in data["rules"] for entry in rule.get("unless", [])]
    only_saving = _lists_named_in(data, saving) - _lists_named_in(data, hitting)
    holders = {rule["id"]: rule["unless"] for rule in data["rules"] if "unless" in rule}
    holders |= {f"list {name}": data["lists"][name] for name in only_saving}
    for name, entries in holders.items():
        for at, entry in enumerate(entries):
            entries[at] = f"zzzz {entry}"
            yield f"{name}: {entry}", json.dumps(data)
            entries[at] = entry


def test_every_unless_is_needed() -> None:
    """Without it a harmless line is refused."""
    needed = [(told, any(map(Screen.parse(text).check, HARMLESS))) for told, text in _each_unless_spoilt()]
    assert len(needed) > 100
    assert [told for told, is_needed in needed if not is_needed] == []


# ---------------------------------------------------------------- what a rule means

RULES = {
    "lists": {"fruit": ["pear", "apple tart"], "many": ["two @fruit", "three"]},
    "rules": [
        {"id": "one", "category": "c-one", "any": ["red goat*", "rule 7"], "unless": ["red goat inn", "old red goats"]},
        {"id": "pair", "category": "c-two", "all": [["cat", "dog"], ["blue", "green sea"]], "unless": ["cat fish", "dog blue"]},
        {"id": "any-and-all", "category": "c-two", "any": ["moon"], "all": [["sun"]]},
        {"id": "spelt", "category": "c-two", "any": ["wolf", "hippo", "bee", "owl's nest", "tool*", "eleven"]},
        {"id": "young", "category": "c-two", "any": ["<18", "<18yo", "<18kg*", "age <18 o'clock"]},
        {"id": "listed", "category": "c-two", "any": ["@many", "fresh @fruit", "Straße"]},
    ],
}
SMALL = Screen.parse(json.dumps(RULES))


@pytest.mark.parametrize(
    ("prompt", "rule"),
    [
        ("a red goat", "one"),
        ("RED GOATS", "one"),
        ("red, goat!", "one"),
        ("red\ngoat", "one"),
        ("red-goating", "one"),
        ("red goatherds", None),
        ("red goat2", None),
        ("redgoat", None),
        ("red big goat", None),
        ("infrared goats", None),
        ("red goat inn", None),
        ("the old red goats", None),
        ("red goat inn, red goat", "one"),
        ("red goat, red goat inn", "one"),
        ("old red goat", "one"),
        ("inn red goat", "one"),
        ("rule 7", "one"),
        ("rule 70", None),
        ("cat", None),
        ("blue", None),
        ("blue sky, cat", "pair"),
        ("a cat by the green sea", "pair"),
        ("cat sea green", None),
        ("blue cat fish", None),
        ("blue cat fish and a cat", "pair"),
        ("dog blue", None),
        ("dog blue dog", None),
        ("dog blue dog blue sea", None),
        ("dog blue, dog sky, blue", "pair"),
        ("moon", None),
        ("sun and moon", "any-and-all"),
        ("0 apples", "young"),
        ("17", "young"),
        ("18", None),
        ("117", None),
        ("07", "young"),
        ("007", None),
        ("7yo", "young"),
        ("19yo", None),
        ("7yos", None),
        ("7kgs", "young"),
        ("7-kg", "young"),
        ("at the age of twelve", None),
        ("two pears", None),
        ("two pear", "listed"),
        ("two apple tart", "listed"),
        ("fresh apple tart", "listed"),
        ("three", "listed"),
        ("STRASSE", "listed"),
        ("moon sun red goat", "one"),
        ("w0lf", "spelt"),
        ("wo1f", "spelt"),
        ("h1pp0", "spelt"),
        ("h!ppo", "spelt"),
        ("hippo!", "spelt"),
        ("@owl nest", "spelt"),
        ("owl's nest", "spelt"),
        ("owl’s nest", "spelt"),
        ("owl´s nest", "spelt"),
        ("e1even", "spelt"),
        ("eieven", None),
        ("b33", None),
        ("b3e", "spelt"),
        ("w o l f", "spelt"),
        ("w.o.l.f", "spelt"),
        ("w-0-l-f", "spelt"),
        ("w-o-1-f", "spelt"),
        ("a w o l f is", "spelt"),
        ("w o l f s", "spelt"),
        ("t o o l s", "spelt"),
        ("b e e", "spelt"),
        ("a b e e", None),
        ("w ol f", None),
        ("wo.lf", "spelt"),
        ("wo/lf", "spelt"),
        ("wo lf", None),
        ("be.e", None),
        ("wooolf", "spelt"),
        ("woolf", None),
        ("hipppo", "spelt"),
        ("hhhipo", None),
        ("wwoollff", "spelt"),
        ("wolff", None),
        ("beeee", "spelt"),
        ("w o o o l f", "spelt"),
        ("w000lf", "spelt"),
        ("wolf\u200bs", None),
        ("wo\u200blf", "spelt"),
        ("wolf女", None),
        ("", None),
        ("\ud800", None),
        ("\x00", None),
    ],
    ids=ascii,
)
def test_which_rule_a_prompt_meets(prompt: str, rule: str | None) -> None:
    verdict = SMALL.check(prompt)
    assert (verdict.rule if verdict else None) == rule


def test_a_verdict_tells_the_rule_and_its_category_and_nothing_of_the_prompt() -> None:
    assert SMALL.check("a red goat") == Verdict("one", "c-one")
    assert SMALL.rules[0] == Verdict("one", "c-one")


# ---------------------------------------------------------------- characters


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Plain, ASCII! 123", "plain, ascii! 123"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
        ("𝓼𝓬𝓻𝓲𝓹𝓽 𝕕𝕠𝕦𝕓𝕝𝕖 𝖋𝖗𝖆𝖐𝖙𝖚𝖗", "script double fraktur"),
        ("ⓒⓘⓡⓒⓛⓔ 🅒🅘 🆂🆀 🇸🇪", "circle ci sq se"),
        ("ｃуrіllіс НАТ", "cyrillic hat"),
        ("ΗΑΤ νest", "hat vest"),
        ("ѕmаll ᴄᴀᴘꜱ", "small caps"),
        ("Mädchen criança niño Łódź Ørsted", "madchen crianca nino lodz orsted"),
        ("straße ﬁne œuvre Æon", "strasse fine oeuvre aeon"),
        ("z̷̢a̵l̶g̸o̴", "zalgo"),
        ("so\u00adft zero\u200bwidth \u202eover\u202c", "soft zerowidth over"),
        ("it’s it‘s", "it's it's"),
        ("tab\tline\nnbsp\u00a0em\u2003", "tab line nbsp em "),
        (ZERO_WIDTHS, ""),
        ("猫 кот γάτα", "猫 kot yata"),
    ],
    ids=ascii,
)
def test_what_is_left_of_a_text(text: str, left: str) -> None:
    assert normalised(text) == left


def test_every_character_becomes_what_stays_as_it_is_and_is_seen() -> None:
    """All of Unicode, so that normalising twice is normalising once, whatever the text."""
    for code in range(sys.maxunicode + 1):
        left = normalised(chr(code) + "\x00")
        assert normalised(left + "\x00") == left, hex(code)
        assert not any(unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf", "Cs", "Cc") for character in left), hex(code)
    for code in range(0x20, 0x7F):
        assert normalised(chr(code) + "\x00") == chr(code).lower(), "the short way for ASCII is the long way"


@given(ANY_TEXT)
def test_any_text_is_checked_and_its_normal_form_is_its_own(text: str) -> None:
    SCREEN.check(text)
    assert normalised(normalised(text)) == normalised(text)


@given(ANY_PROMPT, st.data())
def test_invisible_characters_never_change_the_verdict(prompt: str, data: st.DataObject) -> None:
    stuffed = prompt
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(stuffed)))
        stuffed = stuffed[:at] + data.draw(st.sampled_from(ZERO_WIDTHS)) + stuffed[at:]
    assert SCREEN.check(stuffed) == SCREEN.check(prompt)


@given(ANY_PROMPT)
def test_the_verdict_is_the_one_on_the_normal_form(prompt: str) -> None:
    assert SCREEN.check(normalised(prompt)) == SCREEN.check(prompt) == SCREEN.check(f"  {prompt}\n")


@given(st.sampled_from([prompt for prompt, _ in BLOCKED]), st.sampled_from(HARMLESS))
@example("school shooting", "A map of Penistone, South Yorkshire")
@example("child, nude", "Heels in nude on a pedestal")
@example("n u u u d e", "A map of Penistone, South Yorkshire")
def test_no_harmless_words_after_a_refused_prompt_are_a_pass(prompt: str, harmless: str) -> None:
    assert SCREEN.check(f"{prompt} . . {harmless}") is not None
    assert SCREEN.check(f"{harmless} and and {prompt}") is not None


# ---------------------------------------------------------------- time

HOSTILE = [
    *("a", "a ", "1 ", "n u d e ", "n.u.d.e.", "aa", "aabb", "na-", "n@", "@", "$", "a!", "'s ", "<18 ", "12 ", "12yo ", "1i1l!"),
    *("nude ", "nude lipstick ", "child ", "child nude lipstick ", "one year ", "how to ", "in praise of the ", "not not nude "),
    *("\u0301", "n\u0301\u0302", "\u200b", "\ud800", "漢", "и", "\U0001f600", "\n", "_", "naked mole rat child "),
]


def _work(prompt: str) -> int:
    """How many calls and returns, of Python and of C, one check makes."""
    events = 0

    def count(*_: object) -> None:
        nonlocal events
        events += 1

    sys.setprofile(count)
    try:
        SCREEN.check(prompt)
    finally:
        sys.setprofile(None)
    return events


@pytest.mark.parametrize("piece", HOSTILE, ids=ascii)
def test_twice_the_prompt_is_twice_the_work(piece: str) -> None:
    once, twice = (_work(piece * (size // len(piece))) for size in (2000, 4000))
    assert twice < 2.1 * once + 100
    assert twice < 300_000


@pytest.mark.parametrize("piece", HOSTILE, ids=ascii)
def test_200_kb_come_to_an_end(piece: str) -> None:
    """The regular expressions' own work is not counted above; one that goes back would not end here."""
    SCREEN.check(piece * (200_000 // len(piece)))


# ---------------------------------------------------------------- faulty files


def _file(**changed: Any) -> str:
    rule = {"id": "r-1", "category": "c", "any": ["red fox", "bear*"], **changed.pop("rule", {})}
    return json.dumps({"rules": [{name: value for name, value in rule.items() if value is not None}], **changed})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "Expecting value"),
        ("[]", "the file: must be an object"),
        ("{}", "the file: has no rules"),
        (_file(extra=1), "the file: unknown key extra"),
        ('{"rules": [], "rules": []}', "key rules: twice in one object"),
        ('{"rules": []}', "rules: must be a list of rules"),
        ('{"rules": {}}', "rules: must be a list of rules"),
        ('{"rules": [7]}', "rule 1: must be an object"),
        (_file(rule={"id": None}), "rule 1: has no id"),
        (_file(rule={"id": 7}), "rule 1: id must be small letters"),
        (_file(rule={"id": "R 1"}), "rule R 1: id must be small letters"),
        (_file(rule={"category": None}), "rule r-1: has no category"),
        (_file(rule={"category": "Über"}), "rule r-1: category must be small letters"),
        (_file(rule={"un-less": []}), "rule r-1: unknown key un-less"),
        (_file(rule={"any": None}), "rule r-1: has neither any nor all"),
        (_file(rule={"any": []}), "rule r-1, any: must be a list of phrases"),
        (_file(rule={"any": "red"}), "rule r-1, any: must be a list of phrases"),
        (_file(rule={"any": [""]}), "rule r-1, any: an empty phrase"),
        (_file(rule={"any": ["  "]}), "rule r-1, any: an empty phrase"),
        (_file(rule={"any": [7]}), "rule r-1, any: an empty phrase"),
        (_file(rule={"any": ["red", "Red"]}), "rule r-1, any, “Red”: “red” twice"),
        (_file(rule={"any": ["niño", "nino"]}), "rule r-1, any, “nino”: “nino” twice"),
        (_file(rule={"any": ["re*"]}), "rule r-1, any, “re*”: fewer than 4 letters before *"),
        (_file(rule={"any": ["*"]}), "“*” is no word"),
        (_file(rule={"any": ["r*ed"]}), "“r*ed” is no word"),
        (_file(rule={"any": ["red, fox"]}), "“red,” is no word"),
        (_file(rule={"any": ["n@ked"]}), "“n@ked” is no word"),
        (_file(rule={"any": ["\u3164"]}), "is no word"),
        (_file(rule={"any": ["abcd½*"]}), "“abcd½*” is no word"),
        (_file(rule={"any": ["a b c d e f g h i"]}), "more than 8 words"),
        (_file(rule={"any": ["@missing"]}), "rule r-1, any, “@missing”: no list missing stands before it"),
        (_file(rule={"all": "x"}), "rule r-1: all must be a list of groups"),
        (_file(rule={"all": []}), "rule r-1: all must be a list of groups"),
        (_file(rule={"any": None, "all": [["red"]]}), "rule r-1: all has one group: call it any"),
        (_file(rule={"all": [["blue"], []]}), "rule r-1, all, group 2: must be a list of phrases"),
        (_file(rule={"all": [["red fox"]]}), "rule r-1: “red fox” stands in any and in all, group 1: it would do for both"),
        (_file(rule={"unless": []}), "rule r-1, unless: must be a list of phrases"),
        (_file(rule={"unless": ["red fox"]}), "rule r-1: unless “red fox” undoes that phrase for good"),
        (_file(rule={"unless": ["blue fox"]}), "rule r-1: unless “blue fox” covers no phrase of the rule: it never matters"),
        (_file(rule={"unless": ["red"]}), "rule r-1: unless “red” covers no phrase"),
        (_file(rule={"unless": ["fox red"]}), "rule r-1: unless “fox red” covers no phrase"),
        (_file(rule={"unless": ["bearable ones"]}), "rule r-1: unless “bearable ones” covers no phrase"),
        (_file(rule={"unless": ["red fox inn", "red fox inn"]}), "rule r-1, unless, “red fox inn”: “red fox inn” twice"),
        (_file(lists=[]), "lists: must be an object"),
        (_file(lists={"a": ["b"]}), "list a: nothing names it"),
        (_file(lists={"a": []}), "list a: must be a list of phrases"),
        (_file(lists={"A": ["b"]}), "list A: a name has small letters"),
        (_file(lists={"a": ["@b"], "b": ["c"]}), "list a, “@b”: no list b stands before it"),
        (_file(lists={"a": ["@a"]}), "list a, “@a”: no list a stands before it"),
    ],
)
def test_a_faulty_file_is_refused_by_name(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=re.escape(fault)):
        Screen.parse(text)


def test_two_rules_of_one_id_are_refused() -> None:
    rule = {"id": "r-1", "category": "c", "any": ["red"]}
    with pytest.raises(ValueError, match="rule r-1: the id twice"):
        Screen.parse(json.dumps({"rules": [rule, rule]}))


@pytest.mark.parametrize("unless", ["red fox inn", "bear", "bear cub", "teddy bears", "bear* cub"])
def test_an_unless_that_may_matter_is_taken(unless: str) -> None:
    assert Screen.parse(_file(rule={"unless": [unless]})).check("bearing") == Verdict("r-1", "c")


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_other_json_is_a_value_error(value: Any) -> None:
    for text in (json.dumps(value), json.dumps({"rules": value}), _file(rule={"any": value}), _file(lists=value)):
        try:
            Screen.parse(text)
        except ValueError:
            continue
