"""The manager's trials over a real connection: begun, followed, taken in parts, and called off."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from config.names import names_of
from config.values import Config
from dispatch.report_process import Source
from dispatch.trials import TrialLimits, Trials
from figures.document import Report, Table, Text
from hall.commands import Refused
from link import messages as m
from link.messages import MAX_VIEW, DeviceInfo
from records.access import suspend
from records.engine import connect
from records.journal import Journal
from records.migrate import upgrade
from records.pairing import pair, unpair
from server import OpenHall
from tests.dispatch.conftest import Enter, OpenFor, staffed
from tests.dispatch.halls import EIGHT, PIN, SETUP, Clocks, config
from tests.dispatch.processes import report_processes
from tests.dispatch.screens import Screen
from tests.waiting import until
from tests.whatif.driven import DrivenDay

MONDAY = date(2026, 11, 16)
PLAN: dict[str, Any] = {"day": "2026-11-16", "opens": ["Q2@08:00"]}
LONG = {**PLAN, "runs": 1000}


@pytest.fixture
def recorded(database: str) -> str:
    """Two Mondays are in the records: one at one counter, and the one before."""
    engine = connect(database)
    upgrade(engine)
    for weeks in (1, 0):
        day = DrivenDay(SETUP, MONDAY - timedelta(weeks=weeks), 60, counters=1, seed=weeks)
        day.write(Journal(engine, SETUP))
    engine.dispose()
    return database


@pytest.fixture
async def manager(recorded: str, hall: OpenHall, enter: Enter) -> Screen:
    """A manager of a hall with two Mondays in its records, on the third."""
    return (await staffed(hall, enter)).manager


async def over(manager: Screen, trial: str) -> dict[str, Any]:
    """The answer once the trial is over: its first part, or the refusal."""
    while True:
        answer = await manager.ask("trial", trial=trial)
        if "done" not in answer.get("ok", {}):
            return answer


async def report_of(manager: Screen, trial: str) -> Report:
    """The whole report."""
    first = (await over(manager, trial))["ok"]
    texts = [first["text"]]
    for part in range(2, first["parts"] + 1):
        texts.append((await manager.ok("trial", trial=trial, part=part))["text"])
    return msgspec.json.decode("".join(texts), type=Report)


def groups() -> set[int]:
    """The groups of processes that trials of this server lead."""
    found = set()
    for process in report_processes():
        with suppress(ProcessLookupError):  # it has ended meanwhile
            found.add(os.getpgid(process))
    return found - {os.getpgid(0)}


def members(group: int) -> list[int]:
    """Whoever lives in a group of processes."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            facts = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(facts[2]) == group and facts[0] != "Z":
            found.append(int(path.parent.name))
    return found


# --- It comes to an answer ------------------------------------------------------------------------


async def test_what_two_counters_would_have_done_comes_as_a_report(manager: Screen) -> None:
    begun = await manager.ok("what_if", **PLAN, runs=4, language="en")
    report = await report_of(manager, begun["trial"])
    assert (report.name, report.language, report.first) == ("what_if", "en", "2026-11-16")
    (cases,) = [block for block in report.blocks if block.key == "whatif"]
    assert isinstance(cases, Table)
    assert [row[0] for row in cases.rows][:2] == ["The day as it was", "Replayed unchanged"]


async def test_how_many_counters_a_weekday_needs_comes_as_a_report(manager: Screen) -> None:
    begun = await manager.ok("staffing", weekday=0, weeks=2, runs=20)
    report = await report_of(manager, begun["trial"])
    assert (report.name, report.language) == ("staffing", "vi")
    (answer, *_) = report.blocks
    assert isinstance(answer, Text)
    assert answer.lines


async def test_a_trial_tells_how_far_it_is_and_the_hall_goes_on(manager: Screen) -> None:
    begun = await manager.ok("what_if", **LONG)
    seen: set[int] = set()
    while len(seen) < 3:
        answer = await manager.ok("trial", **begun)
        seen.add(answer["done"])
        assert answer["of"] in (0, 1000)
        await manager.ok("notice", text=f"Đã chạy {answer['done']} lần")
    await manager.ok("stop_trial", **begun)


async def test_parts_carry_the_name_of_their_trial_and_fit_a_frame(manager: Screen) -> None:
    begun = await manager.ok("what_if", **PLAN, runs=1)
    first = (await over(manager, begun["trial"]))["ok"]
    assert {"trial", "part", "parts", "text"} == set(first)
    assert first["trial"] == begun["trial"]
    assert max(map(len, manager.frames)) < MAX_VIEW
    refused = await manager.refused("trial", **begun, part=first["parts"] + 1)
    assert refused == {"reason": "unknown_trial", "parts": first["parts"]}


