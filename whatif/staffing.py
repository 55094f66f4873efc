"""How many counters a weekday needs, half hour by half hour: the report of `motcua staffing`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Engine

from figures.document import Block, Cell, Chart, Column, Kind, Report, Series, Table, Text
from figures.names import HallNames, named
from figures.words import Words, load
from hall.hours import business_day
from hall.model import Setup
from records.reports import made_by
from whatif.day import Lived
from whatif.errors import WhatIfError
from whatif.outcome import Outcome
from whatif.reading import LEAST_DAYS, weekdays
from whatif.runs import FEW, Crew, Told, nobody_told
from whatif.search import Found, Search, mean_wait_s
from whatif.times import times_of
from whatif.weekday import Weekday, weekday_of

RUNS: Final = 40
LEAST_RUNS, MOST_RUNS = 20, 1_000
WEEKS: Final = 4
MOST_WEEKS: Final = 52


def staffing(
    engine: Engine,
    setup: Setup,
    names: HallNames,
    weekday: int,
    weeks: int = WEEKS,
    *,
    runs: int = RUNS,
    seed: int = 1,
    now: datetime,
    told: Told = nobody_told,
) -> Report:
    """The report, in the language of the names; `weekday` 0 is Monday. `told` hears per cents.

    Raises WhatIfError, and NotRecorded for trouble with the database.
    """
    if not LEAST_RUNS <= runs <= MOST_RUNS:
        raise WhatIfError("bad_runs", given=runs, least=LEAST_RUNS, most=MOST_RUNS)
    if not LEAST_DAYS <= weeks <= MOST_WEEKS:
        raise WhatIfError("bad_weeks", given=weeks, least=LEAST_DAYS, most=MOST_WEEKS)
    lived = weekdays(engine, setup, weekday, weeks, business_day(setup.hours, now))
    times, _ = times_of(engine, setup, lived[0].day.date)
    drawing = weekday_of(setup, [one.day for one in lived], times, seed)
    with Crew(drawing, alone=runs <= FEW) as crew:
        found = Search(drawing, crew, runs, told).found()
    words = load(names.language)
    return Report(
        name="staffing",
        title=words("staffing.title", weekday=words(f"weekday.{weekday}")),
        language=words.language,
        hall=names.hall,
        unit=names.unit,
        place=names.place,
        first=min(one.day.date for one in lived).isoformat(),
        last=max(one.day.date for one in lived).isoformat(),
        made_at=now.astimezone(setup.hours.timezone).isoformat(timespec="seconds"),
        made_by=made_by(),
        blocks=list(_Blocks(setup, names, words, drawing, found, lived).all()),
        notes=[
            words("staffing.note_days", days=len(lived), runs=runs, seed=seed),
            words("staffing.note_greedy"),
        ],
    )


@dataclass(frozen=True, slots=True)
class _Blocks:
    """The blocks of the report."""

    setup: Setup
    names: HallNames
    words: Words
    drawing: Weekday
    found: Found
    lived: Sequence[Lived]

    def all(self) -> Iterator[Block]:
        yield Text(key="staffing_answer", lines=list(self._answer()))
        yield self._half_hours()
        yield self._chart()
        yield self._without()
        if self.found.learnt:
            yield self._learnt()

    def _answer(self) -> Iterator[str]:
        words, found = self.words, self.found
        key = "staffing.answer" if found.enough else "staffing.not_enough"
        outcomes = found.outcomes
        yield words(
            key,
            hours=words.number(self._hours(), 1),
            most=max(self._needed()),
            wait=words.minutes(mean_wait_s(outcomes)),
            good=sum((one.wait_mean_s or 0.0) <= self.setup.wait_target_s for one in outcomes),
            runs=len(outcomes),
            target=words.minutes(self.setup.wait_target_s),
        )

    def _hours(self) -> float:
        """Counter hours in all."""
        windows = self.drawing.half_hours.windows
        spans = (windows[cell] for _, cell in self.found.staffed)
        return sum((end - start).total_seconds() for start, end in spans) / 3600

    def _needed(self) -> list[int]:
        cells = range(len(self.drawing.half_hours.windows))
        return [sum(cell == one for _, one in self.found.staffed) for cell in cells]

    def _open_before(self) -> list[float]:
        """How many were at the ready in each half hour, on the days that were."""
        windows = self.drawing.half_hours.windows
        latest = self.lived[0].day.date
        opened = [0.0] * len(windows)
        for one in self.lived:
            later = latest - one.day.date
            for since, until in (span for spans in one.spans.values() for span in spans):
                for cell, (start, end) in enumerate(windows):
                    both = min(end, until + later) - max(start, since + later)
                    opened[cell] += max(0.0, both / (end - start)) / len(self.lived)
        return opened

    def _half_hours(self) -> Table:
        words, arrivals = self.words, self.drawing.arrivals()
        needed, before = self._needed(), self._open_before()
        rows: list[list[Cell]] = [
            [clock, arrivals[cell], needed[cell], self._who(cell), before[cell]]
            for cell, clock in enumerate(self._clocks())
        ]
        columns: tuple[tuple[str, Kind, str], ...] = (
            ("half_hour", "text", words("staffing.half_hour")),
            ("arrivals", "score", words("figure.arrivals")),
            ("counters_needed", "count", words("staffing.needed")),
            ("counters", "text", words("staffing.which")),
            ("counters_open", "score", words("staffing.open_before")),
        )
        return self._table("staffing", columns, rows)

    def _who(self, cell: int) -> str:
        counters = (code for code in self.setup.counters if (code, cell) in self.found.staffed)
        return ", ".join(named(self.names.counters, code) for code in counters)

    def _clocks(self) -> list[str]:
        timezone = self.setup.hours.timezone
        return [
            f"{start.astimezone(timezone):%H:%M}" for start, _ in self.drawing.half_hours.windows
        ]

    def _chart(self) -> Chart:
        words = self.words
        return Chart(
            key="staffing",
            title=words("staffing.chart"),
            shape="bars",
            x_title=words("staffing.half_hour"),
            y_title=words("unit.axis_count"),
            x=self._clocks(),
            series=[
                Series(
                    title=words("staffing.needed"), values=[float(one) for one in self._needed()]
                ),
                Series(title=words("staffing.open_before"), values=list(self._open_before())),
            ],
        )

    # --- Otherwise -----------------------------------------------------------------------------

    def _without(self) -> Table:
        words, names = self.words, self.names.counters
        cases = [
            (words("staffing.everybody"), self.found.everybody),
            (words("staffing.as_found"), self.found.outcomes),
            *(
                (words("staffing.without", counter=named(names, code)), outcomes)
                for code, outcomes in self.found.without.items()
            ),
        ]
        rows = [[case, *self._cost(outcomes)] for case, outcomes in cases]
        return self._table("staffing_without", (_case(words), *self._cost_columns()), rows)

    def _learnt(self) -> Table:
        words, names = self.words, self.names
        rows: list[list[Cell]] = [
            [
                named(names.counters, one.counter),
                named(names.services, one.service),
                *self._cost(one.outcomes),
            ]
            for one in self.found.learnt
        ]
        columns: tuple[tuple[str, Kind, str], ...] = (
            ("counter", "text", words("by.counter")),
            ("service", "text", words("staffing.learns")),
            *self._cost_columns(),
        )
        return self._table("staffing_learns", columns, rows)

    def _cost_columns(self) -> tuple[tuple[str, Kind, str], ...]:
        words = self.words
        return (
            ("visit_wait_mean", "seconds", words("figure.visit_wait_mean")),
            ("visit_wait_change", "seconds", words("staffing.change")),
            ("runs_within_target", "share", words("staffing.within_target")),
            ("visits_left_over", "count", words("figure.visits_left_over")),
        )

    def _cost(self, outcomes: Sequence[Outcome]) -> list[Cell]:
        """Against the staffing that was found, in the same runs."""
        same = self.found.outcomes[: len(outcomes)]
        good = sum((one.wait_mean_s or 0.0) <= self.setup.wait_target_s for one in outcomes)
        left_over = sum(one.left_over for one in outcomes) / len(outcomes)
        wait_s = mean_wait_s(outcomes)
        return [wait_s, wait_s - mean_wait_s(same), good / len(outcomes), left_over]

    def _table(
        self, key: str, columns: Sequence[tuple[str, Kind, str]], rows: list[list[Cell]]
    ) -> Table:
        return Table(
            key=key,
            title=self.words(f"staffing.{key}"),
            columns=[Column(key=name, title=title, kind=kind) for name, kind, title in columns],
            rows=rows,
        )


def _case(words: Words) -> tuple[str, Kind, str]:
    return "case", "text", words("whatif.case")
