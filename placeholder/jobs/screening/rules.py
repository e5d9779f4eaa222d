"""Reads the data file of rules, whose grammar stands in this package's docstring, and refuses what can never matter. Pure."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from placeholder.jobs.screening.folding import normalised
from placeholder.jobs.screening.words import GENITIVE, MINOR, WORD, is_ending

MAX_PHRASE = 8
MIN_STEM = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """What stands against a prompt. Nothing of the prompt is in it: it may be logged and told."""

    rule: str
    category: str


Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    verdict: Verdict
    groups: tuple[tuple[Phrase, ...], ...]
    unless: tuple[Phrase, ...]


_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_PLAIN = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_STEM = re.compile(rf"(?:{MINOR})?[^\W_]+\*|{MINOR}[^\W_]*")

_Lists = dict[str, tuple[Phrase, ...]]


def read_rules(text: str) -> list[Rule]:
    data = _object(json.loads(text, object_pairs_hook=_without_doubles), "the file", {"about", "lists", "rules"}, {"rules"})
    lists: _Lists = {}
    used: set[str] = set()
    for name, phrases in _object(data.get("lists", {}), "lists").items():
        where = f"list {name}"
        _require(bool(_NAME.fullmatch(name)), where, "a name has small letters, digits and hyphens")
        lists[name] = _phrases(phrases, where, lists, used)
    rules: list[Rule] = []
    _require(isinstance(data["rules"], list) and data["rules"] != [], "rules", "must be a list of rules")
    for entry in data["rules"]:
        rules.append(_rule(entry, f"rule {len(rules) + 1}", lists, used))
        _require(rules[-1].verdict.rule not in {rule.verdict.rule for rule in rules[:-1]}, _called(rules[-1]), "the id twice")
    for name in lists:
        _require(name in used, f"list {name}", "nothing names it")
    return rules


def _called(rule: Rule) -> str:
    return f"rule {rule.verdict.rule}"


def _rule(entry: Any, where: str, lists: _Lists, used: set[str]) -> Rule:
    entry = _object(entry, where)
    if isinstance(entry.get("id"), str):
        where = f"rule {entry['id']}"
    entry = _object(entry, where, {"id", "category", "note", "any", "all", "unless"}, {"id", "category"})
    for name in ("id", "category"):
        _require(isinstance(entry[name], str) and bool(_NAME.fullmatch(entry[name])), where, f"{name} must be small letters")
    _require("any" in entry or "all" in entry, where, "has neither any nor all")
    named = [("any", entry["any"])] if "any" in entry else []
    if "all" in entry:
        _require(isinstance(entry["all"], list) and entry["all"] != [], where, "all must be a list of groups")
        _require(len(entry["all"]) + len(named) > 1, where, "all has one group: call it any")
        named += [(f"all, group {number}", group) for number, group in enumerate(entry["all"], 1)]
    groups = tuple(_phrases(group, f"{where}, {name}", lists, used) for name, group in named)
    unless = _phrases(entry["unless"], f"{where}, unless", lists, used) if "unless" in entry else ()
    owners: dict[Phrase, str] = {}
    for (name, _), phrases in zip(named, groups, strict=True):
        for phrase in phrases:
            other = owners.setdefault(phrase, name)
            _require(other == name, where, f"“{' '.join(phrase)}” stands in {other} and in {name}: it would do for both")
    heads: dict[str, list[Phrase]] = {}
    for phrase in owners:
        heads.setdefault(phrase[0][:MIN_STEM], []).append(phrase)
    for phrase in unless:
        told = f"unless “{' '.join(phrase)}”"
        _require(phrase not in owners, where, f"{told} undoes that phrase for good")
        _require(_may_cover(phrase, heads), where, f"{told} covers no phrase of the rule: it never matters")
    return Rule(Verdict(entry["id"], entry["category"]), groups, unless)


def _phrases(entries: Any, where: str, lists: _Lists, used: set[str]) -> tuple[Phrase, ...]:
    _require(isinstance(entries, list) and entries != [], where, "must be a list of phrases")
    phrases: dict[Phrase, None] = {}
    for entry in entries:
        _require(isinstance(entry, str) and entry.strip() != "", where, "an empty phrase")
        told = f"{where}, “{entry}”"
        for choice in product(*(_meanings(word, told, lists, used) for word in entry.split())):
            phrase = tuple(word for part in choice for word in part)
            _require(len(phrase) <= MAX_PHRASE, told, f"more than {MAX_PHRASE} words")
            _require(phrase not in phrases, told, f"“{' '.join(phrase)}” twice")
            phrases[phrase] = None
    return tuple(phrases)


def _meanings(word: str, told: str, lists: _Lists, used: set[str]) -> Sequence[Phrase]:
    if word.startswith("@"):
        _require(word[1:] in lists, told, f"no list {word[1:]} stands before it")
        used.add(word[1:])
        return lists[word[1:]]
    if _STEM.fullmatch(word):
        mark = "*" * word.endswith("*")
        stem = normalised(word.removesuffix("*"))
        _require(not mark or len(stem) >= MIN_STEM, told, f"fewer than {MIN_STEM} letters before *")
        _require(bool(WORD.fullmatch(stem.replace(MINOR, "18", 1))), told, f"“{word}” is no word")
        return [(stem + mark,)]
    words = tuple(WORD.findall(GENITIVE.sub("", normalised(word))))
    _require(bool(_PLAIN.fullmatch(word)) and words != (), told, f"“{word}” is no word")
    return [words]


def _may_cover(longer: Phrase, heads: dict[str, list[Phrase]]) -> bool:
    """Is one of the phrases, which `heads` has by how they begin, a part of `longer`?"""
    return any(
        len(phrase) <= len(longer) - start and all(map(_may_equal, longer[start:], phrase))
        for start, word in enumerate(longer)
        for phrase in heads.get(word[:MIN_STEM], ())
    )


def _may_equal(one: str, other: str) -> bool:
    """Is there a word that both mean?"""
    short, long = sorted((one, other), key=lambda word: len(word.removesuffix("*")))
    stem, whole = short.removesuffix("*"), long.removesuffix("*")
    return stem == whole or (stem != short and whole.startswith(stem) and is_ending(whole[len(stem) :]))


def _object(value: Any, where: str, allowed: set[str] | None = None, needed: Iterable[str] = ()) -> dict[str, Any]:
    _require(isinstance(value, dict), where, "must be an object")
    for name in value:
        _require(allowed is None or name in allowed, where, f"unknown key {name}")
    for name in needed:
        _require(name in value, where, f"has no {name}")
    return dict(value)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        _require(names.count(name) == 1, f"key {name}", "twice in one object")
    return dict(pairs)


def _require(holds: bool, where: str, what: str) -> None:
    if not holds:
        raise ValueError(f"screening rules: {where}: {what}")
