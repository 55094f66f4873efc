"""Every word of the reports is said in one of them."""

from __future__ import annotations

import ast

from figures.words import FIRST_LANGUAGE, load
from tests.architecture.sources import ROOT

# What comes from the records, and the families looked up by a word of theirs.
FROM_RECORDS = (
    "channel.",
    "rule.",
    "stage.",
    "trouble.",
    "alarm.",
    "level.",
    "factor.",
    "weekday.",
)
FOLDERS = ("records/reports", "figures", "whatif")


def said() -> tuple[set[str], set[str]]:
    """Texts in the code as they are, and beginnings such as `figure.` of those put together."""
    whole, begun = set(), set()
    for folder in FOLDERS:
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                    begun.add(str(node.values[0].value))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    whole.add(node.value)
    return whole, begun - {""}


def test_every_word_of_the_reports_is_said_somewhere() -> None:
    whole, begun = said()

    def is_said(rest: str) -> bool:
        """As it is, or put together: `block.` and `use_of_` and `officer`."""
        rests = (rest.removeprefix(prefix) for prefix in begun if rest.startswith(prefix))
        return rest.isdigit() or rest in whole or any(map(is_said, rests))

    def is_compared(key: str) -> bool:
        return is_said(key.removesuffix("_before").removesuffix("_year_ago"))

    words = [key for key in load(FIRST_LANGUAGE).texts if not key.startswith(FROM_RECORDS)]
    assert [key for key in words if not is_said(key) and not is_compared(key)] == []
