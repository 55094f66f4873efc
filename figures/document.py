"""A report as data: what it is of, and its blocks in order. Whoever shows it changes nothing.

Every title is ready to be read, in the language of the report; every `key` is the name that
docs/figures.md explains, the same in every language, and names columns in files for machines.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Cell = str | int | float | bool | None  # None: there is nothing to count
Kind = Literal[
    "text",
    "count",
    "seconds",  # shown as minutes; a float
    "share",  # of 1; shown as per cent
    "score",  # a number that is none of the others
    "date",  # YYYY-MM-DD
    "time",  # ISO 8601 with its offset
    "flag",
]


class Column(Struct, kw_only=True):
    """One column of a table, or one figure of a list of figures."""

    key: str
    title: str
    kind: Kind


class Table(Struct, kw_only=True, tag="table"):
    """Rows of cells, each as long as there are columns; `total` stands below them."""

    key: str
    title: str
    columns: list[Column]
    rows: list[list[Cell]]
    total: list[Cell] | None = None
    notes: list[str] = []


class Figure(Struct, kw_only=True):
    """One figure: its value, what it was in the two periods it is compared with, its target."""

    key: str
    title: str
    kind: Kind
    value: Cell
    before: Cell = None  # in the period before
    year_ago: Cell = None  # in the same period a year ago
    target: Cell = None
    met: bool | None = None  # the target, where there is one
    note: str = ""


class Figures(Struct, kw_only=True, tag="figures"):
    """A list of figures."""

    key: str
    title: str
    figures: list[Figure]
    notes: list[str] = []


class Series(Struct, kw_only=True):
    title: str
    values: list[float | None]


class Chart(Struct, kw_only=True, tag="chart"):
    """Lines or bars over `x`; a heat map has one series for each row of it. In the unit shown."""

    key: str
    title: str
    shape: Literal["bars", "lines", "heat"]
    x_title: str
    y_title: str
    x: list[str]
    series: list[Series]
    target: float | None = None


class Text(Struct, kw_only=True, tag="text"):
    key: str
    lines: list[str]


Block = Table | Figures | Chart | Text


class Report(Struct, kw_only=True):
    """One report of one hall. `first` and `last` are local dates, both included."""

    name: str
    title: str
    language: str
    hall: str  # the hall's name, and of the body it belongs to
    unit: str
    place: str  # for the line over the date
    first: str
    last: str
    made_at: str  # ISO 8601, local
    made_by: str  # the program and its version
    blocks: list[Block]
    notes: list[str] = []
