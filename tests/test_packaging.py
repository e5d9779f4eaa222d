"""What is shipped: the wheel's contents, the image's and the platform's settings, and the promises of pyproject.toml.

Everything but the installed package's own facts needs the source tree beside `tests`; away from it those tests are skipped.
"""

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from functools import cache
from importlib.metadata import distribution, version
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from placeholder.svg.scripts.compile import SOURCES

ROOT = Path(__file__).resolve().parents[1]

CARRIED = (
    "placeholder/py.typed",
    "placeholder/svg/font/OFL.txt",
    "placeholder/svg/font/notosans.json",
    "placeholder/web/static/docs.css",
    "placeholder/web/static/page.css",
    "placeholder/web/static/page.html",
    "placeholder/web/static/page.js",
)
"""Files that no import would miss at build time, and the service would at run time."""

FLOORS = {"starlette": (1, 3, 1), "pillow": (12, 3, 0)}
"""The first releases without the known holes: request limits and Host (CVE-2026-54283, CVE-2026-48710); writes out of bounds."""


def source(name: str) -> str:
    if not (ROOT / "placeholder").is_dir():
        pytest.skip(f"needs the source tree for {name}: no package beside the tests")
    return (ROOT / name).read_text(encoding="utf-8")


def pyproject() -> dict[str, Any]:
    return tomllib.loads(source("pyproject.toml"))


# The wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    source("LICENSE")
    out = tmp_path_factory.mktemp("dist")
    # The venv's own hatchling: a test needs no network.
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    with zipfile.ZipFile(built) as opened:
        yield opened


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    return BytesParser().parsebytes(wheel.read(name))


@pytest.mark.parametrize("name", CARRIED)
def test_the_wheel_carries(wheel: zipfile.ZipFile, name: str) -> None:
    assert wheel.read(name) == (ROOT / name).read_bytes()


def test_the_wheel_carries_the_component(wheel: zipfile.ZipFile) -> None:
    assert wheel.read("placeholder/components/ai-img.min.js") == (ROOT / "components" / "ai-img.min.js").read_bytes()


def test_the_wheel_carries_every_module_and_every_static_file(wheel: zipfile.ZipFile) -> None:
    package = ROOT / "placeholder"
    wanted = [*package.rglob("*.py"), *(path for path in (package / "web" / "static").rglob("*") if path.is_file())]
    assert {path.relative_to(ROOT).as_posix() for path in wanted} <= set(wheel.namelist())


def test_the_wheel_carries_nothing_else(wheel: zipfile.ZipFile) -> None:
    strangers = [name for name in wheel.namelist() if not re.match(r"placeholder(-[^/]+\.dist-info)?/", name)]
    assert strangers == []
    unwanted = re.compile(r"(^|/)(tests?|__pycache__|\.[^/]+)/|\.(pyc|ttf|otf|env)$")
    pack = "placeholder/svg/scripts/fonts/"
    assert [name for name in wheel.namelist() if unwanted.search(name) and not name.startswith(pack)] == []
    assert {name.removeprefix(pack) for name in wheel.namelist() if name.startswith(pack)} >= {*SOURCES, "owners.json", "OFL.txt"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("LICENSE", ("MIT License", "Copyright (c) 2026 the placeholder authors", 'THE SOFTWARE IS PROVIDED "AS IS"')),
        (
            "placeholder/svg/scripts/fonts/OFL.txt",
            ("cjk.otf", "(c) 2014-2021 Adobe", "SIL OPEN FONT LICENSE Version 1.1 - 26 February 2007", "TERMINATION"),
        ),
        (
            "placeholder/svg/font/OFL.txt",
            (
                "notosans.json",
                "Copyright 2015 Google LLC. All Rights Reserved.",
                "SIL OPEN FONT LICENSE Version 1.1 - 26 February 2007",
                "PREAMBLE",
                "DEFINITIONS",
                "PERMISSION & CONDITIONS",
                "TERMINATION",
                "DISCLAIMER",
            ),
        ),
    ],
)
def test_the_wheel_carries_the_licence(wheel: zipfile.ZipFile, metadata: Message, name: str, words: tuple[str, ...]) -> None:
    assert name in metadata.get_all("License-File", [])
    (filed,) = [entry for entry in wheel.namelist() if entry.endswith(f".dist-info/licenses/{name}")]
    text = wheel.read(filed).decode()
    assert text == source(name)
    assert [word for word in words if word not in text] == []


