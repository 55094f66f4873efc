"""The technician's page over the citizens' pages, its PIN, and that nothing else leads out."""

from __future__ import annotations

import logging
import os
import pty
import select
import sys
import termios
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from syrupy.assertion import SnapshotAssertion
from textual import events
from textual.app import ComposeResult
from textual.containers import Grid
from textual.keys import Keys, key_to_character

from kiosk.door import DoorKey
from kiosk.pane import KioskPane
from kiosk.pin import Attempts, PinPage, pin_is_right
from kiosk.technician import Condition, TechnicianPage
from link.messages import Goodbye
from terminal.app import RELOAD, HallApp
from terminal.pane import LinkEnded, OnlineChanged, Welcomed
from terminal.words import load
from tests.hardware.fake_printer import NetworkPrinter
from tests.screens.conftest import NOW, screen_text
from tests.screens.kiosk_halls import HIGH, LOW, Kiosk, greeting, kiosk
from tests.waiting import until, until_now

ROOT = Path(__file__).parents[2]
WIDE = (160, 45)
PIN = "2468"
HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PIN)
START, PIN_PAGE, PAGE = "Mời Quý khách chọn lĩnh vực", "xin nhập mã PIN", "Tệp nhật ký"
CARD = "001200012345|123456789|Nguyễn Văn A|01012000|Nam|An Bình|01012021"


@asynccontextmanager
async def guarded(size: tuple[int, int] = LOW, **settings: Any) -> AsyncIterator[Kiosk]:
    """A kiosk that has a technician."""
    async with kiosk(size, technician_pin_hash=HASH, **settings) as one:
        yield one


async def type_pin(one: Kiosk, pin: str = PIN) -> None:
    await one.see(PIN_PAGE)
    await one.press(" ".join(pin))
    await one.press("enter")


async def let_in(one: Kiosk) -> None:
    await one.press("#")
    await one.see("Kỹ thuật viên")
    await one.press("9")
    await type_pin(one)
    await one.see(PAGE)


# --- The way in ----------------------------------------------------------------------------------


async def test_the_help_page_leads_to_the_technicians_page_and_back_to_the_citizens() -> None:
    async with guarded() as one:
        await let_in(one)
        await one.press("0")
        await one.see(START)


async def test_a_kiosk_without_a_technicians_pin_has_no_way_in() -> None:
    async with kiosk() as one:
        await one.press("#")
        assert not one.shows("kỹ thuật viên")
        await one.press("9 0")
        one.pane.post_message(OnlineChanged(False))
        await one.see("Máy đang tạm mất kết nối")
        await one.press("#")
        assert not one.pane.query_one(DoorKey).display
        assert one.app.screen is one.pane.screen


@pytest.mark.parametrize("by", ["key", "touch"])
async def test_a_kiosk_that_is_out_of_order_lets_its_technician_in(by: str) -> None:
    async with guarded() as one:
        one.pane.post_message(OnlineChanged(False, "ConnectionRefusedError: nobody there"))
        await one.see("Máy đang tạm mất kết nối")
        await one.press("1 9 enter")
        assert one.app.screen is one.pane.screen
        await (one.press("#") if by == "key" else one.touch("#"))
        await type_pin(one)
        await one.see("nobody there")
        await one.see("mất kết nối, từ 08:30")
        await one.press("0")
        await one.see("Máy đang tạm mất kết nối")


async def test_a_kiosk_that_the_server_threw_out_tells_its_technician_why() -> None:
    async with guarded() as one:
        one.pane.post_message(LinkEnded(Goodbye(reason="taken_over")))
        await one.see("tạm ngừng phục vụ")
        await one.press("#")
        await type_pin(one)
        await one.see("Thiết bị này vừa được mở ở một nơi khác.")
        await one.see(PAGE)


