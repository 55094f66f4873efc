"""Reports that are written by themselves: at closing, on the first working day, and when missed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config.values import Config, Reports
from dispatch.report_process import Question
from dispatch.schedule import Due, Wanted, due
from hall.model import Hall, Session, empty_hall
from server import OpenHall
from tests.disks import fill, small_disk
from tests.dispatch.conftest import Enter, OpenFor, Staff, staffed
from tests.dispatch.halls import PIN, SETUP, Clocks, config
from tests.dispatch.screens import Screen
from tests.waiting import until

MONDAY = "day_sheet-2026-11-23.csv"
SUFFIXES = {".db", ".db-wal", ".db-shm", ".lock", ".key", ".pub"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    return folder


def written(folder: Path) -> Config:
    """A hall whose reports are written into this folder."""
    return replace(config(), reports=Reports(folder, ("csv",), ("csv", "json"), "vi"))


@asynccontextmanager
async def at_work(opened: OpenFor, enter: Enter, folder: Path) -> AsyncIterator[Staff]:
    async with opened(written(folder)) as hall:
        yield await staffed(hall, enter)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def look(manager: Screen, clocks: Clocks, **later: float) -> None:
    """Time passes, and something happens in the hall, which makes it look at its clock."""
    clocks.pass_(**later)
    await manager.ok("notice", text=f"{clocks.wall:%H:%M}")


async def test_the_day_sheet_is_written_when_the_hall_has_closed(
    opened: OpenFor, enter: Enter, folder: Path, clocks: Clocks
) -> None:
    async with at_work(opened, enter, folder) as staff:
        await staff.kiosk.ok("take_ticket", services=["CT01"])
        await look(staff.manager, clocks, hours=8.9)  # it serves until 17:00
        assert names(folder) == set()
        await look(staff.manager, clocks, hours=2)
        await until(lambda: names(folder) == {MONDAY})
    text = (folder / MONDAY).read_text("utf-8-sig")
    assert "Ngày 23/11/2026" in text
    assert "Lan" not in text  # whoever looks into the folder need not be the manager


async def test_what_was_missed_is_written_at_the_next_start_once(
    opened: OpenFor, enter: Enter, folder: Path, clocks: Clocks
) -> None:
    async with opened() as hall:
        staff = await staffed(hall, enter)
        await staff.kiosk.ok("take_ticket", services=["CT01"])
    clocks.pass_(days=3)
    async with opened(written(folder)):
        await until(lambda: names(folder) == {MONDAY})  # on the other days nobody came
    first = (folder / MONDAY).stat()
    async with at_work(opened, enter, folder) as staff:
        await look(staff.manager, clocks, hours=12)
        await until(lambda: staff.manager.view["today"] is not None)
    assert (folder / MONDAY).stat() == first


async def test_the_month_is_written_on_the_first_working_day_after_it(
    opened: OpenFor, enter: Enter, folder: Path, clocks: Clocks
) -> None:
    async with opened() as hall:
        staff = await staffed(hall, enter)
        await staff.kiosk.ok("take_ticket", services=["CT01"])
    clocks.pass_(days=9)
    async with opened(written(folder)):
        month = "2026-11-01-2026-11-30"
        await until(
            lambda: (
                names(folder)
                == {
                    MONDAY,
                    *(f"period-{month}.{ending}" for ending in ("csv", "json")),
                    *(f"public_month-{month}.{ending}" for ending in ("csv", "json")),
                }
            )
        )


async def test_a_missing_folder_is_trouble_that_the_manager_sees_until_it_is_there(
    opened: OpenFor, enter: Enter, folder: Path, clocks: Clocks
) -> None:
    folder.rmdir()
    async with at_work(opened, enter, folder) as staff:
        await staff.kiosk.ok("take_ticket", services=["CT01"])
        await look(staff.manager, clocks, hours=11)
        await until(lambda: troubles(staff.manager) == {"reports": "no_folder"})
        folder.mkdir()
        await look(staff.manager, clocks, minutes=11)
        await until(lambda: names(folder) == {MONDAY})
        await until(lambda: troubles(staff.manager) == {})


async def test_a_full_disk_is_trouble_and_leaves_no_half_file(
    opened: OpenFor, enter: Enter, folder: Path, clocks: Clocks
) -> None:
    with small_disk(folder) as disk:
        filler = fill(disk)
        async with at_work(opened, enter, disk) as staff:
            await staff.kiosk.ok("take_ticket", services=["CT01"])
            await look(staff.manager, clocks, hours=11)
            await until(lambda: troubles(staff.manager) == {"reports": "disk_full"})
            assert names(disk) == {filler.name}
            filler.unlink()
            await look(staff.manager, clocks, minutes=11)
            await until(lambda: names(disk) == {MONDAY})


def troubles(manager: Screen) -> dict[str, str]:
    return {one["device"]: one["trouble"] for one in manager.view["troubles"]}


async def test_a_bug_in_the_schedule_is_trouble_and_not_its_end(
    opened: OpenFor, enter: Enter, folder: Path, clocks: Clocks, caplog: pytest.LogCaptureFixture
) -> None:
    broken: Any = ["csv"]  # the schedule remembers what it wrote by it, and cannot
    reports = Reports(folder, broken, ("csv",), "vi")
    async with opened(replace(config(), reports=reports)) as hall:
        staff = await staffed(hall, enter)
        await staff.kiosk.ok("take_ticket", services=["CT01"])
        await until(lambda: troubles(staff.manager) == {"reports": "report_failed"})
        before = caplog.text.count("could not be written")
        await look(staff.manager, clocks, minutes=11)
        await until(lambda: caplog.text.count("could not be written") > before)
    async with opened() as hall:  # no reports are wanted any more
        manager = await enter(hall, "manager", "manager-1")
        await manager.ok("sign_in", officer="hoa", pin=PIN)
        await until(lambda: troubles(manager) == {})


async def test_a_hall_that_wants_no_files_has_none(hall: OpenHall, tmp_path: Path) -> None:
    assert {path.suffix for path in tmp_path.iterdir()} <= SUFFIXES


# --- What is due ---------------------------------------------------------------------------------

WANTED = Wanted(Path("reports"), ("pdf",), ("xlsx",), "vi")


def on(day: date, *, closed: bool, holidays: set[date] | None = None) -> Hall:
    """A hall that works from Monday to Friday."""
    week: tuple[tuple[Session, ...], ...] = (*SETUP.hours.week[:5], (), ())
    hours = replace(SETUP.hours, week=week, holidays=frozenset(holidays or ()))
    return replace(empty_hall(replace(SETUP, hours=hours)), day=day, closed=closed)


def days(hall: Hall) -> list[date]:
    return [one.question.first for one in due(hall, WANTED) if one.question.report == "day_sheet"]


def months(hall: Hall) -> list[date]:
    return [one.question.first for one in due(hall, WANTED) if one.question.report == "period"]


def test_a_day_is_due_once_it_is_over_and_days_without_sessions_never() -> None:
    monday = date(2026, 11, 23)
    earlier = [date(2026, 11, day) for day in (9, 10, 11, 12, 13, 16, 17, 18, 19, 20)]
    assert days(on(monday, closed=False)) == earlier
    assert days(on(monday, closed=True)) == [*earlier, monday]


def test_a_month_is_due_from_its_first_working_day_on() -> None:
    two = [date(2026, 9, 1), date(2026, 10, 1)]
    saturday, monday, tuesday = (date(2026, 8, 1), date(2026, 8, 3), date(2026, 8, 4))
    assert months(on(date(2026, 11, 30), closed=True))[-2:] == two
    assert months(on(saturday, closed=False))[-1] == date(2026, 6, 1)
    assert months(on(monday, closed=False))[-1] == date(2026, 7, 1)
    assert months(on(monday, closed=False, holidays={monday}))[-1] == date(2026, 6, 1)
    assert months(on(tuesday, closed=False, holidays={monday}))[-1] == date(2026, 7, 1)


def test_a_hall_that_never_opened_has_nothing_due() -> None:
    assert list(due(empty_hall(SETUP), WANTED)) == []


def test_the_month_before_has_its_own_reports_and_formats() -> None:
    first, second, *_ = due(on(date(2026, 12, 1), closed=False), WANTED)
    september = (date(2026, 9, 1), date(2026, 9, 30))
    assert first == Due(Question("period", *september, "vi"), ("xlsx",))
    assert second == Due(Question("public_month", *september, "vi"), ("xlsx",))
