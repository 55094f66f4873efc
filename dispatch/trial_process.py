"""What is done in a trial's own process: days run forward, and told of through a pipe.

That process leads a group of its own, gives way to the hall, writes to no records, and ends with
the server. What goes through the pipe: how much of how much is done, and at last the answer.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import date, datetime
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from threading import Thread
from typing import TYPE_CHECKING, Final, NoReturn

import msgspec

from dispatch.report_process import GIVE_WAY, Source, reading
from hall.commands import Refused
from link import messages as m
from records.errors import NotRecorded

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from figures.document import Report
    from figures.names import HallNames
    from whatif.plan import Plan
    from whatif.runs import Told

Asked = m.WhatIf | m.Staffing

STOPPED: Final = 1


def work(source: Source, asked: Asked, now: datetime, pipe: Connection) -> None:
    """All that this process does."""
    os.setpgid(0, 0)
    os.nice(GIVE_WAY)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server, which ends us
    signal.signal(signal.SIGTERM, _stop)
    Thread(target=_end_with_the_server, daemon=True).start()
    pipe.send(_answer(source, asked, now, lambda done, of: pipe.send((done, of))))


def _stop(*_: object) -> NoReturn:
    """Called off: the runs that have begun are the last ones."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(STOPPED)


def _end_with_the_server() -> None:
    server = parent_process()
    assert server is not None
    server.join()
    os.killpg(0, signal.SIGKILL)  # nobody is left who asked


def _answer(source: Source, asked: Asked, now: datetime, told: Told) -> str | Refused:
    """The report as JSON text, or why there is none."""
    from whatif.errors import WhatIfError

    names = source.names.get(asked.language or next(iter(source.names)))
    if names is None:
        return Refused("unknown_language", language=asked.language)
    try:
        with reading(source.database) as engine:
            report = _report(engine, source, names, asked, now=now, told=told)
    except WhatIfError as error:
        facts = {name: _plain(fact) for name, fact in error.facts.items()}
        return Refused("trial_impossible", problem=error.reason, **facts)
    except NotRecorded as trouble:
        return Refused("trial_failed", problem=trouble.reason)
    return msgspec.json.encode(report).decode()


def _plain(fact: object) -> str | int | float:
    """As it travels."""
    match fact:
        case date():
            return fact.isoformat()
        case list():
            return ", ".join(fact)
        case int() | float():
            return fact
        case _:
            return str(fact)


def _report(
    engine: Engine,
    source: Source,
    names: HallNames,
    asked: Asked,
    *,
    now: datetime,
    told: Told,
) -> Report:
    setup, runs, seed = source.setup, asked.runs, asked.seed
    if isinstance(asked, m.Staffing):
        from whatif.staffing import staffing

        which = (asked.weekday, asked.weeks)
        return staffing(engine, setup, names, *which, runs=runs, seed=seed, now=now, told=told)
    from whatif.compare import what_if
    from whatif.reading import day_of

    day, plan = day_of(asked.day), _plan(source, asked)
    return what_if(engine, setup, names, day, plan, runs=runs, seed=seed, now=now, told=told)


def _plan(source: Source, asked: m.WhatIf) -> Plan:
    from whatif.plan import parsed

    return parsed(
        source.setup,
        opens=asked.opens,
        closes=asked.closes,
        skills=asked.skills,
        priority=asked.priority,
        arrivals=asked.arrivals,
    )