async def test_asked_again_after_a_lost_answer_it_is_the_same_trial(
    recorded: str, clocks: Clocks
) -> None:
    trials = trials_of(recorded, clocks)
    wish = m.WhatIf("2026-11-16", runs=1)
    try:
        first = trials.answer(wish, "manager-1", "request 1")
        assert trials.answer(wish, "manager-1", "request 1") == first
        assert trials.answer(wish, "manager-1", "request 2") != first
    finally:
        trials.close()


# --- It is called off -----------------------------------------------------------------------------


async def test_all_processes_of_a_trial_that_is_stopped_end(manager: Screen) -> None:
    begun = await manager.ok("what_if", **LONG)
    (group,) = await working(manager, begun["trial"])
    assert len(members(group)) > 1
    assert all(os.getpriority(os.PRIO_PROCESS, one) == 19 for one in members(group))
    await manager.ok("stop_trial", **begun)
    assert (await manager.refused("trial", **begun)) == {"reason": "unknown_trial"}
    await until(lambda: not members(group))


async def working(manager: Screen, trial: str) -> set[int]:
    """Wait until the first runs are done; the groups of processes that do them."""
    while not (await manager.ok("trial", trial=trial))["done"]:
        pass
    return groups()


async def test_a_new_trial_ends_the_one_before(manager: Screen) -> None:
    first = await manager.ok("what_if", **LONG)
    (group,) = await working(manager, first["trial"])
    second = await manager.ok("what_if", **PLAN, runs=1)
    assert (await manager.refused("trial", **first))["reason"] == "unknown_trial"
    await until(lambda: not members(group))
    assert (await report_of(manager, second["trial"])).name == "what_if"


async def test_whoever_signs_out_waits_for_nothing(manager: Screen) -> None:
    begun = await manager.ok("what_if", **LONG)
    (group,) = await working(manager, begun["trial"])
    await manager.ok("sign_out")
    await until(lambda: not members(group))


async def test_a_trial_ends_with_the_hall(recorded: str, opened: OpenFor, enter: Enter) -> None:
    async with opened() as hall:
        manager = (await staffed(hall, enter)).manager
        begun = await manager.ok("what_if", **LONG)
        (group,) = await working(manager, begun["trial"])
    await until(lambda: not members(group))


async def test_a_trial_whose_process_dies_says_so_and_leaves_nobody(manager: Screen) -> None:
    begun = await manager.ok("what_if", **LONG)
    (group,) = await working(manager, begun["trial"])
    os.kill(group, signal.SIGKILL)
    answer = await over(manager, begun["trial"])
    assert answer["refused"] == {"reason": "trial_failed", "problem": "ended"}
    await until(lambda: not members(group))


# --- What is put up with --------------------------------------------------------------------------


def three_managers() -> Config:
    known = config()
    others = {f"manager-{n}": DeviceInfo(f"manager-{n}", "manager") for n in (2, 3)}
    return replace(known, devices={**known.devices, **others})


@pytest.fixture
async def managers(recorded: str, opened: OpenFor, enter: Enter) -> AsyncIterator[list[Screen]]:
    async with opened(three_managers()) as hall:
        managers = [await enter(hall, "manager", f"manager-{n}") for n in (1, 2, 3)]
        for manager in managers:
            await manager.ok("sign_in", officer="hoa", pin=PIN)
        yield managers


async def test_only_so_many_run_at_once_and_none_is_anothers(managers: list[Screen]) -> None:
    first, second, third = managers
    begun = await first.ok("what_if", **LONG)
    await second.ok("what_if", **LONG)
    assert await third.refused("what_if", **LONG) == {"reason": "busy"}
    assert (await third.refused("trial", **begun))["reason"] == "unknown_trial"
    await third.ok("stop_trial", **begun)  # of another: nothing happens
    assert "done" in await first.ok("trial", **begun)
    await first.ok("stop_trial")
    await third.ok("what_if", **PLAN, runs=1)


def trials_of(database: str, clocks: Clocks, **limits: Any) -> Trials:
    source = Source(database, SETUP, names_of(config()))
    return Trials(source, lambda: clocks.wall, lambda: clocks.steady, TrialLimits(**limits))


@pytest.mark.parametrize(
    ("limits", "problem"), [({"within_s": 0.0}, "too_long"), ({"kept": 10}, "too_large")]
)
async def test_what_is_too_much_is_given_up(
    recorded: str, clocks: Clocks, limits: dict[str, Any], problem: str
) -> None:
    trials = trials_of(recorded, clocks, **limits, stops_within_s=0.1)
    try:
        begun = trials.answer(m.WhatIf("2026-11-16", runs=1), "manager-1", "1")
        assert isinstance(begun, dict)
        asked = m.Trial(begun["trial"])
        await until(lambda: isinstance(trials.answer(asked, "manager-1", "2"), Refused))
        answer = trials.answer(asked, "manager-1", "3")
        assert answer == Refused("trial_failed", problem=problem)
    finally:
        trials.close()


