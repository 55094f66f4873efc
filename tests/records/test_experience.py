"""What a hall learns from rows written by hand; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from hall.desk_times import USUAL_CV, Desk, Experience
from hall.model import Setup, Stage
from records import tables
from records.engine import connect_readonly
from records.errors import NotRecorded
from records.experience import FEW, LOOK_BACK_DAYS, OUTLIER, OWN, experience
from records.journal import Journal
from records.turns import Row, turn_rows
from tests.records.reports.monday import DAY, span, ticket, turn

TODAY = DAY + timedelta(days=14)  # a day two weeks ago counts half
MONTHS_AGO = DAY - timedelta(days=LOOK_BACK_DAYS)


@pytest.fixture
def reader(journal: Journal, url: str) -> Iterator[Engine]:
    reader = connect_readonly(url)
    yield reader
    reader.dispose()


def served(setup: Setup, minutes: list[int], **facts: Any) -> list[Row]:
    """One turn after another, of so many minutes each; on Monday, unless another day is named."""
    day: date = facts.pop("day", DAY)
    rows: list[Row] = []
    for nth, lasts in enumerate(minutes, start=1):
        ended = time(8 + int(lasts // 60), int(lasts % 60)).isoformat()
        one = turn(Stage.DONE, "07:40", "08:00", "08:00", ended, **facts)
        rows += turn_rows(setup, day, ticket(f"A{nth:03d}", one))
    return rows


def drawn(values_s: list[float], weight: float, mean_s: float, few: float) -> tuple[float, float]:
    """By hand: as many values as there are, and a few usual ones of the mean known otherwise."""
    count = weight * len(values_s) + few
    mean = (weight * sum(values_s) + few * mean_s) / count
    squares = weight * sum(value**2 for value in values_s) + few * mean_s**2 * (1 + USUAL_CV**2)
    return mean, (squares / count - mean**2) ** 0.5


def test_a_hall_without_records_knows_nothing(reader: Engine, setup: Setup) -> None:
    known = experience(reader, setup, TODAY)
    assert known == replace(Experience(), no_show_s=setup.no_show_after_s)


def test_services_are_drawn_from_the_catalogue_s_mean_towards_their_own(
    journal: Journal, reader: Engine, setup: Setup
) -> None:
    journal.replace(DAY, {tables.turns: served(setup, [2, 4, 6])})
    mean_s, sd_s = drawn([120.0, 240.0, 360.0], 0.5, setup.services["CT01"].mean_s, FEW)
    desk = experience(reader, setup, TODAY).desks["CT01", None]
    assert desk.mean_s == pytest.approx(mean_s + setup.walking_s)
    assert desk.sd_s == pytest.approx(sd_s)


def test_a_service_that_was_forgotten_over_lunch_counts_as_a_long_one(
    journal: Journal, reader: Engine, setup: Setup
) -> None:
    catalogue_s = setup.services["CT01"].mean_s
    journal.replace(DAY, {tables.turns: served(setup, [5, 400])})
    mean_s, _ = drawn([300.0, OUTLIER * catalogue_s], 0.5, catalogue_s, FEW)
    desk = experience(reader, setup, TODAY).desks["CT01", None]
    assert desk.mean_s == pytest.approx(mean_s + setup.walking_s)


def test_a_counter_has_its_own_time_only_where_there_is_enough_of_it(
    journal: Journal, reader: Engine, setup: Setup
) -> None:
    many = [4] * 70
    slow = [
        row | {"ticket": f"B{nth:03d}", "counter": "2"}
        for nth, row in enumerate(served(setup, [9] * 20))
    ]
    journal.replace(DAY, {tables.turns: served(setup, many) + slow})
    desks = experience(reader, setup, TODAY).desks
    everywhere_s = (70 * 240.0 + 20 * 540.0) / 90
    mean_s, sd_s = drawn([240.0] * 70, 0.5, everywhere_s, OWN)
    assert desks["CT01", "1"].mean_s == pytest.approx(mean_s + setup.walking_s)
    assert desks["CT01", "1"].sd_s == pytest.approx(sd_s)
    assert ("CT01", "2") not in desks  # ten, as a day two weeks ago counts half


def test_what_has_just_happened_counts_more_than_what_was_long_ago(
    journal: Journal, reader: Engine, setup: Setup
) -> None:
    journal.replace(DAY, {tables.turns: served(setup, [10] * 40)})
    yesterday = TODAY - timedelta(days=1)
    journal.replace(yesterday, {tables.turns: served(setup, [5] * 40, day=yesterday)})
    mean_s = experience(reader, setup, TODAY).desks["CT01", None].mean_s - setup.walking_s
    assert 300.0 < mean_s < 420.0  # nearer to five minutes than to ten
    assert experience(reader, setup, yesterday).desks["CT01", None].mean_s > 540.0


def test_today_and_what_nobody_can_trust_or_finished_or_remembers_teaches_nothing(
    journal: Journal, reader: Engine, setup: Setup
) -> None:
    old = MONTHS_AGO
    stepped = [row | {"clock_stepped": True} for row in served(setup, [5])]
    gone = [row | {"ticket": "Z001", "service": "ZZ99"} for row in served(setup, [5])]
    journal.replace(old, {tables.turns: served(setup, [5], day=old)})
    journal.replace(DAY, {tables.turns: stepped + gone})
    journal.replace(TODAY, {tables.turns: served(setup, [5], day=TODAY)})
    assert experience(reader, setup, TODAY).desks == {}


def test_of_those_called_a_share_does_not_come(
    journal: Journal, reader: Engine, setup: Setup
) -> None:
    missing = turn_rows(
        setup, DAY, ticket("A009", turn(Stage.NO_SHOW, "08:00", "08:10", None, "08:12"))
    )
    journal.replace(DAY, {tables.turns: [*served(setup, [5] * 3), *missing]})
    assert experience(reader, setup, TODAY).no_show_share == pytest.approx(1 / 4)


def test_pauses_and_who_opens_with_a_session(
    journal: Journal, reader: Engine, setup: Setup
) -> None:
    spans = [
        span("1", 1, "07:30", "09:30"),
        span("1", 2, "09:30", "09:50", paused=True),
        span("1", 3, "09:50", "11:30"),
        span("1", 4, "11:30", "13:30", paused=True),  # noon
        span("2", 5, "08:00", "11:30"),  # it came late
        span("2", 6, "13:05", "17:00"),
    ]
    journal.replace(DAY, {tables.counter_spans: spans})
    known = experience(reader, setup, TODAY)
    usual = Experience().pause_s
    assert known.pause_s == pytest.approx((FEW * usual + 0.5 * 1200.0) / (FEW + 0.5))
    assert known.openings == {time(7, 30): frozenset({"1"}), time(13): frozenset({"2"})}


def opened(journal: Journal, day: date, *counters: str, at: str = "07:30") -> None:
    """These counters opened on that day and stayed so; written over whatever the day had."""
    later = day - DAY
    rows: list[Row] = []
    for nth, counter in enumerate(counters, start=1):
        row: dict[str, Any] = dict(span(counter, nth, at, "17:00"))
        moved = {"day": day, "since": row["since"] + later, "until": row["until"] + later}
        rows.append(row | moved)
    journal.replace(day, {tables.counter_spans: rows})


def openings(reader: Engine, setup: Setup, today: date) -> dict[time, frozenset[str]]:
    return dict(experience(reader, setup, today).openings)


def test_on_a_monday_the_counters_of_last_monday_are_expected(
    journal: Journal, reader: Engine, setup: Setup
) -> None:
    opened(journal, DAY, "1", "2")
    opened(journal, DAY + timedelta(days=4), "2")  # on Friday one was enough
    monday, tuesday = DAY + timedelta(days=7), DAY + timedelta(days=8)
    assert openings(reader, setup, monday)[time(7, 30)] == {"1", "2"}
    assert openings(reader, setup, tuesday)[time(7, 30)] == {"2"}  # no Tuesday is known
    assert openings(reader, setup, DAY) == {}


def test_a_weekday_tells_for_four_weeks_and_then_the_last_day_does(
    journal: Journal, reader: Engine, setup: Setup
) -> None:
    opened(journal, DAY, "1", "2")
    opened(journal, DAY + timedelta(days=1), "2")
    assert openings(reader, setup, DAY + timedelta(weeks=4))[time(7, 30)] == {"1", "2"}
    assert openings(reader, setup, DAY + timedelta(weeks=5))[time(7, 30)] == {"2"}


def test_each_session_is_told_by_a_day_that_had_one_at_its_time(
    journal: Journal, reader: Engine, setup: Setup
) -> None:
    monday = DAY + timedelta(days=7)
    shortened = replace(
        setup, hours=replace(setup.hours, special={DAY: setup.hours.week[0][1:]})
    )  # last Monday had an afternoon only
    opened(journal, DAY, "1", at="12:55")
    opened(journal, DAY + timedelta(days=1), "2")
    assert openings(reader, shortened, monday) == {time(7, 30): {"2"}, time(13): {"1"}}


def test_a_day_off_expects_nobody(journal: Journal, reader: Engine, setup: Setup) -> None:
    opened(journal, DAY, "1")
    assert openings(reader, setup, DAY + timedelta(days=6)) == {}


def test_a_database_that_cannot_be_read_is_trouble_that_passes(
    tmp_path: Path, setup: Setup
) -> None:
    path = tmp_path / "hall.db"
    path.write_bytes(bytes(8192))
    reader = connect_readonly(str(path))
    path.write_bytes(b"nothing that a database would write" * 300)
    with pytest.raises(NotRecorded):
        experience(reader, setup, TODAY)
    reader.dispose()


def test_the_forecast_reckons_with_what_was_learnt(
    journal: Journal, reader: Engine, setup: Setup
) -> None:
    journal.replace(DAY, {tables.turns: served(setup, [3] * 100)})
    known = experience(reader, setup, TODAY)
    assert known.desk(setup, "CT01", "1") == known.desks["CT01", "1"]
    assert known.desk(setup, "CT01", "2") == known.desks["CT01", None]
    untaught = known.desk(setup, "HT01", "1")
    assert isinstance(untaught, Desk)
    assert untaught.mean_s == setup.services["HT01"].mean_s + setup.walking_s
