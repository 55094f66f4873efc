"""The project's own sources, as files and as syntax trees. Judges nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PROGRAMS: Final = ("cli.py", "server.py")
ROOMS: Final = (
    *(
        "benchmarks",
        "commands",
        "config",
        "counter",
        "demo",
        "dispatch",
        "display",
        "docs",
        "doctor",
        "figures",
    ),
    *("hall", "hardware", "kiosk", "link", "load", "manager", "rating", "records", "sheets"),
    *("terminal", "whatif"),
)


def files() -> list[Path]:
    """Every source file of ours, tests left out, relative to the project."""
    rooms = (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    paths = sorted([*(ROOT / name for name in PROGRAMS), *rooms])
    return [path.relative_to(ROOT) for path in paths]


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


def modules() -> Iterator[str]:
    """Every module that can be imported without starting something."""
    for file in files():
        if file.parts[0] == "docs" or file.name in {"__main__.py", "env.py"}:
            continue
        yield ".".join(file.with_suffix("").parts).removesuffix(".__init__")
