"""Wrong PINs in a row make whoever tries wait, and nobody else."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from dispatch.admission import Admission, Porter
from dispatch.lockout import Lockout
from dispatch.registry import Officer
from hall.commands import Refused
from link.messages import ChangePin, DeviceInfo, SignIn
from records.pairing import Standing
from server import OpenHall
from tests.dispatch.conftest import Enter
from tests.dispatch.halls import EIGHT, PIN, Clocks
from tests.dispatch.screens import Json, Screen, new_id

WRONG = "836514"
NEW = "528190"
BAD_PIN = {"reason": "bad_pin"}
HERE, THERE = (DeviceInfo(f"counter-{n}", "counter", f"Q{n}") for n in (1, 2))


# --- Counting ------------------------------------------------------------------------------------


@dataclass
class Clock:
    """Stands still until a test moves it."""

    now_s: float = 1.2  # one second later minus this is more than one second, to a float

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lockout(clock: Clock) -> Lockout:
    return Lockout({"lan", "minh"}, clock)


def wrong(lockout: Lockout, times: int, officer: str = "lan", device: str = "counter-1") -> int:
    """How long must be waited after so many wrong PINs."""
    return [lockout.was_wrong(officer, device) for _ in range(times)][-1]


def test_two_wrong_pins_cost_nothing_and_each_further_one_twice_as_much_up_to_a_minute(
    lockout: Lockout, clock: Clock
) -> None:
    waits = []
    for _ in range(11):
        waits.append(lockout.was_wrong("lan", "counter-1"))
        clock.now_s += waits[-1]
        assert lockout.wait_s("lan", "counter-1") == 0
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_the_wait_is_told_in_whole_seconds_rounded_up(lockout: Lockout, clock: Clock) -> None:
    assert wrong(lockout, 4) == 2
    told = []
    for _ in range(5):
        told.append(lockout.wait_s("lan", "counter-1"))
        clock.now_s += 0.5
    assert told == [2, 2, 1, 1, 0]


def test_a_right_pin_clears_the_officer_and_the_device(lockout: Lockout) -> None:
    wrong(lockout, 2)
    lockout.was_right("lan", "counter-1")
    assert len(lockout) == 0
    assert wrong(lockout, 2) == 0


def test_whoever_stands_at_the_device_waits_whichever_name_they_try(lockout: Lockout) -> None:
    for name in ("lan", "minh", "nobody"):
        lockout.was_wrong(name, "counter-1")
    for name in ("lan", "minh", "somebody-else"):
        assert lockout.wait_s(name, "counter-1") == 1


def test_a_stranger_at_one_screen_keeps_nobody_from_another(lockout: Lockout) -> None:
    assert wrong(lockout, 20) == 60
    assert lockout.wait_s("lan", "counter-2") == 0


def test_a_colleagues_own_right_pin_does_not_wipe_out_the_guesses(lockout: Lockout) -> None:
    for _ in range(3):
        lockout.was_wrong("lan", "counter-1")
        lockout.was_right("minh", "counter-1")
    assert lockout.wait_s("lan", "counter-1") == 1
    assert lockout.wait_s("minh", "counter-1") == 0


def test_names_that_nobody_has_take_no_room(lockout: Lockout) -> None:
    for number in range(1000):
        lockout.was_wrong(f"invented-{number}", "counter-1")
    assert len(lockout) == 1


# --- Trying PINs ---------------------------------------------------------------------------------


@dataclass
class Tried:
    """Every PIN that was hashed, to be compared or to be kept."""

    pins: list[str] = field(default_factory=list)
    right: str = PIN

    def pin_is_right(self, _: Officer | None, pin: str) -> bool:
        self.pins.append(pin)
        return pin == self.right

    def keep_pin(self, _: Officer, pin: str, __: datetime) -> None:
        self.pins.append(pin)
        self.right = pin

    def code_is_right(self, *_: object) -> bool:
        return False

    def redeem(self, *_: object) -> bool:
        return False

    def is_suspended(self, _: str) -> bool:
        return False

    def standing(self, *_: object) -> Standing:
        return "never_paired"


def porter(tried: Tried, clock: Clock) -> Porter:
    return Porter(
        Admission(
            devices={},
            officers={code: Officer(code, "", "officer") for code in ("lan", "minh")},
            kept=tried,
            tokens_always=False,
        ),
        clock,
    )


def sits_down(pin: str) -> tuple[SignIn, str]:
    return SignIn("lan", pin), new_id()


async def test_while_locked_out_no_pin_is_hashed_and_the_right_one_is_refused(
    clock: Clock,
) -> None:
    tried = Tried()
    at_the_door = porter(tried, clock)
    for _ in range(3):
        assert await at_the_door.officer(*sits_down(WRONG), HERE, EIGHT) == Refused("bad_pin")
    for _ in range(3):
        refused = await at_the_door.officer(*sits_down(PIN), HERE, EIGHT)
        assert refused == Refused("locked_out", wait_s=1)
    assert tried.pins == [WRONG] * 3
    assert await at_the_door.officer(*sits_down(PIN), THERE, EIGHT) is None
    clock.now_s += 1
    assert await at_the_door.officer(*sits_down(PIN), HERE, EIGHT) is None
    at_the_door.close()


async def test_asking_many_times_at_once_gives_no_more_tries(clock: Clock) -> None:
    tried = Tried()
    at_the_door = porter(tried, clock)
    asked = (at_the_door.officer(*sits_down(WRONG), HERE, EIGHT) for _ in range(40))
    refused = await asyncio.gather(*asked)
    assert refused.count(Refused("bad_pin")) == len(tried.pins) == 3
    assert refused.count(Refused("locked_out", wait_s=1)) == 37
    at_the_door.close()


async def test_a_change_asked_again_while_it_is_carried_out_is_carried_out_once(
    clock: Clock,
) -> None:
    tried = Tried()
    at_the_door = porter(tried, clock)
    change = ChangePin(PIN, NEW)
    asked = (at_the_door.change_pin("lan", change, "the same id", HERE, EIGHT) for _ in range(3))
    assert await asyncio.gather(*asked) == [None] * 3
    assert tried.pins == [PIN, NEW, NEW, NEW]  # compared, kept, and proven again by each repeat
    at_the_door.close()


# --- Over the wire -------------------------------------------------------------------------------


async def sign_in(screen: Screen, pin: str, officer: str = "lan") -> Json:
    return await screen.refused("sign_in", officer=officer, pin=pin)


async def locked_out(hall: OpenHall, enter: Enter) -> Screen:
    """A counter's screen where a wrong PIN was typed three times."""
    counter = await enter(hall, "counter", "counter-1")
    for _ in range(3):
        assert await sign_in(counter, WRONG) == BAD_PIN
    return counter


