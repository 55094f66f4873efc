"""Why there is no report: plain facts, for whoever asked to put into words. Raised, never shown."""

from __future__ import annotations

from datetime import date


class FiguresError(Exception):
    """There is no such report. `reason` is a stable word, `facts` go with it."""

    reason = "no_report"

    def __init__(self, **facts: str) -> None:
        self.facts = facts
        said = ", ".join(f"{name} {value}" for name, value in facts.items())
        super().__init__(f"{self.reason}: {said}" if said else self.reason)


class UnknownReport(FiguresError):  # noqa: N818 - a fact, told in plain words
    """No report has this name, it cannot be split by that, or there is no such language.

    Facts: `report`, or `by` and `possible`, or `language` and `possible`.
    """

    reason = "unknown_report"


class BadPeriod(FiguresError):  # noqa: N818
    """The period is none, or lies in the future. Facts: `problem`, and the dates it is about."""

    reason = "bad_period"

    @classmethod
    def backwards(cls, first: date, last: date) -> BadPeriod:
        return cls(problem="backwards", first=first.isoformat(), last=last.isoformat())

    @classmethod
    def future(cls, first: date, today: date) -> BadPeriod:
        return cls(problem="future", first=first.isoformat(), today=today.isoformat())


class NoRecords(FiguresError):  # noqa: N818
    """The database has no tables, or older ones. Facts: `problem`: empty or older."""

    reason = "no_records"
