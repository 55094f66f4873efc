"""The words of reports: one file per language, found by key, filled with facts; and how that
language writes numbers, dates and times. Knows no figure.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

FIRST_LANGUAGE: Final = "vi"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    language: str
    texts: Mapping[str, str] = field(repr=False)

    def __call__(self, key: str, **facts: object) -> str:
        """The words for a key such as `report.period`. Raises KeyError where nobody wrote any."""
        return self.texts[key].format_map(facts)

    def __contains__(self, key: str) -> bool:
        return key in self.texts

    def of(self, family: str, word: str) -> str:
        """The words for one of a family of words; a word nobody knows is shown as it is."""
        return self.texts.get(f"{family}.{word}", word.replace("_", " "))

    def number(self, value: float, digits: int = 1) -> str:
        """With so many digits behind the comma, or point."""
        text = f"{value:,.{digits}f}"
        return text if self.language == "en" else text.translate(_VIETNAMESE)

    def minutes(self, seconds: float) -> str:
        return self("unit.minutes", n=self.number(seconds / 60))

    def percent(self, share: float, digits: int = 1) -> str:
        return self("unit.percent", n=self.number(share * 100, digits))

    def day(self, day: date) -> str:
        return f"{day:%d/%m/%Y}"

    def period(self, first: date, last: date) -> str:
        """From-to, or the one day."""
        if first == last:
            return self.day(first)
        return f"{self.day(first)}–{self.day(last)}"

    def time(self, at: datetime) -> str:
        """Of a local time."""
        return f"{at:%H:%M}"


_VIETNAMESE: Final = str.maketrans(",.", ".,")


@cache
def load(language: str) -> Words:
    """The words of a language there is a file for (`languages`)."""
    return Words(language, _texts(language))


@cache
def languages() -> tuple[str, ...]:
    """Every language reports are written in."""
    return tuple(sorted(file.stem for file in Path(__file__).parent.glob("*.toml")))


def _texts(language: str) -> dict[str, str]:
    with (Path(__file__).parent / f"{language}.toml").open("rb") as file:
        tables: dict[str, dict[str, str]] = tomllib.load(file)
    return {
        f"{table}.{key}": text for table, texts in tables.items() for key, text in texts.items()
    }