async def test_a_kiosk_that_starts_while_the_server_is_away_lets_its_technician_in(
    tmp_path: Path,
) -> None:
    async with guarded(kept_in=tmp_path) as one:
        assert one.pane.devices is not None
        kept = one.pane.devices
        await until(lambda: kept.settings.get("technician_pin_hash"))
    again = Kiosk(kept_in=tmp_path)
    async with again.app.run_test(size=LOW) as again.pilot:
        await again.see("Đang kết nối…")
        await until(lambda: again.pane.door.is_there)
        await again.press("#")
        await type_pin(again)
        await again.see("chưa kết nối được lần nào")


class TwoPanes(HallApp):
    """The kiosk beside another one, as in the demo's window."""

    def compose(self) -> ComposeResult:
        with Grid():
            yield self.pane
            yield KioskPane()


async def test_a_pane_beside_others_has_no_way_in() -> None:
    app = TwoPanes(pane := KioskPane())
    async with app.run_test(size=WIDE) as pilot:
        told = greeting()
        told.device.settings["technician_pin_hash"] = HASH
        pane.post_message(Welcomed(told))
        await until(lambda: pane.welcomed)
        await pilot.press("number_sign")
        assert not pane.door.is_there
        assert app.screen is pane.screen


# --- The PIN -------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [LOW, HIGH, WIDE], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_pin_page_looks_like_this(
    size: tuple[int, int], screen: SnapshotAssertion
) -> None:
    async with guarded(size) as one:
        await one.press("# 9")
        await one.see(PIN_PAGE)
        await one.press("2 4 6")
        assert screen_text(one.app) == screen


async def test_a_pin_is_touched_digit_by_digit_and_mistakes_are_erased() -> None:
    async with guarded() as one:
        await one.press("#")
        one.seconds += 1
        await one.touch("Kỹ thuật viên")
        await one.see(PIN_PAGE)
        for digit in "2469":
            await one.touch(f" {digit}")
        await one.touch("Xóa")
        await one.see("● ● ●")
        await one.touch(" 8")
        assert not one.shows("2468")
        await one.touch("Đồng ý")
        await one.see(PAGE)


@pytest.mark.parametrize("key", ["escape", "*"])
async def test_whoever_has_no_pin_goes_back(key: str) -> None:
    async with guarded() as one:
        await one.press("# 9")
        await one.see(PIN_PAGE)
        await one.press(f"1 {key}")
        await one.see(START)


async def test_a_wrong_pin_makes_everybody_wait_longer_each_time() -> None:
    async with guarded() as one:
        await one.press("# 9")
        await type_pin(one, "1111")
        await one.see("Mã PIN không đúng. Xin chờ 1 giây")
        one.seconds += 1
        await one.see("Xin nhập lại.")
        await type_pin(one, "2222")
        await one.see("Xin chờ 2 giây")
        await one.press("* # 9")  # three seconds pass meanwhile, and are forgiven
        await type_pin(one, "3333")
        await one.see("Xin chờ 4 giây")
        await one.press("2 4")
        await one.see("Xin chờ 2 giây")
        assert not one.shows("●")


async def test_the_right_pin_does_not_open_the_page_before_the_wait_is_over() -> None:
    async with guarded() as one:
        one.pane.door._attempts.begin(one.seconds + 100)
        await one.press("# 9")
        await type_pin(one)
        await one.see("Xin chờ")
        assert not one.shows(PAGE)


def test_waits_grow_to_a_minute_and_a_right_pin_ends_them() -> None:
    attempts, waits = Attempts(), []
    for _ in range(2000):
        attempts.begin(0.0)
        waits.append(attempts.wait_s(0.0))
    assert waits[:8] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert waits[-1] == 60
    attempts.right()
    assert attempts.wait_s(0.0) == 0


async def test_the_pin_page_goes_when_nobody_touches_it() -> None:
    async with guarded() as one:
        await one.press("# 9 1")
        await one.see("●")
        one.seconds += 20
        await one.press("2")
        one.seconds += 31
        await one.see(START)
        await one.press("# 9")
        await one.see(PIN_PAGE)
        assert not one.shows("●")


