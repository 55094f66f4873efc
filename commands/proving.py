"""What backup and restore end with: whether the events in a file are links of one chain."""

from __future__ import annotations

import time
from datetime import date
from typing import TYPE_CHECKING

from commands.foresight import Progress
from commands.shared import MISTAKES, OK, cannot
from commands.trust import told_of

if TYPE_CHECKING:
    from config import Config


def proven(database: str, config: Config, since: date | None) -> int:
    """Check the chain of events since the head before this day, None: of all of them, and say in
    words what was checked and what was not.
    """
    from records.engine import connect_readonly
    from records.errors import NotRecorded, RecordsError
    from records.migrate import is_current
    from records.verify import verify
    from terminal.words import load

    info = config.hall_info
    words, began = load(info.languages[0], info.timezone), time.monotonic()
    try:
        engine = connect_readonly(database, as_it_lies=True)
        if not is_current(engine):
            print(words("proven.old"))
            return OK
        with Progress() as told:
            proof = verify(engine, config.setup.hall, since=since, told=told)
        engine.dispose()
    except (RecordsError, NotRecorded) as error:
        return cannot(str(error))
    if proof.events == 0 and proof.wrong == 0:
        return OK
    if proof.wrong:
        print("\n".join(told_of(proof, words)))
        return MISTAKES
    period = {"first": proof.first_day, "last": proof.last_day}
    took = f"{time.monotonic() - began:.1f}"
    facts = {"events": proof.events, "heads": proof.heads, "seconds": took}
    print(words("proven.whole" if since is None else "proven.since", **facts, **period))
    return OK
