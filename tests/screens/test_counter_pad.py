"""The console with a keypad and a plate on real ptys, or with a keypad that types."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from counter.pad_pane import PadPane
from link import messages as m
from terminal.app import HallApp
from terminal.choice import Choice
from terminal.pane import OnlineChanged, ViewChanged, Welcomed
from tests.hardware.pty_line import PtyLine, opened_lines
from tests.screens.conftest import NOW
from tests.screens.consoles import CALLED, NOBODY, READY, greeting
from tests.waiting import until

KEYPAD = m.DeviceState("keypad", None)
PLATE = m.DeviceState("plate-1", None)


@dataclass
class Beside:
    """A console on a made-up link, its pad and its plate."""

    pane: PadPane
    pilot: Pilot[None]
    pad: PtyLine
    plate: PtyLine
    asked: list[m.AnyDo] = field(default_factory=list)
    shown: bytes = b""

    async def ask(self, do: m.AnyDo, *, patience_s: float | None = None, **_: object) -> m.Answer:
        self.asked.append(do)
        return m.Answer(id="", ok={})

    def wishes(self) -> list[m.AnyDo]:
        """What was asked, apart from how the devices are."""
        return [do for do in self.asked if not isinstance(do, m.DeviceState)]

    async def show(self, view: m.CounterView) -> None:
        self.pane.post_message(ViewChanged(view))
        await until(lambda: self.pane.view is view)
        await self.pilot.pause()

    async def press(self, *codes: str) -> None:
        """Keys of the pad, one after the other, each when the console has seen the one before."""
        for code in codes:
            self.pad.send(f"{code}\r".encode())
            await self.pilot.pause(0.02)

    async def lit(self, text: str) -> None:
        def shows() -> bool:
            self.shown += self.plate.heard()
            return self.shown.endswith(f"{text:>4}\r\n".encode())

        await until(shows)


@asynccontextmanager
async def beside(folder: Path, view: m.CounterView, **settings: Any) -> AsyncIterator[Beside]:
    """A console that shows this view, with pad and plate."""
    pad, plate = PtyLine(folder / "keypad"), PtyLine(folder / "plate")
    pad.plug_in()
    plate.plug_in()
    told = greeting()
    usual: dict[str, Any] = {
        "keypad": f"serial://{pad.device}?baud=9600",
        "keypad_codes": ["N=call_next", "F=finish", "#=enter", "*=clear", "E=E"],
        "keypad_debounce_ms": 0,
    }
    told.device.settings.update(usual | settings)
    told.device.plates = [m.PlateInfo("plate-1", f"serial://{plate.device}?baud=9600", "Q1")]
    pane = PadPane(language="vi")
    with opened_lines() as opened:
        async with HallApp(pane, may_quit=True).run_test() as pilot:
            made = Beside(pane, pilot, pad, plate)
            pane.ask, pane.now = made.ask, lambda: NOW
            pane.post_message(Welcomed(told))
            pane.post_message(OnlineChanged(True))
            await made.show(view)
            await until(lambda: PLATE in made.asked)
            await made.lit(view.ticket.number if view.ticket else "")
            if told.device.settings["keypad"] != "keyboard":
                await until(lambda: str(pad.device) in "".join(opened))
            yield made
    for line in (pad, plate):
        line.unplug()


async def test_a_key_of_the_pad_presses_the_key_of_the_console(tmp_path: Path) -> None:
    async with beside(tmp_path, READY) as console:
        await console.press("F", "N")  # nothing can be finished now
        await until(console.wishes)
        assert console.wishes() == [m.CallNext()]
        await console.show(CALLED)
        await console.lit("A012")


async def test_a_question_is_answered_on_the_pad(tmp_path: Path) -> None:
    async with beside(tmp_path, CALLED) as console:
        await console.press("F")
        await until(lambda: console.pane.query(Choice))
        await console.press("*")
        await until(lambda: not console.pane.query(Choice))
        await console.press("F")
        await until(lambda: console.pane.query(Choice))
        await console.press("1", "#")
        await until(console.wishes)
        assert console.wishes() == [m.Finish(outcome="accepted")]


async def test_digits_of_the_pad_are_nobodys_where_nothing_is_asked(tmp_path: Path) -> None:
    async with beside(tmp_path, READY) as console:
        await console.press("4", "#", "E", "N")
        await until(console.wishes)
        assert console.wishes() == [m.CallNext()]


async def test_a_pin_may_be_typed_on_the_pad(tmp_path: Path) -> None:
    async with beside(tmp_path, NOBODY) as console:
        console.pane.query_one("#officer", Input).value = "cb1"
        console.pane.query_one("#pin", Input).focus()
        await console.pilot.pause()
        await console.press(*"1234", "#")
        await until(console.wishes)
        assert console.wishes() == [m.SignIn(officer="cb1", pin="1234")]


async def test_what_troubles_pad_and_plate_is_told_also_after_the_server_was_away(
    tmp_path: Path,
) -> None:
    async with beside(tmp_path, READY) as console:
        console.pad.unplug()
        gone = m.DeviceState("keypad", "no_keypad")
        await until(lambda: gone in console.asked)
        console.asked.clear()
        console.pane.post_message(OnlineChanged(False))
        await until(lambda: not console.pane.online)
        console.pane.post_message(OnlineChanged(True))
        await until(lambda: gone in console.asked and PLATE in console.asked)
        console.pad.plug_in()
        await until(lambda: console.asked[-2:] == [KEYPAD, PLATE])
        await console.press("N")
        await until(console.wishes)


async def test_the_plate_goes_dark_when_the_console_ends(tmp_path: Path) -> None:
    async with beside(tmp_path, CALLED) as console:
        await console.pane.remove()
        await console.lit("")


@pytest.mark.parametrize("key", ["plus", "7"])
async def test_a_key_of_a_keypad_that_types_goes_before_the_consoles_own(
    key: str, tmp_path: Path
) -> None:
    codes = ["plus=call_next", "7=call_next"]
    async with beside(tmp_path, READY, keypad="keyboard", keypad_codes=codes) as console:
        await console.pilot.press(key)
        await until(console.wishes)
        assert console.wishes() == [m.CallNext()]


async def test_where_something_is_typed_a_keypad_that_types_does(tmp_path: Path) -> None:
    codes = ["7=call_next"]
    async with beside(tmp_path, READY, keypad="keyboard", keypad_codes=codes) as console:
        await console.pilot.press("s", "a", "7", "enter", "1")
        await until(console.wishes)
        assert console.wishes() == [m.CallTicket(ticket="A007", reason="other")]
