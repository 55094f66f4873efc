"""Who waited longer than anybody should (`wait_limit_min`, half an hour), and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, func, select, tuple_

from figures.document import Block, Cell, Table
from figures.formulas import share
from figures.tally import Row
from records.reports.blocks import plain_figures, plain_table
from records.reports.causes import CAUSES, Circumstances, circumstances
from records.reports.question import Question
from records.reports.source import rows_of
from records.tables import turns

MOST_ROWS: Final = 500  # the longest of them


class LongWait(NamedTuple):
    row: Row
    causes: tuple[str, ...]


def long_waits(question: Question) -> Iterator[Block]:
    found = int(next(rows_of(question.connection, _count(question)))["found"])
    longest = _longest(question)
    yield plain_figures(
        question,
        "long_waits",
        [
            ("long_waits", "count", found),
            (
                "long_waits_share",
                "share",
                share(found, question.total(quantiles=False).tally.calls),
            ),
        ],
    )
    yield _by_cause(question, longest, found)
    yield _by_service(question, found)
    yield _list(question, longest, found)


def _longest(question: Question) -> list[LongWait]:
    rows = list(rows_of(question.connection, _rows(question)))
    if not rows:
        return []
    around, before = circumstances(question), _turns_before(question, rows)
    return [LongWait(row, _causes(around, row, before.get(_key(row)))) for row in rows]


def _causes(around: Circumstances, row: Row, before: Row | None) -> tuple[str, ...]:
    return tuple(around.causes_of(row, before))


def _key(row: Row) -> tuple[Any, ...]:
    return row["day"], row["ticket"], row["turn"]


def _by_cause(question: Question, longest: Sequence[LongWait], found: int) -> Table:
    words = question.words
    counts = Counter(cause for wait in longest for cause in wait.causes or ("unknown",))
    some = [words("note.causes_of_longest", n=len(longest), found=found)]
    return plain_table(
        question,
        "causes",
        [("cause", "text"), ("long_waits", "count"), ("share_of_long_waits", "share")],
        [
            [words(f"cause.{cause}"), counts[cause], share(counts[cause], len(longest))]
            for cause in (*CAUSES, "unknown")
        ],
        notes=[words("note.causes"), *(some if found > len(longest) else ())],
    )


def _by_service(question: Question, found: int) -> Table:
    """Of all of them, however many."""
    table = plain_table(
        question,
        "long_waits_by_service",
        [("long_waits", "count"), ("share_of_long_waits", "share")],
        [],
    )
    table.columns.insert(0, question.key_column("service"))
    table.rows = [
        [question.label("service", row["service"]), row["found"], share(row["found"], found)]
        for row in rows_of(question.connection, _services(question))
    ]
    return table


def _list(question: Question, longest: Sequence[LongWait], found: int) -> Table:
    words = question.words
    return plain_table(
        question,
        "long_waits_list",
        [
            ("day", "date"),
            ("ticket", "text"),
            ("service", "text"),
            ("counter", "text"),
            ("issued_at", "time"),
            ("called_at", "time"),
            ("wait", "seconds"),
            ("stage", "text"),
            ("causes", "text"),
        ],
        [_line(question, wait) for wait in longest],
        notes=[words("note.most_rows", n=MOST_ROWS)] if found > MOST_ROWS else [],
    )


def _line(question: Question, wait: LongWait) -> list[Cell]:
    row, words = wait.row, question.words
    return [
        row["day"].isoformat(),
        row["ticket"],
        question.label("service", row["service"]),
        question.label("counter", row["counter"] or ""),
        question.local(row["issued_at"]).isoformat(timespec="seconds"),
        question.local(row["called_at"]).isoformat(timespec="seconds"),
        row["wait_target_s"],
        words.of("stage", row["stage"]),
        ", ".join(words(f"cause.{cause}") for cause in wait.causes or ("unknown",)),
    ]


# --- The rows ------------------------------------------------------------------------------------


def _long(question: Question) -> tuple[Any, ...]:
    """Whoever was called, served or not; the clock must be trusted."""
    columns, period = turns.c, question.period
    return (
        columns.hall == question.setup.hall,
        columns.day.between(period.first, period.last),
        columns.wait_target_s > question.setup.wait_limit_s,
        columns.called_at.is_not(None),
        columns.clock_stepped.is_(False),
    )


def _count(question: Question) -> Select[Any]:
    return select(func.count().label("found")).select_from(turns).where(*_long(question))


def _services(question: Question) -> Select[Any]:
    service, count = turns.c.service, func.count()
    wanted = select(service, count.label("found")).where(*_long(question)).group_by(service)
    return wanted.order_by(count.desc(), service)


def _rows(question: Question) -> Select[Any]:
    columns = turns.c
    order = (columns.wait_target_s.desc(), columns.day, columns.ticket, columns.turn)
    return select(turns).where(*_long(question)).order_by(*order).limit(MOST_ROWS)


def _turns_before(question: Question, rows: Sequence[Row]) -> dict[tuple[Any, ...], Row]:
    """For each later turn of a visit, the turn before it."""
    later = [(row["day"], row["ticket"], row["turn"] - 1) for row in rows if row["turn"] > 1]
    if not later:
        return {}
    columns = turns.c
    wanted = select(columns.day, columns.ticket, columns.turn, columns.stage).where(
        columns.hall == question.setup.hall,
        tuple_(columns.day, columns.ticket, columns.turn).in_(later),
    )
    found = rows_of(question.connection, wanted)
    return {(row["day"], row["ticket"], row["turn"] + 1): row for row in found}
