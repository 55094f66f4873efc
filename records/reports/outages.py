"""Devices in trouble, alarms, and what the loudspeakers said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Select, Table, select

from figures.document import Block, Cell
from figures.document import Table as Sheet
from figures.formulas import share
from figures.tally import Row
from hall.hours import midnight_after
from records.reports.blocks import plain_figures, plain_table
from records.reports.open_times import ended
from records.reports.question import Question
from records.reports.source import rows_of
from records.tables import alarms, announcements
from records.tables import outages as outages_table

MOST_ROWS: Final = 500


def outages(question: Question) -> Iterator[Block]:
    broken = list(_in_period(question, outages_table))
    raised = list(_in_period(question, alarms))
    yield _by_device(question, broken)
    yield _outages(question, broken)
    yield _by_kind(question, raised)
    yield _alarms(question, raised)
    yield _announcements(question)


def _in_period(question: Question, table: Table) -> Iterator[Row]:
    """Every row of the period, in order of time."""
    columns, period = table.c, question.period
    wanted: Select[Any] = (
        select(table)
        .where(columns.hall == question.setup.hall, columns.day.between(period.first, period.last))
        .order_by(columns.day, columns.since, columns.seq)
    )
    return rows_of(question.connection, wanted)


def _lasted_s(question: Question, row: Row) -> float:
    """Until the end of its day at most: what goes on over the night begins anew."""
    midnight = midnight_after(question.setup.hours, row["day"])
    until = ended(row, min(question.now, midnight))
    lasted_s: float = (until - row["since"]).total_seconds()
    return lasted_s


def _by_device(question: Question, broken: Sequence[Row]) -> Sheet:
    lasted: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for row in broken:
        lasted[row["device"], row["trouble"]].append(_lasted_s(question, row))
    return plain_table(
        question,
        "outages_by_device",
        [("device", "text"), ("trouble", "text"), ("outages", "count"), ("lasted", "seconds")],
        [
            [
                _about(question, device),
                question.words.of("trouble", trouble),
                len(times),
                sum(times),
            ]
            for (device, trouble), times in sorted(lasted.items())
        ],
    )


def _outages(question: Question, broken: Sequence[Row]) -> Sheet:
    return plain_table(
        question,
        "outages_list",
        [
            ("device", "text"),
            ("trouble", "text"),
            ("since", "time"),
            ("until", "time"),
            ("lasted", "seconds"),
        ],
        [
            [
                _about(question, row["device"]),
                question.words.of("trouble", row["trouble"]),
                *_times(question, row),
            ]
            for row in broken[:MOST_ROWS]
        ],
        notes=_most(question, broken),
    )


def _by_kind(question: Question, raised: Sequence[Row]) -> Sheet:
    kinds: defaultdict[str, list[Row]] = defaultdict(list)
    for row in raised:
        kinds[row["kind"]].append(row)
    return plain_table(
        question,
        "alarms_by_kind",
        [("alarm", "text"), ("alarms", "count"), ("acknowledged", "count"), ("lasted", "seconds")],
        [
            [
                question.words.of("alarm", kind),
                len(rows),
                sum(row["acknowledged_at"] is not None for row in rows),
                sum(_lasted_s(question, row) for row in rows),
            ]
            for kind, rows in sorted(kinds.items())
        ],
    )


def _alarms(question: Question, raised: Sequence[Row]) -> Sheet:
    return plain_table(
        question,
        "alarms_list",
        [
            ("alarm", "text"),
            ("alarm_of", "text"),
            ("ticket", "text"),
            ("since", "time"),
            ("until", "time"),
            ("lasted", "seconds"),
            ("acknowledged_at", "time"),
        ],
        [
            [
                question.words.of("alarm", row["kind"]),
                _about(question, row["of"]),
                row["number"],
                *_times(question, row),
                _time(question, row["acknowledged_at"]),
            ]
            for row in raised[:MOST_ROWS]
        ],
        notes=_most(question, raised),
    )


def _about(question: Question, code: str | None) -> str | None:
    """What trouble or an alarm is about: a field, a counter, or a device."""
    names = question.names
    for family in (names.fields, names.counters, names.services, names.devices):
        if code is not None and code in family:
            return family[code]
    return code


def _announcements(question: Question) -> Block:
    """How many calls were spoken, and how long after the call."""
    columns, period = announcements.c, question.period
    wanted = select(columns.called_at, columns.spoken_at, columns.skipped).where(
        columns.hall == question.setup.hall, columns.day.between(period.first, period.last)
    )
    spoken = skipped = 0
    delays_s: list[float] = []
    for row in rows_of(question.connection, wanted):
        spoken += row["spoken_at"] is not None
        skipped += row["skipped"] is not None
        if row["spoken_at"] is not None and row["called_at"] is not None:
            delays_s.append(max(0.0, (row["spoken_at"] - row["called_at"]).total_seconds()))
    return plain_figures(
        question,
        "announcements",
        [
            ("spoken", "count", spoken),
            ("skipped", "count", skipped),
            ("spoken_after", "seconds", share(sum(delays_s), len(delays_s))),
        ],
    )


def _times(question: Question, row: Row) -> list[Cell]:
    return [
        _time(question, row["since"]),
        _time(question, row["until"]),
        _lasted_s(question, row),
    ]


def _time(question: Question, at: Any) -> str | None:
    return None if at is None else question.local(at).isoformat(timespec="seconds")


def _most(question: Question, rows: Sequence[Row]) -> list[str]:
    return [question.words("note.most_rows", n=MOST_ROWS)] if len(rows) > MOST_ROWS else []
