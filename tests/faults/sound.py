"""Whether what was worked out from the events, and written beside them, is what they say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import isclose
from typing import Any

from sqlalchemy import Engine

from hall.hours import business_day
from hall.model import Setup
from records import rollup
from records.journal import Journal
from records.rebuild import compare
from records.verify import verify
from tests.faults.witness import hold


def records_are_sound(engine: Engine, setup: Setup) -> None:
    """Raises Broken where a row of any day, or what is rolled up, is not as it should be."""
    journal = Journal(engine, setup)
    days = journal.days()
    for day in days:
        differences = compare(journal, setup, day)
        hold("turns_equal_their_rebuild", not differences, f"{day}: {differences[:5]}")
        for turn in journal.turns(day):
            _turn_is_sound(turn, setup, day)
    proof = verify(engine, setup.hall)
    hold("the_chain_of_events_is_unbroken", not proof.wrong, f"{proof.faults}")
    over = [day for day in days[:-1] if journal.turns(day)]
    with engine.connect() as connection:
        wrong = list(rollup.differences(connection, setup))
        rolled = rollup.last_rolled(connection, setup.hall)
    hold("rollups_equal_their_turns", not wrong, f"{wrong[:5]}")
    hold("days_are_rolled_up_when_they_end", rolled == max(over, default=None), f"{rolled}: {over}")
    journal.close()


def _turn_is_sound(turn: Mapping[str, Any], setup: Setup, day: date) -> None:
    of_day = business_day(setup.hours, turn["issued_at"])
    hold("a_ticket_keeps_its_day", of_day == day, f"{turn['ticket']} of {of_day} on {day}")
    parts = [turn["wait_s"], turn["service_s"], turn["held_s"]]
    below = [part for part in parts if part is not None and part < 0]
    hold("no_duration_is_negative", not below, f"{turn}")
    if (
        turn["called_at"]
        and turn["started_at"]
        and turn["ended_at"]
        and turn["service_s"] is not None
    ):
        walked_s = (turn["started_at"] - turn["called_at"]).total_seconds()
        span_s = (turn["ended_at"] - turn["opened_at"]).total_seconds()
        same = isclose(sum(parts) + walked_s, span_s, abs_tol=1e-3)
        hold("durations_add_up_to_the_span", same, f"{parts}, {walked_s}, not {span_s}: {turn}")
