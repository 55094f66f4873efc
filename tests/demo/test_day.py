"""Who comes on a demo day: drawn from a seed, and like a real hall's day in the large."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from random import Random
from statistics import fmean

import pytest

from config import read
from demo.day import (
    ARRIVALS,
    LIFE,
    SHARES,
    Visit,
    draw_day,
    draw_desk_s,
    staffed_counters,
)
from hall.model import Setup

DAY = date(2026, 11, 24)
MANY = 20_000


@pytest.fixture(scope="module")
def setup() -> Setup:
    return read(Path(__file__).parents[2] / "config.toml").setup


@pytest.fixture(scope="module")
def visits(setup: Setup) -> list[Visit]:
    return draw_day(setup, DAY, MANY, 7)


def half_hour(at: datetime) -> str:
    return f"{at:%H}:{at.minute // 30 * 30:02d}"


def test_the_same_seed_is_the_same_day_and_another_seed_another(setup: Setup) -> None:
    assert draw_day(setup, DAY, 50, 7) == draw_day(setup, DAY, 50, 7)
    assert draw_day(setup, DAY, 50, 7) != draw_day(setup, DAY, 50, 8)


def test_citizens_come_in_order_and_on_the_day(setup: Setup, visits: list[Visit]) -> None:
    moments = [visit.arrives_at for visit in visits]
    assert moments == sorted(moments)
    assert {moment.date() for moment in moments} == {DAY}
    assert {moment.tzinfo for moment in moments} == {setup.hours.timezone}


def test_arrivals_follow_the_profile_of_the_day(visits: list[Visit]) -> None:
    drawn = Counter(half_hour(visit.arrives_at) for visit in visits)
    assert sum(ARRIVALS.values()) == pytest.approx(100)
    for start, percent in ARRIVALS.items():
        assert 100 * drawn.pop(f"{start:%H:%M}") / MANY == pytest.approx(percent, abs=0.8)
    assert not drawn


def test_services_are_asked_for_as_often_as_they_are(visits: list[Visit]) -> None:
    drawn = Counter(visit.service for visit in visits)
    assert sum(share for share, _ in SHARES.values()) == pytest.approx(100)
    for service, (percent, _) in SHARES.items():
        assert 100 * drawn.pop(service) / MANY == pytest.approx(percent, abs=1)
    assert not drawn


def test_the_table_of_shares_is_about_the_shipped_hall(setup: Setup) -> None:
    assert set(SHARES) == set(setup.services)


def test_some_have_priority_and_some_do_not_come(visits: list[Visit]) -> None:
    assert fmean(visit.group is not None for visit in visits) == pytest.approx(
        LIFE.priority_share, abs=0.01
    )
    assert fmean(not visit.comes_when_called for visit in visits) == pytest.approx(
        LIFE.no_show_share, abs=0.01
    )
    assert all(visit.sent_on_to != visit.service for visit in visits)


def test_desk_times_have_the_mean_of_the_catalogue(setup: Setup) -> None:
    chance = Random(7)
    for code, service in setup.services.items():
        drawn = [draw_desk_s(setup, chance, code) for _ in range(4000)]
        assert fmean(drawn) == pytest.approx(service.mean_s, rel=0.06), code


@pytest.mark.parametrize("count", range(6, 10))
def test_the_counters_that_are_staffed_serve_everything(setup: Setup, count: int) -> None:
    staffed = staffed_counters(setup, count)
    assert len(staffed) == count
    served = {service for code in staffed for service in setup.counters[code].lag}
    assert served >= set(setup.services)


def test_too_few_counters_are_refused(setup: Setup) -> None:
    with pytest.raises(ValueError, match="2 counters cannot serve every service"):
        staffed_counters(setup, 2)
