"""What long periods came to is what their turns say, whatever happened, whenever it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, func, select, text, update

from dispatch.batch import Asked, prepare
from figures.tally import COUNTS, Tally
from hall import commands as c
from hall.events import TurnRated
from hall.hours import at
from hall.model import Hall, Setup, empty_hall
from records import rollup, tables
from records.cells import KEYS, counted
from records.engine import connect
from records.errors import AlreadyAnswered
from records.journal import Entry, Journal
from records.periods import DAY
from records.rebuild import compare
from tests.faults.ground import empty_records, fast_disk
from tests.records.small import small_hall

EVERY_BY = (*KEYS, "day", "month")
NOON = datetime(2026, 11, 27, 5, tzinfo=UTC)
FIRST = date(2026, 11, 27)  # a Friday: Saturday and Sunday have no turns


# --- Days that nobody planned --------------------------------------------------------------------

counters = st.sampled_from("12")
numbers = st.builds("{}00{}".format, st.sampled_from("AC"), st.integers(1, 6))
services = st.sampled_from([("CT01",), ("HT01",), ("CT01", "HT01")])
commands: st.SearchStrategy[c.Command] = st.one_of(
    st.builds(
        c.TakeTicket, services, st.just("t"), st.just("vi"), st.sampled_from([None, "elderly"])
    ),
    st.builds(c.CallNext, counters),
    st.builds(c.CallTicket, counters, numbers, st.just("deadline")),
    st.builds(c.Start, counters),
    st.builds(c.Finish, counters, st.just("received")),
    st.builds(c.Finish, counters, st.just("returned"), st.none(), st.just(FIRST)),
    st.builds(c.NoShow, counters),
    st.builds(c.Undo, counters),
    st.builds(c.Transfer, counters, st.just("HT01")),
    st.builds(c.Cancel, counters, numbers, st.just("left")),
    st.builds(c.Rate, numbers, st.just(1), st.integers(1, 5), st.just(("quick",))),
    st.builds(c.Pause, counters, st.just("meeting")),
    st.builds(c.Open, counters),
    st.builds(c.ReportDevice, st.just("kiosk-1"), st.sampled_from([None, "paper_out", "cut"])),
    st.builds(c.Spoken, st.integers(1, 3), st.just("board-1"), st.just(NOON)),
    st.builds(c.StepClock, st.sampled_from([-120.0, 90.0])),
)
moments = st.tuples(st.integers(1, 400), st.lists(commands, min_size=1, max_size=4))
busy_days = st.lists(st.lists(moments, min_size=5, max_size=25), min_size=1, max_size=3)


class Life:
    """A hall whose days are written into a journal as a server would."""

    def __init__(self, journal: Journal, setup: Setup) -> None:
        self._journal, self._setup = journal, setup
        self.hall: Hall = empty_hall(setup)
        self.seq, self._asked = 1, 0

    def write(self, now: datetime, *wishes: c.Command) -> None:
        asked = [Asked(wish, f"{self._asked + n}", "d") for n, wish in enumerate(wishes)]
        self._asked += len(asked)
        outcome = prepare(self.hall, asked, now)
        self._journal.append(self.seq, outcome.entries, outcome.rows(), outcome.gone)
        self.hall, self.seq = outcome.hall, self.seq + outcome.events


@contextmanager
def new_hall() -> Iterator[tuple[Journal, Engine, Setup]]:
    setup = small_hall()
    with fast_disk() as folder:
        file = Path(folder, "hall.db")
        file.write_bytes(empty_records())
        engine = connect(str(file))
        journal = Journal(engine, setup)
        try:
            yield journal, engine, setup
        finally:
            journal.close()


@settings(max_examples=20, deadline=None)
@given(busy_days, st.data())
def test_whatever_happens_on_whichever_days_all_that_is_kept_is_what_the_events_say(
    plan: list[list[tuple[int, list[c.Command]]]], data: st.DataObject
) -> None:
    with new_hall() as (journal, engine, setup):
        life, day = Life(journal, setup), FIRST
        for moments_of_day in plan:
            now = at(setup.hours, day, setup.hours.week[0][0].opens)
            life.write(now, *(c.SignIn(n, n) for n in "12"), c.Open("1"), c.Open("2"))
            for gap_s, wishes in moments_of_day:
                now += timedelta(seconds=gap_s)
                life.write(now, *wishes)
            day += data.draw(st.sampled_from([1, 3, 30, 400])) * DAY
        assert life.hall.day is not None
        require_truth(engine, setup, life.hall.day)
        assert [wrong for day in journal.days() for wrong in compare(journal, setup, day)] == []
        first = data.draw(st.dates(FIRST - 3 * DAY, day))
        last = data.draw(st.dates(first, day))
        for by in EVERY_BY:
            assert ask(engine, setup, first, last, by) == from_rows(engine, setup, first, last, by)


def require_truth(engine: Engine, setup: Setup, today: date) -> None:
    """Every day before today is rolled up, as its turns say, and bit for bit as if anew."""
    with engine.begin() as connection:
        over = select(func.max(tables.turns.c.day)).where(tables.turns.c.day < today)
        rolled = rollup.last_rolled(connection, setup.hall)
        assert rolled == connection.execute(over).scalar_one()
        assert list(rollup.differences(connection, setup)) == []
        kept = connection.execute(select(tables.rollup)).all()
        rollup.rebuild(connection, setup, before=today)
        anew = connection.execute(select(tables.rollup)).all()
        assert sorted(map(tuple, kept)) == sorted(map(tuple, anew))


def ask(engine: Engine, setup: Setup, first: date, last: date, by: str) -> dict[str, Tally]:
    with engine.connect() as connection:
        return rollup.tallies(connection, setup, first, last, by)


def from_rows(engine: Engine, setup: Setup, first: date, last: date, by: str) -> dict[str, Tally]:
    """The same, day by day from the turns alone."""
    found: dict[str, Tally] = {}
    with engine.connect() as connection:
        days = connection.execute(select(tables.turns.c.day).distinct()).scalars().all()
        for day in (day for day in days if first <= day <= last):
            kind = by if by in KEYS else "all"
            for (_, key), tally in counted(connection, setup, day, [kind]).items():
                name = {"day": day.isoformat(), "month": day.isoformat()[:7]}.get(by, key)
                found.setdefault(name, Tally()).merge(tally)
    return found


# --- Days as they are, on both databases ---------------------------------------------------------


def a_day(day: date) -> list[list[c.Command]]:
    """What people want of the hall, minute by minute; of each kind of end there is one."""
    yesterday = day - DAY
    return [
        [c.SignIn("1", "an"), c.SignIn("2", "binh"), c.Open("1"), c.Open("2")],
        [take("CT01"), take("CT01"), take("HT01", "elderly"), take("CT01", "HT01")],
        [c.CallNext("1"), c.CallNext("2"), take("HT01"), take("CT01", channel="desk")],
        [c.Recall("1"), c.Start("1"), c.Start("2")],
        [c.Finish("1", "received", "H99-261127-0001"), c.Finish("2", "returned", None, yesterday)],
        [c.Rate("A001", 1, 5, ("polite",)), c.Rate("C001", 1, 1), c.CallNext("1"), c.CallNext("2")],
        [c.Start("1"), c.NoShow("2"), c.Undo("2"), c.Start("2"), c.Transfer("2", "HT01")],
        [c.Finish("1", "received"), c.CallTicket("2", "C002", "deadline")],
        [c.Start("2"), c.StepClock(-60.0), c.CallNext("1"), take("HT01")],
        [c.Finish("2", "received"), c.NoShow("1"), c.Cancel("1", "C003", "left"), c.CallNext("1")],
        [c.NoShow("1"), c.CallNext("1")],
        [c.NoShow("1"), c.CallNext("1")],
    ]


def take(*services: str, channel: str = "kiosk") -> c.TakeTicket:
    """The last word may be a group."""
    *first, last = services
    if last == "elderly":
        return c.TakeTicket(tuple(first), "t", "vi", "elderly", channel)
    return c.TakeTicket(services, "t", "vi", None, channel)


def live(life: Life, setup: Setup, *days: date) -> None:
    for day in days:
        morning = at(setup.hours, day, time(8))
        for minute, wishes in enumerate(a_day(day)):
            life.write(morning + timedelta(minutes=minute), *wishes)


@pytest.fixture
def busy(journal: Journal, setup: Setup) -> list[date]:
    """Three days, in two months and two years; the last goes on."""
    days = [date(2026, 11, 27), date(2026, 12, 31), date(2027, 1, 4)]
    live(Life(journal, setup), setup, *days)
    return days


def test_a_day_of_it_has_something_of_everything(
    busy: list[date], engine: Engine, setup: Setup
) -> None:
    day = ask(engine, setup, busy[0], busy[0], "all")[""]
    nothing = {name for name in COUNTS if getattr(day, name) == 0}
    assert nothing <= {"apologized", "estimated", "held_us"}, nothing


def test_a_day_is_rolled_up_when_the_next_one_begins(
    busy: list[date], engine: Engine, setup: Setup
) -> None:
    with engine.connect() as connection:
        assert rollup.last_rolled(connection, setup.hall) == busy[1]
        rows = connection.execute(
            select(tables.rollup.c.period, tables.rollup.c.first)
            .where(tables.rollup.c.by == "all")
            .order_by(tables.rollup.c.first, tables.rollup.c.period)
        ).all()
    assert [tuple(row) for row in rows] == [
        ("year", date(2026, 1, 1)),
        ("month", date(2026, 11, 1)),
        ("day", busy[0]),
        ("month", date(2026, 12, 1)),
        ("day", busy[1]),
    ]
    require_truth(engine, setup, busy[2])


def test_a_range_is_the_sum_of_its_days_with_the_one_that_goes_on(
    busy: list[date], engine: Engine, setup: Setup
) -> None:
    ranges = [(busy[0], busy[2]), (busy[1], busy[1]), (date(2026, 1, 1), busy[2])]
    ranges += [(busy[0], busy[1] - DAY), (busy[0] + DAY, busy[1])]  # of a month, without one day
    for (first, last), by in product(ranges, EVERY_BY):
        found = ask(engine, setup, first, last, by)
        assert found == from_rows(engine, setup, first, last, by)
        assert sum(tally.turns for tally in found.values()) > 0


def test_the_counts_are_those_of_the_database_itself(
    busy: list[date], engine: Engine, setup: Setup
) -> None:
    columns = tables.turns.c
    by_service = select(columns.service, func.count()).group_by(columns.service)
    with engine.connect() as connection:
        counts = {row[0]: row[1] for row in connection.execute(by_service)}
        rated = connection.execute(select(func.count()).select_from(tables.ratings)).scalar_one()
    found = ask(engine, setup, busy[0], busy[2], "service")
    assert {service: tally.turns for service, tally in found.items()} == counts
    assert sum(sum(tally.ratings_of_5) for tally in found.values()) == rated > 0


def test_another_hall_in_the_same_database_has_its_own_figures(
    busy: list[date], engine: Engine, setup: Setup
) -> None:
    other = small_hall("hoa-binh")
    journal = Journal(engine, other)
    live(Life(journal, other), other, busy[0])
    assert ask(engine, other, busy[0], busy[2], "all") != ask(
        engine, setup, busy[0], busy[1], "all"
    )
    found = ask(engine, other, busy[0], busy[2], "all")
    assert found == from_rows(engine, other, busy[0], busy[2], "all")
    require_no_difference(engine, setup)


def require_no_difference(engine: Engine, setup: Setup) -> None:
    with engine.connect() as connection:
        assert list(rollup.differences(connection, setup)) == []


# --- What comes late -----------------------------------------------------------------------------


def late(journal: Journal, day: date, event: TurnRated | None = None) -> Entry:
    """An entry of a day that was over long ago."""
    return Entry(datetime(2027, 1, 5, tzinfo=UTC), day, (event,) if event else ())


def served_and_unrated(journal: Journal, day: date) -> dict[str, object]:
    rows = journal.turns(day)
    return next(row for row in rows if row["stage"] == "done" and row["rating"] is None)


@pytest.mark.parametrize("restarted", [False, True])
def test_a_rating_after_the_day_is_counted_in_its_day_month_and_year(
    busy: list[date], journal: Journal, engine: Engine, setup: Setup, restarted: bool
) -> None:
    row = served_and_unrated(journal, busy[0])
    before = ask(engine, setup, busy[0], busy[0], "all")[""].ratings_of_5[1]
    seq, _ = journal.last_day()
    rated = TurnRated(str(row["ticket"]), int(str(row["turn"])), 2, 5, ("quick",))
    writing = Journal(engine, setup) if restarted else journal
    writing.append(seq + 1, [late(journal, busy[0], rated)], [{**row, "rating": 2}])
    assert ask(engine, setup, busy[0], busy[0], "all")[""].ratings_of_5[1] == before + 1
    require_truth(engine, setup, busy[2])


def test_an_apology_entered_later_is_counted(
    busy: list[date], journal: Journal, engine: Engine, setup: Setup
) -> None:
    turns = journal.turns(busy[0])
    late_turns = [row for row in turns if row["late"]]
    assert late_turns
    for row in late_turns:
        row["apology_no"] = "1/XL"
    journal.replace_turns(busy[0], turns)
    year = ask(engine, setup, date(2026, 1, 1), date(2026, 11, 30), "all")[""]
    assert year.apologized == len(late_turns)
    require_truth(engine, setup, busy[2])


def test_a_day_whose_turns_are_taken_away_counts_for_nothing(
    busy: list[date], journal: Journal, engine: Engine, setup: Setup
) -> None:
    journal.replace_turns(busy[0], [])
    with engine.begin() as connection:
        connection.execute(delete(tables.ratings).where(tables.ratings.c.day == busy[0]))
    assert ask(engine, setup, date(2026, 11, 1), date(2026, 11, 30), "service") == {}
    require_truth(engine, setup, busy[2])


def test_a_batch_that_fails_takes_its_rolling_up_with_it(
    busy: list[date], journal: Journal, engine: Engine, setup: Setup
) -> None:
    seq, _ = journal.last_day()
    tomorrow = busy[2] + DAY
    entry = Entry(datetime(2027, 1, 5, tzinfo=UTC), tomorrow, (), "1", "d", None, b"{}")
    with pytest.raises(AlreadyAnswered):
        journal.append(seq + 1, [entry], [])
    with engine.connect() as connection:
        assert rollup.last_rolled(connection, setup.hall) == busy[1]
    journal.append(seq + 1, [replace(entry, request="new")], [])
    with engine.connect() as connection:
        assert rollup.last_rolled(connection, setup.hall) == busy[2]
    require_truth(engine, setup, tomorrow)


# --- The check -----------------------------------------------------------------------------------


def test_the_check_finds_what_lies_what_is_missing_and_what_is_too_much(
    busy: list[date], engine: Engine, setup: Setup
) -> None:
    columns = tables.rollup.c
    with engine.begin() as connection:
        of_day = (columns.period == "day", columns.first == busy[0])
        lie = update(tables.rollup).where(*of_day, columns.by == "all")
        connection.execute(lie.values(tally=Tally(turns=1).to_bytes()))
        gone = (columns.period == "month", columns.by == "field", columns.key == "A")
        connection.execute(delete(tables.rollup).where(*gone, columns.first == date(2026, 12, 1)))
        connection.execute(
            text("UPDATE rollup SET first = '2020-01-01' WHERE period = 'year' AND by = 'all'")
            if engine.dialect.name == "postgresql"
            else text(
                """UPDATE rollup SET "first" = '2020-01-01' WHERE period='year' AND "by"='all'"""
            )
        )
        found = list(rollup.differences(connection, setup))
    assert [(one.period, one.first, one.by, one.key) for one in found] == [
        ("day", busy[0], "all", ""),
        ("month", date(2026, 12, 1), "field", "A"),
        ("year", date(2026, 1, 1), "all", ""),
        ("year", date(2020, 1, 1), "all", ""),
    ]
    assert found[0].written == Tally(turns=1)
    assert found[1].written is found[2].written is found[3].counted is None


def test_written_anew_it_is_what_it_was(busy: list[date], engine: Engine, setup: Setup) -> None:
    with engine.begin() as connection:
        connection.execute(delete(tables.rollup))
        rollup.rebuild(connection, setup, before=busy[2])
    require_truth(engine, setup, busy[2])


def test_without_a_rollup_the_turns_answer(busy: list[date], engine: Engine, setup: Setup) -> None:
    with_it = ask(engine, setup, busy[0], busy[2], "counter")
    with engine.begin() as connection:
        connection.execute(delete(tables.rollup))
    assert ask(engine, setup, busy[0], busy[2], "counter") == with_it
