"""What a screen may send that is no good: it is told so, and nobody else notices."""

from __future__ import annotations

import pytest

from server import OpenHall
from tests.dispatch.conftest import Enter
from tests.dispatch.screens import Json, Screen, new_id, stranger

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
DEEP = "[" * 7000 + "]" * 7000

GARBAGE = {
    "no JSON": "{",
    "nothing": "",
    "not UTF-8": b'{"type":"request","id":"\xff\xfe"}',
    "no object": "[1, 2, 3]",
    "no type": {"id": ID},
    "an unknown type": {"type": "gossip"},
    "no id": {"type": "request", "do": {"kind": "open"}},
    "an id that is none": {"type": "request", "id": "1", "do": {"kind": "open"}},
    "a kind that is no text": {"type": "request", "id": ID, "do": {"kind": ["open"]}},
    "a wish that is no object": {"type": "request", "id": ID, "do": "open"},
    "nested without end": "[" * 8000,
    "nested without end before its type": f'{{"x":{DEEP},"type":"request"}}',
    "nested without end in a wish": f'{{"type":"request","id":"{ID}","do":{{"x":{DEEP}}}}}',
    "a half surrogate": '{"type":"hello","protocol":1,"role":"kiosk","device":"\\ud800"}',
}

WRONG_FIELDS = {
    "an unknown field": ({"kind": "call_next", "colour": "red"}, "colour"),
    "a missing field": ({"kind": "pause"}, "reason"),
    "a wrong type": ({"kind": "pause", "reason": 7}, "$.do.reason"),
    "a text too long": ({"kind": "pause", "reason": "a" * 41}, "$.do.reason"),
    "a newline at the end": ({"kind": "pause", "reason": "lunch\n"}, "$.do.reason"),
    "a control character": ({"kind": "pause", "reason": "\x1b[2J"}, "$.do.reason"),
    "a number that is none": ({"kind": "resume", "ticket": "A1"}, "$.do.ticket"),
}


@pytest.fixture
async def sender(hall: OpenHall, enter: Enter) -> Screen:
    """A counter that sends what it should not."""
    return await enter(hall, "counter", "counter-1")


@pytest.fixture
async def other(hall: OpenHall, enter: Enter) -> Screen:
    """A counter that does its work meanwhile."""
    return await enter(hall, "counter", "counter-2")


async def is_served(screen: Screen) -> bool:
    """Does the screen still get its answers?"""
    refused = await screen.refused("call_next")
    return refused == {"reason": "counter_has_no_officer", "counter": refused["counter"]}


@pytest.mark.parametrize("frame", GARBAGE.values(), ids=GARBAGE.keys())
async def test_garbage_ends_the_connection_that_sent_it_and_no_other(
    sender: Screen, other: Screen, frame: object
) -> None:
    await sender.send(frame)
    assert await sender.farewell() == "protocol"
    assert await is_served(other)


@pytest.mark.parametrize("frame", GARBAGE.values(), ids=GARBAGE.keys())
async def test_garbage_in_place_of_a_hello_is_told_goodbye(hall: OpenHall, frame: object) -> None:
    async with stranger(hall.url) as guest:
        await guest.send(frame)
        assert await guest.farewell() == "protocol"


@pytest.mark.parametrize(("wish", "named"), WRONG_FIELDS.values(), ids=WRONG_FIELDS.keys())
async def test_a_wrong_field_is_named_in_the_answer_and_the_connection_stays(
    sender: Screen, wish: Json, named: str
) -> None:
    await sender.send({"type": "request", "id": ID, "do": wish})
    await sender.until(lambda: sender.answers(ID))
    refused = sender.of_type("answer")[-1]["refused"]
    assert refused["reason"] == "bad_message"
    assert named in refused["problem"]
    assert await is_served(sender)


async def test_an_unknown_kind_is_refused_by_name_and_the_connection_stays(sender: Screen) -> None:
    refused = await sender.refused("make_coffee")
    assert refused == {"reason": "unknown_kind", "kind": "make_coffee"}
    assert await is_served(sender)


@pytest.mark.parametrize("slot", ["2026-11-23T09:00:00", "tomorrow", 1_700_000_000])
async def test_a_time_without_its_offset_does_not_come_in(
    hall: OpenHall, enter: Enter, slot: object
) -> None:
    booking = {"slot": slot, "registered": "2026-11-20T09:00:00+07:00"}
    kiosk = await enter(hall, "kiosk", "kiosk-1")
    refused = await kiosk.refused("take_ticket", services=["CT01"], booking=booking)
    assert refused["reason"] == "bad_message"
    assert "$.do.booking.slot" in refused["problem"]


async def test_a_second_hello_ends_the_connection(sender: Screen) -> None:
    await sender.hello("counter", "counter-1")
    assert await sender.farewell() == "protocol"


async def test_the_largest_frame_is_answered(sender: Screen) -> None:
    frame = '{"type":"request","id":"%s","do":{"kind":"call_next"}}' % (asked := new_id())
    await sender.send(frame.ljust(16 * 1024))
    await sender.until(lambda: sender.answers(asked))


async def test_a_frame_too_large_is_not_even_read_and_hurts_nobody_else(
    sender: Screen, other: Screen
) -> None:
    await sender.send(b" " * (16 * 1024 + 1))
    assert await sender.farewell() == "1009"
    assert await is_served(other)


async def test_a_hello_larger_than_a_kilobyte_is_not_let_in(hall: OpenHall) -> None:
    async with stranger(hall.url) as guest:
        await guest.send(
            '{"type":"hello","protocol":1,"role":"kiosk","device":"kiosk-1"}'.ljust(1025)
        )
        assert await guest.farewell() == "protocol"


async def test_a_binary_frame_is_read_like_text(hall: OpenHall, enter: Enter) -> None:
    kiosk = await enter(hall, "kiosk", "kiosk-1")
    wish = b'{"type":"request","id":"%s","do":{"kind":"take_ticket","services":["CT01"]}}'
    await kiosk.connection.send(wish % ID.encode())
    await kiosk.until(lambda: kiosk.answers(ID))
    assert kiosk.of_type("answer")[-1]["ok"]["ticket"] == "A001"
