"""A day written into a real journal wish by wish, as the server writes it."""

from __future__ import annotations

from datetime import datetime, timedelta

from dispatch.batch import Asked, prepare
from hall.commands import Command
from hall.model import Setup, empty_hall
from records.journal import Journal


class Day:
    """What is asked and when, in minutes after `start`."""

    def __init__(self, journal: Journal, setup: Setup, start: datetime) -> None:
        self.setup, self._journal, self._start = setup, journal, start
        self._hall, self._seq, self._asked = empty_hall(setup), 1, 0

    def at(self, minutes: float, *commands: Command) -> None:
        """None of these may be refused."""
        for command in commands:
            self._asked += 1
            asked = Asked(command, str(self._asked), "device")
            answers = self._write(minutes, asked)
            assert b"refused" not in answers[asked.id or ""], (command, answers)

    def time_passes(self, minutes: float) -> None:
        """Until then: whatever is due comes."""
        self._write(minutes)

    def _write(self, minutes: float, *asked: Asked) -> dict[str, bytes]:
        outcome = prepare(self._hall, asked, self._start + timedelta(minutes=minutes))
        self._journal.append(self._seq, outcome.entries, outcome.rows())
        self._hall, self._seq = outcome.hall, self._seq + outcome.events
        return outcome.answers
