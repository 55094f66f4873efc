"""Reports where there are too many rows, too few people, two scales, or hours nobody planned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import Engine

from hall.model import Setup, Stage, Ticket
from records import tables
from records.engine import connect_readonly
from records.journal import Journal
from records.turns import Row, turn_rows
from tests.records.reports.asking import ask, figures, rows, table, values
from tests.records.reports.monday import DAY, rating, span, ticket, turn


class Day:
    """Writes one day, and reads it."""

    def __init__(self, journal: Journal, setup: Setup, reader: Engine) -> None:
        self._journal, self._setup, self._reader = journal, setup, reader

    def write(self, tickets: Sequence[Ticket], **others: Sequence[Row]) -> None:
        found = [row for one in tickets for row in turn_rows(self._setup, DAY, one)]
        more = {getattr(tables, name): list(rows) for name, rows in others.items()}
        self._journal.replace(DAY, {tables.turns: found, **more})

    def ask(self, name: str, **others: Any) -> Any:
        return ask(self._reader, self._setup, name, DAY, **others)


@pytest.fixture
def day(journal: Journal, setup: Setup, url: str) -> Iterator[Day]:
    reader = connect_readonly(url)
    yield Day(journal, setup, reader)
    reader.dispose()


def served(number: str, service: str = "CT01", called: str = "08:10", **others: Any) -> Ticket:
    clock = ("08:00", called, called, others.pop("ended", "08:50"))
    return ticket(number, turn(Stage.DONE, *clock, service=service, **others))


# --- More long waits than are listed --------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("vi", "Nguyên nhân chỉ xét 1 lượt chờ lâu nhất trong tổng số 3 lượt."),
        ("en", "Causes are those of the 1 longest waits, out of 3."),
    ],
)
def test_causes_of_the_longest_alone_say_so_and_services_are_of_all(
    day: Day, monkeypatch: pytest.MonkeyPatch, language: str, says: str
) -> None:
    monkeypatch.setattr(import_module("records.reports.long_waits"), "MOST_ROWS", 1)
    long = [served("A001", called="08:40"), served("A002", called="08:41")]
    day.write([*long, served("C001", "HT01", called="08:45")])
    answer = day.ask("long_waits", language=language)
    assert says in table(answer, "causes").notes
    by_service = [row["long_waits"] for row in rows(answer, "long_waits_by_service")]
    assert by_service == [2, 1]
    assert len(rows(answer, "long_waits_list")) == 1


def test_causes_of_every_long_wait_need_no_note(day: Day) -> None:
    day.write([served("A001", called="08:40")])
    assert len(table(day.ask("long_waits"), "causes").notes) == 1


# --- Fields with few turns ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        ((6, 5), ["Chứng thực", "Hộ tịch"]),
        ((6, 4), ["Các lĩnh vực ít lượt"]),  # 4 alone would be the total less the other row
    ],
)
def test_no_field_with_few_turns_can_be_worked_out_from_the_total(
    day: Day, turns: tuple[int, int], said: list[str]
) -> None:
    of_a = [served(f"A{n:03d}") for n in range(1, turns[0] + 1)]
    day.write([*of_a, *(served(f"C{n:03d}", "HT01") for n in range(1, turns[1] + 1))])
    fields = rows(day.ask("public_month"), "by_field")
    assert [row["field"] for row in fields] == said
    assert all(row["wait_mean"] == 600.0 for row in fields)


# --- Two scales -----------------------------------------------------------------------------------


def on_three(number: str, level: int) -> Row:
    return {**rating(number, 1, level), "levels": 3}


def test_shares_are_of_one_scale_and_say_which_but_all_who_are_unsatisfied_count(day: Day) -> None:
    day.write(
        [served("A001"), served("A002"), served("C001", "HT01")],
        ratings=[rating("A001", 1, 5), rating("A002", 1, 1), on_three("C001", 1)],
    )
    answer = day.ask("satisfaction", by="service")
    assert values(answer)["satisfied_share"] == 1 / 2
    assert values(answer)["unsatisfied"] == 2
    first, second = rows(answer, "by_service")
    assert (first["satisfied_share"], first["unsatisfied"]) == (1 / 2, 1)
    assert (second["satisfied_share"], second["mean_score"]) == (None, None)
    assert (second["ratings"], second["unsatisfied"]) == (1, 1)
    note = "Trong kỳ có cả thang 3 mức và thang 5 mức: P chỉ tính trên thang 5 mức (2 phiếu)."
    assert note in figures(answer).notes
    assert note in table(answer, "by_service").notes


def test_one_scale_needs_no_note(day: Day) -> None:
    day.write([served("A001")], ratings=[on_three("A001", 3)])
    answer = day.ask("satisfaction")
    assert values(answer)["satisfied_share"] == 1.0
    assert not [note for note in figures(answer).notes if "thang" in note]


# --- Beyond serving hours -------------------------------------------------------------------------


def test_a_counter_that_serves_into_the_break_is_not_used_for_longer_than_it_is_open(
    day: Day,
) -> None:
    late = served("A001", called="11:20", ended="12:00")
    day.write([late], counter_spans=[span("1", 1, "11:20", "12:05")])
    (counter,) = rows(day.ask("counters"), "use_of_counter")
    # ten minutes until 11:30, and half an hour of the break with somebody there
    assert (counter["open"], counter["busy"], counter["use"]) == (2400.0, 2400.0, 1.0)
