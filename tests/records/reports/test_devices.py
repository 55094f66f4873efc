"""Trouble of devices, alarms and announcements, from rows written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from hall.model import Setup
from records import tables
from records.engine import connect_readonly
from records.journal import Journal
from records.reports import report
from records.turns import Row
from tests.records.reports.asking import LATER, NAMES, ask, rows, values
from tests.records.reports.monday import DAY, at

ROW = {"hall": "an-binh", "day": DAY}


@pytest.fixture
def reader(journal: Journal, url: str) -> Iterator[Engine]:
    journal.replace(
        DAY,
        {
            tables.outages: outages(),
            tables.alarms: alarms(),
            tables.announcements: announcements(),
        },
    )
    reader = connect_readonly(url)
    yield reader
    reader.dispose()


def outages() -> list[Row]:
    """Twice without paper, and a cutter that is jammed still."""
    printer = {**ROW, "device": "kiosk-1/printer-1"}
    return [
        {**printer, "seq": seq, "since": at(since), "until": until, "trouble": trouble}
        for seq, since, until, trouble in (
            (1, "08:00", at("08:10"), "no_paper"),
            (2, "09:00", at("09:05"), "no_paper"),
            (3, "16:30", None, "cutter"),
        )
    ]


def alarms() -> list[Row]:
    """One that was acknowledged, and one that was not."""
    alarm = {**ROW, "number": None, "value_s": None, "detail": None}
    return [
        {
            **alarm,
            "alarm": "wait_over_target:A",
            "seq": 4,
            "since": at("09:00"),
            "until": at("09:30"),
            "kind": "wait_over_target",
            "of": "A",
            "acknowledged_at": at("09:02"),
        },
        {
            **alarm,
            "alarm": "pause_long:1",
            "seq": 5,
            "since": at("10:00"),
            "until": at("10:10"),
            "kind": "pause_long",
            "of": "1",
            "acknowledged_at": None,
        },
    ]


def announcements() -> list[Row]:
    """Two that were spoken, after three seconds and five, and one that was too old for it."""
    call = {**ROW, "device": "board-1", "ticket": "A001", "counter": "1"}
    return [
        {**call, "call": number, "called_at": called_at, "spoken_at": spoken_at, "skipped": why}
        for number, called_at, spoken_at, why in (
            (1, at("08:00"), at("08:00") + timedelta(seconds=3), None),
            (2, at("08:10"), at("08:10") + timedelta(seconds=5), None),
            (3, at("08:20"), None, "too_old"),
        )
    ]


def test_trouble_is_added_up_by_device_and_what_lasts_has_lasted_until_now(
    reader: Engine, setup: Setup
) -> None:
    answer = ask(reader, setup, "outages", DAY, now=at("17:00"))
    assert rows(answer, "outages_by_device") == [
        {"device": "kiosk-1/printer-1", "trouble": "kẹt dao cắt", "outages": 1, "lasted": 1800.0},
        {"device": "kiosk-1/printer-1", "trouble": "hết giấy", "outages": 2, "lasted": 900.0},
    ]
    log = rows(answer, "outages_list")
    assert [row["since"] for row in log] == [
        "2026-11-23T08:00:00+07:00",
        "2026-11-23T09:00:00+07:00",
        "2026-11-23T16:30:00+07:00",
    ]
    assert log[-1]["until"] is None


def test_trouble_that_nobody_saw_end_has_lasted_until_the_end_of_its_day(
    reader: Engine, setup: Setup
) -> None:
    last = rows(ask(reader, setup, "outages", DAY, now=LATER), "outages_list")[-1]
    assert (last["until"], last["lasted"]) == (None, 7.5 * 3600)


def test_a_device_is_called_by_its_name(reader: Engine, setup: Setup) -> None:
    names = replace(NAMES, devices={"kiosk-1/printer-1": "Máy in ở cửa"})
    facts = {"language": "vi", "now": LATER, "officers_named": True}
    answer = report(reader, setup, names, "outages", DAY, DAY, **facts)  # type: ignore[arg-type]
    for key in ("outages_by_device", "outages_list"):
        assert {row["device"] for row in rows(answer, key)} == {"Máy in ở cửa"}


def test_alarms_are_counted_and_say_what_they_were_about(reader: Engine, setup: Setup) -> None:
    answer = ask(reader, setup, "outages", DAY)
    first, second = rows(answer, "alarms_list")
    assert first["alarm"] == "Có người chờ quá mức mục tiêu"
    assert (first["alarm_of"], second["alarm_of"]) == ("Chứng thực", "Quầy 1")
    assert first["acknowledged_at"] == "2026-11-23T09:02:00+07:00"
    by_kind = rows(answer, "alarms_by_kind")
    assert [(row["alarms"], row["acknowledged"], row["lasted"]) for row in by_kind] == [
        (1, 0, 600.0),
        (1, 1, 1800.0),
    ]


def test_calls_that_were_spoken_and_passed_over(reader: Engine, setup: Setup) -> None:
    found = values(ask(reader, setup, "outages", DAY), "announcements")
    assert found == {"spoken": 2, "skipped": 1, "spoken_after": 4.0}
