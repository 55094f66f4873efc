"""Data is shown as it is: no widget of ours reads markup in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.sources import files, tree

READS_MARKUP = {"Static", "Label", "OptionList", "SelectionList", "Markdown", "Collapsible"}
FORBIDDEN = {"from_markup", "notify", "render_markup", "from_ansi"}
NOT_TEXT = {"manager/blocks.py: Static(self._table(), classes='figures')"}  # a table of its own
OURS = {"Markdown"}  # of rich, on a board's own pages; its links are switched off


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    for file in files():
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Call):
                called = node.func
                name = called.attr if isinstance(called, ast.Attribute) else ast.unparse(called)
                yield file.as_posix(), node, name


def plain(call: ast.Call) -> bool:
    return any(
        one.arg == "markup" and isinstance(one.value, ast.Constant) and one.value.value is False
        for one in call.keywords
    )


def test_every_widget_with_a_text_shows_it_without_markup() -> None:
    found = {
        f"{file}: {ast.unparse(call)}"
        for file, call, name in calls()
        if name in READS_MARKUP - OURS and not plain(call)
    }
    assert found == NOT_TEXT


def test_every_kind_of_text_of_ours_begins_without_markup() -> None:
    for file in files():
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.ClassDef) and {"Static", "Label"} & set(
                map(ast.unparse, node.bases)
            ):
                begins = [
                    call
                    for call in ast.walk(node)
                    if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__"
                ]
                assert begins, f"{file}: {node.name} says nothing of markup"
                assert all(map(plain, begins)), f"{file}: {node.name}"


def test_nothing_reads_markup_or_tells_by_pop_ups_that_do() -> None:
    assert [f"{file}: {name}" for file, _, name in calls() if name in FORBIDDEN] == []


def test_every_program_on_a_terminal_looks_at_what_it_paints() -> None:
    programs = {
        f"{file}: {node.name}"
        for file in files()
        for node in ast.walk(tree(file))
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base).partition("[")[0] == "App" for base in node.bases)
    }
    bare = "benchmarks/floor.py: Bare"  # nobody looks at it, and nobody types there
    assert programs == {"terminal/app.py: HallApp", bare}
