"""How a language writes numbers, days and what stands around them on paper. Knows no format."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from math import isfinite
from typing import Final
from unicodedata import category

from figures.document import Cell, Column, Kind, Report

FIRST_LANGUAGE: Final = "vi"
NOTHING: Final = "–"  # there is nothing to count
MARKS: Final = {"vi": (".", ","), "en": (",", ".")}  # between thousands, before decimals
DECIMALS: Final[Mapping[Kind, int]] = {"count": 1, "seconds": 1, "share": 1, "score": 2}
FACTORS: Final[Mapping[Kind, Decimal]] = {"seconds": Decimal(60), "share": Decimal("0.01")}
SHORTEST_MONTHS: Final = 3  # January and February get a zero in the date line, as the day does


@dataclass(frozen=True, slots=True)
class Wording:
    """One language."""

    language: str
    texts: Mapping[str, str] = field(repr=False)

    def __call__(self, key: str, **facts: object) -> str:
        return self.texts[key].format_map(facts)

    def shown(self, value: Cell, kind: Kind) -> str:
        """A cell as people read it; seconds in minutes, without the word."""
        if value is None or (isinstance(value, float) and not isfinite(value)):
            return NOTHING
        if isinstance(value, bool):
            return self("cell.yes" if value else "cell.no")
        if isinstance(value, str):
            return self._text(value, kind)
        number = self.number(in_unit(value, kind), DECIMALS.get(kind, 2), whole=kind == "count")
        return f"{number}%" if kind == "share" else number

    def with_unit(self, value: Cell, kind: Kind) -> str:
        """The same where no head names the unit: "12,3 phút"."""
        shown = self.shown(value, kind)
        if kind != "seconds" or value is None:
            return shown
        return f"{shown} {self('unit.seconds')}"

    def head(self, column: Column) -> str:
        """A column's title, with the unit of its numbers where they do not carry it."""
        title, unit = clean(column.title), self("unit.seconds")
        if column.kind != "seconds" or unit in title:
            return title
        return f"{title} ({unit})"

    def number(self, value: float | Decimal, decimals: int, *, whole: bool = False) -> str:
        """Half of the last digit counts up. `whole`: no decimals where there are none."""
        exact = value if isinstance(value, Decimal) else Decimal(str(value))
        if isinstance(value, int) or (whole and exact == exact.to_integral_value()):
            decimals = 0
        text = f"{rounded(exact, decimals):,f}"
        thousands, point = MARKS.get(self.language, MARKS["en"])
        return text.replace(",", " ").replace(".", point).replace(" ", thousands)

    def day(self, day: str) -> str:
        """24/11/2026, in both languages, as everybody here writes it."""
        return date.fromisoformat(day).strftime("%d/%m/%Y")

    def moment(self, moment: str) -> str:
        return datetime.fromisoformat(moment).strftime("%d/%m/%Y %H:%M")

    def period(self, report: Report) -> str:
        """The line below the title."""
        first, last = self.day(report.first), self.day(report.last)
        return self("period.day" if first == last else "period.days", first=first, last=last)

    def place_and_date(self, report: Report) -> str:
        """The line over a letter; a zero keeps a digit from being put before another."""
        made = datetime.fromisoformat(report.made_at)
        month = f"{made.month:02}" if made.month < SHORTEST_MONTHS else f"{made.month}"
        facts = {"day": f"{made.day:02}", "month": month, "year": made.year}
        return self("header.place_and_date", place=clean(report.place), **facts)

    def made(self, report: Report) -> str:
        made_at = self.moment(report.made_at)
        return self("page.made", made_by=clean(report.made_by), made_at=made_at)

    def _text(self, value: str, kind: Kind) -> str:
        try:
            if kind == "date":
                return self.day(value)
            if kind == "time":
                return self.moment(value)
        except ValueError:
            pass  # a word in the place of a day is shown as it is
        return clean(value)


@cache
def load(language: str) -> Wording:
    """The words of a language; of one that nobody has written, Vietnamese."""
    known = language if language in languages() else FIRST_LANGUAGE
    tables = tomllib.loads((files("sheets") / "words" / f"{known}.toml").read_text("utf-8"))
    texts = {f"{table}.{key}": text for table, keys in tables.items() for key, text in keys.items()}
    return Wording(known, texts)


def languages() -> list[str]:
    """Every language there is a file for."""
    names = (file.name for file in (files("sheets") / "words").iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def in_unit(value: float, kind: Kind) -> float | Decimal:
    """A number in the unit people read: seconds as minutes, shares as per cent, exactly."""
    factor = FACTORS.get(kind)
    return value if factor is None else Decimal(str(value)) / factor


def rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def clean(text: str) -> str:
    """The text on one line, without what steers devices or hides."""
    return "".join(" " if category(letter)[0] in "CZ" else letter for letter in text).strip()
