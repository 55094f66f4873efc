"""Formulas of plain numbers, each by hand; and the nine criteria at their boundaries."""

from __future__ import annotations

import pytest

from figures import formulas as f
from figures import nine


def test_no_shows_are_a_share_of_those_who_were_called_to_their_end() -> None:
    assert f.no_show_rate(served=45, no_shows=5) == 0.1
    assert f.no_show_rate(served=0, no_shows=3) == 1.0
    assert f.no_show_rate(served=0, no_shows=0) is None


def test_a_counter_open_two_hours_that_served_one_of_them() -> None:
    assert f.use_of_counter(busy_s=3600, open_s=7200) == 0.5
    assert f.productivity(served=9, open_s=7200) == 4.5
    assert f.productivity(served=9, open_s=0) is None


def test_dossiers_that_took_three_visits_and_more() -> None:
    # four dossiers that took 1, 2, 3 and 6 visits
    assert f.visits_per_dossier(visits=12, dossiers=4) == 3.0
    assert f.many_visits_share(many=2, dossiers=4) == 0.5
    assert f.visits_per_dossier(0, 0) is f.many_visits_share(0, 0) is None


def test_results_on_time_and_apologies_for_the_others() -> None:
    assert f.on_time_share(due=25, late=2) == 0.92
    assert f.apology_share(late=2, apologized=1) == 0.5
    assert f.apology_share(late=0, apologized=0) is None


def test_r3_takes_everybody_for_satisfied_who_was_not_marked() -> None:
    assert f.r3(dossiers=200, unsatisfied=3) == 0.985
    assert f.r3(dossiers=0, unsatisfied=0) is None


@pytest.mark.parametrize(
    ("points", "name"),
    [
        (18, "excellent"),
        (15, "excellent"),
        (14.99, "good"),
        (14, "good"),
        (12, "good"),
        (11.5, "fair"),
        (9, "fair"),
        (8, "average"),
        (6, "average"),
        (5.9, "weak"),
        (0, "weak"),
    ],
)
def test_the_class_of_so_many_points(points: float, name: str) -> None:
    assert nine.class_of(points) == name


@pytest.mark.parametrize("points", [-1, 18.5, 19])
def test_more_than_all_points_or_less_than_none_have_no_class(points: float) -> None:
    with pytest.raises(ValueError, match="points"):
        nine.class_of(points)


def test_nine_criteria_make_eighteen_points() -> None:
    assert nine.total([2] * 9) == nine.MOST == 18
    assert nine.total([2, 2, 2, 2, 2, 2, 2, 1, 0]) == 15


@pytest.mark.parametrize("points", [[2] * 8, [2] * 10, [3, *[1] * 8], [-1, *[1] * 8]])
def test_a_sheet_that_is_not_nine_times_nought_to_two_is_refused(points: list[int]) -> None:
    with pytest.raises(ValueError, match="nine times"):
        nine.total(points)
