"""A real kiosk's process, killed between the server's answer and the paper, again and again.

Server, kiosk, terminal, SQLite files and the printer's bytes are real; nobody tells the kiosk that
it will end.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections import Counter
from contextlib import suppress
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from config import Config, read
from hall import events as e
from hall.model import Ticket
from tests.faults.killing import ServerProcess, write_config
from tests.faults.papers import Slip, papers, tickets_in
from tests.faults.witness import Witness, hold
from tests.hardware.fake_printer import NetworkPrinter
from tests.screens.on_a_terminal import begun

ROWS, COLUMNS = 40, 120
PATIENCE_S: Final = 120.0  # a loaded machine
QUIET_S: Final = 0.15  # without a byte: it has painted
LOOK_S: Final = 0.002
RESTS_S: Final = 1.0  # without a byte after a touch: it was none that takes a number
DONE: Final = b"0"
TO_A_NUMBER: Final = 3  # touches, and one that may be lost
AFTER_S: Final = 0.3  # from the answer to the kill, at most: the paper is out some time before
SETTLED_S: Final = 2.0  # without a byte to the printer


class Kiosk:
    """The program on a terminal of its own."""

    def __init__(self, port: int, config: Path, home: Path) -> None:
        what = ["kiosk", "--config", str(config), "--port", str(port), "--device", "kiosk-1"]
        self._process, self._terminal = begun(*what, home=home, size=(ROWS, COLUMNS))
        self._painted_at = self._began = time.monotonic()
        asyncio.get_running_loop().add_reader(self._terminal, self._paints)

    def _paints(self) -> None:
        self._painted_at = time.monotonic()
        try:
            os.read(self._terminal, 65536)
        except OSError:  # it has ended
            asyncio.get_running_loop().remove_reader(self._terminal)

    async def has_painted(self) -> None:
        """Wait until nothing more comes."""
        deadline = time.monotonic() + PATIENCE_S
        while self._painted_at == self._began or time.monotonic() - self._painted_at < QUIET_S:
            assert time.monotonic() < deadline, "the kiosk paints nothing"
            assert self._process.poll() is None, "the kiosk has ended by itself"
            await asyncio.sleep(LOOK_S)

    def touch(self, key: bytes = b"1") -> None:
        """The first thing that it offers."""
        self._painted_at = time.monotonic()
        os.write(self._terminal, key)

    def rests(self) -> bool:
        """Has it long painted whatever a touch brings?"""
        return time.monotonic() - self._painted_at > RESTS_S

    def kill(self) -> None:
        """SIGKILL: it cannot do anything about it."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        asyncio.get_running_loop().remove_reader(self._terminal)
        os.close(self._terminal)


class KilledKiosk:
    """One seed."""

    def __init__(self, folder: Path, seed: int, printer: NetworkPrinter) -> None:
        self.seen: Counter[str] = Counter()
        self._folder, self._chance, self._printer = folder, Random(seed), printer
        self._file = folder / "hall.toml"
        write_config(self._file)
        self._file.write_text(
            _with_printer(self._file.read_text("utf-8"), printer.address), "utf-8"
        )
        self._config: Config = read(self._file)
        self._database = folder / "hall.db"
        self._server = ServerProcess(self._file, self._database, folder / "server.log")
        self._kiosk: Kiosk | None = None
        self._witness: Witness | None = None

    async def live(self, kills: int) -> None:
        """Raises Broken."""
        await self._server.start()
        await self._server.up()
        self._witness = Witness(self._database, self._config.setup)
        for _ in range(kills):
            await self._kill_one()
        self._kiosk = Kiosk(self._server.port, self._file, self._folder)
        await self._kiosk.has_painted()
        await self._all_is_printed()
        self._kiosk.kill()
        self._kiosk = None
        self._check(self._witness)

    async def close(self) -> None:
        if self._kiosk is not None:
            self._kiosk.kill()
        await self._server.kill()
        if self._witness is not None:
            self._witness.close()

    async def _kill_one(self) -> None:
        """A kiosk starts, somebody takes a number, and it is over."""
        kiosk = self._kiosk = Kiosk(self._server.port, self._file, self._folder)
        await kiosk.has_painted()
        deadline = time.monotonic() + PATIENCE_S
        for touches in count():  # the number may stand there that the one before was killed over
            if touches % TO_A_NUMBER == 0:
                kiosk.touch(DONE)
                await kiosk.has_painted()
            if await self._taken_by_a_touch(kiosk):
                break
            assert time.monotonic() < deadline, "nobody could take a number"
        await asyncio.sleep(self._chance.uniform(0.0, AFTER_S))
        cut = len(self._printer.mechanism.drawn)
        kiosk.kill()
        self._kiosk = None
        self.seen["kills"] += 1
        whole = cut >= self.seen["kills"]
        self.seen["killed after the paper" if whole else "killed before the paper"] += 1

    async def _taken_by_a_touch(self, kiosk: Kiosk) -> bool:
        """Is the number written down, soon after a touch?"""
        assert self._witness is not None
        kiosk.touch()
        while not kiosk.rests():
            if any(isinstance(event, e.TicketTaken) for event in self._witness.look()):
                return True
            await asyncio.sleep(LOOK_S)
        return False

    async def _all_is_printed(self) -> None:
        """What the kiosks before it left behind is brought to an end."""
        since, before = time.monotonic(), -1
        while time.monotonic() - since < SETTLED_S:
            now = len(self._printer.mechanism.drawn)
            if now != before:
                since, before = time.monotonic(), now
            await asyncio.sleep(0.05)

    def _check(self, witness: Witness) -> None:
        witness.look()
        tickets = tickets_in(self._database)
        mechanism = self._printer.mechanism
        slips = [Slip(*one) for one in zip(mechanism.drawn, mechanism.printed, strict=False)]
        found = papers(tickets.values(), self._config.hall_info, slips)
        printed = {ticket.number: ticket.printed for ticket in _tickets(witness)}
        for number in tickets:
            whole = found.whole(number)
            story = f"{number}: {whole} papers, recorded as {printed[number]}"
            fine = whole > 0 or printed[number] is not True
            hold("only_what_is_on_paper_counts_as_printed", fine, story)
            hold("a_second_paper_says_so", found.first[number] <= 1, story)
            self.seen["without a paper, and not recorded as printed"] += whole == 0
            self.seen["with a paper"] += whole > 0
        self.seen["tickets"] += len(tickets)


def _tickets(witness: Witness) -> list[Ticket]:
    return [ticket for roll in witness.hall.tickets.values() for ticket in roll]


def _with_printer(config: str, address: str) -> str:
    """The shipped hall with this printer at its first kiosk."""
    changed, count = re.subn(r"(?m)^printers = \[\]$", f'printers = ["{address}"]', config, count=1)
    assert count == 1
    return changed


def kill_the_kiosk(seed: int, kills: int) -> Counter[str]:
    """What was seen on the way. Raises Broken."""

    async def lived(folder: Path) -> Counter[str]:
        with NetworkPrinter() as printer:
            killed = KilledKiosk(folder, seed, printer)
            try:
                await killed.live(kills)
            finally:
                await killed.close()
        return killed.seen

    with TemporaryDirectory() as folder:
        return asyncio.run(lived(Path(folder)))
