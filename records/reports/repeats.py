"""Dossiers: how many visits each took, and the ratio R3 of QĐ 766. Both count dossier codes, not
turns, so they come from the turns' own rows, by an index of the dossiers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from sqlalchemy import Executable, Select, and_, case, func, or_, select

from figures import formulas
from figures.document import Block, Figures, Text
from figures.satisfaction import UNSATISFIED_TO
from records.erasable import ERASED
from records.reports.blocks import plain_figures, plain_table
from records.reports.question import Question
from records.reports.source import rows_of
from records.tables import ratings, turns

MOST_ROWS: Final = 200
BY_DAYS: Final = 366


class Repeats(NamedTuple):
    """How many dossier codes there were, their visits, and how many had three and more."""

    dossiers: int
    visits: int
    many: int


def repeat_figures(question: Question) -> Figures:
    found = repeats(question)
    return plain_figures(
        question,
        "repeats",
        [
            ("dossiers", "count", found.dossiers),
            (
                "visits_per_dossier",
                "score",
                formulas.visits_per_dossier(found.visits, found.dossiers),
            ),
            ("many_visits_share", "share", formulas.many_visits_share(found.many, found.dossiers)),
        ],
        [question.words("note.repeats")],
    )


def repeats(question: Question) -> Repeats:
    """Of the dossiers in the period; the same ticket with one code in two turns is one visit."""
    visits = (
        select(turns.c.dossier, turns.c.day, turns.c.ticket)
        .where(*_with_dossier(question))
        .distinct()
        .subquery()
    )
    counts = select(func.count(visits.c.ticket).label("visits"))
    each = counts.group_by(visits.c.dossier).subquery()
    many = case((each.c.visits >= formulas.MANY_VISITS, 1), else_=0)
    row = next(
        rows_of(
            question.connection,
            select(
                func.count(each.c.visits).label("dossiers"),
                func.sum(each.c.visits).label("visits"),
                func.sum(many).label("many"),
            ),
        )
    )
    return Repeats(int(row["dossiers"]), int(row["visits"] or 0), int(row["many"] or 0))


def r3(question: Question) -> Iterator[Block]:
    """The ratio, the rule by which it counts, and the dossiers that were not satisfied."""
    words = question.words
    counts = next(rows_of(question.connection, _r3_counts(question)))
    dossiers, bad = int(counts["dossiers"]), int(counts["bad"] or 0)
    yield Text(key="r3_rule", lines=[words("r3.rule"), words("r3.limits"), words("r3.not_766")])
    yield plain_figures(
        question,
        "r3",
        [
            ("dossiers", "count", dossiers),
            ("dossiers_unsatisfied", "count", int(counts["unsatisfied"] or 0)),
            ("dossiers_late", "count", int(counts["late"] or 0)),
            ("dossiers_bad", "count", bad),
            ("r3", "share", formulas.r3(dossiers, bad)),
        ],
    )
    yield plain_table(
        question,
        "dossiers_bad",
        [("dossier", "text"), ("unsatisfied_mark", "flag"), ("late_mark", "flag")],
        [
            [row["dossier"], bool(row["unsatisfied"]), bool(row["late"])]
            for row in rows_of(question.connection, _bad_dossiers(question))
        ],
        notes=[words("note.most_rows", n=MOST_ROWS)] if bad > MOST_ROWS else [],
    )


def _dossiers(question: Question) -> Select[Any]:
    """Each dossier of the period: 1 where anybody was not satisfied, and where it was late."""
    same = [ratings.c[name] == turns.c[name] for name in ("hall", "day", "ticket", "turn")]
    unsatisfied = or_(
        *(
            and_(ratings.c.levels == levels, ratings.c.level <= most)
            for levels, most in UNSATISFIED_TO.items()
        )
    )
    return (
        select(
            turns.c.dossier,
            func.max(case((unsatisfied, 1), else_=0)).label("unsatisfied"),
            func.max(case((turns.c.late.is_(True), 1), else_=0)).label("late"),
        )
        .join_from(turns, ratings, and_(*same), isouter=True)
        .where(*_with_dossier(question))
        .group_by(turns.c.dossier)
    )


def _r3_counts(question: Question) -> Executable:
    each = _dossiers(question).subquery()
    bad = case((each.c.unsatisfied + each.c.late > 0, 1), else_=0)
    return select(
        func.count(each.c.dossier).label("dossiers"),
        func.sum(each.c.unsatisfied).label("unsatisfied"),
        func.sum(each.c.late).label("late"),
        func.sum(bad).label("bad"),
    )


def _bad_dossiers(question: Question) -> Select[Any]:
    each = _dossiers(question).subquery()
    return (
        select(each)
        .where(each.c.unsatisfied + each.c.late > 0)
        .order_by(each.c.dossier)
        .limit(MOST_ROWS)
    )


def _with_dossier(question: Question) -> tuple[Any, ...]:
    """Codes are entered when a service is finished. Short periods are found by their days: an index
    of all dossiers there have ever been would take longer, so their condition is not its own.
    """
    columns, period = turns.c, question.period
    short = period.days <= BY_DAYS
    noted = func.coalesce(columns.dossier, "") if short else columns.dossier
    return (
        columns.hall == question.setup.hall,
        columns.day.between(period.first, period.last),
        noted != ERASED,
    )
