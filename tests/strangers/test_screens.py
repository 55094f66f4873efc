"""Real screens on real terminals, fed by people and by wires that mean harm: not one of the orders
in what they are fed reaches the terminal, and none of it ends a screen.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import pyte
import pytest

from benchmarks.on_pty import OnPty
from tests.cli.commands import config_with, served
from tests.dispatch.screens import screen
from tests.strangers.corpus import ORDERS, PLAIN, lines
from tests.strangers.terminal import faults, letters
from tests.strangers.wire import hostile_wire
from tests.waiting import until, until_now

SIZE: Final = (132, 50)
SCREENS: Final = {
    "counter": "counter-1",
    "display": "board-1",
    "kiosk": "kiosk-1",
    "manager": "manager-1",
    "rating": "rating-1",
}
BEGUN: Final = r"\[/nope\]|Mã cán bộ"  # a name of the hall, or the question who is there
MARKUP: Final = "[/nope][red]"
NOTHING_TO_PAINT_S: Final = 2.0  # after a key that means nothing just then


def hall(folder: Path) -> Path:
    """The shipped hall, open at every hour, with names that mean something elsewhere."""
    path = config_with(folder, ("holidays = [", "holidays = []\nunused = ["))
    text = path.read_text(encoding="utf-8").partition("unused = [")
    week = text[2].partition("[hours.week]")[2].partition("\n\n\n")[2]
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    all_day = 'opens = "00:00", closes = "23:59", numbers_from = "00:00", numbers_to = "23:59"'
    lines_of_week = [f"{day} = [{{ {all_day} }}]" for day in days]
    whole = "\n".join([text[0], "[hours.week]", *lines_of_week, "", week])
    named = whole.replace('names = { vi = "', f'names = {{ vi = "{MARKUP} ')
    more = '\n[[devices.manager]]\ncode = "manager-2"\n[[devices.kiosk]]\ncode = "kiosk-2"\n'
    path.write_text(named + more, encoding="utf-8")
    return path


def written(program: OnPty) -> bytes:
    return b"".join(one.data for one in program.painted)


def has_painted(program: OnPty, text: bytes) -> bool:
    return text in written(program)


def title(program: OnPty) -> str:
    """What a terminal would call its window and its icon now."""
    terminal = pyte.Screen(*SIZE)
    pyte.Stream(terminal).feed(written(program).decode("utf-8", "replace"))
    return f"{terminal.title} {terminal.icon_name}"


@contextmanager
def screens(port: int, home: Path) -> Iterator[dict[str, OnPty]]:
    """All five, each on a terminal of its own."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                OnPty(
                    *(name, "--device", device, "--host", "127.0.0.1", "--port", str(port)),
                    size=SIZE,
                    home=home,
                )
            )
            for name, device in SCREENS.items()
        }


def lives(program: OnPty) -> bool:
    return program._process.poll() is None


def _begun(program: OnPty) -> bool:
    assert lives(program)
    return re.search(BEGUN, letters(written(program))) is not None


def sign_in(program: OnPty, officer: str) -> None:
    """An officer with the demo's PIN."""
    program.press(f"{officer}\r")
    program.settle(len(program.painted))
    program.press("1234\r")
    until_now(lambda: f"· {officer} ·" in letters(written(program)))


def at_work(all_of_them: dict[str, OnPty]) -> None:
    """Every screen has its hall, and officers sit where they do."""
    for program in all_of_them.values():
        until_now(partial(_begun, program))
    sign_in(all_of_them["counter"], "cb1")
    sign_in(all_of_them["manager"], "ql1")


def unharmed(all_of_them: dict[str, OnPty]) -> None:
    for name, program in all_of_them.items():
        assert (name, lives(program), faults(written(program))) == (name, True, [])


async def test_what_people_write_steers_no_terminal(tmp_path: Path) -> None:
    with (
        served("--config", str(hall(tmp_path)), cwd=tmp_path) as server,
        screens(server.port, tmp_path) as all_of_them,
    ):
        await asyncio.to_thread(at_work, all_of_them)
        async with screen(server.url, "manager", "manager-2") as manager:
            await manager.ok("sign_in", officer="ql1", pin="1234")
            for place, text in enumerate(lines(190)):
                await manager.ok("notice", text=f"n{place}. {text}")
                await manager.ok("send_word", text=f"w{place}. {text}")
                mark = f"n{place}. ".encode()
                await until(partial(has_painted, all_of_them["counter"], mark))
        for program in all_of_them.values():
            assert "owned" not in title(program)
        unharmed(all_of_them)


ESCAPES: Final = "".join(
    ORDERS[kind] for kind in ("clear the screen", "clipboard", "title", "link")
)
POISONS: Final = {
    "orders": ESCAPES + MARKUP + "".join(map(chr, range(256))) + ORDERS["in eight bits"],
    "letters": "".join(
        ORDERS[kind][:80] for kind in ("right to left", "no width", "a chain of joiners",
        "marks without end", "marks on nothing", "private and unassigned", "lines")
    ) + PLAIN["from the right"],
}  # fmt: skip


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("poison", list(POISONS))
async def test_even_a_server_that_means_harm_steers_no_terminal(
    poison: str, tmp_path: Path
) -> None:
    text = POISONS[poison]
    with served("--config", str(hall(tmp_path)), cwd=tmp_path) as server:
        async with (
            screen(server.url, "kiosk", "kiosk-2") as kiosk,
            screen(server.url, "manager", "manager-2") as manager,
            hostile_wire(server.url, text) as port,
        ):
            await manager.ok("sign_in", officer="ql1", pin="1234")
            await manager.ok("notice", text="an")
            for service in ("CT01", "HT01"):
                await kiosk.ok("take_ticket", services=[service], group="elderly")
            with screens(port, tmp_path) as all_of_them:
                await asyncio.to_thread(at_work, all_of_them)
                await manager.ok("send_word", text="binh")
                await asyncio.to_thread(press_around, all_of_them)
                unharmed(all_of_them)


def press_around(all_of_them: dict[str, OnPty]) -> None:
    """Open pages and questions that are full of names."""
    for name, keys in {
        "counter": ("m", " ", "b", "c", "\x1b", "g", "\x1b", "p", "\x1b", "k", "\r"),
        "kiosk": ("1", "1", "\r", "#", "\r"),
        "manager": ("n", "\x1b", "t", "\x1b", "c", "\x1b", "s", "b", "\x1b", "h"),
        "rating": ("1", "2"),
    }.items():
        program = all_of_them[name]
        for key in keys:
            mark = len(program.painted)
            program.press(key)
            program.settle(mark, NOTHING_TO_PAINT_S)
