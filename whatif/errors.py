"""Why there is no answer: a stable word and its facts, in words by `figures.words`."""

from __future__ import annotations

from datetime import date

from figures.words import load


class WhatIfError(Exception):
    """Nothing can be said. `reason` is one of the words under `whatif_no`; `facts` go with it:
    codes, lists of codes, numbers, days, and what was given.
    """

    def __init__(self, reason: str, **facts: object) -> None:
        self.reason, self.facts = reason, facts
        super().__init__(self.told("en"))

    def told(self, language: str) -> str:
        """What is wrong, and what would be needed."""
        facts = {name: _said(fact) for name, fact in self.facts.items()}
        return load(language)(f"whatif_no.{self.reason}", **facts)


def _said(fact: object) -> object:
    match fact:
        case date():
            return f"{fact:%d/%m/%Y}"
        case list():
            return ", ".join(fact) or "–"
        case _:
            return fact
