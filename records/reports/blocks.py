"""What most reports are made of: lists of figures, tables and charts split by something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

from figures.document import Cell, Chart, Column, Figure, Figures, Kind, Series, Table
from figures.periods import Period
from records.reports.keys import OF_TURNS
from records.reports.measures import (
    column_of,
    figure_of,
    has_two_scales,
    ratings_of,
    value_of,
)
from records.reports.question import Question
from records.reports.source import EXACT_DAYS, Counted

MINUTE_S: Final = 60.0
ON_TIME_TARGET: Final = 0.995
APOLOGY_TARGET: Final = 1.0

QUANTILES: Final = ("median", "p90", "max")  # how their keys end
ON_ONE_SCALE: Final = frozenset(
    {
        *("satisfied_share", "satisfied_share_of_officer", "satisfied_low", "satisfied_high"),
        "mean_score",
    }
)

# What a table shows, where each row is of visits, and where each is of turns.
OF_VISIT_ROWS: Final = (
    *("visits", "visits_served", "visits_no_show", "visits_left_over", "visits_no_show_rate"),
    *("visit_wait_mean", "visit_wait_median", "visit_wait_p90"),
    *("visits_within_15", "visits_within_30", "visit_felt_mean", "visit_total_mean"),
    *("service_mean", "ratings", "satisfied_share"),
)
OF_TURN_ROWS: Final = (
    *("served", "no_shows", "no_show_rate", "transferred"),
    *("wait_mean", "wait_median", "wait_p90", "within_15", "within_30", "felt_mean"),
    *("service_mean", "service_median", "service_p90"),
    *("jumps", "ratings", "satisfied_share"),
)


OF_ONE_OFFICER: Final = ("officer", "counter")


def keys_for(by: str) -> tuple[str, ...]:
    """What a table split by this shows. One officer has no percentage below 30 ratings, and at a
    counter there may always be the same.
    """
    if by in OF_ONE_OFFICER:
        return tuple(
            "satisfied_share_of_officer" if key == "satisfied_share" else key
            for key in OF_TURN_ROWS
        )
    return OF_TURN_ROWS if by in OF_TURNS else OF_VISIT_ROWS


def wait_key(by: str) -> str:
    """The mean wait that belongs to rows split by this."""
    return "wait_mean" if by in OF_TURNS else "visit_wait_mean"


def plain_table(
    question: Question,
    key: str,
    columns: Sequence[tuple[str, Kind]],
    rows: Iterable[Sequence[Cell]],
    *,
    total: Sequence[Cell] | None = None,
    notes: Iterable[str] = (),
) -> Table:
    """A table whose titles are in the words, by its own key and its columns'."""
    return Table(
        key=key,
        title=question.words(f"block.{key}"),
        columns=[
            Column(key=name, title=question.words(f"figure.{name}"), kind=kind)
            for name, kind in columns
        ],
        rows=[list(row) for row in rows],
        total=None if total is None else list(total),
        notes=list(notes),
    )


def table_by(
    question: Question,
    by: str,
    cells: Mapping[str, Counted],
    keys: Sequence[str],
    *,
    total: Counted | None = None,
) -> Table:
    """One row for each cell; the total is of the whole period, not of the rows above it."""
    words = question.words
    title = words("block.by", by=words(f"by.{by}").lower())
    return Table(
        key=f"by_{by}",
        title=title,
        columns=[question.key_column(by), *(column_of(words, key) for key in keys)],
        rows=[
            [question.label(by, key), *(value_of(name, cell) for name in keys)]
            for key, cell in cells.items()
        ],
        total=None
        if total is None
        else [words("label.total"), *(value_of(name, total) for name in keys)],
        notes=notes_on(question, by, keys),
    )


def notes_on(question: Question, by: str, keys: Sequence[str]) -> list[str]:
    """What has to be known to read a table."""
    words, notes = question.words, []
    if any("wait" in key for key in keys):
        notes.append(words("note.rows_of_turns" if by in OF_TURNS else "note.rows_of_visits"))
    if question.period.days > EXACT_DAYS and any(key.endswith(QUANTILES) for key in keys):
        notes.append(words("note.approximate"))
    if "satisfied_share_of_officer" in keys:
        notes.append(words("note.few_ratings"))
    if "satisfied_share" in keys:
        notes.append(words("note.at_the_counter"))
    return notes + notes_on_scales(question, keys)


def notes_on_scales(question: Question, keys: Sequence[str]) -> list[str]:
    """Which ratings a share is of, where they were given on two scales."""
    total = question.total(quantiles=False)
    if ON_ONE_SCALE.isdisjoint(keys) or not has_two_scales(total):
        return []
    counts = ratings_of(total)
    return [question.words("note.two_scales", levels=len(counts), n=sum(counts))]


