"""A kiosk in a real hall while somebody pulls paper, cable, power and network in any order.

The server, its SQLite file, the kiosk's app, the websocket and the printer's bytes are real; the
kiosk's clock alone runs faster. One seed decides what is pulled when, and what people touch.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from textual.pilot import Pilot

from config.values import Config
from dispatch.limits import Limits as DoorLimits
from dispatch.timekeeper import Timekeeper
from hardware.device import Limits
from kiosk.app import build
from kiosk.pane import KioskPane
from kiosk.visit import Start, Taken, Taking
from link.messages import DeviceInfo
from server import OpenHall, open_hall
from terminal.app import HallApp
from terminal.big_number import BigNumber
from terminal.words import load
from tests.dispatch.halls import EIGHT, HALL_INFO, config
from tests.faults.ground import fast_disk, quiet
from tests.faults.papers import Papers, Sights, Slip, nothing_is_lost, papers, tickets_in
from tests.faults.plugs import Cable, PrinterOnLine, PrinterOnSocket
from tests.faults.simulation import Failed
from tests.screens.conftest import screen_text
from tests.waiting import PATIENCE_S

FASTER: Final = 8  # the kiosk's clock and the printer's limits
LOOK_S: Final = 0.25  # of the kiosk's clock, between two looks at its screen
LIMITS: Final = Limits(
    connect_s=0.5,
    retry_s=0.1,
    answer_s=0.3,
    poll_s=0.2,
    fence_s=1.0,
    stalled_s=1.0,
    reprint_within_s=3.0,
    expires_s=3.5,
)
SIZE: Final = (80, 24)
TICKET_BYTES: Final = 63_000  # about
WORDS: Final = {  # of the printer's, while something is pulled
    "paper": "no_paper",
    "cover": "cover_open",
    "cutter": "cutter",
    "power": "no_printer",
    "cable": "no_printer",
}
FATES: Final = (
    *("paper", "cover", "cutter", "power", "power in a ticket", "cable", "cable in a ticket"),
    *("way to the server", "server", "kiosk"),
)
MENDS: Final = 0.3  # how often somebody puts back what is pulled, and pulls nothing
PLACE: Final = "kiosk-1/printer"


class KioskEnded(Exception):  # noqa: N818 - a fact
    """Somebody ended the kiosk's program."""


async def pull_plugs(seed: int, *, on_line: bool, pulls: int) -> Counter[str]:
    """Live one seed through; what was seen on the way. Raises Failed."""
    with fast_disk() as folder, quiet():
        printer = PrinterOnLine() if on_line else PrinterOnSocket()
        with printer:
            pulling = Pulling(seed, Path(folder), printer)
            try:
                await pulling.live(pulls)
            except Exception as why:
                raise Failed(seed, why, pulling.story) from why
            finally:
                await pulling.close()
    return pulling.seen


