"""The words on the screens: one file per language, found by key, filled with facts.

A word missing in a language is said in Vietnamese. Nothing here knows a widget.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

FIRST_LANGUAGE: Final = "vi"
LONG_WAIT_MIN: Final = 90  # longer waits are only called "more than"


class _Facts(dict[str, object]):
    """Facts that came over the wire: a missing one leaves a gap, not a crash."""

    def __missing__(self, key: str) -> str:
        return "…"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language, and how that language says times, durations and names."""

    language: str
    texts: Mapping[str, str] = field(repr=False)
    timezone: ZoneInfo

    def __call__(self, key: str, **facts: object) -> str:
        """The words for a key such as `kiosk.title`; the key itself where nobody wrote any."""
        return self.texts.get(key, key).format_map(_Facts(facts))

    def __contains__(self, key: str) -> bool:
        return key in self.texts

    def name(self, names: Mapping[str, str]) -> str:
        """A name in this language, or else in Vietnamese, or else in any."""
        return (
            names.get(self.language) or names.get(FIRST_LANGUAGE) or next(iter(names.values()), "")
        )

    def time(self, at: datetime, now: datetime) -> str:
        """The hall's clock at a moment; with the date when that is not today's."""
        local, today = at.astimezone(self.timezone), now.astimezone(self.timezone).date()
        clock = local.strftime("%H:%M")
        if local.date() == today:
            return clock
        return self("common.time_on_day", time=clock, day=local.strftime("%d/%m"))

    def duration(self, seconds: float) -> str:
        """Whole minutes, rounded up: "12 phút"; beyond 90 only "trên 90 phút"."""
        minutes = _minutes(seconds)
        if minutes > LONG_WAIT_MIN:
            return self("common.minutes_more_than", minutes=LONG_WAIT_MIN)
        return self("common.minute" if minutes == 1 else "common.minutes", minutes=minutes)

    def span(self, low_s: float, high_s: float) -> str:
        """A wait from-to: "10–15 phút", or one duration where the ends are the same minute."""
        low, high = _minutes(low_s), _minutes(high_s)
        if high > LONG_WAIT_MIN or low >= high:
            return self.duration(low_s if low > LONG_WAIT_MIN else high_s)
        return self("common.minutes_from_to", low=low, high=high)

    def refusal(self, refused: Mapping[str, object], now: datetime) -> str:
        """Why not, said politely. An unknown reason gets a general answer.

        `refused` is an answer's: `reason` and facts; a fact `..._at` is an ISO time or absent.
        """
        facts = {name: self._fact(name, value, now) for name, value in refused.items()}
        key = f"refused.{refused.get('reason')}"
        if refused.get("opens_at") and f"{key}_until" in self:
            key = f"{key}_until"
        return self(key if key in self else "refused.anything", **facts)

    def device(self, name: str) -> str:
        """A device beside a screen, known as "kiosk-1/printer-2": "kiosk-1, máy in 2"."""
        if f"device.{name}" in self:
            return self(f"device.{name}")
        screen, _, beside = name.partition("/")
        kind, _, number = beside.partition("-")
        key = f"device.{kind}"
        return f"{screen}, {self(key)} {number}".strip() if key in self else name

    def trouble(self, word: str) -> str:
        """What a device has; a trouble nobody found words for is said as it is."""
        word, _, days = word.partition(":")
        key = f"trouble.{word}"
        return self(key, days=days) if key in self else word.replace("_", " ")

    def link_problem(self, why: str) -> str:
        """Why the server is not believed or not understood; anything else as the log has it."""
        word, _, facts = why.partition(": ")
        key = f"link.{word}"
        return self(key, facts=facts) if key in self else why

    def _fact(self, name: str, value: object, now: datetime) -> object:
        if name.endswith("_at") and isinstance(value, str):
            try:
                return self.time(datetime.fromisoformat(value), now)
            except ValueError:
                return value
        return value


@cache
def load(language: str, timezone: str = "Asia/Ho_Chi_Minh") -> Words:
    """The words of a language over those of Vietnamese; an unknown language is Vietnamese."""
    texts = {**_texts(FIRST_LANGUAGE), **_texts(language)}
    return Words(language, texts, ZoneInfo(timezone))


def languages() -> list[str]:
    """Every language there is a file for."""
    return sorted(file.stem for file in Path(__file__).parent.glob("*.toml"))


@cache
def _texts(language: str) -> dict[str, str]:
    if language not in languages():
        return {}
    with (Path(__file__).parent / f"{language}.toml").open("rb") as file:
        tables: dict[str, dict[str, str]] = tomllib.load(file)
    return {
        f"{table}.{key}": text for table, texts in tables.items() for key, text in texts.items()
    }


def _minutes(seconds: float) -> int:
    """Whole minutes, rounded up, at least one."""
    return max(1, -int(-seconds // 60))
