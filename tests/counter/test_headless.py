"""A counter worked with a pad and a plate alone, over a real server that is killed in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import groupby
from pathlib import Path

from hardware.frames import Settings, modbus
from tests.counter.alone import Alone, alone
from tests.dispatch.screens import Json, Screen, screen
from tests.waiting import until


@asynccontextmanager
async def manager_of(counter: Alone) -> AsyncIterator[Screen]:
    """A manager who is signed in."""
    async with screen(counter.server.url, "manager", "manager-1") as manager:
        await manager.ok("sign_in", officer="ql1", pin="1234")
        await manager.until(lambda: not manager.view.get("closed"))
        yield manager


def trouble_of(manager: Screen, device: str) -> str | None:
    troubles: list[Json] = manager.view["troubles"]
    found = (one["trouble"] for one in troubles if one["device"] == f"counter-1/{device}")
    return next(found, None)


def numbers(counter: Alone) -> list[str]:
    """Every number the plate showed, one after another; what blinks is one."""
    return [text for text, _ in groupby(text for text in counter.texts if text.startswith("A"))]


async def serve_one(counter: Alone, number: str) -> None:
    counter.press("N")
    await counter.shows(number)
    counter.press("S", "F")  # in one piece: the second is looked at when the first was answered
    await counter.shows("")


async def test_ten_people_are_served_by_pad_alone_though_the_server_is_killed(
    tmp_path: Path,
) -> None:
    async with alone(tmp_path) as counter:
        await counter.issue(10)
        await counter.sign_in()
        for one in range(1, 5):
            await serve_one(counter, f"A{one:03d}")

        counter.press("N")
        await counter.shows("A005")
        await counter.server.kill()
        await until(lambda: "online: False" in counter.log)
        counter.press("F")
        await counter.showed("--", "A005")  # as long as it may still be true
        await counter.server.start()
        await counter.server.up()
        await until(lambda: counter.log.count("online: True") == 2)
        counter.press("F")
        await counter.shows("")

        for one in range(6, 11):
            await serve_one(counter, f"A{one:03d}")
        counter.press("N")
        await counter.showed("--")
        await counter.shows("")
        assert numbers(counter) == [f"A{one:03d}" for one in range(1, 11)]
        async with manager_of(counter) as manager:
            assert manager.view["today"]["served"] == 10
        assert await counter.stop() == 0


async def test_no_pin_stands_in_a_log_and_a_wrong_one_signs_nobody_in(tmp_path: Path) -> None:
    async with alone(tmp_path) as counter:
        await counter.shows("PIN")
        counter.press(*"8642", "#")
        await counter.showed("--")
        await counter.shows("PIN")
        counter.press("8642?", "N", "#")
        await counter.showed("--")
        await counter.shows("PIN")
        counter.press(*"55", "*", *"1234", "#")  # a slip, cleared
        await counter.shows("")
        counter.press("P")
        await counter.shows("----")
        counter.press("P")
        await counter.shows("")
        counter.press("X")
        await counter.shows("PIN")
        assert await counter.stop() == 0
        assert counter.texts[-1] == ""  # it goes dark
        server_log = (tmp_path / "server.log").read_text(encoding="utf-8")
        assert "8642" not in counter.said + server_log
        assert "1234" not in counter.said
        assert "bad_pin" in counter.log


async def test_an_officer_who_sits_elsewhere_types_the_pin_once_more_to_come_here(
    tmp_path: Path,
) -> None:
    async with alone(tmp_path) as counter:
        async with screen(counter.server.url, "counter", "counter-2") as other:
            await other.ok("sign_in", officer="cb1", pin="1234")
            await counter.shows("PIN")
            counter.press(*"1234", "#")
            await counter.shows("PIN2")
            counter.press(*"1234", "#")
            await counter.shows("")
            await other.until(lambda: other.view.get("officer") is None)
        await counter.issue(1)
        await serve_one(counter, "A001")


async def test_a_number_typed_on_the_pad_is_called_out_of_order(tmp_path: Path) -> None:
    async with alone(tmp_path) as counter:
        await counter.issue(3)
        await counter.sign_in()
        counter.press("3", "#")
        await counter.shows("A003")
        counter.press("F", "A", "7", "#")  # no key types an A here
        await counter.showed("--")
        await counter.shows("")
        assert "call_ticket" in counter.log
        assert "unknown_ticket" in counter.log
        assert "the pad sent 'A', which is in no keypad_codes" in counter.log


async def test_pad_and_plate_come_and_go_in_any_order_and_the_manager_is_told(
    tmp_path: Path,
) -> None:
    async with alone(tmp_path) as counter:
        await counter.issue(2)
        await counter.sign_in()
        async with manager_of(counter) as manager:
            counter.pad.unplug()
            await manager.until(lambda: trouble_of(manager, "keypad") == "no_keypad")
            counter.plate.unplug()
            await manager.until(lambda: trouble_of(manager, "plate-1") == "no_plate")
            counter.pad.plug_in()
            await manager.until(lambda: trouble_of(manager, "keypad") is None)
            counter.press("N")
            await until(lambda: "call_next" in counter.log)
            counter.plate.plug_in()
            await manager.until(lambda: trouble_of(manager, "plate-1") is None)
            await counter.shows("A001")

            counter.pad.send(b"F\r" * 101)
            await manager.until(lambda: trouble_of(manager, "keypad") == "babble")
            await counter.shows("A001")  # nothing of it was obeyed
            await manager.until(lambda: trouble_of(manager, "keypad") is None)
            counter.press("F")
            await counter.shows("")


async def test_a_counter_that_starts_before_its_server_waits_for_it(tmp_path: Path) -> None:
    async with alone(tmp_path) as counter:
        await counter.shows("PIN")
        assert await counter.stop() == 0
        await counter.server.kill()
        await counter.start()
        await until(lambda: counter.log.count("online: False") == 1)
        await counter.server.start()
        await counter.server.up()
        await counter.sign_in()


async def test_a_device_that_is_no_counter_is_told_so_and_ends(tmp_path: Path) -> None:
    async with alone(tmp_path) as counter:
        await counter.shows("PIN")
        await counter.stop()
        await counter.start("kiosk-1")
        assert await counter.ended() == 2
        assert "motcua: This device is configured as another kind of screen." in counter.log


async def test_a_counter_whose_place_another_takes_ends_without_a_quarrel(tmp_path: Path) -> None:
    async with alone(tmp_path) as counter:
        await counter.sign_in()
        async with screen(counter.server.url, "counter", "counter-1"):
            assert await counter.ended() == 0


async def test_a_plate_of_another_make_is_spoken_to_as_configured_and_its_answer_heard(
    tmp_path: Path,
) -> None:
    how = Settings(speaks="modbus", unit=3, cells=6)
    async with alone(tmp_path, plate=('speaks = "modbus"', "unit = 3", "cells = 6")) as counter:
        heard = b""

        def shown(text: str) -> bool:
            nonlocal heard
            telegram = modbus(text, how)
            if new := counter.plate.heard():
                counter.plate.write(telegram.answer)
                heard += new
            return heard.endswith(telegram.data)

        await until(lambda: shown("PIN"))
        counter.press(*"1234", "#")
        await until(lambda: shown(""))


async def test_a_plate_that_does_not_answer_is_told_to_the_manager_by_its_name(
    tmp_path: Path,
) -> None:
    async with (
        alone(tmp_path, plate=('speaks = "modbus"',)) as counter,
        manager_of(counter) as manager,
    ):
        await manager.until(lambda: trouble_of(manager, "plate-1") == "no_answer")
