"""When people come and how long they then wait: weekday by half hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from figures.document import Block, Cell, Chart, Column, Series, Table
from records.reports.blocks import in_unit, unit_of
from records.reports.keys import HEAT, weekday
from records.reports.measures import column_of, value_of
from records.reports.question import Question
from records.reports.source import Counted

KEYS: Final = ("visits", "visit_wait_mean", "visit_wait_p90", "visits_within_15")


def heat(question: Question) -> Iterator[Block]:
    cells = question.cells(HEAT)
    days = Counter(weekday(day) for day in question.cells("day", quantiles=False))
    yield _map(question, "arrivals", cells, days)
    yield _map(question, "visit_wait_mean", cells, days)
    yield _table(question, cells, days)


def _value(name: str, cell: Counted, days: int) -> Cell:
    """Arrivals are those of one day: the mean over the days of that name with visits."""
    return cell.tally.visits / days if name == "arrivals" else value_of(name, cell)


def _map(
    question: Question, name: str, cells: Mapping[str, Counted], days: Mapping[str, int]
) -> Chart:
    words = question.words
    columns = sorted({key.partition(" ")[2] for key in cells})
    kind = "score" if name == "arrivals" else column_of(words, name).kind
    return Chart(
        key=f"heat_{name}",
        title=words(f"block.heat_{name}"),
        shape="heat",
        x_title=words("by.half_hour"),
        y_title=unit_of(question, "score" if name == "arrivals" else "seconds"),
        x=columns,
        series=[
            Series(
                title=question.label("weekday", name_of_day),
                values=[
                    in_unit(kind, _value(name, cells[key], days[name_of_day]))
                    if (key := f"{name_of_day} {column}") in cells
                    else None
                    for column in columns
                ],
            )
            for name_of_day in sorted(days)
        ],
    )


def _table(question: Question, cells: Mapping[str, Counted], days: Mapping[str, int]) -> Table:
    words = question.words
    columns: Sequence[Column] = [
        question.key_column("weekday"),
        question.key_column("half_hour"),
        Column(key="arrivals", title=words("figure.arrivals"), kind="score"),
        *(column_of(words, key) for key in KEYS),
    ]
    rows: list[list[Cell]] = []
    for key, cell in cells.items():
        day, _, half_hour = key.partition(" ")
        arrivals = _value("arrivals", cell, days[day])
        values = (value_of(name, cell) for name in KEYS)
        rows.append([question.label("weekday", day), half_hour, arrivals, *values])
    return Table(
        key="heat",
        title=words("block.heat"),
        columns=list(columns),
        rows=rows,
        notes=[words("note.heat")],
    )
