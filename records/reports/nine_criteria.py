"""The nine-criteria sheet of NĐ 61/2018, to be filled in by people: points they give themselves,
points that were verified, and beside them what the queue knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from figures import formulas, nine
from figures.document import Block, Text
from figures.satisfaction import SCALES, satisfied_share
from figures.times import SECOND_US
from records.reports.blocks import plain_table
from records.reports.measures import value_of
from records.reports.open_times import open_times
from records.reports.question import Question
from records.reports.repeats import repeats

HOUR_S: Final = 3600


def nine_criteria(question: Question) -> Iterator[Block]:
    words = question.words
    yield Text(key="nine_rule", lines=[words("nine.rule"), words("nine.status")])
    yield plain_table(
        question,
        "nine",
        [
            ("criterion", "count"),
            ("criterion_name", "text"),
            ("most_points", "count"),
            ("self_points", "score"),
            ("verified_points", "score"),
            ("evidence", "text"),
        ],
        [
            [
                number,
                words(f"nine.criterion_{number}"),
                max(nine.POINTS),
                None,
                None,
                _evidence(question, number),
            ]
            for number in nine.CRITERIA
        ],
        total=[None, words("label.total"), nine.MOST, None, None, None],
    )
    yield plain_table(
        question,
        "nine_classes",
        [("from_points", "count"), ("class", "text")],
        [[least, words(f"nine.{name}")] for least, name in nine.CLASSES],
        notes=[words("nine.boundary")],
    )


def _evidence(question: Question, criterion: int) -> str:
    say = EVIDENCE.get(criterion)
    return question.words("nine.not_here") if say is None else say(question)


def _repeat_visits(question: Question) -> str:
    words, found = question.words, repeats(question)
    mean = formulas.visits_per_dossier(found.visits, found.dossiers)
    many = formulas.many_visits_share(found.many, found.dossiers)
    if mean is None or many is None:
        return words("nine.no_dossiers")
    return words(
        "nine.repeats", n=found.dossiers, mean=words.number(mean, 2), many=words.percent(many)
    )


def _transfers(question: Question) -> str:
    tally = question.total(quantiles=False).tally
    mean = formulas.share(tally.transferred, tally.visits)
    if mean is None:
        return question.words("nine.nothing")
    return question.words("nine.transfers", mean=question.words.number(mean, 2))


def _organisation(question: Question) -> str:
    words, total = question.words, question.total(quantiles=False)
    open_s = sum(one.open_s for one in open_times(question, "counter").values())
    use = formulas.use_of_counter(total.tally.busy_us / SECOND_US, open_s)
    wait = value_of("visit_wait_mean", total)
    return words(
        "nine.organisation",
        hours=words.number(open_s / HOUR_S),
        use=words("nine.nothing") if use is None else words.percent(use),
        wait=words("nine.nothing") if wait is None else words.minutes(float(wait)),
    )


def _published(question: Question) -> str:
    return question.words("nine.published", n=len(question.names.services))


def _attitude(question: Question) -> str:
    words, tally = question.words, question.total(quantiles=False).tally
    said = []
    for levels in SCALES:
        counts = tally.ratings(levels)
        p = satisfied_share(counts)
        if p is not None:
            said.append(
                words("nine.attitude", levels=levels, n=sum(counts), share=words.percent(p))
            )
    return "; ".join(said) or words("nine.no_ratings")


EVIDENCE: Final[dict[int, Callable[[Question], str]]] = {
    3: _repeat_visits,
    4: _transfers,
    5: _organisation,
    6: _published,
    7: _attitude,
}
