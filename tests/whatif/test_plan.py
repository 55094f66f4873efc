"""Another plan for a day: what is asked for is what changes, and what cannot be is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

import pytest

from hall.hours import at, serving_windows
from hall.model import FIRST, Setup
from tests.whatif.mondays import MONDAY
from whatif.day import Lived
from whatif.errors import WhatIfError
from whatif.model import Day, Post, Stretch
from whatif.plan import Plan, applied, parsed


def local(setup: Setup, clock: str) -> datetime:
    return at(setup.hours, MONDAY, time.fromisoformat(clock))


def spans(setup: Setup, day: Day, counter: str) -> list[str]:
    """When a counter is at work, by the clock on the wall."""
    zone = setup.hours.timezone
    stretches = day.posts[counter].stretches if counter in day.posts else ()
    return [
        f"{one.opens.astimezone(zone):%H:%M}-{one.ends.astimezone(zone):%H:%M}" for one in stretches
    ]


def planned(setup: Setup, day: Day, **asked: list[str]) -> Day:
    return applied(parsed(setup, **asked), setup, day)[1]  # type: ignore[arg-type]


@pytest.fixture
def day(setup: Setup, crowded: Lived) -> Day:
    """Q1 paused from nine to half past and left at ten; Q3 was there in the afternoon."""
    whole = [
        Stretch(opens=opens, ends=closes, calls_until=closes, until_empty=True)
        for opens, closes in serving_windows(setup.hours, MONDAY)
    ]
    seven, nine, half, ten = (local(setup, clock) for clock in ("07:30", "09:00", "09:30", "10:00"))
    left = (
        Stretch(opens=seven, ends=nine, calls_until=nine, pauses=True),
        Stretch(opens=half, ends=ten, calls_until=ten),
    )
    others = dict.fromkeys(crowded.day.posts, Post(stretches=tuple(whole)))
    posts = {**others, "Q1": Post(stretches=left), "Q3": Post(stretches=(whole[1],))}
    return replace(crowded.day, posts=posts)


def test_a_counter_that_opens_stays_until_the_end_of_the_day_but_not_over_the_break(
    setup: Setup, day: Day
) -> None:
    opened = planned(setup, day, opens=["Q8@08:15"])
    assert spans(setup, opened, "Q8") == ["08:15-11:30", "13:00-17:00"]
    assert [one.until_empty for one in opened.posts["Q8"].stretches] == [True, True]


def test_until_when_it_is_open_may_be_said(setup: Setup, day: Day) -> None:
    opened = planned(setup, day, opens=["Q8@08:00-10:00"])
    assert spans(setup, opened, "Q8") == ["08:00-10:00"]
    assert not opened.posts["Q8"].stretches[0].until_empty


def test_a_counter_that_was_there_for_a_part_is_there_for_the_rest_too_and_still_pauses(
    setup: Setup, day: Day
) -> None:
    assert spans(setup, day, "Q1") == ["07:30-09:00", "09:30-10:00"]
    opened = planned(setup, day, opens=["Q1@07:30", "Q3@10:00"])
    assert spans(setup, opened, "Q1") == ["07:30-09:00", "09:30-11:30", "13:00-17:00"]
    assert spans(setup, opened, "Q3") == ["10:00-11:30", "13:00-17:00"]


def test_a_counter_closes_for_good_or_for_a_while(setup: Setup, day: Day) -> None:
    assert spans(setup, planned(setup, day, closes=["Q4@10:00"]), "Q4") == ["07:30-10:00"]
    for_a_while = planned(setup, day, closes=["Q4@08:00-09:00"])
    assert spans(setup, for_a_while, "Q4") == ["07:30-08:00", "09:00-11:30", "13:00-17:00"]
    assert "Q2" not in planned(setup, day, closes=["Q2@07:00"]).posts


def test_a_counter_learns_a_service_a_field_or_only_helps_out_or_forgets(setup: Setup) -> None:
    plan = parsed(setup, skills=["Q5+CT01", "Q9+C@10", "Q1-TR00"])
    learnt = {(one.counter, one.service): one.lag_s for one in plan.skills}
    assert learnt["Q5", "CT01"] == 0
    assert {service for counter, service in learnt if counter == "Q9"} == {
        code for code, service in setup.services.items() if service.field == "C"
    }
    assert learnt["Q9", "HT01"] == 600
    assert learnt["Q1", "TR00"] is None


def test_skills_and_priority_change_the_hall_and_nothing_else(setup: Setup, day: Day) -> None:
    plan = parsed(
        setup, skills=["Q5+CT01", "Q1-TR00"], priority=["all=interleave", "elderly=first"]
    )
    changed, same = applied(plan, setup, day)
    assert changed.counters["Q5"].lag["CT01"] == 0
    assert "TR00" not in changed.counters["Q1"].lag
    assert changed.counters["Q2"] == setup.counters["Q2"]
    assert changed.groups["elderly"].head_start_s == FIRST
    assert changed.groups["merit"].interleaved
    assert same == day


def test_a_plan_without_a_change_changes_nothing(setup: Setup, day: Day) -> None:
    assert applied(Plan(), setup, day) == (setup, day)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"opens": ["Q8"]}, "Q8@08:00"),
        ({"opens": ["Q8@25:00"]}, "cannot be read"),
        ({"opens": ["Q8@10:00-09:00"]}, "cannot be read"),
        ({"opens": ["Q77@08:00"]}, "no counter Q77. There are: Q1, Q2"),
        ({"opens": ["Q8@18:00"]}, "does not serve then (18:00)"),
        ({"opens": ["Q2@08:00"]}, "was open all that time"),
        ({"closes": ["Q8@08:00"]}, "not open then"),
        ({"closes": ["Q3@17:30"]}, "not open then"),
        ({"closes": ["Q5@07:30", "Q4@07:30"]}, "No counter would be left for: HT01"),
        ({"skills": ["Q5"]}, "Q5+CT01"),
        ({"skills": ["Q5+XY99"]}, "no service or field XY99"),
        ({"skills": ["Q9-X"]}, "No counter would be left for: HD00"),
        ({"priority": ["old=30"]}, "no priority group old"),
        ({"priority": ["elderly=soon"]}, "GROUP=30"),
        ({"arrivals": 0.0}, "above 0"),
        ({"arrivals": 1000.0}, "up to 10"),
        ({"arrivals": float("nan")}, "above 0"),
    ],
)
def test_an_impossible_plan_is_refused_in_words(
    setup: Setup, day: Day, asked: dict[str, list[str]], said: str
) -> None:
    with pytest.raises(WhatIfError) as raised:
        planned(setup, day, **asked)
    assert said in raised.value.told("en")
    vietnamese = raised.value.told("vi")
    assert "{" not in vietnamese
    assert vietnamese != raised.value.told("en")
