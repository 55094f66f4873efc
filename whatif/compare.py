"""A recorded day with another plan, beside the day as it was: the report of `motcua what-if`.

what_if(engine, setup, names, day, plan, ...) -> Report
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import Engine

from figures.document import Block, Cell, Chart, Column, Kind, Report, Series, Table, Text
from figures.names import HallNames, named
from figures.words import Words, load
from hall.changes import HALF_HOUR_S
from hall.hours import business_day
from hall.model import Setup, Ticket
from records.reports import made_by
from whatif.agreement import Difference, differences
from whatif.errors import WhatIfError
from whatif.outcome import Outcome, Part, of_hall, outcome_of
from whatif.plan import Plan, applied
from whatif.reading import one_day
from whatif.run import run
from whatif.runs import FEW, Case, Comparison, Crew, Told, nobody_told
from whatif.spread import differences as paired
from whatif.spread import spread
from whatif.times import times_of

RUNS: Final = 200
MOST_RUNS: Final = 10_000
SEED: Final = 1
MOST_DIFFERENCES: Final = 20  # listed; the others follow from them
MINUTE_S: Final = 60.0

_Values = Callable[[str], list[float | None]]

# Columns of the main table: key, kind, and the field of an Outcome.
FIGURES: Final[tuple[tuple[str, Kind, str], ...]] = (
    ("visits", "count", "visits"),
    ("visits_served", "count", "served"),
    ("visits_left_over", "count", "left_over"),
    ("visit_wait_mean", "seconds", "wait_mean_s"),
    ("visits_within_15", "share", "within_15"),
    ("visit_wait_p90", "seconds", "wait_p90_s"),
    ("use", "share", "use"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The day as it was, replayed unchanged, and both ways many times over."""

    recorded: Outcome
    replayed: Outcome
    differing: list[Difference]
    unchanged: list[Outcome]
    planned: list[Outcome]
    by_catalogue: frozenset[str]  # services that have too few times of their own


def what_if(
    engine: Engine,
    setup: Setup,
    names: HallNames,
    day: date,
    plan: Plan,
    *,
    runs: int = RUNS,
    seed: int = SEED,
    now: datetime,
    told: Told = nobody_told,
) -> Report:
    """The report, in the language of the names. `told` hears of the runs, and may call them off.

    Raises WhatIfError, and NotRecorded for trouble with the database.
    """
    found = compared(engine, setup, day, plan, runs, seed, now, told)
    words = load(names.language)
    made_at = now.astimezone(setup.hours.timezone).isoformat(timespec="seconds")
    return Report(
        name="what_if",
        title=words("whatif.title"),
        language=words.language,
        hall=names.hall,
        unit=names.unit,
        place=names.place,
        first=day.isoformat(),
        last=day.isoformat(),
        made_at=made_at,
        made_by=made_by(),
        blocks=list(_Blocks(setup, names, words, found, plan).all()),
        notes=list(_notes(names, words, found, runs, seed)),
    )


def compared(  # noqa: PLR0917 - likewise
    engine: Engine,
    setup: Setup,
    day: date,
    plan: Plan,
    runs: int,
    seed: int,
    now: datetime,
    told: Told = nobody_told,
) -> Compared:
    """The figures behind the report. Raises WhatIfError and NotRecorded."""
    if not 1 <= runs <= MOST_RUNS:
        raise WhatIfError("bad_runs", given=runs, least=1, most=MOST_RUNS)
    lived = one_day(engine, setup, day, business_day(setup.hours, now))
    times, few = times_of(engine, setup, day)
    as_it_was = replace(lived.day, times=times)
    planned = applied(plan, setup, as_it_was)
    ran = run(setup, as_it_was)
    cases = (Case(setup, as_it_was), Case(*planned, plan.arrivals))
    with Crew(Comparison(cases, seed), alone=runs <= FEW) as crew:
        found = crew.results(None, range(runs), told)
    return Compared(
        recorded=of_hall(setup, lived.hall, lived.spans),
        replayed=outcome_of(setup, ran),
        differing=differences(lived, ran),
        unchanged=[unchanged for unchanged, _ in found],
        planned=[planned for _, planned in found],
        by_catalogue=few & {code for visit in lived.day.visits for code in visit.services},
    )


def _notes(names: HallNames, words: Words, found: Compared, runs: int, seed: int) -> Iterator[str]:
    yield words("whatif.note_runs", runs=runs, seed=seed)
    yield words("whatif.note_intervals")
    if found.by_catalogue:
        services = ", ".join(named(names.services, code) for code in sorted(found.by_catalogue))
        yield words("whatif.note_catalogue", services=services)
    yield words("note.not_counted")


