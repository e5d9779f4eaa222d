"""What a benchmark says: Markdown, and of which machine and which versions it speaks."""

import os
import platform
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = (
    *("uvicorn", "starlette", "uvloop", "httptools", "sqlalchemy", "psycopg", "cryptography"),
    *("pillow", "pyvips", "uharfbuzz", "mcp"),
)
TOOLS = {
    "nginx": ["nginx", "-v"], "Go": ["go", "version"], "Node.js": ["node", "--version"], "wrk": ["wrk", "--version"],
    "PostgreSQL": ["psql", "--version"], "Chromium": ["chromium", "--version"],
}  # fmt: skip


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints it; the first column is names, the others are figures."""
    print(f"| {' | '.join(head)} |\n|---|{'--:|' * (len(head) - 1)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |", flush=True)


def cpu() -> str:
    found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    return found[1] if found else platform.processor() or platform.machine()


def system() -> str:
    told = Path("/etc/os-release")
    found = re.search(r'PRETTY_NAME="(.+)"', told.read_text()) if told.exists() else None
    return f"{found[1] if found else platform.system()}, Linux {platform.release()}"


def _told(command: list[str]) -> str:
    """The first number with a dot in what a tool says of itself."""
    if not shutil.which(command[0]):
        return "not here"
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else "there"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not here"


def machine() -> None:
    """Prints the machine and every version that has a part in the figures."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(f"{cpu()}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.machine()}; {system()}.\n")
    own = {"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version, **{name: _version(name) for name in PACKAGES}}
    versions = {**own, **{name: _told(command) for name, command in TOOLS.items()}}
    print(", ".join(f"{name} {number}" for name, number in versions.items()) + ".")
