"""What a cell counts, turn by turn, and that it can be taken apart again."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from figures.tally import COUNTS, RATINGS, TIMES, WORDS, Row, Tally, parts

EIGHT = datetime(2026, 11, 23, 1, tzinfo=UTC)


def row(stage: str = "done", wait_s: float | None = 60.0, **others: Any) -> Row:
    called = None if wait_s is None else EIGHT + timedelta(seconds=wait_s)
    plain: dict[str, Any] = {
        "stage": stage,
        "issued_at": EIGHT,
        "called_at": called,
        "ended_at": EIGHT + timedelta(seconds=(wait_s or 0) + 300),
        "wait_s": wait_s,
        "wait_target_s": wait_s,
        "service_s": None if wait_s is None else 240.0,
        "held_s": 0.0,
        "start_estimated": False,
        "clock_stepped": False,
        "group_code": None,
        "recalls": 0,
        "missed": 0,
        "rule": None if wait_s is None else "first_in_line",
        "overtook": 0,
        "jump_reason": None,
        "outcome": "received" if stage == "done" else None,
        "dossier": None,
        "late": None,
        "apology_no": None,
    }
    return {**plain, **others}


def tally(*visits: list[Row]) -> Tally:
    found = Tally()
    for visit in visits:
        for part in parts(visit):
            found.count(part)
    return found


def test_a_visit_of_two_turns_is_one_visit_that_waited_for_both() -> None:
    found = tally([row("transferred", 600.0), row("done", 300.0)])
    assert (found.turns, found.served, found.transferred) == (2, 1, 1)
    assert (found.visits, found.visits_served) == (1, 1)
    assert found.waits.count == 2
    assert found.visit_waits.total_us == 900_000_000
    assert (found.visits_within_15, found.within_15) == (1, 2)
    assert found.visit_total_us == 600_000_000  # from the issue to the end of the last turn


def test_a_wait_of_fifteen_minutes_is_within_fifteen_minutes() -> None:
    found = tally([row(wait_s=900.0)], [row(wait_s=900.000001)], [row(wait_s=1800.0)])
    assert (found.within_15, found.within_30) == (1, 3)


def test_who_was_not_served_has_not_waited() -> None:
    found = tally([row("no_show", 60.0)], [row("cancelled", None)], [row("left_over", None)])
    assert (found.visits_no_show, found.visits_cancelled, found.visits_left_over) == (1, 1, 1)
    assert found.waits.count == found.visit_waits.count == found.services.count == 0
    assert found.calls == 1


def test_a_turn_moved_before_it_was_called_was_not_attended_but_its_visit_waited() -> None:
    moved = {**row("transferred", None), "wait_s": 600.0, "wait_target_s": 600.0}
    found = tally([moved, row("done", 60.0)])
    assert found.waits.count == 1
    assert found.visit_waits.total_us == 660_000_000


def test_a_visit_that_ends_otherwise_than_its_first_turn_counts_by_its_last() -> None:
    found = tally([row("done"), row("no_show", 30.0)])
    assert (found.served, found.visits_served, found.visits_no_show) == (1, 0, 1)
    assert found.visit_waits.count == 0


def test_a_turn_during_which_the_clock_was_set_is_counted_without_times() -> None:
    found = tally([row(clock_stepped=True)], [row()])
    assert (found.served, found.waits.count, found.untrusted) == (2, 1, 1)
    assert (found.visits_served, found.visits_untrusted) == (2, 1)


def test_what_still_goes_on_is_a_visit_and_nothing_else_yet() -> None:
    found = tally([row("waiting", None)], [row("serving", 60.0, service_s=None)])
    assert (found.turns, found.visits, found.served, found.waits.count) == (2, 2, 0, 0)


def test_results_are_due_late_and_apologized_for() -> None:
    found = tally(
        [row(late=False)],
        [row(late=True)],
        [row(late=True, apology_no="1/XL")],
        [row(late=None, dossier="H99")],
    )
    assert (found.due, found.late, found.apologized, found.dossiers) == (3, 2, 1, 1)


def test_the_two_scales_of_ratings_stay_apart() -> None:
    found = Tally()
    found.count_rating(3, 3, [], returned=False)
    found.count_rating(3, 5, ["unclear"], returned=True)
    assert found.ratings(3) == [0, 0, 1]
    assert found.ratings(5) == [0, 0, 1, 0, 0]
    assert found.ratings(5, returned=True) == [0, 0, 1, 0, 0]
    assert (found.ratings(3, returned=True), found.tags) == ([0, 0, 0], {"unclear": 1})


def test_every_field_of_a_tally_is_of_one_kind() -> None:
    names = [one.name for one in fields(Tally)]
    assert sorted([*COUNTS, *TIMES, *WORDS, *RATINGS]) == sorted(names)


ROWS = st.builds(
    row,
    stage=st.sampled_from(["done", "transferred", "no_show", "cancelled", "waiting"]),
    wait_s=st.none() | st.floats(0, 20_000).map(lambda s: round(s, 6)),
    clock_stepped=st.booleans(),
    group_code=st.sampled_from([None, "elderly"]),
    overtook=st.integers(0, 3),
    jump_reason=st.sampled_from([None, "deadline"]),
    late=st.sampled_from([None, True, False]),
)
VISITS = st.lists(st.lists(ROWS, min_size=1, max_size=3), max_size=8)


@given(VISITS, VISITS)
def test_cells_add_up_and_come_apart_to_the_last_bit(
    some: list[list[Row]], others: list[list[Row]]
) -> None:
    both = tally(*some)
    both.merge(tally(*others))
    assert both == tally(*others, *some)
    both.subtract(tally(*others))
    assert both == tally(*some)
    for visit in some:
        for part in parts(visit):
            both.count(part, -1)
    assert both == Tally()


@given(VISITS)
def test_bytes_bring_back_the_same_and_the_same_has_the_same_bytes(visits: list[list[Row]]) -> None:
    data = tally(*visits).to_bytes()
    assert Tally.from_bytes(data) == tally(*visits)
    assert tally(*visits[::-1]).to_bytes() == data
