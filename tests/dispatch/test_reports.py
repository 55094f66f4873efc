"""The manager's reports over a real connection: whole, in parts that fit, and never in the way."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from config.names import names_of
from config.values import Config
from dispatch.report_process import Source
from dispatch.reporting import PART, Reporter, ReportLimits
from figures.document import Report
from hall.commands import Refused
from link.messages import MAX_VIEW, DeviceInfo
from link.messages import Report as Ask
from server import OpenHall
from tests.dispatch.conftest import Enter, OpenFor, staffed
from tests.dispatch.halls import PIN, SETUP, Clocks, config
from tests.dispatch.processes import report_processes
from tests.dispatch.screens import Screen, new_id
from tests.waiting import until

TODAY = {"from": "2026-11-23", "to": "2026-11-23"}


@pytest.fixture
async def manager(hall: OpenHall, enter: Enter) -> Screen:
    """A manager of a hall in which one ticket was taken."""
    staff = await staffed(hall, enter)
    await staff.kiosk.ok("take_ticket", services=["CT01"])
    return staff.manager


async def fetched(manager: Screen, **asked: Any) -> Report:
    """All parts of a report, as one."""
    wish = {"report": "period", **TODAY, **asked}
    first = await manager.ok("report", **wish)
    texts = [first["text"]]
    for part in range(2, first["parts"] + 1):
        texts.append((await manager.ok("report", **wish, part=part))["text"])
    return msgspec.json.decode("".join(texts), type=Report)


async def test_a_report_comes_in_the_language_that_was_asked_for(manager: Screen) -> None:
    vi = await fetched(manager)
    en = await fetched(manager, language="en")
    assert (vi.language, en.language) == ("vi", "en")
    assert vi.title != en.title
    assert (vi.first, vi.last, vi.made_at) == (
        "2026-11-23",
        "2026-11-23",
        "2026-11-23T08:00:00+07:00",
    )
    assert vi.hall == "Bộ phận Một cửa phường An Bình"


async def test_a_large_report_comes_in_parts_of_one_report_each_within_a_frame(
    hall: OpenHall, enter: Enter
) -> None:
    staff = await staffed(hall, enter)
    for _ in range(300):
        await staff.kiosk.ok("take_ticket", services=["CT01"])
    wish = {"report": "data", **TODAY}
    first = await staff.manager.ok("report", **wish)
    await staff.kiosk.ok("take_ticket", services=["CT01"])  # what comes later changes no part
    texts = [first["text"]]
    assert first["parts"] > 1
    for part in range(2, first["parts"] + 1):
        answer = await staff.manager.ok("report", **wish, part=part)
        assert (answer["part"], answer["parts"]) == (part, first["parts"])
        texts.append(answer["text"])
    assert [len(text) for text in texts[:-1]] == [PART] * (len(texts) - 1)
    assert max(map(len, staff.manager.frames)) < MAX_VIEW
    report = msgspec.json.decode("".join(texts), type=Report)
    assert len(report.blocks[0].rows) == 300  # type: ignore[union-attr]


async def test_parts_go_on_with_the_report_that_was_begun_however_slowly(
    manager: Screen, hall: OpenHall, enter: Enter, clocks: Clocks
) -> None:
    wish = {"report": "data", **TODAY}
    before = await manager.ok("report", **wish)
    clocks.pass_(seconds=61)
    kiosk = await enter(hall, "kiosk", "kiosk-2")
    await kiosk.ok("take_ticket", services=["CT01"])
    again = await manager.refused("report", **wish, part=2)  # it has only one
    assert again == {"reason": "unknown_report", "report": "data", "parts": before["parts"]}
    assert (await manager.ok("report", **wish))["text"] != before["text"]


async def test_within_a_minute_everybody_gets_the_same_report(
    manager: Screen, hall: OpenHall, enter: Enter, clocks: Clocks
) -> None:
    kiosk = await enter(hall, "kiosk", "kiosk-2")
    first = await fetched(manager)
    await kiosk.ok("take_ticket", services=["CT01"])
    clocks.pass_(seconds=59)
    assert await fetched(manager) == first
    clocks.pass_(seconds=2)
    assert (await fetched(manager)).made_at == "2026-11-23T08:01:01+07:00"


def two_managers() -> Config:
    known = config()
    other = DeviceInfo("manager-2", "manager")
    return replace(known, devices={**known.devices, "manager-2": other})


async def test_two_managers_at_once_get_both_what_they_asked(opened: OpenFor, enter: Enter) -> None:
    async with opened(two_managers()) as hall:
        managers = [await enter(hall, "manager", f"manager-{n}") for n in (1, 2)]
        for manager in managers:
            await manager.ok("sign_in", officer="hoa", pin=PIN)
        asked = [
            (manager, new_id(), report)
            for manager in managers
            for report in ("period", "waits", "period")
        ]
        for manager, request, report in asked:
            wish = {"kind": "report", "report": report, **TODAY}
            await manager.send({"type": "request", "id": request, "do": wish})
        await until(lambda: all(manager.answers(request) for manager, request, _ in asked))
        for manager, request, report in asked:
            (answer,) = manager.answers(request)
            made = msgspec.json.decode(msgspec.json.decode(answer)["ok"]["text"], type=Report)
            assert made.name == report
        assert len(report_processes()) == 1


async def test_a_manager_goes_on_working_while_a_report_is_made(manager: Screen) -> None:
    await fetched(manager)
    (process,) = report_processes()
    os.kill(process, signal.SIGSTOP)  # it takes as long as it takes to ask for something else
    request = new_id()
    wish = {"kind": "report", "report": "waits", **TODAY}
    await manager.send({"type": "request", "id": request, "do": wish})
    await manager.ok("notice", text="Quầy 2 mở cửa lúc 9 giờ")
    assert manager.answers(request) == []
    os.kill(process, signal.SIGCONT)
    await manager.until(lambda: manager.answers(request))


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ({"report": "horoscope"}, {"reason": "unknown_report", "report": "horoscope"}),
        ({"by": "moon"}, {"reason": "unknown_report", "by": "moon"}),
        ({"language": "tay"}, {"reason": "unknown_report", "language": "tay"}),
        ({"from": "2026-02-30"}, {"reason": "bad_period", "problem": "no_such_date"}),
        ({"to": "2026-11-22"}, {"reason": "bad_period", "problem": "backwards"}),
        (
            {"from": "2026-11-24", "to": "2026-11-24"},
            {"reason": "bad_period", "problem": "future", "today": "2026-11-23"},
        ),
        ({"part": 9}, {"reason": "unknown_report", "parts": 1}),
    ],
)
async def test_what_cannot_be_reported_is_refused_with_the_reason(
    manager: Screen, asked: dict[str, Any], refused: dict[str, Any]
) -> None:
    answer = await manager.refused("report", **{"report": "waits", **TODAY, **asked})
    assert refused.items() <= answer.items()


async def test_a_period_without_visits_is_a_report_that_says_so(manager: Screen) -> None:
    report = await fetched(manager, **{"from": "2026-11-02", "to": "2026-11-08"})
    assert [block.key for block in report.blocks] == ["no_records"]


async def test_the_process_gives_way_and_is_started_again_when_it_died(manager: Screen) -> None:
    await fetched(manager)
    (process,) = report_processes()
    os.kill(process, signal.SIGKILL)
    await until(lambda: not report_processes())
    await fetched(manager, language="en")
    (other,) = report_processes()
    assert other != process


async def test_the_process_ends_with_the_hall(opened: OpenFor, enter: Enter) -> None:
    async with opened() as hall:
        staff = await staffed(hall, enter)
        await fetched(staff.manager)
        assert report_processes()
    await until(lambda: not report_processes())


async def test_a_report_that_takes_too_long_is_given_up_and_the_next_one_is_made(
    database: str, hall: OpenHall, clocks: Clocks
) -> None:
    source = Source(database, SETUP, names_of(config()))
    manager = DeviceInfo("manager-1", "manager")
    asked = Ask("waits", "2026-11-23", "2026-11-23")
    hurried = Reporter(source, lambda: clocks.wall, lambda: 0.0, ReportLimits(within_s=0.0))
    patient = Reporter(source, lambda: clocks.wall, lambda: 0.0)
    large = Reporter(source, lambda: clocks.wall, lambda: 0.0, ReportLimits(kept=10))
    try:
        for reporter, problem in (
            (hurried, "too_long"),
            (hurried, "too_long"),
            (large, "too_large"),
        ):
            refused = await reporter.answer(asked, manager)
            assert refused == Refused("report_failed", problem=problem)
        assert isinstance(await patient.answer(asked, manager), dict)
    finally:
        for reporter in (hurried, patient, large):
            reporter.close()


async def test_only_so_many_questions_wait(database: str, hall: OpenHall, clocks: Clocks) -> None:
    source = Source(database, SETUP, names_of(config()))
    reporter = Reporter(source, lambda: clocks.wall, lambda: 0.0, ReportLimits(waiting=1))
    manager = DeviceInfo("manager-1", "manager")
    names = ("waits", "period", "waits")
    questions = [Ask(name, "2026-11-23", "2026-11-23") for name in names]
    try:
        first, second, same = await asyncio.gather(
            *(reporter.answer(question, manager) for question in questions)
        )
    finally:
        reporter.close()
    assert isinstance(first, dict)
    assert second == Refused("busy")
    assert same == first  # it waits for nothing that is not made already


@pytest.fixture
async def broken(opened: OpenFor, enter: Enter, database: str) -> AsyncIterator[Screen]:
    """A manager of a hall whose records cannot be opened a second time."""
    async with opened() as hall:
        staff = await staffed(hall, enter)
        os.rename(database, f"{database}.away")
        yield staff.manager
        os.rename(f"{database}.away", database)


async def test_trouble_with_the_records_is_said(broken: Screen) -> None:
    answer = await broken.refused("report", report="period", **TODAY)
    assert answer == {"reason": "report_failed", "problem": "cannot_open"}