async def test_who_is_locked_out_hears_how_long_and_gets_in_afterwards(
    hall: OpenHall, enter: Enter, clocks: Clocks
) -> None:
    counter = await locked_out(hall, enter)
    assert await sign_in(counter, PIN) == {"reason": "locked_out", "wait_s": 1}
    clocks.pass_(seconds=1)
    assert await sign_in(counter, WRONG) == BAD_PIN
    assert await sign_in(counter, PIN) == {"reason": "locked_out", "wait_s": 2}
    clocks.pass_(seconds=2)
    await counter.ok("sign_in", officer="lan", pin=PIN)


async def test_after_a_right_pin_two_wrong_ones_cost_nothing_again(
    hall: OpenHall, enter: Enter
) -> None:
    counter = await enter(hall, "counter", "counter-1")
    for _ in range(3):
        for _ in range(2):
            assert await sign_in(counter, WRONG) == BAD_PIN
        await counter.ok("sign_in", officer="lan", pin=PIN)


async def test_neither_connecting_again_nor_setting_the_clock_ends_it(
    hall: OpenHall, enter: Enter, clocks: Clocks
) -> None:
    await locked_out(hall, enter)
    clocks.set_(hours=1)
    again = await enter(hall, "counter", "counter-1")
    assert (await sign_in(again, PIN))["reason"] == "locked_out"


async def test_meanwhile_the_officer_sits_down_at_another_counter(
    hall: OpenHall, enter: Enter
) -> None:
    await locked_out(hall, enter)
    other = await enter(hall, "counter", "counter-2")
    await other.ok("sign_in", officer="lan", pin=PIN)


async def test_a_wrong_pin_at_change_pin_counts_as_well(
    hall: OpenHall, enter: Enter, clocks: Clocks
) -> None:
    counter = await enter(hall, "counter", "counter-1")
    await counter.ok("sign_in", officer="lan", pin=PIN)
    for _ in range(3):
        assert await counter.refused("change_pin", pin=WRONG, new_pin=NEW) == BAD_PIN
    refused = await counter.refused("change_pin", pin=PIN, new_pin=NEW)
    assert refused == {"reason": "locked_out", "wait_s": 1}
    assert await sign_in(counter, PIN) == refused
    clocks.pass_(seconds=1)
    await counter.ok("change_pin", pin=PIN, new_pin=NEW)


async def test_a_lock_out_is_logged_once_and_never_what_was_typed(
    hall: OpenHall, enter: Enter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("websockets").setLevel(logging.CRITICAL)  # as a server that runs has it
    counter = await locked_out(hall, enter)
    for _ in range(5):
        await sign_in(counter, PIN)
    other = await enter(hall, "counter", "counter-2")
    assert await sign_in(other, WRONG, officer=PIN) == BAD_PIN  # a PIN where the code belongs
    assert caplog.text.count("locked out") == 1
    assert "lan at counter-1: wrong PIN, locked out for 1 s" in caplog.text
    assert "an unknown officer at counter-2: wrong PIN" in caplog.text
    assert WRONG not in caplog.text
    assert PIN not in caplog.text
