"""Every promise has checks, every check exists, and none of them passes because it never looks."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, Final, cast

import pytest

from hall.model import Hall
from tests import invariants
from tests.faults import witness
from tests.faults.harnesses import HARNESSES
from tests.faults.promises import ELSEWHERE, PROMISES
from tests.faults.simulation import simulate
from tests.invariants import EVENT_CHECKS, HALL_CHECKS, Books

ROOT: Final = Path(__file__).parents[2]
SEEDS: Final = (0, 1, 16, 19)  # together they show everything there is
BOOKED: Final = {
    check.__name__: cast(FunctionType, check) for check in (*EVENT_CHECKS, *HALL_CHECKS)
}

BOOKS_CHECKS: Final = {("Books", "Event", "str | None"), ("Books", "Hall", "str | None")}


def held() -> set[str]:
    """The names given to `hold` in the harnesses."""
    found: set[str] = set()
    for file in (ROOT / "tests" / "faults").glob("*.py"):
        found |= set(re.findall(r'\bhold\(\s*"(\w+)"', file.read_text(encoding="utf-8")))
    return found


def test_every_promise_has_checks_that_exist_and_harnesses_that_run_them() -> None:
    known = held() | BOOKED.keys()
    for promise in PROMISES:
        assert promise.checks, promise.what
        assert set(promise.checks) <= known, promise.what
        assert set(promise.harnesses) <= HARNESSES.keys(), promise.what
    for file in ELSEWHERE.values():
        assert (ROOT / file).is_file()


def test_every_check_of_the_books_belongs_to_a_hall_that_was_promised_something() -> None:
    """No check is left without being run: all of them are in one of the two lists."""
    functions = {
        name
        for name, one in vars(invariants).items()
        if inspect.isfunction(one) and tuple(one.__annotations__.values()) in BOOKS_CHECKS
    }
    assert functions == BOOKED.keys()


def test_every_check_is_really_reached() -> None:
    """In a few lives each check of the books goes through all of itself but its complaints, and
    each of those that harnesses hold is asked.
    """
    witness.asked.clear()
    lives = Lives()
    for seed in SEEDS:
        with lives.remembered():
            simulate(seed)
    reached = lives.reached()
    missed = {
        name: left
        for name, one in BOOKED.items()
        if (left := [at.start for at in _statements(one) if reached[one.__code__].isdisjoint(at)])
    }
    assert missed == {}
    wanted = {check for promise in PROMISES for check in promise.checks} - BOOKED.keys()
    assert wanted <= witness.asked.keys()


class Lives:
    """What the books were shown, to be shown again to others while every line is watched."""

    def __init__(self) -> None:
        self._shown: dict[Books, list[tuple[Any, ...]]] = {}

    @contextmanager
    def remembered(self) -> Iterator[None]:
        see, compare = Books.see, Books.compare

        def seen(books: Books, *event: Any) -> None:
            self._shown.setdefault(books, []).append(event)
            see(books, *event)

        def compared(books: Books, hall: Hall) -> None:
            self._shown.setdefault(books, []).append((hall,))
            compare(books, hall)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Books, "see", seen)
            patch.setattr(Books, "compare", compared)
            yield

    def reached(self) -> dict[CodeType, set[int]]:
        """The lines of each check that were reached."""
        reached: dict[CodeType, set[int]] = {one.__code__: set() for one in BOOKED.values()}

        def enter(frame: FrameType, _event: str, _: object) -> Any:
            lines = reached.get(frame.f_code)
            return None if lines is None else partial(_note, lines)

        before = sys.gettrace()
        sys.settrace(enter)
        try:
            self._show_again()
        finally:
            sys.settrace(before)
        return reached

    def _show_again(self) -> None:
        for books, shown in self._shown.items():
            again = Books(books.setup)
            for what in shown:
                if len(what) == 1:
                    again.compare(*what)
                else:
                    again.see(*what)


def _note(lines: set[int], frame: FrameType, _event: str, _: object) -> Any:
    lines.add(frame.f_lineno)
    return partial(_note, lines)


def _statements(function: FunctionType) -> Iterator[range]:
    """Where each statement stands; of those with a body, their first line."""
    source, first = inspect.getsourcelines(function)
    todo: list[ast.AST] = list(ast.iter_child_nodes(ast.parse("".join(source)).body[0]))
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef):
            continue  # its lines are not this one's
        todo.extend(ast.iter_child_nodes(node))
        if isinstance(node, ast.stmt) and not _is_complaint(node):
            end = node.lineno if hasattr(node, "body") else (node.end_lineno or node.lineno)
            yield range(first + node.lineno - 1, first + end)


def _is_complaint(node: ast.stmt) -> bool:
    """Words for what is wrong; or words for the reader."""
    if isinstance(node, ast.Expr):
        return True
    return isinstance(node, ast.Return) and isinstance(node.value, ast.JoinedStr | ast.Constant)
