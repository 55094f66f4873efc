"""Every promise a hall makes, the named checks that hold it to it, and the harnesses that run them.

Checks are functions of tests/invariants.py, or names given to `hold`; a test says whether each of
them exists and is really reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ALL: Final = ("simulated-days", "planted-bugs", "killed-writer", "killed-server", "bad-line")
LIVES: Final = ("simulated-days", "planted-bugs")
CUTS: Final = ("power-cuts", "cut-everywhere", "worse-settings")


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised, by which checks, and where they run."""

    what: str
    checks: tuple[str, ...]
    harnesses: tuple[str, ...]


PROMISES: Final = (
    Promise(
        "No number is given twice, and none is left out",
        ("no_number_twice_in_a_day", "numbers_have_no_holes", "no_more_numbers_than_a_day_has"),
        ALL,
    ),
    Promise(
        "What was acknowledged has happened exactly once after any crash",
        (
            "a_request_happens_once",
            "what_was_answered_has_happened",
            "nothing_happens_unasked",
            "everybody_is_answered",
        ),
        ALL,
    ),
    Promise("The same request has the same answer", ("same_request_same_answer",), ALL),
    Promise(
        "No answer and no view before it is durable",
        ("no_answer_before_it_is_durable", "no_view_before_it_is_durable"),
        ALL,
    ),
    Promise(
        "A counter has at most one open call, a ticket is at one counter at most",
        (
            "a_counter_has_one_ticket",
            "a_ticket_is_at_one_counter",
            "counters_have_what_was_called_there",
        ),
        ALL,
    ),
    Promise(
        "Only legal stages follow each other",
        (
            "only_legal_stages",
            "every_turn_is_where_the_events_left_it",
            "only_what_was_just_pressed_is_undone",
            "a_left_over_ticket_is_never_called_again",
        ),
        ALL,
    ),
    Promise(
        "First come, first served within a class, except for what an officer put on record",
        (
            "first_come_first_served_among_equals",
            "the_next_is_the_one_whose_turn_it_is",
            "every_call_says_truly_why",
            "queues_are_in_order",
        ),
        ALL,
    ),
    Promise(
        "Priority never starves the ordinary queue beyond its bound",
        ("a_preferred_turn_waits_for_the_ordinary_ones", "a_head_start_is_a_bound"),
        ALL,
    ),
    Promise(
        "Nobody who waits is forgotten",
        (
            "queues_hold_exactly_those_who_wait",
            "the_shelf_holds_exactly_those_held",
            "a_no_show_is_due_in_time",
            "a_postponed_ticket_is_back_in_time",
            "nobody_is_forgotten_at_the_end_of_the_day",
            "a_day_ends_with_nobody_waiting",
        ),
        ALL,
    ),
    Promise(
        "A display's calls are a prefix of the log, in order, and catch up",
        ("a_board_shows_the_log", "views_come_in_order", "every_board_catches_up"),
        LIVES,
    ),
    Promise(
        "Calls and events are counted without gaps",
        (
            "calls_are_numbered_without_gaps",
            "events_are_counted_without_gaps",
            "events_are_counted_from_one",
        ),
        ALL,
    ),
    Promise(
        "Durations are never negative and add up to the span, however the clock is set",
        (
            "time_never_goes_back",
            "no_duration_is_negative",
            "every_turn_has_sound_durations",
            "durations_add_up_to_the_span",
            "a_clock_step_is_written_down",
        ),
        LIVES,
    ),
    Promise(
        "What is rolled up equals the rows it was rolled up from",
        (
            "rollups_equal_their_turns",
            "days_are_rolled_up_when_they_end",
            "turns_equal_their_rebuild",
            "the_tally_agrees",
            "the_half_hours_come_to_the_day",
        ),
        ALL,
    ),
    Promise(
        "What is read back equals the living hall",
        ("replay_equals_the_live_hall", "the_hall_is_of_the_last_event"),
        (*ALL, *CUTS),
    ),
    Promise(
        "A printed ticket has a durable number",
        ("a_printed_ticket_was_given",),
        (*ALL, "pulled-plugs"),
    ),
    Promise(
        "A ticket's day is fixed when it is given",
        ("a_ticket_keeps_its_day", "every_day_comes_once"),
        ALL,
    ),
    Promise("Memory, queues and answers are bounded", ("memory_and_queues_are_bounded",), LIVES),
    Promise(
        "Trouble is shown, never silent",
        ("degraded_is_shown", "no_request_breaks_the_code", "the_alarms_are_those_that_hold"),
        LIVES,
    ),
    Promise(
        "After trouble with the disk nothing is acknowledged before a row was written again",
        ("nothing_is_written_before_a_try",),
        LIVES,
    ),
    Promise("The chain of events is unbroken", ("the_chain_of_events_is_unbroken",), ALL),
)

# Held elsewhere, where the thing itself is at hand.
ELSEWHERE: Final = {
    "An unprinted ticket is visible: whoever gets no paper is told, and a second paper says so": (
        "tests/faults/test_pulled_plugs.py"
    ),
    "Nobody acts outside the table of permissions": "tests/dispatch/test_permissions.py",
    "All of a batch or nothing is on the disk after a power cut": "tests/faults/test_power_cuts.py",
}
