"""Erasing while no server runs: whoever does it owns the hall for that moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Engine

from hall.events import TextsErased
from hall.model import Setup
from records.erasable import Erasure, count
from records.journal import Entry, Journal


def erase_alone(engine: Engine, setup: Setup, wanted: Iterable[Erasure], now: datetime) -> None:
    """Erase, and write down that it happened, as the last of the hall's last day. For the hall's
    owner. Raises NotRecorded.
    """
    journal = Journal(engine, setup)
    for one in wanted:
        texts = count(engine, setup.hall, one)
        if texts:
            seq, recorded = journal.last_day()
            event = TextsErased(one.by, texts, one.of, one.number, one.before)
            at = max(now, recorded[-1].at)
            journal.append(seq + 1, [Entry(at, journal.days()[-1], (event,))], [])
    journal.close()
