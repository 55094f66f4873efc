"""Rolls and what is remembered: against the plain way of doing the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hall.remembering import remembered
from hall.rolls import PART, Roll


@settings(deadline=None)
@given(st.integers(0, 3 * PART), st.lists(st.integers(0, 3 * PART), max_size=5))
def test_a_roll_is_what_a_list_would_be(length: int, changed: list[int]) -> None:
    roll: Roll[int] = Roll()
    for value in range(length):
        roll = roll.having(value, value)
    before, plain = roll, list(range(length))
    for place in changed:
        if place < length:
            roll, plain[place] = roll.having(place, -place), -place
    assert list(roll) == plain
    assert [roll[place] for place in range(length)] == plain
    assert len(roll) == length
    assert list(before) == list(range(length))
    assert (roll == before) == (plain == list(range(length)))
    if plain:
        assert roll[-1] == plain[-1]


@pytest.mark.parametrize("length", [0, 1, PART - 1, PART, PART + 1])
def test_a_roll_has_no_place_beyond_the_one_after_its_last(length: int) -> None:
    roll: Roll[int] = Roll()
    for value in range(length):
        roll = roll.having(value, value)
    with pytest.raises(IndexError):
        roll.having(length + 1, 0)
    with pytest.raises(IndexError):
        roll[length]
    with pytest.raises(IndexError):
        roll[-length - 1]


def test_what_changes_one_value_of_a_roll_copies_one_part_of_it() -> None:
    roll: Roll[int] = Roll()
    for value in range(4 * PART):
        roll = roll.having(value, value)
    shared = [a is b for a, b in zip(roll.parts, roll.having(PART, 0).parts, strict=True)]
    assert shared == [True, False, True, True]


def test_what_is_remembered_is_found_once_of_the_very_same_value() -> None:
    asked: list[tuple[int, int]] = []

    @remembered(2)
    def total(values: list[int], more: int) -> int:
        asked.append((len(values), more))
        return sum(values) + more

    one, same = [1, 2], [1, 2]
    assert [total(one, 1), total(one, 1), total(same, 1), total(one, 1)] == [4, 4, 4, 4]
    assert asked == [(2, 1), (2, 1)]
    assert (total([5], 0), total(one, 1)) == (5, 4)  # full: all begins anew
    assert asked == [(2, 1), (2, 1), (1, 0), (2, 1)]


def test_a_value_that_is_remembered_is_mistaken_for_no_other() -> None:
    count = remembered(1000)(len)
    assert [count([0] * n) for n in range(500)] == list(range(500))
