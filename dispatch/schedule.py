"""The files that are written by themselves: a sheet for each day, a report for each month.

What is due is told by the hall's own day and by the files that are there: what was missed while the
power was off is written later. A file that somebody takes out of the folder within that time is
written again after the next start.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

from dispatch.batch import Asked
from dispatch.dispatcher import Dispatcher
from dispatch.report_process import Question
from dispatch.reporting import Reporter
from hall import hours
from hall.commands import ReportDevice
from hall.model import Hall

DAY_SHEET: Final = "day_sheet"
MONTH_REPORTS: Final = ("period", "public_month")
DEVICE: Final = "reports"  # what the manager sees in trouble
DAYS_BACK: Final = 14
MONTHS_BACK: Final = 3
LONGEST_CLOSED: Final = 31  # days without a session at the start of a month
RETRY: Final = timedelta(minutes=10)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files, in which formats, and where they go."""

    folder: Path
    day_sheet: tuple[str, ...]
    month: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Due:
    """A report that should be there in these formats."""

    question: Question
    formats: tuple[str, ...]


def due(hall: Hall, wanted: Wanted) -> Iterator[Due]:
    """Everything of late, oldest first."""
    if hall.day is None:
        return
    for first, last in _months(hall, hall.day):
        for report in MONTH_REPORTS:
            yield Due(Question(report, first, last, wanted.language), wanted.month)
    for day in _days(hall, hall.day):
        yield Due(Question(DAY_SHEET, day, day, wanted.language), wanted.day_sheet)


def _days(hall: Hall, today: date) -> Iterator[date]:
    """Days that are over, the hall's own of today included once it has closed."""
    for back in range(DAYS_BACK, -1, -1):
        day = today - timedelta(days=back)
        if hours.sessions(hall.setup.hours, day) and (back or hall.closed):
            yield day


def _months(hall: Hall, today: date) -> Iterator[tuple[date, date]]:
    """Months that are over, once the first working day after them has come."""
    months = []
    first = today.replace(day=1)
    for _ in range(MONTHS_BACK):
        last = first - timedelta(days=1)
        if _first_working_day(hall, first) <= today:
            months.append((last.replace(day=1), last))
        first = last.replace(day=1)
    yield from reversed(months)


def _first_working_day(hall: Hall, first: date) -> date:
    """Of a month; the last one looked at where the hall does not work at all."""
    days = [first + timedelta(days=ahead) for ahead in range(LONGEST_CLOSED)]
    return next((day for day in days if hours.sessions(hall.setup.hours, day)), days[-1])


class Schedule:
    """Looks what is due whenever the hall's day begins or ends, and again later after trouble."""

    def __init__(self, wanted: Wanted, dispatcher: Dispatcher, reporter: Reporter) -> None:
        self._wanted, self._dispatcher, self._reporter = wanted, dispatcher, reporter
        self._seen: tuple[date | None, bool] | None = None
        self._retry_at: datetime | None = None
        self._written: set[Due] = set()
        self._changed = asyncio.Event()

    def look(self) -> None:
        """Something may be due. Called whenever anything has happened: takes no time."""
        hall = self._dispatcher.hall
        again = self._retry_at is not None and self._now() >= self._retry_at
        if again or (hall.day, hall.closed) != self._seen:
            self._seen, self._retry_at = (hall.day, hall.closed), None
            self._changed.set()

    async def run(self) -> None:
        """Write what is due until cancelled."""
        self.look()
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._write_what_is_due()
            except Exception:
                # A bug. The hall goes on without a sheet; the manager is told, it is tried later.
                log.exception("the reports that are due could not be written")
                self._retry_at = self._now() + RETRY
                await self._tell("report_failed")

    async def _write_what_is_due(self) -> None:
        trouble: str | None = None
        for one in due(self._dispatcher.hall, self._wanted):
            if one not in self._written:
                trouble = await self._write(one) or trouble
        if trouble is not None:
            self._retry_at = self._now() + RETRY
        await self._tell(trouble)

    async def _write(self, one: Due) -> str | None:
        """Write one report; the word for what is in the way."""
        written = await self._reporter.write(one.question, one.formats, self._wanted.folder)
        for file in written.files:
            log.info("wrote %s", self._wanted.folder / file)
        if written.trouble is None:
            self._written.add(one)
        else:
            log.error("%s: %s", written.trouble, written.detail)
        return written.trouble

    async def _tell(self, trouble: str | None) -> None:
        """Tell the hall, which tells the manager, when it is news."""
        known = self._dispatcher.hall.devices.get(DEVICE)
        if (known.trouble if known else None) != trouble:
            await self._dispatcher.ask(Asked(ReportDevice(DEVICE, trouble), str(uuid4()), DEVICE))

    def _now(self) -> datetime:
        return self._dispatcher.timekeeper.now(self._dispatcher.hall.at)
