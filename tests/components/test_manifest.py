"""What editors, frameworks' types and people are told of the element, against the element."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from placeholder.jobs.model import State

ALIASES = {"apikey"}
"""What React makes of `apiKey`: understood, and told to nobody."""

Told = dict[str, Any]

LOOK = """
    let named;
    globalThis.HTMLElement = class {
      getAttribute() { return null; }
      setAttribute(name) { named = name; }
      removeAttribute(name) { named = name + " removed"; }
    };
    const module = await import("./NAME");
    const { prototype, observedAttributes } = module.AiImg;
    const told = { exports: Object.keys(module), observedAttributes, properties: {}, readonly: [], methods: [] };
    for (const [name, { get, set, value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (value) told.methods.push(name);
      else if (!set) told.readonly.push(name);
      else {
        const element = Object.create(prototype);
        element[name] = "x";
        const attribute = named;
        element[name] = undefined;
        if (named !== attribute + " removed") throw new Error(name + " stays");
        told.properties[name] = [attribute, element[name]];
      }
    }
    console.log(JSON.stringify(told));
"""


@pytest.fixture(scope="module")
def source(components: Path) -> str:
    return (components / "ai-img.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def manifest(components: Path) -> Told:
    told: Told = json.loads((components / "custom-elements.json").read_text(encoding="utf-8"))
    return told


@pytest.fixture(scope="module")
def element(manifest: Told) -> Told:
    (module,) = manifest["modules"]
    (found,) = [each for each in module["declarations"] if each.get("tagName") == "ai-img"]
    assert isinstance(found, dict)
    return found


def names(things: list[Told], **wanted: Any) -> list[str]:
    return [thing["name"] for thing in things if all(thing.get(key) == value for key, value in wanted.items())]


# The manifest against the element


@pytest.mark.parametrize("name", ["ai-img.js", "ai-img.min.js"])
def test_the_manifest_tells_the_element(
    components: Path, manifest: Told, element: Told, node: Callable[..., str], name: str
) -> None:
    real = json.loads(node(LOOK.replace("NAME", name), components))
    assert sorted(names(manifest["modules"][0]["exports"])) == sorted(real["exports"])
    assert set(names(element["attributes"])) == set(real["observedAttributes"]) - ALIASES
    assert set(real["observedAttributes"]) >= ALIASES
    assert {attribute["fieldName"]: attribute["name"] for attribute in element["attributes"]} == {
        name: attribute for name, (attribute, _) in real["properties"].items()
    }
    settable = [member for member in element["members"] if member["kind"] == "field" and not member.get("readonly")]
    assert {member["name"]: (member["attribute"], json.loads(member["default"])) for member in settable} == {
        name: tuple(told) for name, told in real["properties"].items()
    }
    assert names(element["members"], readonly=True) == real["readonly"]
    methods = [name for name in real["methods"] if not name.endswith("Callback") and name != "constructor"]
    assert names(element["members"], kind="method") == methods


def test_an_attribute_and_its_property_are_told_alike(element: Told) -> None:
    members = {member["name"]: member for member in element["members"]}
    for attribute in element["attributes"]:
        member = members[attribute["fieldName"]]
        assert (member["type"], member["description"], member["attribute"]) == (
            attribute["type"],
            attribute["description"],
            attribute["name"],
        )


def test_the_manifest_tells_the_events(source: str, element: Told) -> None:
    ends = re.findall(r'this\.#end\("(\w+)", "(\w+)"', source)
    assert names(element["events"]) == [f"ai-img:{state}" for state, _ in ends] + [plain for _, plain in ends]
    assert source.count("dispatchEvent(") == 2
    assert "new CustomEvent(`ai-img:${state}`, { bubbles: true, composed: true, detail })" in source


def test_the_manifest_tells_what_css_can_reach(source: str, element: Told) -> None:
    assert names(element["cssParts"]) == re.findall(r'setAttribute\("part", "([^"]+)"\)', source)
    told = {each["name"]: each["default"] for each in element["cssProperties"]}
    assert told == dict(re.findall(r"var\((--[\w-]+),([^)]+)\)", source))
    assert names(element["cssStates"]) == [state.value for state in State]
    assert names(element["slots"]) == [""] * source.count('createElement("slot")')


# What follows from the manifest


def test_editors_are_told_the_same(components: Path, element: Told) -> None:
    def told(attribute: Told) -> Told:
        kind = attribute["type"]["text"]
        values = {"values": [{"name": json.loads(one)} for one in kind.split(" | ")]} if "|" in kind else {}
        return {"name": attribute["name"], "description": attribute["description"], **values}

    tag = {"name": "ai-img", "description": element["description"], "attributes": [told(each) for each in element["attributes"]]}
    assert json.loads((components / "vscode.html-custom-data.json").read_text()) == {"version": 1.1, "tags": [tag]}


def test_readers_are_told_the_same(components: Path, element: Told) -> None:
    text = (components / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?) \|", text, flags=re.MULTILINE)
    told = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    assert sorted(told) == sorted([*names(element["attributes"]), *names(element["events"])])
    for each in names(element["cssParts"]):
        assert f"::part({each})" in text
    for each in [*names(element["cssProperties"]), *names(element["cssStates"])]:
        assert each in text


# The types


def union(things: list[str]) -> str:
    return " | ".join(map(json.dumps, things))


@pytest.fixture(scope="module")
def checked(installed: Any, manifest: Told, element: Told) -> Path:
    """The project with a file more: the types hold what the manifest tells, and the manifest what its schema wants."""
    fields = [each["fieldName"] for each in element["attributes"]]
    text = f"""
        import type {{ AiImg, AiImgAttributes, AiImgOwnEventMap, AiImgProperties, AiImgState }} from "placeholder-ai-img";
        import type {{ ClassMethod, CustomElementField, Package }} from "custom-elements-manifest/schema.d.ts";

        type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

        export const attributes: Same<keyof AiImgAttributes, {union(names(element["attributes"]))}> = true;
        export const properties: Same<keyof AiImgProperties, {union(fields)}> = true;
        export const members: Same<Exclude<keyof AiImg, keyof HTMLElement>, {union(names(element["members"]))}> = true;
        export const events: Same<keyof AiImgOwnEventMap | "load" | "error", {union(names(element["events"]))}> = true;
        export const states: Same<AiImgState, {union(names(element["cssStates"]))}> = true;
        const listed = {json.dumps(element["members"])} satisfies (ClassMethod | CustomElementField)[];
        export default {json.dumps(manifest).replace(json.dumps(element["members"]), "listed")} satisfies Package;
    """
    assert text.count("listed") == 2
    (installed.project / "types" / "manifest.ts").write_text(text, encoding="utf-8")
    folder: Path = installed.project
    return folder


@pytest.mark.parametrize("settings", ["tsconfig.json", "tsconfig.node.json"])
def test_right_uses_compile_and_wrong_ones_do_not(installed: Any, checked: Path, settings: str) -> None:
    installed.npm("exec", "--offline", "--", "tsc", "--project", settings, folder=checked)
