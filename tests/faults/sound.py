"""Whether what was worked out from the events, and written beside them, is what they say."""

from __future__ import annotations

from sqlalchemy import Engine

from hall.model import Setup
from records import rollup
from records.journal import Journal
from records.rebuild import compare
from tests.faults.witness import hold


def records_are_sound(engine: Engine, setup: Setup) -> None:
    """Raises Broken where a row of any day, or what is rolled up, is not as it should be."""
    journal = Journal(engine, setup)
    days = journal.days()
    for day in days:
        differences = compare(journal, setup, day)
        hold("turns_equal_their_rebuild", not differences, f"{day}: {differences[:5]}")
    over = [day for day in days[:-1] if journal.turns(day)]
    with engine.connect() as connection:
        wrong = list(rollup.differences(connection, setup))
        rolled = rollup.last_rolled(connection, setup.hall)
    hold("rollups_equal_their_turns", not wrong, f"{wrong[:5]}")
    hold("days_are_rolled_up_when_they_end", rolled == max(over, default=None), f"{rolled}: {over}")
    journal.close()
