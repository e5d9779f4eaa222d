"""What npm is given: the files, the entries, the one that is made from another."""

import gzip
import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

BUDGET = 4096
"""Bytes of the minified element after gzip -9: small enough to need no thought."""

FILES = {
    "LICENSE",
    "README.md",
    "ai-img.d.ts",
    "ai-img.js",
    "ai-img.min.js",
    "custom-elements.json",
    "package.json",
    "react.d.ts",
    "svelte.d.ts",
    "types.js",
    "vscode.html-custom-data.json",
    "vue.d.ts",
}

ENTRIES = {
    ".": ["AiImg", "registerAiImg"],
    "./ai-img.min.js": ["AiImg", "registerAiImg"],
    "./react": [],
    "./vue": [],
    "./svelte": [],
    "./custom-elements.json": ["default"],
    "./vscode.html-custom-data.json": ["default"],
    "./package.json": ["default"],
}
"""What each exports."""


@pytest.fixture(scope="module")
def package(components: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((components / "package.json").read_text())
    return told


def targets(entry: str | dict[str, str]) -> list[str]:
    return [entry] if isinstance(entry, str) else list(entry.values())


# Without npm


def test_it_has_the_version_of_the_service(components: Path, package: dict[str, Any]) -> None:
    project = tomllib.loads((components.parent / "pyproject.toml").read_text())["project"]
    assert package["version"] == project["version"]
    head = f"/*! placeholder <ai-img> {package['version']}, MIT */\n"
    assert (components / "ai-img.min.js").read_text().startswith(head), "npm run build"


def test_it_has_the_licence_of_the_service(components: Path, package: dict[str, Any]) -> None:
    assert package["license"] == "MIT"
    assert (components / "LICENSE").read_bytes() == (components.parent / "LICENSE").read_bytes()


def test_it_brings_nothing_along(package: dict[str, Any]) -> None:
    assert [name for name in package if name.endswith("ependencies")] == ["devDependencies"]
    assert not {"preinstall", "install", "postinstall", "prepare"} & set(package["scripts"])


def test_versions_are_exact_and_the_same(components: Path, package: dict[str, Any]) -> None:
    project = json.loads((Path(__file__).parent / "project" / "package.json").read_text())["devDependencies"]
    own = package["devDependencies"]
    assert [version for version in [*project.values(), *own.values()] if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    assert own.items() <= project.items()
    assert not (components / "package-lock.json").exists(), "it would name addresses"


def test_the_entries_are_what_is_meant_to_be_imported(components: Path, package: dict[str, Any]) -> None:
    assert package["type"] == "module"
    assert package["sideEffects"] is False
    entries = package["exports"]
    assert set(entries) == set(ENTRIES)
    named = {name for entry in entries.values() for name in targets(entry)}
    named |= {package["main"], package["types"], package["unpkg"], package["jsdelivr"], f"./{package['customElements']}"}
    assert {name.removeprefix("./") for name in named} | {"README.md", "LICENSE"} == FILES
    assert [name for name in FILES if not (components / name).is_file()] == []
    # The first condition that fits is taken: one behind `default` never is.
    assert {tuple(entry) for entry in entries.values() if isinstance(entry, dict)} == {("types", "default")}


@pytest.mark.parametrize("name", ["ai-img.d.ts", "react.d.ts", "vue.d.ts", "svelte.d.ts"])
def test_types_find_each_other_as_modules_do(components: Path, name: str) -> None:
    imported = re.findall(r'from "(\.[^"]+)"', (components / name).read_text())
    assert set(imported) <= {"./ai-img.js"}


def test_the_small_one_is_small(components: Path) -> None:
    assert len(gzip.compress((components / "ai-img.min.js").read_bytes(), 9)) <= BUDGET


# With npm


def test_the_small_one_is_the_other_minified(installed: Any) -> None:
    committed = (installed.components / "ai-img.min.js").read_bytes()
    installed.npm("run", "build", folder=installed.components)
    assert (installed.components / "ai-img.min.js").read_bytes() == committed, "cd components && npm install && npm run build"


def test_the_tarball_has_these_files_and_no_other(installed: Any) -> None:
    (told,) = json.loads(installed.npm("pack", "--dry-run", "--json", folder=installed.components))
    assert {file["path"] for file in told["files"]} == FILES
    assert {file["mode"] for file in told["files"]} == {0o644}
    assert told["unpackedSize"] < 64 * 1024
    assert told["bundled"] == []


def test_it_is_installed_alone(installed: Any) -> None:
    home = installed.project / "node_modules" / "placeholder-ai-img"
    assert not home.is_symlink()
    assert {path.relative_to(home).as_posix() for path in home.rglob("*")} == FILES


@pytest.mark.parametrize("entry", ENTRIES)
def test_importing_an_entry_on_a_server_does_nothing(installed: Any, node: Callable[..., str], entry: str) -> None:
    name = "placeholder-ai-img" + entry[1:]
    options = ', { with: { type: "json" } }' if name.endswith(".json") else ""
    script = f"""
        const names = () => Reflect.ownKeys(globalThis).map(String).sort().join();
        const before = names();
        const module = await import("{name}"{options});
        if (names() !== before) throw new Error("it left something behind");
        if (module.registerAiImg?.() !== undefined) throw new Error("there is nothing to register with");
        console.log(JSON.stringify(Object.keys(module)));
    """
    assert json.loads(node(script, installed.project)) == ENTRIES[entry]


def test_what_is_no_entry_cannot_be_imported(installed: Any, node: Callable[..., str]) -> None:
    script = 'await import("placeholder-ai-img/types.js").catch((error) => console.log(error.code));'
    assert node(script, installed.project).strip() == "ERR_PACKAGE_PATH_NOT_EXPORTED"
