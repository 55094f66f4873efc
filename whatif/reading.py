"""Days out of the records, ready to be run. Reads only."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sqlalchemy import Engine

from hall.model import Setup
from records.journal import Journal
from records.migrate import is_current
from whatif.day import Lived, lived
from whatif.errors import WhatIfError

WEEK: Final = timedelta(days=7)
LEAST_DAYS: Final = 2  # of one weekday, to say anything of the next


def require_records(engine: Engine) -> None:
    """Raises WhatIfError where the database has no records of this version."""
    if not is_current(engine):
        raise WhatIfError("no_records")


def day_of(text: str) -> date:
    """The day that is written YYYY-MM-DD. Raises WhatIfError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WhatIfError("no_such_day", given=text) from None


def one_day(engine: Engine, setup: Setup, day: date, today: date) -> Lived:
    """One recorded day. Raises WhatIfError, and NotRecorded for trouble with the database."""
    require_records(engine)
    journal = Journal(engine, setup)
    recorded = journal.events(day)
    if not recorded:
        days = journal.days()
        if not days:
            raise WhatIfError("no_records")
        raise WhatIfError("no_day_but", day=day, first=days[0], last=days[-1])
    return lived(setup, day, recorded, today)


def weekdays(engine: Engine, setup: Setup, weekday: int, weeks: int, today: date) -> list[Lived]:
    """The last so many days of this weekday that are over and had visitors, the latest first.

    Holidays are passed over. Raises WhatIfError where there are too few.
    """
    require_records(engine)
    journal = Journal(engine, setup)
    found: list[Lived] = []
    for day in reversed([day for day in journal.days() if day.weekday() == weekday]):
        if day >= today or len(found) == weeks:
            continue
        try:
            found.append(lived(setup, day, journal.events(day), today))
        except WhatIfError as error:
            if error.reason != "no_day":
                raise
    if len(found) < LEAST_DAYS:
        raise WhatIfError("too_little_history", found=len(found), least=LEAST_DAYS)
    return found
