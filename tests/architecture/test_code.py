"""House rules that can be counted: where bugs are caught, how long things are, what README says."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import PROGRAMS, ROOMS, ROOT, files, tree

LONGEST_FILE = 450  # lines
LONGEST_FUNCTION = 60

# Where a bug hurts whoever met it and not the hall: docs/decisions/0003-a-bug-hurts-one.md
CATCHES = {
    "dispatch/dispatcher.py": 2,
    "dispatch/doors.py": 1,
    "dispatch/forecaster.py": 1,
    "dispatch/outbox.py": 1,
    "dispatch/schedule.py": 1,
    "docs/generate_trust.py": 1,
    "hardware/port_thread.py": 1,
    "hardware/printer.py": 1,
    "hardware/voice.py": 1,
    "terminal/app.py": 1,
}


def catches_everything(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    kinds = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"})
        for kind in kinds
    )


def test_bugs_are_caught_only_where_they_may_be() -> None:
    found = Counter(
        file.as_posix()
        for file in files()
        for node in ast.walk(tree(file))
        if isinstance(node, ast.ExceptHandler) and catches_everything(node)
    )
    assert found == CATCHES


def test_every_place_that_catches_bugs_is_decided_on() -> None:
    (decision,) = (ROOT / "docs" / "decisions").glob("*-a-bug-hurts-one.md")
    text = decision.read_text(encoding="utf-8")
    assert [file for file in CATCHES if f"`{file}`" not in text] == []


def test_no_file_is_too_long_to_have_one_purpose() -> None:
    assert [file for file in files() if lines(file) > LONGEST_FILE] == []


def lines(file: Path) -> int:
    return len((ROOT / file).read_text(encoding="utf-8").splitlines())


def test_no_function_is_too_long_to_be_understood() -> None:
    long = [
        f"{file}:{node.lineno} {node.name}"
        for file in files()
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_every_file_says_what_it_is_for() -> None:
    assert [file for file in files() if file.name != "__init__.py" and not says_why(file)] == []


def says_why(file: Path) -> bool:
    return ast.get_docstring(tree(file)) is not None


# --- The map of the house ------------------------------------------------------------------------


def on_the_map() -> Iterator[str]:
    """The first word of each line of README's map that names a room or a program."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    house = text.partition("## The house")[2].partition("**A new rule**")[0]
    yield from re.findall(r"^    (\S+)", house, re.MULTILINE)


def test_the_map_in_the_readme_names_every_room_and_program_and_no_other() -> None:
    rooms = {*(f"{room}/" for room in ROOMS), "tests/"}
    mapped = list(on_the_map())
    assert set(mapped) == {*rooms, *PROGRAMS, "config.toml"}
    assert len(mapped) == len(set(mapped))


def test_every_folder_with_code_is_a_room_that_these_rules_know() -> None:
    python = {path.parent.name for path in ROOT.glob("*/*.py")}
    assert python - {".venv", "tests"} == set(ROOMS)
    assert {path.name for path in ROOT.glob("*.py")} == set(PROGRAMS)
