"""How many counters a weekday needs: no more than that, and no fewer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from demo.day import LIFE
from figures.document import Chart, Table, Text
from figures.names import HallNames
from hall.model import Setup
from records.engine import connect, connect_readonly
from records.journal import Journal
from records.migrate import upgrade
from tests.architecture.sources import ROOT
from tests.records.small import small_hall
from tests.whatif.driven import DrivenDay
from tests.whatif.mondays import MONDAY, keys_of
from whatif.day import lived
from whatif.errors import WhatIfError
from whatif.reading import weekdays
from whatif.runs import Crew, nobody_told
from whatif.search import Found, Search
from whatif.shifts import HalfHours, runs
from whatif.staffing import staffing
from whatif.times import lognormal
from whatif.weekday import Trial, Weekday, weekday_of

WEEK = timedelta(days=7)
AFTER = MONDAY + 2 * WEEK
NOW = datetime(2026, 12, 7, 12, 0, tzinfo=UTC)
NAMES = HallNames(language="en", hall="An Bình", unit="UBND", place="An Bình")


def busy_hall() -> Setup:
    """The small hall with a third counter like its second: what is busy now is CT01."""
    setup = small_hall()
    third = replace(setup.counters["2"], code="3")
    return replace(setup, counters={**setup.counters, "3": third})


def mondays(setup: Setup, visits: int) -> list[DrivenDay]:
    """Two in a row."""
    return [
        DrivenDay(setup, MONDAY + place * WEEK, visits, seed=place, habits=LIFE)
        for place in range(2)
    ]


def drawing(setup: Setup, visits: int) -> Weekday:
    days = [lived(setup, one.day, one.recorded(), AFTER).day for one in mondays(setup, visits)]
    times = {code: lognormal(service) for code, service in setup.services.items()}
    return weekday_of(setup, list(reversed(days)), times, seed=1)


def found(weekday: Weekday, count: int = 20) -> Found:
    with Crew(weekday, alone=True) as crew:
        return Search(weekday, crew, count, nobody_told).found()


def within_target(weekday: Weekday, staffed: Trial, count: int = 20) -> int:
    outcomes = [weekday(staffed, number) for number in range(count)]
    return sum((one.wait_mean_s or 0.0) <= weekday.setup.wait_target_s for one in outcomes)


@pytest.fixture(scope="module")
def quiet() -> tuple[Weekday, Found]:
    weekday = drawing(busy_hall(), 40)
    return weekday, found(weekday)


def test_what_is_found_holds_in_nineteen_of_twenty_runs(quiet: tuple[Weekday, Found]) -> None:
    weekday, answer = quiet
    assert answer.enough
    assert within_target(weekday, Trial(staffed=answer.staffed)) >= 19
    everybody = weekday.half_hours.everybody(weekday.setup.counters)
    assert len(answer.staffed) < 0.8 * len(everybody)


def test_no_shift_can_end_earlier_or_begin_later(quiet: tuple[Weekday, Found]) -> None:
    weekday, answer = quiet
    wanted = weekday.wanted()
    spared = []
    for code in weekday.setup.counters:
        for session in weekday.half_hours.sessions:
            cells = [cell for cell in session if (code, cell) in answer.staffed]
            for cell in {cells[0], cells[-1]} if cells else ():
                fewer = answer.staffed - {(code, cell)}
                at_work = {one for one, there in fewer if there == cell}
                served = {s for one in at_work for s in weekday.setup.counters[one].lag}
                if wanted[cell] <= served and within_target(weekday, Trial(staffed=fewer)) >= 19:
                    spared.append((code, cell))
    assert spared == []


def test_whatever_people_come_for_can_be_had_all_the_time(quiet: tuple[Weekday, Found]) -> None:
    weekday, answer = quiet
    for cell, services in enumerate(weekday.wanted()):
        at_work = [code for code, there in answer.staffed if there == cell]
        assert services <= {s for code in at_work for s in weekday.setup.counters[code].lag}


def test_one_counter_less_costs_and_a_skill_more_gains(quiet: tuple[Weekday, Found]) -> None:
    _, answer = quiet
    mean_s = sum(one.wait_mean_s or 0.0 for one in answer.outcomes) / len(answer.outcomes)
    for outcomes in answer.without.values():
        waits = [one.wait_mean_s or 0.0 for one in outcomes]
        left_over = sum(one.left_over for one in outcomes)
        assert sum(waits) / len(waits) > mean_s or left_over
    assert {(one.counter, one.service) for one in answer.learnt} <= {("1", "HT01")}


def test_where_all_counters_are_not_enough_it_is_said_and_who_should_learn_what() -> None:
    setup = small_hall()
    slow = {code: replace(one, mean_s=1500.0) for code, one in setup.services.items()}
    answer = found(drawing(replace(setup, services=slow), 60))
    assert not answer.enough
    assert len({code for code, _ in answer.staffed}) == 2
    assert [(one.counter, one.service) for one in answer.learnt] == [("1", "HT01")]


def test_a_day_that_is_drawn_has_visits_of_any_of_the_days_and_as_many_as_one_of_them() -> None:
    weekday = drawing(busy_hall(), 40)
    counts = [len(day) for day in weekday.days]
    drawn = [weekday.drawn(number) for number in range(10)]
    assert {len(day.visits) for day in drawn} <= {*counts}
    assert weekday.drawn(3) == drawn[3]
    assert drawn[3].visits != drawn[4].visits
    dates = {visit.at.astimezone(weekday.setup.hours.timezone).date() for visit in drawn[0].visits}
    assert dates == {MONDAY + WEEK}
    assert sum(weekday.arrivals()) == pytest.approx(sum(counts) / len(counts))


def test_half_hours_make_shifts(setup: Setup) -> None:
    half_hours = HalfHours.of(setup.hours, MONDAY)
    assert [len(session) for session in half_hours.sessions] == [8, 8]
    staffed = half_hours.everybody(["Q1"]) - {("Q1", 0), ("Q1", 3), ("Q1", 15)}
    stretches = half_hours.posts(staffed)["Q1"].stretches
    assert [(one.ends - one.opens).total_seconds() / 1800 for one in stretches] == [2, 4, 7]
    assert [one.until_empty for one in stretches] == [False, True, False]
    assert runs([]) == []


# --- The report ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Two Mondays of the busy hall, written down; the engine only reads."""
    file = Path(tmp_path_factory.mktemp("records"), "hall.db")
    engine = connect(str(file))
    upgrade(engine)
    journal = Journal(engine, busy_hall())
    for day in mondays(busy_hall(), 40):
        day.write(journal)
    engine.dispose()
    return connect_readonly(str(file))


