"""Satisfaction at the counter: levels, reasons, over time; how many answered, and whether that is
enough to say anything. It is neither SIPAS nor the index of QĐ 766.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from figures import satisfaction as s
from figures.document import Block, Figures, Table, Text
from figures.formulas import share
from figures.tally import Tally
from records.reports.blocks import (
    OF_ONE_OFFICER,
    chart_by,
    compared,
    plain_figures,
    plain_table,
    table_by,
)
from records.reports.question import Question
from records.reports.source import Counted

FIGURES: Final = (
    *("served", "ratings", "response_rate", "satisfied_share", "satisfied_low"),
    *("satisfied_high", "mean_score", "unsatisfied"),
)
COLUMNS: Final = (
    *("served", "ratings", "response_rate", "satisfied_share", "satisfied_low"),
    *("satisfied_high", "mean_score", "unsatisfied"),
)
OF_OFFICER: Final = ("served", "ratings", "response_rate", "satisfied_share_of_officer")
BY_MONTH_FROM_DAYS: Final = 92  # shorter periods are shown day by day


def satisfaction(question: Question) -> Iterator[Block]:
    words, total = question.words, question.total(quantiles=False)
    yield Text(key="satisfaction_rule", lines=[words("note.at_the_counter")])
    yield compared(question, "main", FIGURES)
    yield _sample(question, total)
    for levels in s.SCALES:
        if sum(total.tally.ratings(levels)):
            yield _levels(question, total.tally.ratings(levels))
            yield _factors(question, total.tally, levels)
    yield _tags(question, total)
    by = question.by
    columns = OF_OFFICER if by in OF_ONE_OFFICER else COLUMNS
    yield table_by(question, by, question.cells(by, quantiles=False), columns, total=total)
    over_time = "month" if question.period.days >= BY_MONTH_FROM_DAYS else "day"
    cells = question.cells(over_time, quantiles=False)
    yield chart_by(question, over_time, cells, "satisfied_share", "lines")
    yield chart_by(question, over_time, cells, "response_rate", "lines")


def _sample(question: Question, total: Counted) -> Figures:
    """Are there enough answers for an error of 5 %?"""
    served = total.tally.served
    ratings = sum(sum(total.tally.ratings(levels)) for levels in s.SCALES)
    needed = s.required_sample(served)
    return plain_figures(
        question,
        "sample",
        [
            ("required_sample", "count", needed),
            ("ratings", "count", ratings),
            ("enough", "flag", ratings >= needed if served else None),
        ],
        [question.words("note.sample")],
    )


def _levels(question: Question, counts: Sequence[int]) -> Table:
    words, levels = question.words, len(counts)
    table = plain_table(
        question,
        "levels",
        [("level", "count"), ("level_name", "text"), ("ratings", "count"), ("share", "share")],
        [
            [level, words(f"level.{levels}_{level}"), counts[level - 1], _of(counts, level)]
            for level in range(levels, 0, -1)
        ],
        total=[None, words("label.total"), sum(counts), 1.0],
    )
    table.title = words("block.levels_of", levels=levels)
    return table


def _of(counts: Sequence[int], level: int) -> float | None:
    return share(counts[level - 1], sum(counts))


def _factors(question: Question, tally: Tally, levels: int) -> Table:
    """P of each factor that the counter can see on the spot, and S, their mean."""
    words, shares = question.words, factor_shares(tally, levels)
    missing = [words(f"factor.{factor}") for factor in s.FACTORS if shares[factor] is None]
    return plain_table(
        question,
        "factors",
        [("factor", "text"), ("ratings", "count"), ("satisfied_share", "share")],
        [
            [words(f"factor.{factor}"), sum(counts), shares[factor]]
            for factor, counts in ratings_of_factors(tally, levels).items()
        ],
        total=[words("label.mean_of_factors"), None, s.mean_of(shares)],
        notes=[words("note.factors"), words("note.missing_factors", factors="; ".join(missing))],
    )


def ratings_of_factors(tally: Tally, levels: int) -> dict[int, list[int]]:
    """By factor, those it can be rated by: officers (3) whenever nothing but service is rated,
    results (4) where a result was returned.
    """
    results = tally.ratings(levels, returned=True)
    whole = tally.ratings(levels)
    officers = [one - two for one, two in zip(whole, results, strict=True)]
    return {3: officers, 4: list(results)}


def factor_shares(tally: Tally, levels: int) -> Mapping[int, float | None]:
    rated = ratings_of_factors(tally, levels)
    return {
        factor: s.satisfied_share(rated.get(factor, ())) if factor in rated else None
        for factor in s.FACTORS
    }


def _tags(question: Question, total: Counted) -> Table:
    """What those pointed at who were not satisfied; one may point at several things."""
    words, tags = question.words, total.tally.tags
    ratings = sum(sum(total.tally.ratings(levels)) for levels in s.SCALES)
    return plain_table(
        question,
        "tags",
        [("tag", "text"), ("factor", "text"), ("ratings", "count"), ("share", "share")],
        [
            [
                question.names.tags.get(tag, tag),
                words(f"factor.{factor}") if (factor := s.FACTOR_OF_TAG.get(tag)) else None,
                count,
                share(count, ratings),
            ]
            for tag, count in sorted(tags.items(), key=lambda item: (-item[1], item[0]))
        ],
        notes=[words("note.tags")],
    )
