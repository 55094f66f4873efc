"""The managers' figures against days small enough to count by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from hall.model import Setup, Stage, Ticket, Turn
from records.engine import connect_readonly
from records.journal import Journal
from records.reports import Figures, day_figures
from records.turns import turn_rows

DAY = date(2026, 11, 23)
EIGHT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def reader(engine: Engine, url: str) -> Iterator[Engine]:
    reader = connect_readonly(url)
    yield reader
    reader.dispose()


def turn(
    stage: Stage, wait_min: float | None, service_min: float | None = None, *, stepped: bool = False
) -> Turn:
    called = None if wait_min is None else EIGHT + timedelta(minutes=wait_min)
    served = called is not None and service_min is not None
    return Turn(
        service="CT01",
        opened_at=EIGHT,
        queued_at=EIGHT,
        stage=stage,
        called_at=called,
        started_at=called if served else None,
        ended_at=called + timedelta(minutes=service_min or 0) if called else EIGHT,
        clock_stepped=stepped,
    )


def write(journal: Journal, setup: Setup, day: date, *visits: tuple[Turn, ...]) -> None:
    rows = [
        row
        for count, turns in enumerate(visits, start=1)
        for row in turn_rows(setup, day, ticket(f"A{count:03d}", turns))
    ]
    journal.replace_turns(day, rows)


def ticket(number: str, turns: tuple[Turn, ...]) -> Ticket:
    return Ticket(
        number=number,
        order=0,
        token="t",
        issued_at=EIGHT,
        language="vi",
        group=None,
        channel="kiosk",
        turns=turns,
    )


def test_a_day_is_counted_as_by_hand(journal: Journal, setup: Setup, reader: Engine) -> None:
    write(
        journal,
        setup,
        DAY,
        (turn(Stage.DONE, 15, 4),),
        (turn(Stage.TRANSFERRED, 10, 1), turn(Stage.DONE, 20, 6)),  # waited 30 in all
        (turn(Stage.DONE, 45, 8),),
        (turn(Stage.DONE, 2, 100, stepped=True),),
        (turn(Stage.NO_SHOW, 90),),
        (turn(Stage.CANCELLED, None),),
        (turn(Stage.LEFT_OVER, None),),
        (turn(Stage.WAITING, None),),
    )
    assert day_figures(reader, "an-binh", DAY, DAY) == Figures(
        visits=8,
        served=4,
        no_shows=1,
        cancelled=1,
        left_over=1,
        transfers=1,
        untrusted=1,
        wait_mean_s=1800.0,
        wait_median_s=1800.0,
        wait_p90_s=2700.0,
        within_15_min=1 / 3,
        within_30_min=2 / 3,
        service_mean_s=360.0,
    )


def test_the_ninetieth_percentile_is_the_nearest_rank(
    journal: Journal, setup: Setup, reader: Engine
) -> None:
    write(journal, setup, DAY, *[(turn(Stage.DONE, minutes, 1),) for minutes in range(1, 11)])
    figures = day_figures(reader, "an-binh", DAY, DAY)
    assert (figures.wait_p90_s, figures.wait_median_s) == (540.0, 330.0)


def test_a_period_has_both_its_ends_and_no_other_hall(
    journal: Journal, setup: Setup, reader: Engine, engine: Engine
) -> None:
    for ahead in range(4):
        write(journal, setup, DAY + timedelta(days=ahead), (turn(Stage.DONE, 1, 1),))
    figures = day_figures(reader, "an-binh", DAY + timedelta(days=1), DAY + timedelta(days=2))
    assert (figures.visits, figures.served) == (2, 2)
    assert day_figures(reader, "hoa-binh", DAY, DAY).visits == 0


def test_a_day_without_visits_has_nothing_to_average(reader: Engine) -> None:
    figures = day_figures(reader, "an-binh", DAY, DAY)
    assert (figures.visits, figures.served) == (0, 0)
    assert figures.wait_mean_s is figures.wait_p90_s is figures.within_15_min is None
