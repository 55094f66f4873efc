"""A ticket's own story: what became of it, and who was called before it from further back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast, get_args

import pytest
from sqlalchemy import Engine

import records.story
from hall import commands as c
from hall import events as e
from hall.commands import Refused
from hall.model import Counter, Setup
from hall.waits import Told as ToldWait
from records.engine import connect, connect_readonly
from records.journal import Journal
from records.story import Right, Story, story_of
from records.turns import Row
from tests.records.days import Day
from tests.records.stories import before_as_told, before_by_the_books, stories
from tests.records.test_turns import live_through

DAY = date(2026, 11, 23)
EIGHT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
COPY, BIRTH = "CT01", "HT01"


def after(minutes: float) -> datetime:
    return EIGHT + timedelta(minutes=minutes)


def take(service: str = COPY, group: str | None = None, *more: str) -> c.TakeTicket:
    return c.TakeTicket((service, *more), "t", "vi", group, told=ToldWait(0, 300))


def finish(counter: str) -> c.Finish:
    return c.Finish(counter, "received")


class Told(Day):
    """A day, and the stories of its tickets as they are read back."""

    def __init__(self, journal: Journal, reader: Engine, setup: Setup) -> None:
        super().__init__(journal, setup, EIGHT)
        self._reader = reader
        self.at(0, c.SignIn("1", "an"), c.SignIn("2", "binh"), c.Open("1"), c.Open("2"))

    def story(self, number: str) -> Story:
        story = story_of(self._reader, self.setup, DAY, number)
        assert isinstance(story, Story), story
        return story

    def steps(self, number: str) -> str:
        return " ".join(fact.what for fact in self.story(number).facts)

    def before(self, number: str) -> list[tuple[object, ...]]:
        """Who went before: number, counter, rule."""
        return [
            tuple(fact.facts[name] for name in ("number", "counter", "rule"))
            for fact in self.story(number).facts
            if fact.what == "went_before"
        ]


@pytest.fixture
def reader(engine: Engine, url: str) -> Iterator[Engine]:
    reader = connect_readonly(url)
    yield reader
    reader.dispose()


@pytest.fixture
def day(journal: Journal, reader: Engine, setup: Setup) -> Told:
    return Told(journal, reader, setup)


def facts_of(story: Story, what: str) -> dict[str, object]:
    """The facts of the only one of this kind."""
    (fact,) = [fact for fact in story.facts if fact.what == what]
    return dict(fact.facts)


# --- Who went before, and why --------------------------------------------------------------------


def test_a_priority_that_overtakes_is_told_to_both(day: Told) -> None:
    day.at(1, take())
    day.at(2, take(group="elderly"))
    day.at(3, c.CallNext("1"))
    day.at(4, c.CallNext("2"))
    assert day.before("A001") == [("A002", "1", "head_start")]
    assert day.story("A001").went_before == (Right("head_start", None, 1),)
    called = facts_of(day.story("A002"), "called")
    assert (called["rule"], called["overtook"], called["longest"]) == ("head_start", 1, "A001")
    assert day.before("A002") == []


def test_a_counter_that_only_helps_out_calls_its_own_people_first(
    journal: Journal, reader: Engine, setup: Setup
) -> None:
    helps = Counter(code="1", lag={COPY: 0.0, BIRTH: 600.0})
    day = Told(journal, reader, replace(setup, counters={**setup.counters, "1": helps}))
    day.at(1, take(BIRTH))
    day.at(2, take())
    day.at(3, c.CallNext("1"))
    assert day.before("C001") == [("A001", "1", "own_service_first")]


def test_a_jump_is_told_with_its_reason(day: Told) -> None:
    day.at(1, take(), take())
    day.at(2, c.CallTicket("1", "A002", "deadline"))
    assert facts_of(day.story("A001"), "went_before") == {
        "number": "A002",
        "counter": "1",
        "officer": "an",
        "rule": "chosen",
        "reason": "deadline",
    }
    assert day.story("A001").went_before == (Right("chosen", "deadline", 1),)


def test_who_came_first_and_is_sent_on_keeps_the_place_and_went_before_nobody(day: Told) -> None:
    day.at(1, take())
    day.at(2, take(BIRTH))
    day.at(3, c.CallNext("1"))
    day.at(4, c.Transfer("1", service=BIRTH))
    day.at(5, c.CallNext("2"))
    assert facts_of(day.story("A001"), "transferred")["service"] == BIRTH
    assert [f.facts["rule"] for f in day.story("A001").facts if f.what == "called"] == [
        "first_in_line",
        "kept_its_place",
    ]
    assert day.steps("C001") == "taken"


def test_who_is_moved_while_waiting_is_told_why_and_has_waited_on_both_sides(day: Told) -> None:
    day.at(1, take())
    day.at(2, take(BIRTH))
    day.at(5, c.MoveTicket("A001", "deadline", BIRTH, "2"))
    day.at(7, c.CallNext("2"))
    story = day.story("A001")
    assert facts_of(story, "moved") == {"service": BIRTH, "to": "2", "reason": "deadline"}
    assert facts_of(story, "called")["rule"] == "sent_to_this_counter"
    assert [turn.wait_s for turn in story.turns] == [240.0, 120.0]


def test_every_call_is_told_as_spoken_or_why_it_was_not_when_it_was(day: Told) -> None:
    day.at(1, take(), take())
    day.at(2, c.CallNext("1"), c.CallNext("2"))
    day.at(3, c.Start("1"), c.Spoken(1, "board-1", after(2.1)), c.Spoken(2, "board-1", after(2.3)))
    day.at(3, c.Spoken(1, "board-2", after(2.1), "muted"))
    assert day.steps("A001") == "taken called spoken not_spoken started"
    spoken = [(f.at, dict(f.facts)) for f in day.story("A001").facts if "spoken" in f.what]
    assert spoken == [
        (after(2.1), {"device": "board-1"}),
        (after(2.1), {"device": "board-2", "skipped": "muted"}),
    ]
    assert day.steps("A002") == "taken called spoken"


def test_a_call_at_a_counter_that_may_not_call_the_ticket_is_none_of_its_story(day: Told) -> None:
    day.at(1, take(BIRTH))
    day.at(2, take())
    day.at(3, c.CallNext("1"))
    assert day.before("C001") == []


def test_who_was_sent_to_one_counter_is_not_passed_by_those_called_to_another(day: Told) -> None:
    day.at(1, take())
    day.at(2, take())
    day.at(3, c.CallNext("1"))
    day.at(4, c.Transfer("1", to_counter="2"))
    day.at(5, c.CallNext("1"))
    assert day.before("A001") == []
    assert facts_of(day.story("A001"), "transferred")["to"] == "2"


def test_a_parked_ticket_that_is_resumed_goes_before_again_and_counts_once(day: Told) -> None:
    day.at(1, take(), take(group="elderly"))
    day.at(2, c.CallNext("1"))
    day.at(3, c.Start("1"))
    day.at(4, c.Hold("1", "form"))
    day.at(9, c.Resume("1", "A002"))
    day.at(10, c.Start("1"))
    day.at(12, finish("1"))
    assert day.before("A001") == [("A002", "1", "head_start"), ("A002", "1", "resumed")]
    assert day.story("A001").went_before == (Right("head_start", None, 1),)
    assert day.steps("A002") == "taken called started held called started finished"
    (turn,) = day.story("A002").turns
    assert (turn.wait_s, turn.service_s) == (60.0, 240.0)


def test_whoever_missed_the_call_lets_those_before_who_came_later(day: Told) -> None:
    day.at(1, take())
    day.at(2, c.CallNext("1"))
    day.at(3, c.Recall("1"))
    day.at(4, take())
    day.at(4.5, c.NoShow("1"))
    day.at(6, c.CallNext("1"))
    assert day.steps("A001") == "taken called recalled missed"
    assert day.before("A001") == []  # since then its place is behind
    assert facts_of(day.story("A001"), "missed") == {
        "counter": "1",
        "officer": "an",
        "by_clock": False,
    }


def test_a_no_show_by_the_clock_is_told_as_such_and_the_second_is_the_end(day: Told) -> None:
    day.at(1, take())
    day.at(2, c.CallNext("1"))
    day.time_passes(5)
    day.at(6, c.CallNext("1"))
    day.at(7, c.NoShow("1"))
    assert day.steps("A001") == "taken called missed called no_show"
    assert facts_of(day.story("A001"), "missed")["by_clock"] is True
    assert facts_of(day.story("A001"), "no_show")["by_clock"] is False
    assert not day.story("A001").live


# --- What became of it ---------------------------------------------------------------------------


def test_the_way_of_an_ordinary_ticket_with_what_was_promised(day: Told) -> None:
    day.at(1, take())
    day.at(1.1, c.Printed("A001", False, "no_paper"))
    day.at(6, c.CallNext("1"))
    day.at(7.5, finish("1"))
    day.at(9.5, c.Rate("A001", 1, 4, ("quick",), "khen anh An"))
    story = day.story("A001")
    assert day.steps("A001") == "taken not_printed called finished rated"
    taken = facts_of(story, "taken")
    assert (taken["services"], taken["ahead"], taken["wait_low_s"]) == ((COPY,), 0, 0)
    assert "group" not in taken
    assert facts_of(story, "not_printed") == {"trouble": "no_paper"}
    assert facts_of(story, "finished")["began"] == after(6.5)  # nobody pressed start
    assert facts_of(story, "rated") == {"level": 4, "levels": 5}
    (turn,) = story.turns
    assert (turn.wait_s, turn.closed_s, turn.service_s, turn.trusted) == (300, 0, 60, True)


def test_a_ticket_put_back_or_cancelled_says_by_whom(day: Told) -> None:
    day.at(1, take())
    day.at(2, c.CallNext("1"))
    day.at(2.1, c.PutBack("1"))
    day.at(3, c.Cancel("2", "A001", "left"))
    story = day.story("A001")
    assert facts_of(story, "put_back")["officer"] == "an"
    assert facts_of(story, "cancelled") == {"counter": "2", "officer": "binh", "reason": "left"}
    assert story.turns[0].wait_s == 120.0  # until it was cancelled: the call did not count


def test_a_finish_that_was_pressed_by_mistake_is_told_with_its_undoing(day: Told) -> None:
    day.at(1, take())
    day.at(2, c.CallNext("1"))
    day.at(3, c.Start("1"))
    day.at(4, finish("1"))
    day.at(4.1, c.Undo("1"))
    day.at(8, finish("1"))
    assert day.steps("A001") == "taken called started finished undone finished"
    assert day.story("A001").turns[0].service_s == 300.0


def test_who_was_sent_into_the_afternoon_is_passed_by_nobody_meanwhile(day: Told) -> None:
    day.at(1, take())
    day.at(2, c.CallNext("1"))
    day.at(3, take())
    day.at(3.5, c.Postpone("1"))
    day.at(5, c.CallNext("1"))
    day.time_passes(301)
    assert day.steps("A001") == "taken called postponed back"
    assert facts_of(day.story("A001"), "postponed")["until"] == after(300)


def test_a_service_added_at_the_counter_waits_in_the_first_place(day: Told) -> None:
    day.at(1, take())
    day.at(2, take(BIRTH))
    day.at(3, c.CallNext("1"))
    day.at(4, c.Start("1"), c.AddService("1", BIRTH))
    day.at(5, finish("1"))
    day.at(6, c.CallNext("2"))
    assert day.steps("A001") == "taken called started service_added finished next_service called"
    assert day.before("C001") == []


def test_noon_is_no_wait_and_the_sum_is_over_all_turns(day: Told) -> None:
    day.at(150, take(COPY, None, BIRTH))
    day.at(160, c.CallNext("1"), c.Start("1"))
    day.at(170, finish("1"))
    day.at(310, c.CallNext("2"))
    waits = [(turn.service, turn.wait_s, turn.closed_s) for turn in day.story("A001").turns]
    assert waits == [(COPY, 600.0, 0.0), (BIRTH, 50 * 60.0, 90 * 60.0)]


def test_a_ticket_that_nobody_called_waited_until_now_and_never_into_the_next_day(
    day: Told,
) -> None:
    day.at(1, take())
    day.at(11, take(BIRTH))
    assert (day.story("A001").live, day.story("A001").turns[0].wait_s) == (True, 600.0)
    day.time_passes(24 * 60)  # the server was off over night
    story = day.story("A001")
    assert (day.steps("A001"), story.live) == ("taken left_over", False)
    assert story.turns[0].wait_s == (209 + 240) * 60.0


def test_times_are_not_trusted_when_the_clock_was_set_meanwhile(day: Told) -> None:
    day.at(1, take(), take())
    day.at(2, c.CallNext("1"))
    day.at(3, finish("1"))
    day.at(4, c.StepClock(-60.0))
    assert [turn.trusted for turn in day.story("A001").turns] == [True]
    assert [turn.trusted for turn in day.story("A002").turns] == [False]
    assert facts_of(day.story("A002"), "clock_set") == {"by_s": -60.0}
    assert "clock_set" not in day.steps("A001")


# --- What cannot be told -------------------------------------------------------------------------


def test_a_database_that_no_server_has_used_yet_has_no_records(url: str, setup: Setup) -> None:
    connect(url).dispose()
    reader = connect_readonly(url)
    assert story_of(reader, setup, DAY, "A001") == Refused("no_records")
    reader.dispose()


def test_without_any_records_that_is_said(journal: Journal, reader: Engine, setup: Setup) -> None:
    assert story_of(reader, setup, DAY, "A001") == Refused("no_records")


def test_a_day_or_number_that_is_not_there_is_answered_with_those_that_are(
    day: Told, reader: Engine
) -> None:
    assert story_of(reader, day.setup, DAY, "A001") == Refused("no_numbers", day="2026-11-23")
    day.at(1, take(), take(), take(BIRTH))
    assert story_of(reader, day.setup, DAY, "A003") == Refused(
        "no_such_number", day="2026-11-23", ticket="A003", there="A001–A002, C001"
    )
    assert story_of(reader, day.setup, date(2026, 11, 22), "A001") == Refused(
        "no_such_day", day="2026-11-22", first="2026-11-23", last="2026-11-23"
    )


def test_a_day_of_another_configuration_is_not_told_wrongly(day: Told, reader: Engine) -> None:
    day.at(1, take())
    without = {code: counter for code, counter in day.setup.counters.items() if code != "2"}
    smaller = replace(day.setup, counters=without)
    assert story_of(reader, smaller, DAY, "A001") == Refused(
        "setup_changed", day="2026-11-23", missing="2"
    )


def test_a_story_is_read_while_somebody_writes(day: Told, engine: Engine) -> None:
    day.at(1, take())
    with engine.begin() as writer:
        writer.exec_driver_sql(
            "INSERT INTO events SELECT hall, seq + 100, day, at, kind, ticket, counter, data,"
            " request, hash FROM events"
        )
        assert day.steps("A001") == "taken"
        writer.rollback()


def test_every_kind_of_event_that_names_a_ticket_has_its_place_in_a_story() -> None:
    kinds = [kind for kind in get_args(e.Event) if "ticket" in kind.__annotations__]
    assert len(kinds) > 15
    source = Path(records.story.__file__).read_text(encoding="utf-8")
    assert [kind.__name__ for kind in kinds if f"case e.{kind.__name__}(" not in source] == []


# --- Every story of a day ------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_every_story_names_exactly_those_who_went_before(
    journal: Journal, setup: Setup, seed: int
) -> None:
    live_through(journal, setup, seed)
    recorded = journal.events(DAY)
    before, meanwhile = before_by_the_books(setup, recorded)
    assert sum(map(len, before.values())) > 20
    for story in stories(setup, DAY, recorded):
        assert before_as_told(story) == before[story.number], story.number
        people = {number for _, number, _ in before[story.number]}
        assert sum(right.count for right in story.went_before) == len(people)
        assert story.stood_before == len(meanwhile[story.number] - people)


@pytest.mark.parametrize("seed", range(3))
def test_every_story_has_the_waits_and_services_of_the_statistics(
    journal: Journal, setup: Setup, seed: int
) -> None:
    live_through(journal, setup, seed)
    rows = defaultdict(list)
    for row in journal.turns(DAY):
        rows[row["ticket"]].append(row)
    for story in stories(setup, DAY, journal.events(DAY)):
        for turn, row in zip(story.turns, rows[story.number], strict=True):
            assert turn.service_s == row["service_s"]
            assert counted(row) in (None, turn.wait_s)


def counted(row: Row) -> float | None:
    return cast(float | None, row["wait_target_s"])
