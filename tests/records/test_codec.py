"""Events written by any version so far can be read."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from hall.events import DayOpened, TicketTaken
from hall.model import Booking
from records import codec

GOLDEN = Path(__file__).parent / "golden"
LINES = [
    json.loads(line)
    for file in sorted(GOLDEN.glob("*.jsonl"))
    for line in file.read_text(encoding="utf-8").splitlines()
]


def test_every_kind_of_event_stands_in_the_golden_files() -> None:
    assert {line["kind"] for line in LINES} == set(codec.KINDS)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["kind"])
def test_an_old_event_is_read_and_keeps_everything_it_said(line: dict[str, Any]) -> None:
    event = codec.decode(line["kind"], json.dumps(line["data"]))
    assert type(event).__name__ == line["kind"]
    again = json.loads(codec.encode(event))
    assert {name: again[name] for name in line["data"]} == line["data"]


def test_a_field_newer_than_the_record_has_its_default() -> None:
    assert codec.decode("DayOpened", '{"day":"2026-11-23"}') == DayOpened(date(2026, 11, 23), 0, "")


def test_times_and_nested_values_come_back_as_they_were() -> None:
    at = datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC)
    taken = TicketTaken(
        "C001", "t", ("HT01", "CT01"), "vi", "elderly", "kiosk", at, Booking(at, at), 2, 60, 120
    )
    assert codec.decode("TicketTaken", codec.encode(taken)) == taken
