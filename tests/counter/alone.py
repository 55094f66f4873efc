"""A counter without a screen as a process of its own, its pad and its plate on real ptys, and the
server as another process. Judges nothing.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from tests.dispatch.screens import screen
from tests.faults.killing import ROOT, ServerProcess, write_config
from tests.hardware.pty_line import PtyLine
from tests.waiting import PATIENCE_S, until

CODES: Final = (
    '"N=call_next", "R=recall", "S=start", "F=finish", "P=pause", "X=sign_out", '
    '"#=enter", "*=clear"'
)


class Alone:
    """One counter of a hall that is open all day, and everything beside it."""

    def __init__(self, folder: Path) -> None:
        self.pad, self.plate = PtyLine(folder / "keypad"), PtyLine(folder / "plate")
        self.server = ServerProcess(folder / "hall.toml", folder / "hall.db", folder / "server.log")
        self._folder = folder
        self._log = folder / "counter.log"
        self._heard = b""
        self._shown_before = 0
        self._said_before = 0  # bytes of the log
        self._process: asyncio.subprocess.Process | None = None

    def configure(self, plate: Sequence[str] = ()) -> None:
        file = self._folder / "hall.toml"
        write_config(file)
        settings = (
            f'keypad = "serial://{self.pad.device}?baud=9600"',
            f"keypad_codes = [{CODES}]",
            "keypad_debounce_ms = 0",
            'officer = "cb1"',
        )
        over_it = (
            "[[plates]]",
            'code = "plate-1"',
            'device = "counter-1"',
            'counter = "Q1"',
            f'line = "serial://{self.plate.device}?baud=9600"',
            *plate,
        )
        text = re.sub(r"no_show_after_s = 2\b", "no_show_after_s = 600", file.read_text())
        old = 'code = "counter-1"\n'
        assert old in text
        text = text.replace(old, old + "\n".join(settings) + "\n", 1)
        file.write_text("\n".join((text, *over_it, "")))

    # --- The process ---

    async def start(self, device: str = "counter-1") -> None:
        with self._log.open("ab") as log:
            self._said_before = log.tell()
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, str(ROOT / "cli.py"), "counter", "--headless"),
                *("--device", device, "--port", str(self.server.port)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=log,
            )

    async def stop(self) -> int:
        """Ask it to end, as a supervisor does: its exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.terminate()
        return await self.ended()

    async def ended(self) -> int:
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), PATIENCE_S)

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    @property
    def said(self) -> str:
        """The log, without the names of places, in which any digits may stand."""
        return self.log.replace(str(self._folder), "").replace(str(self.server.port), "")

    # --- What an officer does and sees ---

    def press(self, *codes: str) -> None:
        self._shown_before = len(self.texts)
        self.pad.send("".join(f"{code}\r" for code in codes).encode())

    @property
    def texts(self) -> list[str]:
        """Everything the plate was told to show."""
        self._heard += self.plate.heard()
        return [one.strip() for one in self._heard.decode("ascii").split("\r\n")[:-1]]

    async def shows(self, text: str) -> None:
        """This stands there, and stays."""
        await until(lambda: self.texts[-1:] == [text])

    async def showed(self, *texts: str) -> None:
        """Each of these in this order since the last key, however short."""

        def came() -> bool:
            since = iter(self.texts[self._shown_before :])
            return all(text in since for text in texts)

        await until(came)

    def hears_the_pad(self) -> bool:
        """What is typed before its line is open is lost."""
        pad = str(self.pad.device)
        said = self._log.read_bytes()[self._said_before :].decode()
        return any(pad in line and "is open" in line for line in said.splitlines())

    async def sign_in(self) -> None:
        await until(self.hears_the_pad)
        await self.shows("PIN")
        self.press(*"1234", "#")
        await self.shows("")

    async def issue(self, tickets: int) -> None:
        """So many people take a number for the first service."""
        async with screen(self.server.url, "kiosk", "kiosk-1") as kiosk:
            for _ in range(tickets):
                await kiosk.ok("take_ticket", services=["CT01"])


@asynccontextmanager
async def alone(folder: Path, plate: Sequence[str] = ()) -> AsyncIterator[Alone]:
    """The server, the pad, the plate and the counter, all at work; more settings of the plate."""
    counter = Alone(folder)
    counter.configure(plate)
    async with AsyncExitStack() as ending:
        for line in (counter.pad, counter.plate):
            line.plug_in()
            ending.callback(line.unplug)
        await counter.server.start()
        ending.push_async_callback(counter.server.kill)
        await counter.server.up()
        await counter.start()
        ending.push_async_callback(counter.stop)
        await until(counter.hears_the_pad)
        yield counter
