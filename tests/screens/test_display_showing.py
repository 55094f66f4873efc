"""Which call is on show when: views and time as they pass, and what a board then shows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from display.showing import Pace, Showing, ends_at, interrupted, passed, recent, seen
from link.messages import BoardCall, BoardView, CounterShown
from tests.screens.conftest import NOW

PACE = Pace(newest_s=20, moment_s=4)


def call(number: int, ticket: str, counter: str, at_s: float) -> BoardCall:
    at = NOW + timedelta(seconds=at_s)
    return BoardCall(call=number, number=ticket, counter=counter, language="vi", at=at)


class Board:
    """A board that lives through a story told in seconds: what it is shown, and what it shows."""

    def __init__(self) -> None:
        self.showing = Showing()
        self.calls: list[BoardCall] = []
        self.at_counter: dict[str, str | None] = {}
        self.moments: list[tuple[float, str | None]] = []

    def called(self, at_s: float, *tickets: tuple[str, str]) -> None:
        """These tickets are called to these counters, and the board is shown the view."""
        for ticket, counter in tickets:
            number = self.calls[-1].call + 1 if self.calls else 401
            self.calls = [*self.calls, call(number, ticket, counter, at_s)][-12:]
            self.at_counter[counter] = ticket
        self.looks(at_s)

    def left(self, at_s: float, counter: str) -> None:
        """The number at a counter goes: served, absent or cancelled."""
        self.at_counter[counter] = None
        self.looks(at_s)

    def looks(self, at_s: float) -> None:
        counters = [
            CounterShown(counter=code, state="open", number=ticket)
            for code, ticket in self.at_counter.items()
        ]
        view = BoardView(calls=self.calls, waiting=[], counters=counters)
        self.showing = seen(self.showing, view, NOW + timedelta(seconds=at_s), PACE)
        self._note(at_s)

    def until(self, end_s: float) -> None:
        """Time passes, and the board looks again whenever it said it must."""
        while (over := ends_at(self.showing, PACE)) and over <= NOW + timedelta(seconds=end_s):
            self.showing = passed(self.showing, over, PACE)
            self._note((over - NOW).total_seconds())

    def lost(self) -> None:
        self.showing = interrupted(self.showing)

    @property
    def number(self) -> str | None:
        return self.showing.call.number if self.showing.call else None

    def _note(self, at_s: float) -> None:
        if not self.moments or self.moments[-1][1] != self.number:
            self.moments.append((at_s, self.number))


@pytest.fixture
def board() -> Board:
    """A board that has seen its first view, of a hall that called nobody yet."""
    board = Board()
    board.looks(0)
    board.moments.clear()
    return board


def test_a_call_is_on_show_for_twenty_seconds(board: Board) -> None:
    board.called(10, ("A001", "Q1"))
    board.until(100)
    assert board.moments == [(10, "A001"), (30, None)]


def test_a_newer_call_takes_the_place_of_an_older_one_after_its_moment(board: Board) -> None:
    board.called(10, ("A001", "Q1"))
    board.called(11, ("C002", "Q2"))
    board.until(100)
    assert board.moments == [(10, "A001"), (14, "C002"), (34, None)]


def test_calls_of_the_same_moment_each_get_theirs_in_order(board: Board) -> None:
    board.called(10, ("A001", "Q1"), ("C002", "Q2"), ("H003", "Q3"))
    board.until(100)
    assert board.moments == [(10, "A001"), (14, "C002"), (18, "H003"), (38, None)]


def test_a_call_of_a_server_whose_time_stands_still_is_new_all_the_same() -> None:
    first = BoardView(calls=[call(1, "A001", "Q1", 0)], waiting=[], counters=[])
    view = BoardView(calls=[*first.calls, call(2, "A002", "Q2", 0)], waiting=[], counters=[])
    later = NOW + timedelta(minutes=9)
    board = seen(Showing(), first, NOW, PACE)
    assert seen(board, view, later, PACE).call is None
    shown = seen(board, view, later, PACE, just_made=True).call
    assert shown is not None
    assert shown.number == "A002"


def test_a_board_that_starts_announces_no_old_call() -> None:
    board = Board()
    board.called(10, *((f"A{number:03}", f"Q{number}") for number in range(1, 21)))
    assert board.number is None
    assert [line.number for line in recent(board.calls, None, 8)][:2] == ["A020", "A019"]


def test_a_board_that_comes_back_after_an_hour_announces_only_what_is_fresh(board: Board) -> None:
    board.called(10, ("A001", "Q1"), ("A002", "Q2"))
    board.lost()
    board.calls += [call(403, "A003", "Q3", 1800), call(404, "A004", "Q4", 3595)]
    board.looks(3600)
    board.until(4000)
    assert board.moments == [(10, "A001"), (3600, "A004"), (3615 + 5, None)]


def test_a_short_loss_costs_no_call_its_moment(board: Board) -> None:
    board.called(10, ("A001", "Q1"), ("A002", "Q2"), ("A003", "Q3"))
    board.lost()
    board.looks(12)
    board.until(100)
    assert board.moments == [(10, "A001"), (14, "A002"), (18, "A003"), (38, None)]


def test_a_recall_is_shown_again(board: Board) -> None:
    board.called(10, ("A001", "Q1"))
    board.until(60)
    board.called(61, ("A001", "Q1"))
    assert board.moments == [(10, "A001"), (30, None), (61, "A001")]


def test_a_recall_overtakes_the_call_it_repeats(board: Board) -> None:
    board.called(10, ("A001", "Q1"), ("A002", "Q2"), ("A003", "Q3"))
    board.called(11, ("A002", "Q2"))
    board.until(100)
    assert [number for _, number in board.moments] == ["A001", "A003", "A002", None]


def test_a_call_whose_number_left_the_counter_before_its_moment_is_skipped(board: Board) -> None:
    board.called(10, ("A001", "Q1"), ("A002", "Q2"), ("A003", "Q3"))
    board.left(12, "Q2")
    board.until(100)
    assert [number for _, number in board.moments] == ["A001", "A003", None]


def test_a_call_on_show_whose_number_left_the_counter_keeps_only_its_moment(board: Board) -> None:
    board.called(10, ("A001", "Q1"))
    board.left(11, "Q1")
    board.until(100)
    assert board.moments == [(10, "A001"), (14, None)]


def test_a_new_day_without_calls_makes_the_first_one_no_less_new(board: Board) -> None:
    board.called(10, ("A150", "Q1"))
    board.calls = []
    board.looks(3600)
    board.calls = [call(402, "A001", "Q1", 7200)]
    board.at_counter = {"Q1": "A001"}
    board.looks(7200)
    assert board.number == "A001"


def test_a_server_that_counts_its_calls_anew_is_still_announced(board: Board) -> None:
    board.called(10, ("A150", "Q1"))
    board.calls = [call(1, "A001", "Q1", 900), call(2, "A002", "Q2", 990)]
    board.at_counter = {"Q1": "A001", "Q2": "A002"}
    board.looks(1000)
    assert board.number == "A002"


def test_the_same_view_again_changes_nothing(board: Board) -> None:
    board.called(10, ("A001", "Q1"), ("A002", "Q2"))
    before = board.showing
    board.looks(11)
    assert board.showing == before


def test_a_clock_that_was_set_back_ends_what_is_on_show(board: Board) -> None:
    board.called(10, ("A001", "Q1"))
    board.looks(-3600)
    assert board.number is None


def test_recent_calls_are_newest_first_and_a_recall_moves_up() -> None:
    calls = [call(n, f"A{n:03}", "Q1", n) for n in range(1, 10)] + [call(10, "A003", "Q1", 10)]
    numbers = [one.number for one in recent(calls, calls[-2], 8)]
    assert numbers == ["A003", "A008", "A007", "A006", "A005", "A004", "A002", "A001"]
