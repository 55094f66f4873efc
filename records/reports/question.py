"""One question a manager asks, with all that is needed to answer it; and the reading names of what
figures are split by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from figures.document import Column
from figures.names import HallNames, named
from figures.periods import Period
from figures.words import Words
from hall.model import Setup
from records.reports.keys import ALL
from records.reports.source import Counted, Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`connection` only reads; `now` is aware. `by`: one that the report can be split by."""

    connection: Connection
    setup: Setup
    names: HallNames
    words: Words
    period: Period
    by: str
    now: datetime
    officers_named: bool
    reader: Reader

    def of(self, period: Period) -> Question:
        """The same of another period."""
        return replace(self, period=period)

    def cells(self, by: str | None = None, *, quantiles: bool = True) -> dict[str, Counted]:
        """Every cell that has anything in it, in the order they are shown."""
        by = by or self.by
        found = self.reader.counted(self.period, by, quantiles=quantiles)
        return {key: found[key] for key in self.ordered(by, found)}

    def total(self, *, quantiles: bool = True) -> Counted:
        """The whole period in one cell."""
        return self.reader.counted(self.period, ALL, quantiles=quantiles).get("", Counted())

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.setup.hours.timezone)

    # --- Names of keys ---

    def ordered(self, by: str, keys: Iterable[str]) -> list[str]:
        """As the hall has them in its configuration, other keys as they sort; none last."""
        place = {code: index for index, code in enumerate(self._names(by))}
        return sorted(keys, key=lambda key: (key == "", place.get(key, len(place)), key))

    def label(self, by: str, key: str) -> str:
        """What a key is called; the key of a day stays as it is."""
        words = self.words
        if not key:
            return words("label.no_group" if by == "group" else "label.not_called")
        match by:
            case "weekday":
                return words(f"weekday.{key}")
            case "channel":
                return words.of("channel", key)
            case "month":
                year, _, month = key.partition("-")
                return words("label.month", month=int(month), year=year)
            case _:
                return named(self._names(by), key)

    def labels(self, by: str, keys: Iterable[str]) -> Iterator[str]:
        return (self.label(by, key) for key in keys)

    def key_column(self, by: str) -> Column:
        return Column(key=by, title=self.words(f"by.{by}"), kind="date" if by == "day" else "text")

    def _names(self, by: str) -> dict[str, str]:
        names = self.names
        families = {
            "service": names.services,
            "field": names.fields,
            "agency": names.agencies,
            "counter": names.counters,
            "officer": names.officers,
            "group": names.groups,
        }
        return dict(families.get(by, {}))
