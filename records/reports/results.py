"""Results returned: on time or late, and late ones that went out without a letter of apology; with
the draft of such a letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, select

from figures.document import Block, Cell, Text
from figures.tally import DONE, Row
from records.reports.blocks import ON_TIME_TARGET, chart_by, compared, plain_table, table_by
from records.reports.question import Question
from records.reports.source import rows_of
from records.tables import turns

FIGURES: Final = (
    *("due", "on_time", "late", "on_time_share", "apologized", "late_without_apology"),
    "apology_share",
)
COLUMNS: Final = ("due", "on_time", "late", "on_time_share", "late_without_apology")
MOST_ROWS: Final = 500
MOST_DRAFTS: Final = 20
BY_MONTH_FROM_DAYS: Final = 92


def results(question: Question) -> Iterator[Block]:
    words, total = question.words, question.total(quantiles=False)
    main = compared(question, "main", FIGURES)
    main.notes.append(words("note.on_time", target=words.percent(ON_TIME_TARGET)))
    yield main
    over_time = "month" if question.period.days >= BY_MONTH_FROM_DAYS else "day"
    cells = question.cells(over_time, quantiles=False)
    returned = {key: cell for key, cell in cells.items() if cell.tally.due}
    yield table_by(question, over_time, returned, COLUMNS, total=total)
    yield chart_by(question, over_time, returned, "on_time_share", "lines")
    late = list(rows_of(question.connection, _late(question)))
    yield plain_table(
        question,
        "late_list",
        [
            ("day", "date"),
            ("ticket", "text"),
            ("service", "text"),
            ("counter", "text"),
            ("dossier", "text"),
            ("due_on", "date"),
            ("days_late", "count"),
            ("apology_no", "text"),
            ("apology_on", "date"),
        ],
        [_line(question, row) for row in late],
        notes=[words("note.most_rows", n=MOST_ROWS)] if total.tally.late > MOST_ROWS else [],
    )
    yield from _drafts(question, [row for row in late if row["apology_no"] is None])


def _late(question: Question) -> Select[Any]:
    """Those without a letter first."""
    columns, period = turns.c, question.period
    return (
        select(turns)
        .where(
            columns.hall == question.setup.hall,
            columns.day.between(period.first, period.last),
            columns.stage == DONE,
            columns.late.is_(True),
        )
        .order_by(columns.apology_no.is_not(None), columns.day, columns.ticket, columns.turn)
        .limit(MOST_ROWS)
    )


def _line(question: Question, row: Row) -> list[Cell]:
    return [
        row["day"].isoformat(),
        row["ticket"],
        question.label("service", row["service"]),
        question.label("counter", row["counter"] or ""),
        row["dossier"],
        row["due_on"].isoformat(),
        _returned_on(question, row).toordinal() - row["due_on"].toordinal(),
        row["apology_no"],
        row["apology_on"].isoformat() if row["apology_on"] else None,
    ]


def _returned_on(question: Question, row: Row) -> date:
    return question.local(row["ended_at"]).date()


def _drafts(question: Question, late: Sequence[Row]) -> Iterator[Text]:
    """A letter for each, to be completed by hand: the queue knows nobody's name."""
    for place, row in enumerate(late[:MOST_DRAFTS], start=1):
        yield Text(key=f"apology_{place}", lines=list(_letter(question, row)))


def _letter(question: Question, row: Row) -> Iterator[str]:
    words, names = question.words, question.names
    facts = {
        "hall": names.hall,
        "unit": names.unit,
        "place": names.place,
        "service": question.label("service", row["service"]),
        "dossier": row["dossier"] or words("apology.blank"),
        "due": words.day(row["due_on"]),
        "returned": words.day(_returned_on(question, row)),
    }
    for part in ("heading", "draft", "to", "what", "due", "late", "reason", "sorry", "sign"):
        yield words(f"apology.{part}", **facts)