@pytest.mark.parametrize(
    ("pin", "pin_hash", "right"),
    [
        (PIN, HASH, True),
        ("2469", HASH, False),
        ("", HASH, False),
        (PIN, "", False),
        (PIN, "$argon2id$nonsense", False),
    ],
    ids=["right", "wrong", "empty", "no hash", "broken hash"],
)
def test_only_the_hashed_pin_is_right(pin: str, pin_hash: str, right: bool) -> None:
    assert pin_is_right(pin, pin_hash) is right


async def test_no_pin_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with guarded() as one:
        await one.press("# 9")
        await type_pin(one, "97531")
        await one.see("Mã PIN không đúng")
    assert "the technician's PIN was wrong" in caplog.text
    assert "97531" not in caplog.text


# --- The page ------------------------------------------------------------------------------------


@dataclass
class Bench:
    """A technician's page alone, and what it was asked to print."""

    condition: Condition
    app: HallApp = field(default_factory=lambda: HallApp(KioskPane()))
    printed: list[bytes] = field(default_factory=list)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.page = TechnicianPage(
            load("vi"), lambda: self.condition, self.printed.append, lambda: self.seconds
        )


def condition(**changes: Any) -> Condition:
    facts: dict[str, Any] = {
        "device": "kiosk-1",
        "server": "ws://192.168.1.5:8765/",
        "online": True,
        "since": NOW,
        "problem": "ConnectionClosedError: no close frame received or sent",
        "refused": None,
        "printers": {"tcp://192.168.1.20:9100": "no_paper", "file:///dev/usb/lp0": None},
        "settings_troubles": {"template": "template"},
        "waiting": 2,
        "paper_dots": 384,
        "scanner": "serial:///dev/ttyACM0",
        "scanner_trouble": "no_scanner",
        "colours": "truecolor",
        "log_file": Path("/var/log/motcua/kiosk-1.log"),
        "now": NOW,
    }
    return Condition(**(facts | changes))


@asynccontextmanager
async def bench(size: tuple[int, int] = LOW, **changes: Any) -> AsyncIterator[Bench]:
    on = Bench(condition(**changes))
    async with on.app.run_test(size=size) as pilot:
        await on.app.push_screen(on.page)
        await pilot.pause()
        yield on