def test_the_report_has_the_counters_of_each_half_hour_a_chart_and_what_else_would_be(
    records: Engine,
) -> None:
    told: list[int] = []
    report = staffing(
        records, busy_hall(), NAMES, 0, runs=20, now=NOW, told=lambda done, _: told.append(done)
    )
    answer, table, chart, without, *learns = report.blocks
    assert isinstance(answer, Text)
    assert "keep the mean wait within 15.0 min on" in answer.lines[0]
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows][:3] == ["07:30", "08:00", "08:30"]
    assert all(len(str(row[3]).split(", ")) == row[2] for row in table.rows)
    assert all(row[4] == pytest.approx(3, abs=0.2) for row in table.rows)
    assert isinstance(chart, Chart)
    assert chart.series[0].values == [float(str(row[2])) for row in table.rows]
    assert isinstance(without, Table)
    assert without.rows[1][2] == 0
    assert all(isinstance(block, Table) for block in learns)
    assert (report.first, report.last) == ("2026-11-02", "2026-11-09")
    page = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
    assert [key for key in keys_of(report) if f"`{key}`" not in page] == []
    assert told == sorted(told)
    assert told[-1] == 100


def test_too_little_history_says_how_much_there_is_and_is_needed(records: Engine) -> None:
    with pytest.raises(WhatIfError, match="only 0 such weekdays that are over; at least 2"):
        staffing(records, busy_hall(), NAMES, 1, now=NOW)
    with pytest.raises(WhatIfError, match="only 1 such"):
        weekdays(records, busy_hall(), 0, 4, MONDAY + WEEK)


def test_runs_and_weeks_have_their_limits(records: Engine) -> None:
    with pytest.raises(WhatIfError, match="from 20 to"):
        staffing(records, busy_hall(), NAMES, 0, runs=3, now=NOW)
    with pytest.raises(WhatIfError, match="from 2 to 52"):
        staffing(records, busy_hall(), NAMES, 0, weeks=0, now=NOW)
