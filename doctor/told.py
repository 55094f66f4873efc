"""Findings as lines for a technician, and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from doctor.finding import Fact, Finding
from link.text import clean
from terminal.words import Words

MARKS: Final = {"ok": "✓", "look": "!", "mend": "✗"}
FEW: Final = 10  # smaller numbers are said with two decimals


def line(finding: Finding, words: Words) -> str:
    """What it is, how bad, and what to do."""
    state = words(f"doctor_state.{finding.state}")
    subject = words(f"doctor_of.{finding.subject}")
    advice = todo(finding, words)
    told = f"{MARKS[finding.state]} {state:<9} {subject}: {said(finding, words)}"
    return f"{told} → {advice}" if advice else told


def said(finding: Finding, words: Words) -> str:
    return words(f"doctor.{finding.word}", **_facts(finding, words))


def todo(finding: Finding, words: Words) -> str:
    """Empty where there is nothing to do."""
    if finding.state == "ok":
        return ""
    return words(f"doctor_do.{finding.word}", **_facts(finding, words))


def as_json(findings: Sequence[Finding], words: Words) -> str:
    rows = [
        {
            "subject": one.subject,
            "state": one.state,
            "found": one.word,
            "facts": one.facts,
            "said": said(one, words),
            "todo": todo(one, words),
        }
        for one in findings
    ]
    whole = {"mend": any(one.state == "mend" for one in findings), "findings": rows}
    return json.dumps(whole, ensure_ascii=False, indent=2)


def _facts(finding: Finding, words: Words) -> dict[str, str]:
    return {name: _fact(value, words.language) for name, value in finding.facts.items()}


def _fact(value: Fact, language: str) -> str:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, int):
        return str(value)
    number = f"{value:.2f}" if abs(value) < FEW else f"{value:.0f}"
    return number.replace(".", ",") if language == "vi" else number
