"""Every word a screen could say is said somewhere: no dead words to translate."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from terminal.words import FIRST_LANGUAGE, load
from tests.architecture.sources import files, tree

BY_DEVICES = ("trouble.", "device.")  # what a printer reports is named by the printer


def said_as_they_are() -> set[str]:
    """Every piece of text in the code that is not part of a longer one."""
    return {
        node.value
        for file in files()
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def families() -> Iterator[str]:
    """What stands before the gap in `f"stage.{...}"`: the rest of the key is a word of its own."""
    for file in files():
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                prefix = str(node.values[0].value)
                if prefix.count(".") == 1 and " " not in prefix:
                    yield prefix


def test_every_word_is_said_somewhere() -> None:
    said, prefixes = said_as_they_are(), set(families())

    def is_said(key: str) -> bool:
        rests = [key.removeprefix(prefix) for prefix in prefixes if key.startswith(prefix)]
        return key in said or any(rest.removesuffix("_until") in said for rest in rests)

    words = [key for key in load(FIRST_LANGUAGE).texts if not key.startswith(BY_DEVICES)]
    assert [key for key in words if not is_said(key)] == []


def test_words_that_the_code_names_are_there() -> None:
    texts = load(FIRST_LANGUAGE).texts
    tables = {key.partition(".")[0] for key in texts}
    named = {
        str(call.args[0].value)
        for file in files()
        if file.parts[0] in {"terminal", "kiosk", "counter", "display", "rating", "manager", "demo"}
        for call in ast.walk(tree(file))
        if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant)
    }
    missing = {key for key in named if key.partition(".")[0] in tables and "." in key} - set(texts)
    assert missing == set()
