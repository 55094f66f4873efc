"""A day that is run again unchanged is the day that was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest

from dispatch.batch import Asked, prepare
from hall import commands as c
from hall import events as e
from hall.hours import serving_windows
from hall.model import Setup, empty_hall
from records.journal import Journal, Recorded
from tests.records.busy import BusyDays
from tests.records.days import Day as WrittenDay
from tests.records.small import small_hall
from tests.whatif.mondays import LATER, MONDAY, driven
from whatif.agreement import differences
from whatif.day import Lived, lived, without_undone
from whatif.errors import WhatIfError
from whatif.outcome import of_hall, outcome_of
from whatif.run import run
from whatif.times import lognormal


def again(setup: Setup, day: Lived) -> list[str]:
    """The numbers of all visits that go otherwise when the day is run unchanged."""
    times = {code: lognormal(service) for code, service in setup.services.items()}
    return [one.number for one in differences(day, run(setup, replace(day.day, times=times)))]


@pytest.mark.parametrize(("counters", "seed"), [(7, 7), (9, 8), (7, 11), (9, 13)])
def test_a_driven_day_run_unchanged_agrees_in_every_call(
    setup: Setup, counters: int, seed: int
) -> None:
    day = lived(setup, MONDAY, driven(counters, seed).recorded(), LATER)
    assert len(day.day.visits) > 230
    assert again(setup, day) == []


def test_its_figures_are_those_that_the_hall_counted(setup: Setup, crowded: Lived) -> None:
    tally = driven(7).hall.tally
    recorded = of_hall(setup, crowded.hall, crowded.spans)
    replayed = outcome_of(setup, run(setup, crowded.day))
    assert recorded.wait_mean_s == pytest.approx(tally.wait_s / tally.timed, abs=1e-6)
    assert (recorded.served, recorded.no_shows) == (tally.served, tally.no_shows)
    assert replayed.wait_mean_s == pytest.approx(recorded.wait_mean_s, abs=1e-6)
    assert (replayed.served, replayed.left_over) == (recorded.served, recorded.left_over)
    assert replayed.use == pytest.approx(recorded.use, abs=1e-6)
    assert recorded.use is not None
    assert 0.5 < recorded.use < 0.9


class Apart(BusyDays):
    """Days on which everything happens, but no two things at the very same moment. Kept in mind."""

    def __init__(self, setup: Setup, seed: int) -> None:
        self.recorded: list[Recorded] = []
        self._setup, self._chance, self._hall = setup, Random(seed), empty_hall(setup)

    def _write(self, now: datetime, *commands: c.Command) -> None:
        for place, command in enumerate(commands or (c.Tick(),)):
            at = now + timedelta(milliseconds=70 * place)
            outcome = prepare(self._hall, [Asked(command)], at)
            self._hall = outcome.hall
            for event in (event for entry in outcome.entries for event in entry.events):
                self.recorded.append(Recorded(len(self.recorded) + 1, at, event))


@pytest.mark.parametrize("seed", range(1, 7))
def test_days_with_jumps_holds_transfers_pauses_and_cancellations_agree(seed: int) -> None:
    busy = Apart(small_hall(), seed)
    busy.play(MONDAY)
    read = lived(small_hall(), MONDAY, busy.recorded, LATER)
    assert len({meeting.ends for visit in read.day.visits for meeting in visit.meetings}) >= 4
    assert any(lull.jump for post in read.day.posts.values() for lull in post.lulls)
    assert again(small_hall(), read) == []


@pytest.fixture
def written(journal: Journal) -> WrittenDay:
    eight = serving_windows(small_hall().hours, MONDAY)[0][0] + timedelta(minutes=30)
    day = WrittenDay(journal, small_hall(), eight)
    day.at(0, c.SignIn("1", "cb1"), c.Open("1"), c.SignIn("2", "cb2"), c.Open("2"))
    return day


def read_back(journal: Journal, written: WrittenDay) -> Lived:
    written.time_passes(700)
    return lived(written.setup, MONDAY, journal.events(MONDAY), LATER)


def test_what_was_postponed_added_and_moved_comes_back_as_it_was(
    journal: Journal, written: WrittenDay
) -> None:
    written.at(1, c.TakeTicket(("HT01",), "t1"))
    written.at(1.1, c.CallNext("2"))
    written.at(2, c.Start("2"))
    written.at(2.5, c.TakeTicket(("HT01",), "t2"))
    written.at(3, c.MoveTicket("C002", "deadline", service="CT01", to_counter="1"))
    written.at(4, c.AddService("2", "CT01"))
    written.at(5, c.Finish("2", "received"))
    written.at(6, c.CallNext("1"))
    written.at(7, c.Start("1"))
    written.at(8, c.Postpone("1"))
    written.at(9, c.CallNext("1"))
    written.at(9.5, c.Start("1"))
    written.at(12, c.Finish("1", "received"))
    written.time_passes(300)
    written.at(310, c.CallNext("1"))
    written.at(311, c.Start("1"))
    written.at(313, c.Finish("1", "received"))
    day = read_back(journal, written)
    assert all(ticket.turn.outcome for roll in day.hall.tickets.values() for ticket in roll)
    assert again(written.setup, day) == []


def test_what_was_taken_back_has_never_been(journal: Journal, written: WrittenDay) -> None:
    written.at(1, c.TakeTicket(("CT01",), "t1"))
    written.at(2, c.CallNext("1"))
    written.at(3, c.Start("1"))
    written.at(4, c.Finish("1", "received"))
    written.at(4.1, c.Undo("1"))
    written.at(9, c.Finish("1", "received"))
    day = read_back(journal, written)
    (visit,) = day.day.visits
    (meeting,) = visit.meetings
    assert meeting.lasts_s == 360
    assert again(written.setup, day) == []
    kinds = {type(one.event) for one in without_undone(journal.events(MONDAY))}
    assert e.Undone not in kinds


def test_somebody_still_at_a_counter_when_the_day_ends_is_there_on_any_run(
    journal: Journal, written: WrittenDay
) -> None:
    written.at(500, c.TakeTicket(("CT01",), "t1"))
    written.at(501, c.CallNext("1"))
    written.at(502, c.Start("1"))
    assert again(written.setup, read_back(journal, written)) == []


def test_a_day_whose_rules_have_changed_since_says_where_and_why(
    setup: Setup, crowded: Lived
) -> None:
    groups = {code: replace(group, head_start_s=86400.0) for code, group in setup.groups.items()}
    changed = replace(setup, groups=groups)
    times = {code: lognormal(service) for code, service in setup.services.items()}
    found = differences(crowded, run(changed, replace(crowded.day, times=times)))
    assert found[0].cause == "other_turn"
    assert {one.cause for one in found[1:]} == {"follows"}


def test_numbers_that_are_no_longer_issued_are_told(setup: Setup, crowded: Lived) -> None:
    services = {**setup.services, "CT01": replace(setup.services["CT01"], daily_limit=3)}
    found = differences(crowded, run(replace(setup, services=services), crowded.day))
    assert {one.cause for one in found} >= {"not_issued"}


# --- What cannot be read back --------------------------------------------------------------------


def refused(setup: Setup, recorded: list[Recorded], day: date = MONDAY, today: date = LATER) -> str:
    with pytest.raises(WhatIfError) as raised:
        lived(setup, day, recorded, today)
    for language in ("vi", "en"):
        assert "{" not in raised.value.told(language)
    return raised.value.told("en")


def test_a_day_without_visitors_is_refused(setup: Setup) -> None:
    assert "Nobody came on 02/11/2026" in refused(setup, [])


def test_a_day_that_still_runs_is_refused(setup: Setup) -> None:
    open_still = [one for one in driven(7).recorded() if not isinstance(one.event, e.DayClosed)]
    assert "not over yet" in refused(setup, open_still, today=MONDAY)
    assert lived(setup, MONDAY, open_still, LATER).day.visits  # nobody closed it, but it is over


def test_a_service_a_counter_or_a_group_that_is_gone_is_named(setup: Setup) -> None:
    recorded = driven(7).recorded()
    services = {code: one for code, one in setup.services.items() if code != "CT01"}
    assert "service CT01" in refused(replace(setup, services=services), recorded)
    counters = {code: one for code, one in setup.counters.items() if code != "Q3"}
    assert "counter Q3" in refused(replace(setup, counters=counters), recorded)
    assert "priority group" in refused(replace(setup, groups={}), recorded)
