"""Times in bins against every single time."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from figures.histogram import Histogram, bin_edges_s, bin_of
from figures.times import SECOND_US, Values, microseconds, rank

TIMES_US = st.integers(0, 40 * 3600 * SECOND_US)


def histogram(times_us: list[int]) -> Histogram:
    found = Histogram()
    for us in times_us:
        found.add(us)
    return found


def values(times_us: list[int]) -> Values:
    return Values(us / SECOND_US for us in times_us)


@given(TIMES_US)
def test_a_time_is_in_its_bin_and_no_bin_is_wider_than_promised(us: int) -> None:
    since, until = bin_edges_s(bin_of(us))
    assert since <= us / SECOND_US < until
    assert until - since == 1 or (until - since) / since <= 1 / 64


def test_bins_follow_each_other_without_a_gap() -> None:
    edges = [bin_edges_s(number) for number in range(700)]
    assert edges[0][0] == 0
    assert all(one[1] == other[0] for one, other in pairwise(edges))
    assert bin_of(4 * 3600 * SECOND_US) < 600


@given(st.lists(TIMES_US, min_size=1), st.sampled_from([1, 50, 90, 100]))
def test_a_quantile_is_no_farther_off_than_it_says(times_us: list[int], percent: int) -> None:
    exact, rough = values(times_us).quantile(percent), histogram(times_us).quantile(percent)
    assert exact is not None
    assert rough is not None
    assert exact.within_s == 0
    assert abs(exact.seconds - rough.seconds) <= rough.within_s
    assert rough.within_s <= max(0.5, rough.seconds / 128)


@given(st.lists(TIMES_US), st.lists(TIMES_US))
def test_what_was_merged_can_be_taken_out_again_to_the_last_bit(
    some: list[int], others: list[int]
) -> None:
    both = histogram(some)
    both.merge(histogram(others))
    assert both == histogram(some + others)
    assert (both.count, both.total_us) == (len(some + others), sum(some + others))
    both.subtract(histogram(others))
    assert both == histogram(some)


@given(st.lists(TIMES_US))
def test_bytes_bring_back_the_same_and_the_same_has_the_same_bytes(times_us: list[int]) -> None:
    data = histogram(times_us).to_bytes()
    assert Histogram.from_bytes(data) == histogram(times_us)
    assert histogram(times_us[::-1]).to_bytes() == data


@given(st.lists(TIMES_US), st.lists(st.lists(TIMES_US), max_size=4))
def test_many_that_were_written_are_added_and_taken_out_at_once(
    some: list[int], others: list[list[int]]
) -> None:
    crowd = [3 * SECOND_US] * 300  # more in one bin than a byte can say
    taken_out = [(histogram(times).to_bytes(), -1) for times in (*others, crowd)]
    added = histogram([*some, *crowd, *(us for times in others for us in times)])
    assert Histogram.sum_of([*taken_out, (added.to_bytes(), 1)]) == histogram(some)


def test_what_is_not_in_it_cannot_be_taken_out() -> None:
    other = histogram([500 * SECOND_US])
    with pytest.raises(ValueError, match="fewer"):
        histogram([5]).subtract(other)
    with pytest.raises(ValueError, match="fewer"):
        Histogram.sum_of([(histogram([5]).to_bytes(), 1), (other.to_bytes(), -1)])


def test_nothing_has_no_quantile_and_no_mean() -> None:
    assert Histogram().quantile(50) is None
    assert Histogram().mean_s() is None
    assert Histogram().count == 0
    assert Values([None]).quantile(50) is None


@pytest.mark.parametrize(
    ("percent", "count", "place"), [(50, 4, 2), (50, 5, 3), (90, 4, 4), (90, 10, 9), (1, 3, 1)]
)
def test_the_nearest_rank(percent: int, count: int, place: int) -> None:
    assert rank(percent, count) == place


def test_seconds_become_whole_microseconds() -> None:
    assert microseconds(0.1 + 0.2) == 300_000