class Pulling:
    """One seed."""

    def __init__(self, seed: int, folder: Path, printer: PrinterOnLine | PrinterOnSocket) -> None:
        self.seen: Counter[str] = Counter()
        self.story: list[str] = []
        self.sights = Sights()
        self._printer, self._folder = printer, folder
        self._people, self._fate = Random(f"{seed} people"), Random(f"{seed} pulls")
        self._pulled: set[str] = set()  # of the printer
        self._zero = time.monotonic()
        self._kiosk_s = 1000.0  # by the kiosk's clock
        self._to_server, self._to_printer = Cable(), Cable()
        self._config = config()
        self._server = AsyncExitStack()
        self._hall: OpenHall | None = None
        self._app: HallApp | None = None
        self._pilot: Pilot[None] | None = None
        self._end_kiosk = False
        self._loop = asyncio.get_running_loop()
        phrases = load("vi")
        self._your_number = phrases("kiosk.your_number")
        self._printed = phrases("kiosk.paper_printed")
        self._doubts = phrases("kiosk.paper_not_needed"), phrases("kiosk.paper_unknown")

    async def live(self, pulls: int) -> None:
        """Raises whatever is broken first."""
        await self._to_server.open()
        await self._to_printer.open()
        self._config = self._configured()
        await self._start_server()
        pulling = asyncio.create_task(self._pull_often(pulls))
        try:
            while not pulling.done():
                await self._one_kiosk(pulling.done)
        finally:
            pulling.cancel()
            await asyncio.gather(pulling, return_exceptions=True)
        pulling.result()
        await self._heal()
        await self._one_kiosk(self._all_is_done)
        await self._stop_server()
        await self._start_server()
        self._check()

    async def close(self) -> None:
        """Whatever happened, nothing goes on."""
        await self._server.aclose()
        await self._to_server.close()
        await self._to_printer.close()

    def _note(self, what: str) -> None:
        self.story.append(f"{time.monotonic() - self._zero:7.3f} {self._kiosk_s:8.2f} {what}")

    # --- The server ------------------------------------------------------------------------------

    def _configured(self) -> Config:
        address = self._printer.address.replace("baud=115200", f"baud={115200 * FASTER}")
        if isinstance(self._printer, PrinterOnSocket):
            self._to_printer.to_port = self._printer.port
            address = f"tcp://127.0.0.1:{self._to_printer.port}"
        kiosk = DeviceInfo("kiosk-1", "kiosk", settings={"printers": [address]})
        return replace(config(), devices={"kiosk-1": kiosk})

    async def _start_server(self) -> None:
        opening = open_hall(
            self._config,
            str(self._folder / "hall.db"),
            "127.0.0.1",
            0,
            Timekeeper(self._wall),
            limits=DoorLimits(hello_within_s=30.0, goodbye_within_s=0.5),
        )
        self._hall = await self._server.enter_async_context(opening)
        self._to_server.to_port = self._hall.port  # for a kiosk, it is always the same one
        self._note("the server is up")

    async def _stop_server(self) -> None:
        self._note("the server ends")
        self._hall = None
        await self._server.aclose()

    def _wall(self) -> datetime:
        return EIGHT + timedelta(seconds=time.monotonic() - self._zero)

    # --- The kiosk, and who stands before it -----------------------------------------------------

    async def _one_kiosk(self, over: Callable[[], bool]) -> None:
        """From its start until it is ended, or all is over."""
        url = f"ws://127.0.0.1:{self._to_server.port}/"
        self._app = build(url, "kiosk-1", "", kept_in=self._folder)
        self._pane.clock = lambda: self._kiosk_s
        assert self._pane.devices is not None
        self._pane.devices.limits = LIMITS
        self._end_kiosk = False
        with suppress(KioskEnded):
            async with self._app.run_test(size=SIZE) as self._pilot:
                self._note("the kiosk is up")
                try:
                    while not over():
                        await self._visit(over)
                finally:
                    self._leave_it()
        self._app = None

    def _leave_it(self) -> None:
        """Whoever stands there now is not told any more."""
        page = self._pane._visit.page
        self.sights.ended_while_taking += isinstance(page, Taking)
        self.seen["kiosk ended while a ticket was asked for"] += isinstance(page, Taking)
        if isinstance(page, Taken):
            self._look()
            number = page.ticket.ticket
            if number in self.sights.of:
                self.sights.of[number].ended = True
            else:  # the answer has come, and nothing was drawn since
                self.sights.ended_while_taking += 1
            self.seen["kiosk ended with a number in sight"] += 1
        self._note(f"the kiosk ends at {page}")

    @property
    def _pane(self) -> KioskPane:
        assert self._app is not None
        assert isinstance(self._app.pane, KioskPane)
        return self._app.pane

    async def _visit(self, over: Callable[[], bool]) -> None:
        """Somebody comes, takes a ticket, and goes when the kiosk has forgotten them."""
        await self._step_until(lambda: over() or (self._pane.live and self._at_start))
        if over():
            return
        await self._touch(self._people.choice("12"))
        await self._step_until(lambda: not self._at_start or not self._pane.live)
        while not self._at_start and not over():
            await self._step()
            page = self._pane._visit.page
            if isinstance(page, Taken) and self._people.random() < 0.1:
                await self._decide(page)

    async def _decide(self, page: Taken) -> None:
        """Somebody who holds a paper goes; somebody who looks for it asks again, or says so."""
        number, state = page.ticket.ticket, page.paper.state
        if number not in self.sights.of or state not in ("printed", "unknown"):
            return
        holds_it = self._papers().whole(number) > 0
        touch = "0" if state == "printed" else "1" if holds_it else "2"
        self.sights.touched(number)
        self._note(f"somebody touches {touch} at {number}, {state}")
        self.seen[f"touched {touch} at a number that is {state}"] += 1
        await self._touch(touch)

    async def _touch(self, key: str) -> None:
        assert self._pilot is not None
        self._kiosk_s += 1
        await self._pilot.press(key)

    @property
    def _at_start(self) -> bool:
        return isinstance(self._pane._visit.page, Start)

    async def _step_until(self, true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < deadline, f"it never came true: {self._pane._visit.page}"
            await self._step()

    async def _step(self) -> None:
        """The kiosk's clock goes on a little; then its screen is looked at."""
        self._kiosk_s += LOOK_S
        self._pane._tick()
        await asyncio.sleep(LOOK_S / FASTER)
        self._look()
        if self._end_kiosk:
            raise KioskEnded

    def _look(self) -> None:
        pane = self._pane
        text = " ".join(screen_text(pane.app).split())
        number = ""
        if self._your_number in text and not pane.out_of_order:
            number = pane.query_one("#number", BigNumber).text
        before = number in self.sights.of
        self.sights.look(
            self._kiosk_s,
            number,
            doubts=any(doubt in text for doubt in self._doubts),
            printed=self._printed in text,
        )
        if number and not before:
            self._note(f"{number} is shown")

    # --- What is pulled --------------------------------------------------------------------------

    async def _pull_often(self, pulls: int) -> None:
        for _ in range(pulls):
            await asyncio.sleep(self._fate.uniform(0, 0.9))
            await self._trouble_is_known()
            mends = self._pulled and self._fate.random() < MENDS
            await self._pull(self._fate.choice(sorted(self._pulled) if mends else FATES))

    async def _pull(self, what: str) -> None:
        """Pull it, or put it back where it is pulled."""
        thing = what.removesuffix(" in a ticket")
        self.seen[what] += 1
        match thing:
            case "way to the server":
                self._toggle_way()
            case "server":
                await self._restart_server()
            case "kiosk":
                self._note("somebody ends the kiosk")
                self._end_kiosk = True
            case _ if thing in self._pulled or self._printer.after is not None:
                self._put_back(thing)
            case _ if what != thing:
                self._aim(thing)
            case _:
                self._take_away(thing)

    def _aim(self, thing: str) -> None:
        """Take it away in the next ticket: in a picture, or when its paper is cut, and whether it
        came out cannot be told any more.
        """
        self._note(f"{thing} goes in the next ticket")
        if self._fate.random() < 0.5:
            self._printer.mechanism.at_cut = lambda: self._take_away(thing)
        else:
            within = self._fate.randrange(TICKET_BYTES)
            self._printer.after = (within, lambda: self._take_away(thing))

    def _toggle_way(self) -> None:
        if not self._to_server.whole:
            self._note("the way to the server is back")
            self._to_server.plug()
        elif self._fate.random() < 0.7:
            self._note("the way to the server is cut")
            self._to_server.pull()
        else:
            self._note("the way to the server is stuck")
            self._to_server.stick()

    async def _restart_server(self) -> None:
        if self._fate.random() < 0.5 and self._to_server.whole:
            self._to_server.pull()  # its last answers are lost
            await self._stop_server()
            self._to_server.plug()
        else:
            await self._stop_server()
        await asyncio.sleep(self._fate.uniform(0, 0.5))
        await self._start_server()

    def _take_away(self, thing: str) -> None:
        """Also in the printer's thread."""
        self._note(f"{thing} is gone")
        self._pulled.add(thing)
        mechanism = self._printer.mechanism
        match thing:
            case "paper":
                mechanism.paper = False
            case "cover":
                mechanism.cover = True
            case "cutter":
                mechanism.jammed = True
            case "power":
                self._printer.power_off()
            case "cable":
                self._printer.unplugged = True
                self._loop.call_soon_threadsafe(self._to_printer.pull)

    def _put_back(self, thing: str) -> None:
        self._printer.after = self._printer.mechanism.at_cut = None
        if thing not in self._pulled:
            return
        self._note(f"{thing} is back")
        self._pulled.discard(thing)
        mechanism = self._printer.mechanism
        match thing:
            case "paper":
                mechanism.paper = True
            case "cover":
                mechanism.cover = False
            case "cutter":
                mechanism.jammed = False
            case "power":
                self._printer.power_on()
            case "cable":
                self._printer.unplugged = False
                self._to_printer.plug()

    async def _heal(self) -> None:
        for thing in WORDS:
            self._put_back(thing)
        self._to_server.plug()

    # --- What is found ---------------------------------------------------------------------------

    async def _trouble_is_known(self) -> None:
        """Sometimes nothing else happens until the officers know what troubles the printer."""
        if not self._pulled or not self._to_server.whole or self._fate.random() < 0.6:
            return
        words = {WORDS[thing] for thing in self._pulled} | {"offline"}
        deadline = time.monotonic() + PATIENCE_S
        while self._pulled and self._trouble() not in words:
            late = time.monotonic() > deadline
            assert not late, f"{self._pulled}, and the officers know of {self._trouble()}"
            await asyncio.sleep(0.01)
        self._note(f"the officers know of {self._trouble()}")
        self.seen["trouble known"] += 1

    def _trouble(self) -> str | None:
        assert self._hall is not None
        state = self._hall.dispatcher.hall.devices.get(PLACE)
        return state.trouble if state is not None else None

    def _all_is_done(self) -> bool:
        """Nothing waits for the printer or for the server, and a last ticket is out."""
        printing = self._pane.printing
        if printing is None or not self._pane.live or printing.waiting or self._trouble():
            return False
        if any(worker.group == "requests" for worker in self._pane.workers):
            return False
        return self._at_start

    def _papers(self) -> Papers:
        mechanism = self._printer.mechanism
        slips = [Slip(*one) for one in zip(mechanism.drawn, mechanism.printed, strict=False)]
        return papers(tickets_in(self._folder / "hall.db").values(), HALL_INFO, slips)

    def _check(self) -> None:
        assert self._hall is not None
        tickets, found = tickets_in(self._folder / "hall.db"), self._papers()
        hall = self._hall.dispatcher.hall
        recorded = {number: hall.known(number).printed for number in tickets}
        nothing_is_lost(tickets, recorded, self.sights, found)
        self.seen["tickets"] += len(tickets)
        self.seen["tickets without a paper"] += sum(not found.whole(one) for one in tickets)
        self.seen["first papers"] += found.first.total()
        self.seen["marked papers"] += found.again.total()
        self.seen["torn papers"] += found.torn
        self.seen["empty slips"] += found.empty
