"""Whatever arrives, before hello or after it: the server goes on, and the hall does not change."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from link.messages import KINDS, MAX_FRAME, Role
from server import OpenHall
from tests.dispatch.conftest import OpenFor
from tests.dispatch.screens import Json, new_id, screen, stranger
from tests.dispatch.test_frames import ID, is_served
from tests.waiting import until

OPEN = {"kind": "open"}
NO_ENTRY = ("protocol", "unknown_device", "wrong_role", "unknown_ticket")

SHORT = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=12,
)
texts = st.sampled_from(["CT01", "A001", "lan", "lunch", "2026-11-23", "", "é", "\x00"]) | st.text()
values = texts | json
fields = st.sampled_from(
    [
        "services",
        "group",
        "ticket",
        "reason",
        "counter",
        "level",
        "turn",
        "token",
        "booking",
        "from",
    ]
)
wishes = st.builds(
    lambda kind, more: {**more, "kind": kind},
    st.sampled_from(sorted(KINDS)) | values,
    st.dictionaries(fields, values, max_size=4),
)
requests = st.fixed_dictionaries({"type": st.just("request"), "id": st.just(ID), "do": wishes})
hellos = st.fixed_dictionaries(
    {"type": st.just("hello") | values, "protocol": st.just(1) | values},
    optional={
        "role": st.sampled_from(get_args(Role)) | values,
        "device": st.just("kiosk-1") | values,
        "token": values,
        "colour": values,
    },
)
frames = st.binary(max_size=300) | (json | requests | hellos).map(msgspec.json.encode)


@dataclass
class Door:
    """An open hall in a loop that runs only while a test asks."""

    runner: asyncio.Runner
    hall: OpenHall
    token: str


@pytest.fixture
def door(opened: OpenFor) -> Iterator[Door]:
    """A hall with one ticket."""
    with asyncio.Runner() as runner:
        opening = opened()
        hall = runner.run(opening.__aenter__())
        try:
            yield Door(runner, hall, runner.run(_take(hall)))
        finally:
            runner.run(opening.__aexit__(None, None, None))


async def _take(hall: OpenHall) -> str:
    async with screen(hall.url, "kiosk", "kiosk-1") as kiosk:
        taken: Json = await kiosk.ok("take_ticket", services=["CT01"])
        return str(taken["token"])


async def _goes_on(hall: OpenHall, caplog: pytest.LogCaptureFixture) -> None:
    async with screen(hall.url, "counter", "counter-1") as counter:
        assert await is_served(counter)
    assert not hall.running.done()
    assert hall.dispatcher.hall.issued == 1
    assert "Traceback" not in caplog.text


@given(frame=frames)
@SHORT
def test_whatever_is_said_in_place_of_a_hello_changes_nothing(
    door: Door, frame: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async def say() -> None:
        before = door.hall.dispatcher.seq
        async with stranger(door.hall.url) as guest:
            await guest.send(frame)
            await guest.until(lambda: guest.heard)
            welcomed = guest.heard[0]["type"] == "welcome"
            assert welcomed or await guest.farewell() in NO_ENTRY
        assert door.hall.dispatcher.seq == before
        await _goes_on(door.hall, caplog)

    door.runner.run(say())


@given(said=st.lists(frames.filter(lambda frame: len(frame) < MAX_FRAME), max_size=5))
@SHORT
def test_whatever_a_ticket_holder_says_changes_nothing(
    door: Door, said: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    async def say() -> None:
        before = door.hall.dispatcher.seq
        async with screen(door.hall.url, "ticket", "phone", door.token) as holder:
            for frame in said:
                if holder.gone():
                    break
                await holder.send(frame)
            if not holder.gone():
                await holder.send({"type": "request", "id": (last := new_id()), "do": OPEN})
                await until(lambda: holder.gone() or holder.answers(last))
        assert {bye["reason"] for bye in holder.of_type("goodbye")} <= {"protocol"}
        assert door.hall.dispatcher.seq == before
        await _goes_on(door.hall, caplog)

    door.runner.run(say())