def test_the_fonts_of_the_tests_have_their_licence_too() -> None:
    """Both folders name their files, and say the same of them."""
    theirs, ours = source("tests/data/fonts/OFL.txt"), source("placeholder/svg/font/OFL.txt")
    for text, folder, ending in ((theirs, "tests/data/fonts", "ttf"), (ours, "placeholder/svg/font", "json")):
        named = set(re.findall(rf"^(\S+\.{ending}) ", text, flags=re.MULTILINE))
        assert named == {path.name for path in (ROOT / folder).glob(f"*.{ending}")}
    common = "The copyright of each of these fonts:"
    assert theirs.partition(common)[2] == ours.partition(common)[2] != ""


def test_the_wheel_says_who_it_is(wheel: zipfile.ZipFile, metadata: Message) -> None:
    project = pyproject()["project"]
    assert (metadata["Name"], metadata["Version"]) == (project["name"], project["version"])
    assert metadata["License-Expression"] == "MIT AND OFL-1.1"
    assert metadata["Requires-Python"] == project["requires-python"]
    (scripts,) = [name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt")]
    assert b"placeholder = placeholder.cli:main" in wheel.read(scripts)
    assert b"[pytest11]\nplaceholder = placeholder.testing.plugin" in wheel.read(scripts)


# The installed package, wherever it came from


@pytest.mark.parametrize("name", CARRIED)
def test_the_installed_package_has(name: str) -> None:
    assert files("placeholder").joinpath(*name.split("/")[1:]).is_file()


def test_the_command_tells_the_installed_version() -> None:
    (script,) = [entry for entry in distribution("placeholder").entry_points if entry.group == "console_scripts"]
    assert (script.name, script.value) == ("placeholder", "placeholder.cli:main")
    done = subprocess.run([sys.executable, "-m", "placeholder", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith(version("placeholder"))


def test_the_installed_version_is_the_one_of_the_source() -> None:
    wanted = pyproject()["project"]["version"]
    assert version("placeholder") == wanted, "installed before the version changed: run pip install -e '.[dev]' again"


BROUGHT_BY_EXTRAS = ("mcp", "mcp_types", "uharfbuzz", "bidi", "placeholder.tools")


def test_what_the_extras_bring_is_loaded_by_nobody_who_was_not_asked_for_it(tmp_path: Path) -> None:
    """A start is no slower for having it, and needs none of it."""
    code = "import json, sys, placeholder.app, placeholder.cli, placeholder.library; print(json.dumps([*sys.modules]))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    loaded = json.loads(ran.stdout)
    assert "placeholder.app" in loaded
    assert [name for name in loaded if f"{name}.".startswith(tuple(f"{brought}." for brought in BROUGHT_BY_EXTRAS))] == []


# pyproject.toml


@pytest.mark.parametrize("name", FLOORS)
def test_a_dependency_starts_at_the_first_safe_release(name: str) -> None:
    (wanted,) = [line for line in pyproject()["project"]["dependencies"] if re.split(r"[^\w.-]", line)[0] == name]
    floor = re.search(r">=\s*([\d.]+)", wanted)
    assert floor, wanted
    assert tuple(map(int, floor[1].split("."))) >= FLOORS[name]


@pytest.mark.parametrize("name", FLOORS)
def test_the_installed_dependency_is_not_older(name: str) -> None:
    assert tuple(map(int, re.findall(r"\d+", version(name))[:3])) >= FLOORS[name]


def test_pytest_takes_every_warning_for_an_error() -> None:
    options = pyproject()["tool"]["pytest"]["ini_options"]
    assert options["filterwarnings"][0] == "error"
    assert "--import-mode=importlib" in options["addopts"]


# The image


@cache
def stages() -> list[list[tuple[str, str]]]:
    """The Dockerfile as instructions, a list a stage; what stands before the first FROM is left out."""
    text = re.sub(r"^\s*#.*\n", "", source("Dockerfile"), flags=re.MULTILINE)
    found: list[list[tuple[str, str]]] = []
    for line in re.sub(r"\\\n", " ", text).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            found.append([])
        if word and found:
            found[-1].append((word, " ".join(rest.split())))
    return found


def last(word: str) -> str:
    (value,) = [rest for instruction, rest in stages()[-1] if instruction == word]
    return value


def test_the_image_is_built_in_one_stage_and_runs_in_another() -> None:
    build, run = stages()
    assert build[0] == ("FROM", "python:${PYTHON_VERSION}-slim AS builder")
    assert run[0] == ("FROM", "python:${PYTHON_VERSION}-slim")
    assert [rest for word, rest in run if word in ("COPY", "ADD")] == ["--from=builder /opt/placeholder /opt/placeholder"]
    assert not any("pip" in rest or "apt" in rest for word, rest in run if word == "RUN")


def test_the_image_runs_as_nobody_in_particular() -> None:
    uid, _, gid = last("USER").partition(":")
    assert int(uid) >= 10_000
    assert int(gid) >= 10_000
    words = [word for word, _ in stages()[-1]]
    assert "RUN" not in words[words.index("USER") :]


def test_the_image_serves_on_every_address() -> None:
    assert last("ENTRYPOINT") == '["placeholder"]'
    assert last("CMD") == '["serve", "--host", "0.0.0.0", "--port", "8000"]'
    assert last("EXPOSE") == "8000"


def test_neither_image_nor_platform_takes_secret_keys_from_pages() -> None:
    name = "PLACEHOLDER_REFUSE_SECRET_KEYS_FROM_BROWSERS"
    assert any(f"{name}=true" in rest.split() for word, rest in stages()[-1] if word == "ENV")
    assert tomllib.loads(source("fly.toml"))["env"][name] == "true"


def test_the_platform_s_proxy_tells_whose_request_it_is() -> None:
    assert tomllib.loads(source("fly.toml"))["env"]["PLACEHOLDER_CLIENT_ADDRESS_HEADER"] == "Fly-Client-IP"


def test_the_image_asks_after_its_health_without_further_tools() -> None:
    check = last("HEALTHCHECK")
    assert 'CMD ["python", ' in check
    assert "8000" in check
    assert "/healthz" in check
    code = check[check.index('"-c", "') + len('"-c", "') : check.rindex('"]')]
    compile(code, "HEALTHCHECK", "exec")


def test_the_image_builds_on_a_python_that_the_package_supports() -> None:
    chosen = re.search(r"^ARG PYTHON_VERSION=(\d+)\.(\d+)$", source("Dockerfile"), flags=re.MULTILINE)
    assert chosen
    project = pyproject()["project"]
    assert f"Programming Language :: Python :: {chosen[1]}.{chosen[2]}" in project["classifiers"]


def test_the_label_tells_what_the_project_tells() -> None:
    label, project = last("LABEL"), pyproject()["project"]
    assert f'org.opencontainers.image.licenses="{project["license"]}"' in label
    assert f'org.opencontainers.image.description="{project["description"]}"' in label


def test_what_the_image_copies_is_sent_to_the_builder() -> None:
    ignored = [line for line in source(".dockerignore").splitlines() if line and not line.startswith("#")]
    assert ignored[0] == "*"
    sent = {line[1:] for line in ignored if line.startswith("!")}
    copied = {name for word, rest in stages()[0] if word == "COPY" for name in rest.split()[:-1]}
    assert sent == copied
    assert all((ROOT / name).exists() for name in sent)


# The platform


def test_the_platform_runs_the_image() -> None:
    fly = tomllib.loads(source("fly.toml"))
    assert (ROOT / fly["build"]["dockerfile"]).is_file()
    web = fly["http_service"]
    assert str(web["internal_port"]) == last("EXPOSE")
    assert web["force_https"] is True
    assert web["auto_stop_machines"] == "stop"
    assert web["auto_start_machines"] is True
    assert [(check["method"], check["path"]) for check in web["checks"]] == [("GET", "/healthz")]
    assert fly["vm"] == [{"size": "shared-cpu-1x", "memory": "512mb"}]


def test_the_platform_waits_for_the_last_answer() -> None:
    from placeholder.door.serve import GRACE_S

    fly = tomllib.loads(source("fly.toml"))
    assert fly["kill_signal"] == "SIGTERM"
    assert GRACE_S < fly["kill_timeout"] == 30


def test_the_platform_sets_only_what_the_service_knows() -> None:
    """In its comments too, which tell of other ways to deploy."""
    from placeholder.settings import Settings

    names = {*tomllib.loads(source("fly.toml"))["env"], *re.findall(r"PLACEHOLDER_[A-Z_]+", source("fly.toml"))}
    assert names >= {"PLACEHOLDER_SECRET", "PLACEHOLDER_DATABASE_URL", "PLACEHOLDER_STORAGE_URL", "PLACEHOLDER_PUBLIC_URL"}
    assert names <= {f"PLACEHOLDER_{name.upper()}" for name in Settings.model_fields}


FLY: dict[str, set[str]] = {
    "": {"app", "primary_region", "kill_signal", "kill_timeout", "build", "env", "mounts", "http_service", "vm"},
    "build": {"dockerfile"},
    "mounts": {
        "source",
        "destination",
        "initial_size",
        "snapshot_retention",
        "auto_extend_size_threshold",
        "auto_extend_size_increment",
        "auto_extend_size_limit",
    },
    "http_service": {
        "internal_port",
        "force_https",
        "auto_stop_machines",
        "auto_start_machines",
        "min_machines_running",
        "concurrency",
        "checks",
    },
    "http_service.concurrency": {"type", "soft_limit", "hard_limit"},
    "http_service.checks": {"method", "path", "interval", "timeout", "grace_period"},
    "vm": {"size", "memory"},
}
"""Of https://fly.io/docs/reference/configuration/ what we use: what the platform does not know it passes over in silence."""


@pytest.mark.parametrize("section", FLY)
def test_the_platform_knows_every_word(section: str) -> None:
    found: Any = tomllib.loads(source("fly.toml"))
    for name in filter(None, section.split(".")):
        found = found[name]
    for table in found if isinstance(found, list) else [found]:
        assert set(table) == FLY[section]


def test_the_platform_mounts_the_volume_where_the_image_keeps_its_data() -> None:
    fly = tomllib.loads(source("fly.toml"))
    assert fly["mounts"]["destination"] == last("VOLUME") == "/data"
    assert any("PLACEHOLDER_DATA_DIR=/data" in rest.split() for word, rest in stages()[-1] if word == "ENV")
    grows = {name: int(re.match(r"\d+", str(fly["mounts"][name]))[0]) for name in FLY["mounts"] - {"source", "destination"}}  # type: ignore[index]
    assert grows["initial_size"] < grows["auto_extend_size_limit"]
    assert 1 <= grows["snapshot_retention"] <= 60
    assert 0 < grows["auto_extend_size_threshold"] < 100


def test_the_platform_spreads_requests_before_it_refuses_them() -> None:
    concurrency = tomllib.loads(source("fly.toml"))["http_service"]["concurrency"]
    assert concurrency["type"] == "requests"
    assert concurrency["soft_limit"] < concurrency["hard_limit"]


@pytest.mark.parametrize("name", ["interval", "timeout", "grace_period"])
def test_the_platform_s_times_have_units(name: str) -> None:
    """Without, they are milliseconds."""
    (check,) = tomllib.loads(source("fly.toml"))["http_service"]["checks"]
    assert re.fullmatch(r"\d+s", check[name])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Dockerfile", ("docker stop -t 30", "placeholder backup - > backup.tar", "placeholder restore - < backup.tar")),
        (
            "fly.toml",
            ("fly scale count 1", "/opt/placeholder/bin/placeholder backup -", "--user placeholder", "leave [mounts] out"),
        ),
    ],
)
def test_what_an_operator_has_to_do_is_said_there(name: str, words: tuple[str, ...]) -> None:
    assert [word for word in words if word not in source(name)] == []
