"""Satisfaction against values others have published, and against sums done by hand."""

from __future__ import annotations

import pytest

from figures import satisfaction as s

FIVE = [2, 3, 5, 20, 10]  # 40 ratings, from the worst level to the best
THREE = [5, 10, 5]


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        # R. G. Newcombe, Two-sided confidence intervals for the single proportion, 1998, table I
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_the_published_one(part: int, whole: int, low: float, high: float) -> None:
    interval = s.wilson(part, whole)
    assert interval is not None
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


def test_the_interval_stays_within_everybody_and_nobody() -> None:
    for whole in range(1, 200):
        for part in (0, whole):
            interval = s.wilson(part, whole)
            assert interval is not None
            assert 0 <= interval.low <= part / whole <= interval.high <= 1
    assert s.wilson(0, 0) is None


def test_five_levels_by_hand() -> None:
    assert s.satisfied_share(FIVE) == 30 / 40
    assert s.unsatisfied(FIVE) == 5
    assert s.mean_score(FIVE) == (2 * 1 + 3 * 2 + 5 * 3 + 20 * 4 + 10 * 5) / (5 * 40)


def test_three_levels_by_hand() -> None:
    assert s.satisfied_share(THREE) == 15 / 20
    assert s.unsatisfied(THREE) == 5
    assert s.mean_score(THREE) == (5 + 20 + 15) / 60


def test_nobody_asked_is_not_nobody_satisfied() -> None:
    for counts in ([0] * 3, [0] * 5):
        assert s.satisfied_share(counts) is s.mean_score(counts) is None
    assert s.response_rate(0, 0) is None


@pytest.mark.parametrize(
    ("population", "needed"), [(60_000, 398), (5_000, 371), (500, 223), (400, 200), (0, 0), (1, 1)]
)
def test_the_sample_of_the_official_training_text(population: int, needed: int) -> None:
    assert s.required_sample(population) == needed


def test_an_officer_has_no_percentage_below_thirty_ratings() -> None:
    assert s.share_of_officer([0, 0, 0, 9, 20]) is None
    assert s.share_of_officer([0, 0, 0, 10, 20]) == 1.0


def test_factors_that_nobody_rated_are_not_in_the_mean() -> None:
    assert s.mean_of({1: None, 3: 0.8, 4: 0.6}) == pytest.approx(0.7)
    assert s.mean_of({1: None}) is None
