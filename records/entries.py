"""What a batch brings, and the rows it comes to, worked out in one pass over its events. Writes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec

from hall.events import DayClosed, Event, TextsErased, TurnRated
from records import chain, codec, erasable
from records.spans import TELLING
from records.tables import utc_text
from records.turns import Row


@dataclass(frozen=True, slots=True)
class Entry:
    """What one request, or the passing of time, brought. `answer`: the very bytes sent back."""

    at: datetime
    day: date
    events: tuple[Event, ...]
    request: str | None = None
    device: str = ""
    officer: str | None = None
    answer: bytes | None = None


@dataclass(slots=True)
class Batch:
    """The rows of entries, by table, in order."""

    hash: bytes  # of the last event
    seq: int  # of the last event
    days: set[date] = field(default_factory=set)
    events: list[Row] = field(default_factory=list)
    texts: list[Row] = field(default_factory=list)  # those that are kept apart
    closed: list[Row] = field(default_factory=list)  # the events that closed a day
    requests: list[Row] = field(default_factory=list)
    ratings: list[Row] = field(default_factory=list)
    erasings: list[TextsErased] = field(default_factory=list)
    telling: list[tuple[int, datetime, Event]] = field(default_factory=list)  # of what lasts


def batch_of(hall: str, first_seq: int, entries: Iterable[Entry], before: bytes) -> Batch:
    """The events are numbered from `first_seq` on, each a link to the one before. `before`: the
    hash of the event before the first.
    """
    batch = Batch(before, first_seq - 1)
    for entry in entries:
        batch.days.add(entry.day)
        if entry.events:
            _add_events(batch, hall, entry)
        if entry.request is not None:
            batch.requests.append(_request_row(hall, entry))
    return batch


def _add_events(batch: Batch, hall: str, entry: Entry) -> None:
    day, at = entry.day.isoformat(), utc_text(entry.at)
    for event in entry.events:
        batch.seq += 1
        kind = type(event).__name__
        ticket, counter = getattr(event, "ticket", None), getattr(event, "counter", None)
        data, kept = codec.written(event)
        batch.hash = chain.link(
            batch.hash, hall, batch.seq, day, at, kind, ticket, counter, data, entry.request
        )
        row: Row = {
            "hall": hall,
            "seq": batch.seq,
            "day": entry.day,
            "at": entry.at,
            "kind": kind,
            "ticket": ticket,
            "counter": counter,
            "data": data,
            "request": entry.request,
            "hash": batch.hash,
        }
        batch.events.append(row)
        if type(event) in TELLING:
            batch.telling.append((batch.seq, entry.at, event))
        if kept:
            batch.texts += erasable.rows(hall, batch.seq, entry.day, kept)
        match event:
            case DayClosed():
                batch.closed.append(row)
            case TurnRated():
                batch.ratings.append(rating_row(hall, entry, event))
            case TextsErased():
                batch.erasings.append(event)


def _request_row(hall: str, entry: Entry) -> Row:
    """What nobody asked for, such as the passing of time, has none."""
    assert entry.answer is not None, entry.request
    return {
        "hall": hall,
        "id": entry.request,
        "day": entry.day,
        "at": entry.at,
        "device": entry.device,
        "officer": entry.officer,
        "answer": entry.answer.decode(),
    }


def rating_row(hall: str, entry: Entry, rated: TurnRated) -> Row:
    """A rating as its row has it."""
    return {
        "hall": hall,
        "day": entry.day,
        "ticket": rated.ticket,
        "turn": rated.turn,
        "at": entry.at,
        "level": rated.level,
        "levels": rated.levels,
        "tags": msgspec.json.encode(rated.tags).decode(),
        "device": entry.device,
        "text": rated.text or None,
    }