@dataclass(frozen=True, slots=True)
class _Blocks:
    """The blocks of the report."""

    setup: Setup
    names: HallNames
    words: Words
    found: Compared
    plan: Plan

    def all(self) -> Iterator[Block]:
        yield Text(key="whatif_answer", lines=list(self._answer()))
        yield self._table()
        yield self._chart()
        yield self._services()
        yield self._use()
        yield self._use_chart()
        yield Text(key="whatif_agreement", lines=[self._agreement()])
        if self.found.differing:
            yield self._differences()

    # --- The answer ----------------------------------------------------------------------------

    def _answer(self) -> Iterator[str]:
        """In one sentence; then what the plan is."""
        words = self.words
        before = spread(one.wait_mean_s for one in self.found.unchanged)
        after = spread(one.wait_mean_s for one in self.found.planned)
        change = spread(self._paired("wait_mean_s"))
        if before.mean is not None and after.mean is not None and change.mean is not None:
            yield words(
                "whatif.answer",
                before=words.minutes(before.mean),
                after=words.minutes(after.mean),
                low=words.number((change.low or 0.0) / MINUTE_S),
                high=words.number((change.high or 0.0) / MINUTE_S),
            )
        yield from self._plan()

    def _plan(self) -> Iterator[str]:
        words, plan, counters = self.words, self.plan, self.names.counters
        for family, shifts in (("opens", plan.opens), ("closes", plan.closes)):
            for shift in shifts:
                until = f"{shift.until:%H:%M}" if shift.until else words("whatif.end_of_day")
                counter = named(counters, shift.counter)
                since = f"{shift.since:%H:%M}"
                yield words(f"whatif.plan_{family}", counter=counter, since=since, until=until)
        for skill in plan.skills:
            key = "whatif.plan_unlearns" if skill.lag_s is None else "whatif.plan_learns"
            service = named(self.names.services, skill.service)
            yield words(key, counter=named(counters, skill.counter), service=service)
        for group in plan.priority:
            yield words("whatif.plan_priority", group=named(self.names.groups, group.code))
        if plan.arrivals != 1.0:
            yield words("whatif.plan_arrivals", factor=words.number(plan.arrivals, 2))

    # --- Side by side --------------------------------------------------------------------------

    def _table(self) -> Table:
        words, found = self.words, self.found
        columns = [Column(key="case", title=words("whatif.case"), kind="text")]
        columns += [
            Column(key=key, title=words(f"figure.{key}"), kind=kind) for key, kind, _ in FIGURES
        ]
        rows = [
            self._row("recorded", found.recorded),
            self._row("replayed", found.replayed),
            *self._spread_rows("unchanged", lambda name: _of(found.unchanged, name)),
            *self._spread_rows("planned", lambda name: _of(found.planned, name)),
            *self._spread_rows("difference", self._paired),
        ]
        return Table(key="whatif", title=words("whatif.table"), columns=columns, rows=rows)

    def _row(self, case: str, outcome: Outcome) -> list[Cell]:
        values = (getattr(outcome, name) for _, _, name in FIGURES)
        return [self.words(f"whatif.{case}"), *values]

    def _spread_rows(self, case: str, values_of: _Values) -> Iterator[list[Cell]]:
        spreads = [spread(values_of(name)) for _, _, name in FIGURES]
        name = self.words(f"whatif.{case}")
        yield [name, *(one.mean for one in spreads)]
        yield [self.words("whatif.from", case=name), *(one.low for one in spreads)]
        yield [self.words("whatif.to", case=name), *(one.high for one in spreads)]

    def _paired(self, name: str) -> list[float | None]:
        return paired(_of(self.found.unchanged, name), _of(self.found.planned, name))

    # --- By half hour, service and counter ------------------------------------------------------

    def _chart(self) -> Chart:
        words, found = self.words, self.found
        cases = (
            ("recorded", [found.recorded]),
            ("unchanged", found.unchanged),
            ("planned", found.planned),
        )
        keys = sorted({key for _, some in cases for one in some for key in one.half_hours})
        return Chart(
            key="whatif_half_hours",
            title=words("whatif.half_hours"),
            shape="lines",
            x_title=words("by.half_hour"),
            y_title=words("unit.axis_minutes"),
            x=[self._clock(key) for key in keys],
            series=[
                Series(
                    title=words(f"whatif.{case}"),
                    values=[_minutes(_mean(_parts(some, "half_hours", key))) for key in keys],
                )
                for case, some in cases
            ],
            target=self.setup.wait_target_s / MINUTE_S,
        )

    def _clock(self, half_hour: int) -> str:
        begins = datetime.fromtimestamp(half_hour * HALF_HOUR_S, UTC)
        return f"{begins.astimezone(self.setup.hours.timezone):%H:%M}"

    def _services(self) -> Table:
        words, found = self.words, self.found
        codes = {code for one in (*found.unchanged, *found.planned) for code in one.services}
        rows: list[list[Cell]] = []
        for code in (code for code in self.setup.services if code in codes):
            parts = _parts(found.unchanged, "services", code)
            turns = sum(part.count for part in parts) / len(found.unchanged)
            before, after = _mean(parts), _mean(_parts(found.planned, "services", code))
            change = None if before is None or after is None else after - before
            rows.append([named(self.names.services, code), turns, before, after, change])
        return Table(
            key="whatif_services",
            title=words("whatif.services"),
            columns=[
                Column(key="service", title=words("by.service"), kind="text"),
                Column(key="served", title=words("figure.served"), kind="count"),
                Column(key="wait_mean_before", title=words("whatif.unchanged"), kind="seconds"),
                Column(key="wait_mean_after", title=words("whatif.planned"), kind="seconds"),
                Column(key="wait_mean_change", title=words("whatif.difference"), kind="seconds"),
            ],
            rows=rows,
            notes=[words("whatif.note_services")],
        )

    def _use(self) -> Table:
        words = self.words
        rows: list[list[Cell]] = []
        for code in self._counters():
            opened_s = [one.open_s.get(code, 0.0) for one in self.found.planned]
            before, after = self._uses(code)
            cells = [sum(opened_s) / len(opened_s), before, after]
            rows.append([named(self.names.counters, code), *cells])
        return Table(
            key="whatif_use",
            title=words("whatif.use"),
            columns=[
                Column(key="counter", title=words("by.counter"), kind="text"),
                Column(key="open", title=words("whatif.open_planned"), kind="seconds"),
                Column(key="use_before", title=words("whatif.unchanged"), kind="share"),
                Column(key="use_after", title=words("whatif.planned"), kind="share"),
            ],
            rows=rows,
        )

    def _use_chart(self) -> Chart:
        words, codes = self.words, self._counters()
        uses = [self._uses(code) for code in codes]
        return Chart(
            key="whatif_use",
            title=words("whatif.use"),
            shape="bars",
            x_title=words("by.counter"),
            y_title=words("unit.axis_percent"),
            x=[named(self.names.counters, code) for code in codes],
            series=[
                Series(title=words("whatif.unchanged"), values=[_percent(b) for b, _ in uses]),
                Series(title=words("whatif.planned"), values=[_percent(a) for _, a in uses]),
            ],
        )

    def _counters(self) -> list[str]:
        opened = {
            code
            for one in (*self.found.unchanged, *self.found.planned)
            for code, open_s in one.open_s.items()
            if open_s
        }
        return [code for code in self.setup.counters if code in opened]

    def _uses(self, code: str) -> tuple[float | None, float | None]:
        return _use_of(self.found.unchanged, code), _use_of(self.found.planned, code)

    # --- Does it agree with the record? ---------------------------------------------------------

    def _agreement(self) -> str:
        differing, visits = len(self.found.differing), self.found.recorded.visits
        if not differing:
            return self.words("whatif.agrees", visits=visits)
        return self.words("whatif.differs", differing=differing, visits=visits)

    def _differences(self) -> Table:
        words = self.words
        titles = (
            words("figure.ticket"),
            *(words("whatif.recorded_at"), words("whatif.recorded_counter")),
            *(words("whatif.replayed_at"), words("whatif.replayed_counter")),
            words("figure.cause"),
        )
        keys = ("ticket", "called_at", "counter", "replayed_at", "replayed_counter", "cause")
        kinds: tuple[Kind, ...] = ("text", "time", "text", "time", "text", "text")
        return Table(
            key="whatif_differences",
            title=words("whatif.differences"),
            columns=[
                Column(key=key, title=title, kind=kind)
                for key, title, kind in zip(keys, titles, kinds, strict=True)
            ],
            rows=[self._difference(one) for one in self.found.differing[:MOST_DIFFERENCES]],
        )

    def _difference(self, one: Difference) -> list[Cell]:
        cause = self.words(f"whatif_cause.{one.cause}")
        return [one.number, *self._called(one.recorded), *self._called(one.replayed), cause]

    def _called(self, ticket: Ticket | None) -> list[Cell]:
        turn = ticket.turn if ticket is not None else None
        if turn is None or turn.called_at is None or turn.counter is None:
            return [None, None]
        local = turn.called_at.astimezone(self.setup.hours.timezone)
        return [local.isoformat(timespec="seconds"), named(self.names.counters, turn.counter)]


# --- Over many outcomes --------------------------------------------------------------------------


def _of(some: Sequence[Outcome], name: str) -> list[float | None]:
    return [getattr(one, name) for one in some]


def _parts(some: Sequence[Outcome], by: str, key: object) -> list[Part]:
    return [part for one in some if (part := getattr(one, by).get(key)) is not None]


def _mean(parts: Sequence[Part]) -> float | None:
    count = sum(part.count for part in parts)
    return sum(part.wait_s for part in parts) / count if count else None


def _use_of(some: Sequence[Outcome], code: str) -> float | None:
    opened_s = sum(one.open_s.get(code, 0.0) for one in some)
    return sum(one.busy_s.get(code, 0.0) for one in some) / opened_s if opened_s else None


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / MINUTE_S


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100