async def test_what_nobody_asks_for_is_forgotten(recorded: str, clocks: Clocks) -> None:
    trials = trials_of(recorded, clocks)
    try:
        begun = trials.answer(m.WhatIf("2026-11-16", runs=1), "manager-1", "1")
        assert isinstance(begun, dict)
        asked = m.Trial(begun["trial"])
        clocks.pass_(seconds=600)
        assert isinstance(trials.answer(asked, "manager-1", "2"), dict)
        clocks.pass_(seconds=601)
        assert trials.answer(asked, "manager-1", "3") == Refused("unknown_trial")
    finally:
        trials.close()


# --- What cannot be answered ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        (
            {"day": "2026-11-17"},
            {
                "problem": "no_day_but",
                "day": "2026-11-17",
                "first": "2026-11-09",
                "last": "2026-11-23",
            },
        ),
        ({"day": "2026-11-23"}, {"problem": "still_running", "day": "2026-11-23"}),
        ({"opens": ["Q9@08:00"]}, {"problem": "unknown_counter", "code": "Q9", "known": "Q1, Q2"}),
        ({"closes": ["Q1@07:00"]}, {"problem": "nobody_serves", "services": "CT01, HT01"}),
        ({"opens": ["Q1@07:30"]}, {"problem": "already_open", "code": "Q1", "time": "07:30"}),
    ],
)
async def test_why_nothing_can_be_said_comes_in_words_and_facts(
    manager: Screen, hall: OpenHall, enter: Enter, asked: dict[str, Any], refused: dict[str, Any]
) -> None:
    kiosk = await enter(hall, "kiosk", "kiosk-2")
    await kiosk.ok("take_ticket", services=["CT01"])
    wish = {"day": "2026-11-16", "runs": 1, **asked}
    begun = await manager.ok("what_if", **wish)
    answer = (await over(manager, begun["trial"]))["refused"]
    assert answer["reason"] == "trial_impossible"
    assert refused.items() <= answer.items()


async def test_for_a_day_that_no_calendar_has_nothing_is_begun(manager: Screen) -> None:
    for day in ("2026-02-30", "2026-13-01", "0000-01-01"):
        refused = await manager.refused("what_if", day=day)
        facts = {"problem": "no_such_day", "given": day}
        assert refused == {"reason": "trial_impossible", **facts}


async def test_too_little_history_is_said(manager: Screen) -> None:
    begun = await manager.ok("staffing", weekday=1)
    answer = (await over(manager, begun["trial"]))["refused"]
    facts = {"problem": "too_little_history", "found": 0, "least": 2}
    assert answer == {"reason": "trial_impossible", **facts}


async def test_a_language_the_hall_does_not_have_is_refused(manager: Screen) -> None:
    begun = await manager.ok("what_if", **PLAN, language="tay")
    answer = (await over(manager, begun["trial"]))["refused"]
    assert answer == {"reason": "unknown_language", "language": "tay"}


@pytest.mark.parametrize(
    "asked",
    [
        {"runs": 0},
        {"runs": 1001},
        {"arrivals": 0},
        {"arrivals": 11},
        {"opens": ["Q2@08:00"] * 21},
        {"opens": ["Q" * 81]},
        {"seed": -1},
    ],
)
async def test_what_is_out_of_bounds_does_not_even_begin(
    manager: Screen, asked: dict[str, Any]
) -> None:
    answer = await manager.refused("what_if", **{**PLAN, **asked})
    assert answer["reason"] == "bad_message"
    assert not groups()


# --- Whoever began it has gone -------------------------------------------------------------------


@pytest.mark.parametrize("how", ["suspended", "unpaired", "left alone", "somebody else"])
async def test_with_the_sitting_its_trial_ends(
    recorded: str, opened: OpenFor, enter: Enter, clocks: Clocks, how: str
) -> None:
    config_ = config()
    locks = msgspec.structs.replace(config_.devices["manager-1"], settings={"lock_after_min": 10})
    devices = {**config_.devices, "manager-1": locks}
    async with opened(replace(config_, devices=devices)) as hall:
        engine = connect(recorded)
        token = pair(engine, SETUP.hall, "manager-1", EIGHT)
        manager = await enter(hall, "manager", "manager-1", token)
        await manager.ok("sign_in", officer="hoa", pin=PIN)
        await manager.ok("what_if", **LONG)
        await until(groups)
        match how:
            case "suspended":
                suspend(engine, SETUP.hall, "hoa", "command:root", EIGHT)
            case "unpaired":
                unpair(engine, SETUP.hall, "manager-1", "command:root", EIGHT)
            case "left alone":
                clocks.pass_(minutes=10)
                hall.dispatcher.wake()
            case _:
                await manager.ok("sign_in", officer="thu", pin=PIN)
        await until(lambda: not groups())
        engine.dispose()
