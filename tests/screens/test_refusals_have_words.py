"""Whatever the rules refuse, the screens can say so in every language."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal.words import languages, load

RULES = Path(__file__).parent.parent.parent / "hall"


def refusals() -> Iterator[tuple[str, frozenset[str]]]:
    """Every refusal in the rules: its reason, and the names of its facts."""
    for path in sorted(RULES.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused":
                (reason,) = node.args
                assert isinstance(reason, ast.Constant), f"{path.name}:{node.lineno}"
                yield str(reason.value), frozenset(fact.arg or "" for fact in node.keywords)


REFUSALS = sorted(set(refusals()), key=lambda refusal: (refusal[0], sorted(refusal[1])))


def test_the_rules_refuse() -> None:
    assert {"counter_busy", "hall_closed", "unknown_ticket"} <= {reason for reason, _ in REFUSALS}


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(("reason", "facts"), REFUSALS)
def test_a_refusal_has_words_that_need_no_other_facts_than_it_has(
    reason: str, facts: frozenset[str], language: str
) -> None:
    text = load(language).texts[f"refused.{reason}"]
    needed = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    assert needed <= facts


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("reason", sorted({r for r, facts in REFUSALS if "opens_at" in facts}))
def test_a_refusal_that_ends_says_when(reason: str, language: str) -> None:
    assert "{opens_at}" in load(language).texts[f"refused.{reason}_until"]