@pytest.mark.parametrize("size", [LOW, HIGH, WIDE], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_technicians_page_looks_like_this(
    size: tuple[int, int], screen: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.technician.version", lambda _: "1.2.3")
    async with bench(size) as on:
        await until(lambda: "Máy quét" in screen_text(on.app))
        assert screen_text(on.app) == screen


async def test_the_page_warns_where_nothing_is_encrypted(
    screen: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.technician.version", lambda _: "1.2.3")
    async with bench(plain_text=True) as on:
        await until(lambda: "KHÔNG MÃ HÓA" in screen_text(on.app))
        assert screen_text(on.app) == screen


async def test_the_page_follows_what_happens() -> None:
    async with bench(printers={"tcp://p:9100": None}) as on:
        await until(lambda: "tcp://p:9100: hoạt động bình thường" in screen_text(on.app))
        on.condition = condition(printers={"tcp://p:9100": "cover_open"}, online=False)
        await until(lambda: "tcp://p:9100: nắp đang mở" in screen_text(on.app))
        assert "mất kết nối, từ 08:30" in screen_text(on.app)


async def test_the_page_speaks_the_other_language_and_the_citizens_pages_do_not() -> None:
    async with guarded() as one:
        await let_in(one)
        await one.press("2")
        await one.see("Technician's page: kiosk-1")
        await one.see("Log file")
        await one.press("0")
        await one.see(START)


async def test_a_key_that_is_held_down_prints_one_test_page() -> None:
    async with bench() as on:
        for _ in range(5):
            on.page._press("1")
        await until(lambda: "Đã gửi trang thử" in screen_text(on.app))
        assert len(on.printed) == 1
        on.seconds += 6
        on.page._press("1")
        await until(lambda: len(on.printed) == 2)


@pytest.mark.parametrize(
    ("printers", "said"),
    [
        ({}, "Máy này chưa được cấu hình máy in."),
        ({"tcp://p:9100": "no_paper", "tcp://q:9100": "offline"}, "xin khắc phục sự cố"),
    ],
)
async def test_where_nothing_can_print_the_page_says_why(
    printers: dict[str, str | None], said: str
) -> None:
    async with bench(printers=printers) as on:
        on.page._press("1")
        await until(lambda: said in screen_text(on.app))
        assert on.printed == []


async def test_a_test_page_comes_out_of_the_kiosks_own_printer(tmp_path: Path) -> None:
    with NetworkPrinter() as printer:
        async with guarded(kept_in=tmp_path, printers=[str(printer.address)]) as one:
            await until(lambda: one.pane.printing)
            await let_in(one)
            await one.see(str(printer.address))
            await one.press("1")
            await until(lambda: printer.printed)
            await one.see("Đã gửi trang thử")
        assert len(printer.printed) == 1


async def test_the_page_goes_when_nobody_touches_it() -> None:
    async with guarded() as one:
        await let_in(one)
        one.seconds += 110
        await one.press("2")
        await one.see("Log file")
        one.seconds += 121
        await one.see(START)


async def test_a_card_that_is_scanned_like_keys_is_no_command() -> None:
    async with guarded(scanner="keyboard") as one:
        await let_in(one)
        strike(one, [*CARD, "enter"])
        await one.see("Máy quét vừa đọc được một mã.")
        assert not one.app._exit
        await one.see(PAGE)
        await one.press("0")
        await one.see(START)


@pytest.mark.parametrize(("key", "code"), [("3", RELOAD), ("4", 0)])
async def test_a_technician_reloads_and_quits_the_program(key: str, code: int) -> None:
    async with guarded() as one:
        await let_in(one)
        await one.press(key)
        await until(lambda: one.app._exit)
    assert one.app.return_code == code


def typed_by(key: str) -> str:
    """What a citizen types with a key; nothing with ctrl and the like held."""
    character = key_to_character(key) or ""
    return character if character.isprintable() else ""


def strike(one: Kiosk, keys: Iterable[str]) -> None:
    """All keys at one instant, as a terminal sends them."""
    driver, struck_at = one.app._driver, time.monotonic()
    assert driver is not None
    for key in keys:
        stroke = events.Key(key, typed_by(key) or None)
        stroke.time = struck_at
        driver.send_message(stroke)


# --- Locked down ---------------------------------------------------------------------------------

LETTERS = "abcdefghijklmnopqrstuvwxyz"
EVERY_KEY = [
    *dict.fromkeys(
        (
            *(str(key.value) for key in Keys if not str(key.value).startswith("<")),
            *(
                f"{held}+{letter}"
                for held in ("ctrl", "alt", "super", "shift")
                for letter in LETTERS
            ),
            *(f"{held}+f{n}" for held in ("ctrl", "alt", "shift") for n in range(1, 13)),
            *("ctrl+alt+delete", "ctrl+shift+c", "ctrl+backslash", "alt+tab", "alt+f4"),
            *LETTERS,
        )
    )
]
NO_CITIZENS_KEYS = [key for key in EVERY_KEY if key != "enter" and not typed_by(key)]


@pytest.mark.parametrize("state", ["start", "out_of_order"])
async def test_no_key_leaves_the_citizens_pages(state: str) -> None:
    async with guarded() as one:
        if state == "out_of_order":
            one.pane.post_message(OnlineChanged(False))
            await one.see("Máy đang tạm mất kết nối")
        before = screen_text(one.app)
        assert one.pilot is not None
        assert {"ctrl+c", "ctrl+z", "ctrl+q", "ctrl+d", "ctrl+p", "escape"} <= {*NO_CITIZENS_KEYS}
        strike(one, NO_CITIZENS_KEYS)
        await one.pilot.pause()
        assert one.pane.has_focus
        assert screen_text(one.app) == before
        strike(one, (key for key in EVERY_KEY if typed_by(key) != "#"))
        await one.pilot.pause()
        assert one.app.is_running
        assert not one.app._exit
        assert one.app.screen_stack == [one.pane.screen]


async def test_no_key_gets_past_the_pin() -> None:
    async with guarded() as one:
        await one.press("# 9")
        await one.see(PIN_PAGE)
        assert one.pilot is not None
        strike(one, (key for key in EVERY_KEY if key not in {"escape", "asterisk"}))
        await one.pilot.pause()
        assert one.app.is_running
        assert not one.app._exit
        await one.see(PIN_PAGE)


# --- On a real terminal --------------------------------------------------------------------------

PROGRAM = """
import sys
from pathlib import Path
from kiosk.pane import KioskPane
from terminal.app import RELOAD, HallApp, run_screen

class Pane(KioskPane):
    def press(self, key):
        if key == "3":
            self.app.exit(return_code=RELOAD)
        elif key == "4":
            self.app.exit()

sys.exit(run_screen(HallApp(Pane()), Path(sys.argv[1])))
"""
CONNECTING = "Đang kết nối".encode()
LEFT = b"\x1b[?1049l"  # the terminal is as it was before


class Terminal:
    """A program that has a terminal of its own, as on a console: it is the one for signals too."""

    def __init__(self, log: Path) -> None:
        self.pid, self._terminal = pty.fork()
        if not self.pid:
            os.chdir(ROOT)
            os.environ.update(TERM="xterm-256color", PYTHONPATH=str(ROOT))
            os.execv(sys.executable, [sys.executable, "-c", PROGRAM, str(log)])
        termios.tcsetwinsize(self._terminal, (24, 80))
        self.shown = b""

    def type(self, keys: bytes) -> None:
        os.write(self._terminal, keys)

    def look(self) -> bytes:
        while select.select([self._terminal], [], [], 0)[0]:
            try:
                self.shown += os.read(self._terminal, 65536)
            except OSError:
                break
        return self.shown

    @property
    def keys_are_signals(self) -> bool:
        return bool(termios.tcgetattr(self._terminal)[3] & termios.ISIG)

    def close(self) -> None:
        os.close(self._terminal)


@contextmanager
def on_a_terminal(log: Path) -> Iterator[Terminal]:
    terminal = Terminal(log)
    try:
        until_now(lambda: CONNECTING in terminal.look())
        yield terminal
    finally:
        terminal.close()


def ended(terminal: Terminal) -> int:
    """The exit code, once there is one."""
    statuses: list[int] = []

    def look() -> bool:
        terminal.look()
        pid, status = os.waitpid(terminal.pid, os.WNOHANG)
        statuses.append(os.waitstatus_to_exitcode(status) if pid else -1)
        return bool(pid)

    until_now(look)
    return statuses[-1]


def test_keys_that_are_signals_elsewhere_are_none_here(tmp_path: Path) -> None:
    with on_a_terminal(tmp_path / "log") as terminal:
        assert not terminal.keys_are_signals
        terminal.type(b"\x03\x1a\x1c\x04\x11\x13\x10\x19\x1b\x1bOP\x1b[15~4")
        assert ended(terminal) == 0


def test_a_reloaded_program_is_the_same_process_on_the_same_terminal(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with on_a_terminal(log) as terminal:
        terminal.type(b"3")
        until_now(lambda: CONNECTING in terminal.look().partition(LEFT)[2])
        terminal.type(b"4")
        assert ended(terminal) == 0
    assert log.read_text(encoding="utf-8").count("the program begins again") == 1


async def test_a_page_whose_time_is_up_twice_goes_once() -> None:
    async with guarded() as one:
        await one.press("# 9")
        await one.see(PIN_PAGE)
        page = one.app.screen
        assert isinstance(page, PinPage)
        one.seconds += 31
        page._tick()
        page._tick()
        page._press("back")
        await one.see(START)
        assert len(one.app.screen_stack) == 1