def compared(question: Question, key: str, names: Sequence[str]) -> Figures:
    """Figures beside those of the period before and of a year ago, with their targets."""
    period = question.period
    now = question.total(quantiles=any(name.endswith(QUANTILES) for name in names))
    before, ago = (
        question.of(other).total(quantiles=False) for other in (period.before(), period.year_ago())
    )
    figures = [figure_of(question.words, name, now, before, ago) for name in names]
    return Figures(
        key=key,
        title=question.words(f"block.{key}"),
        figures=[_with_target(question, figure) for figure in figures],
        notes=_notes_on_figures(question, period, names),
    )


def listed(question: Question, key: str, cell: Counted, names: Sequence[str]) -> Figures:
    """Figures of one cell, compared with nothing but their targets."""
    figures = [figure_of(question.words, name, cell) for name in names]
    return Figures(
        key=key,
        title=question.words(f"block.{key}"),
        figures=[_with_target(question, figure) for figure in figures],
        notes=notes_on_scales(question, names),
    )


def _notes_on_figures(question: Question, period: Period, names: Sequence[str]) -> list[str]:
    words, before, ago = question.words, period.before(), period.year_ago()
    notes = [
        words(
            "note.compared",
            before=words.period(before.first, before.last),
            ago=words.period(ago.first, ago.last),
        )
    ]
    if any(name.endswith(QUANTILES) for name in names):
        exact = period.days <= EXACT_DAYS
        notes.append(words("note.approximate_compared" if exact else "note.approximate"))
    return notes + notes_on_scales(question, names)


def _with_target(question: Question, figure: Figure) -> Figure:
    """A wait must not be over its target, a share not under."""
    match figure.key:
        case "visit_wait_mean" | "wait_mean":
            figure.target = question.setup.wait_target_s
            figure.met = None if figure.value is None else _number(figure.value) <= figure.target
        case "on_time_share" | "apology_share":
            target = ON_TIME_TARGET if figure.key == "on_time_share" else APOLOGY_TARGET
            figure.target = target
            figure.met = None if figure.value is None else _number(figure.value) >= target
        case _:
            pass
    return figure


def plain_figures(
    question: Question,
    key: str,
    figures: Iterable[tuple[str, Kind, Cell]],
    notes: Iterable[str] = (),
) -> Figures:
    """Figures that come from no tally."""
    words = question.words
    return Figures(
        key=key,
        title=words(f"block.{key}"),
        figures=[
            Figure(key=name, title=words(f"figure.{name}"), kind=kind, value=value)
            for name, kind, value in figures
        ],
        notes=list(notes),
    )


def chart_by(
    question: Question,
    by: str,
    cells: Mapping[str, Counted],
    name: str,
    shape: Literal["bars", "lines"] = "bars",
) -> Chart:
    """One figure of each cell; times in minutes, shares in per cent."""
    words, column = question.words, column_of(question.words, name)
    title = words(f"figure.{name}")
    return Chart(
        key=f"{name}_by_{by}",
        title=words("block.chart", figure=title, by=words(f"by.{by}").lower()),
        shape=shape,
        x_title=words(f"by.{by}"),
        y_title=unit_of(question, column.kind),
        x=[short_label(question, by, key) for key in cells],
        series=[
            Series(
                title=title,
                values=[in_unit(column.kind, value_of(name, cell)) for cell in cells.values()],
            )
        ],
        target=target_of(question, name),
    )


def target_of(question: Question, name: str) -> float | None:
    """In the unit a chart is drawn in."""
    match name:
        case "visit_wait_mean" | "wait_mean":
            return question.setup.wait_target_s / MINUTE_S
        case "on_time_share":
            return ON_TIME_TARGET * 100
        case _:
            return None


def short_label(question: Question, by: str, key: str) -> str:
    if by == "day" and key:
        _, month, day = key.split("-")
        return f"{day}/{month}"
    return question.label(by, key)


def unit_of(question: Question, kind: Kind) -> str:
    units = {"seconds": "unit.axis_minutes", "share": "unit.axis_percent"}
    return question.words(units.get(kind, "unit.axis_count"))


def in_unit(kind: Kind, value: Cell) -> float | None:
    """As a chart draws it: minutes, per cent, or as it is."""
    if value is None:
        return None
    number = _number(value)
    return number / MINUTE_S if kind == "seconds" else number * 100 if kind == "share" else number


def _number(value: Any) -> float:
    return float(value)
