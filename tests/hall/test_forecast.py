"""The forecast against the rules themselves, in any hall: it calls whom they call, when they do."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant

from hall import commands as c
from hall.commands import Command, Refused
from hall.decide import decide
from hall.desk_times import Desk, Experience
from hall.evolve import evolve
from hall.model import Counter, Hall, Setup, empty_hall
from hall.tick import tick
from hall.waits import STEP_S, forecast
from tests.hall.halls import HOURS, SERVICES, SETUP, local
from tests.hall.machine import COUNTERS, LONG_DAY, RUN, AnyHall, groups, setups

LONG_HOURS = replace(SETUP, hours=replace(HOURS, week=(LONG_DAY,) * 7), groups=groups)
GROUPS = ("merit", "elderly", "pregnant", "child")
BUSY = settings(RUN, max_examples=RUN.max_examples * 3)

# Service, group, seconds since the one before; and what a counter does with the next one then.
Arrival = tuple[str, str | None, int, str]

arrivals: st.SearchStrategy[list[Arrival]] = st.lists(
    st.tuples(
        st.sampled_from(sorted(SERVICES)),
        st.sampled_from([*[None] * 3, *GROUPS, "pregnant", "child"]),
        st.sampled_from([0, 20, 200, 900]),
        st.sampled_from([*[""] * 4, "call", "serve", "send"]),
    ),
    max_size=30,
)


@st.composite
def fixed_times(draw: st.DrawFn) -> Experience:
    """Every service always takes the same time at a counter."""
    keys = [(service, counter) for service in sorted(SERVICES) for counter in COUNTERS]
    return Experience(desks={key: Desk(draw(st.integers(1, 40)) * 60.0, 0.0) for key in keys})


@given(setups(), arrivals, fixed_times())
@BUSY
def test_the_forecast_calls_whom_the_rules_call_and_when(
    setup: Setup, people: list[Arrival], times: Experience
) -> None:
    hall = filled(undisturbed(setup), people)
    waits = forecast(hall, hall.at, times).waiting
    expected = {number: wait.expected_s for number, wait in waits.items()}
    called = run_by_the_rules(hall, times)
    assert expected == {number: called.get(number) for number in expected}


@given(arrivals, st.sampled_from(sorted(SERVICES)), st.sampled_from([None, *GROUPS]))
@BUSY
def test_one_more_person_shortens_nobody_s_wait_in_one_line_for_counters_that_are_alike(
    people: list[Arrival], service: str, group: str | None
) -> None:
    one_line = {code: replace(one, interleaved=False) for code, one in groups.items()}
    everything = dict.fromkeys(SERVICES, 0.0)
    alike = {code: Counter(code=code, lag=everything) for code in COUNTERS}
    setup = replace(undisturbed(LONG_HOURS), counters=alike, groups=one_line)
    hall = filled(setup, [(*one[:3], one[3].replace("send", "call")) for one in people])
    more = happened(hall, hall.at, c.TakeTicket((service,), "one-more", group=group))
    before, after = (forecast(one, hall.at, Experience()) for one in (hall, more))
    for number, wait in before.waiting.items():
        longer = after.waiting[number]
        assert wait.expected_s is not None
        assert longer.expected_s is not None
        assert longer.expected_s >= wait.expected_s
        assert wait.told is not None
        assert longer.told is not None
        assert longer.told.high_s >= wait.told.high_s


class ForecastOfAnyHall(AnyHall):
    @invariant()
    def every_wait_is_foreseen_or_has_no_counter(self) -> None:
        if not hasattr(self, "hall"):
            return
        foreseen = forecast(self.hall, self.now, Experience())
        queues = self.hall.queues.values()
        assert foreseen.waiting.keys() == {place.number for queue in queues for place in queue}
        for wait in (*foreseen.newcomers.values(), *foreseen.waiting.values()):
            assert (wait.told is None) == (wait.expected_s is None)
            if wait.told is not None:
                assert 0 <= wait.told.low_s < wait.told.high_s
                assert wait.told.low_s % STEP_S == wait.told.high_s % STEP_S == 0


TestForecastOfAnyHall = pytest.mark.timeout(7200)(ForecastOfAnyHall.TestCase)
TestForecastOfAnyHall.settings = settings(RUN, max_examples=RUN.max_examples // 4)


# --- The hall, and the rules at work in it -------------------------------------------------------


def undisturbed(setup: Setup) -> Setup:
    """Everybody gets a number, and whoever is called is there."""
    services = {code: replace(one, daily_limit=None) for code, one in setup.services.items()}
    return replace(setup, services=services, no_show_after_s=0.0)


def filled(setup: Setup, people: list[Arrival]) -> Hall:
    """Everybody has come, some were called and are at a counter, or were sent to another one."""
    hall, at = empty_hall(setup), local("06:00")
    for code in COUNTERS:
        hall = happened(hall, at, c.SignIn(code, f"officer-{code}"), c.Open(code))
    for nth, (service, group, seconds, then) in enumerate(people):
        at += timedelta(seconds=seconds)
        code, other = COUNTERS[nth % 3], COUNTERS[(nth + 1) % 3]
        hall = happened(hall, at, c.TakeTicket((service,), f"token-{nth}", group=group))
        if then == "call":
            hall = happened(hall, at, c.CallNext(code))
        elif then == "serve":
            hall = happened(hall, at, c.CallNext(code), c.Finish(code, "received"))
        elif then == "send":
            hall = happened(hall, at, c.CallNext(code), c.Transfer(code, None, other))
    return hall


def run_by_the_rules(hall: Hall, times: Experience) -> dict[str, float]:
    """Every free counter calls whoever's turn it is: number -> seconds from now to the call."""
    now, called = hall.at, dict[str, float]()
    free = [(rest_s(hall, code, times, now), nth) for nth, code in enumerate(hall.staffing)]
    heapify(free)
    while free:
        at_s, nth = heappop(free)
        code, at = COUNTERS[nth], now + timedelta(seconds=at_s)
        hall = happened(hall, at, c.Finish(code, "received"), c.CallNext(code))
        ticket = hall.at_counter(code)
        if ticket is not None:
            called[ticket.number] = at_s
            desk = times.desk(hall.setup, ticket.turn.service, code)
            heappush(free, (at_s + desk.mean_s, nth))
    return called


def rest_s(hall: Hall, code: str, times: Experience, now: datetime) -> float:
    ticket = hall.at_counter(code)
    if ticket is None:
        return 0.0
    assert ticket.turn.last_called_at is not None
    lasts_s = times.desk(hall.setup, ticket.turn.service, code).mean_s
    return max(0.0, lasts_s - (now - ticket.turn.last_called_at).total_seconds())


def happened(hall: Hall, at: datetime, *commands: Command) -> Hall:
    """After what is due and these commands; what is refused changes nothing."""
    for command in commands:
        for event in tick(hall, at):
            hall = evolve(hall, event, at)
        decision = decide(hall, command, at)
        for event in () if isinstance(decision, Refused) else decision:
            hall = evolve(hall, event, at)
    return hall
