"""A board with a loudspeaker that writes files and plates on real ptys: what is heard and lit."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.asyncio.server import serve

from display import device_pane
from display.news import News
from link.messages import (
    BoardCall,
    BoardView,
    CounterShown,
    DeviceInfo,
    DeviceState,
    PlateInfo,
    Spoken,
    VoiceInfo,
    VolumeFrom,
)
from terminal.app import TERMINAL_GONE
from tests.hardware.pty_line import PtyLine
from tests.screens.boards import SLOW, Board, HallServer, board, old_calls, port_of
from tests.screens.conftest import NOW
from tests.screens.on_a_terminal import begun, read_all
from tests.waiting import until


def voice(folder: Path, **others: Any) -> VoiceInfo:
    """Quick and short, into files."""
    values = {"chime": False, "repeats": 1, "speed": 2.0, "too_old_s": 600.0, **others}
    return VoiceInfo(f"file:{folder}", **values)


def fates(b: Board) -> list[tuple[int, str | None]]:
    return [(do.call, do.skipped) for do in b.hall.told if isinstance(do, Spoken)]


def heard(folder: Path) -> list[str]:
    return sorted(file.stem for file in folder.glob("*.wav"))


# --- The loudspeaker -----------------------------------------------------------------------------


async def test_a_new_call_is_spoken_once_and_the_server_learns_when(tmp_path: Path) -> None:
    async with board(SLOW, calls=old_calls(12), voice=voice(tmp_path)) as b:
        await b.hall.call(("A105", "Q3"))
        await until(lambda: fates(b))
        await b.hall.show(notice="Nghỉ trưa lúc 11:30.")
        await until(lambda: "11:30" in b.text)
        await b.hall.call(("C007", "Q1"))
        await until(lambda: len(fates(b)) > 1)
    assert heard(tmp_path) == ["0013-A105-1", "0014-C007-1"]
    first, second = (do for do in b.hall.told if isinstance(do, Spoken))
    assert [(first.call, first.skipped), (second.call, second.skipped)] == [(13, None), (14, None)]
    made = {call.call: call.at for call in b.hall.view.calls}
    assert made[13] <= first.at <= second.at <= b.hall.now  # the server's time, not this machine's


async def test_a_recall_is_spoken_again(tmp_path: Path) -> None:
    async with board(SLOW, voice=voice(tmp_path)) as b:
        await b.hall.call(("A105", "Q3"))
        await until(lambda: fates(b) == [(401, None)])
        await b.hall.call(("A105", "Q3"))
        await until(lambda: fates(b) == [(401, None), (402, None)])


async def test_a_number_that_left_before_its_turn_to_be_spoken_is_not(tmp_path: Path) -> None:
    async with board(SLOW, voice=voice(tmp_path)) as b:
        await b.hall.call(("A105", "Q3"), ("C007", "Q1"))
        gone = [CounterShown(counter="Q1", state="open")]
        await b.hall.show(counters=[*b.hall.view.counters[:1], *gone])
        await until(lambda: fates(b) == [(401, None), (402, "left")])
    assert heard(tmp_path) == ["0401-A105-1"]


async def test_fates_are_told_in_order_when_the_server_is_back(tmp_path: Path) -> None:
    async with board(SLOW, voice=voice(tmp_path)) as b:
        await b.hall.call(("A105", "Q3"), ("C007", "Q1"), ("C008", "Q2"))
        await until(lambda: heard(tmp_path))
        b.hall.told.clear()
        b.hall.cut(away=True)
        await until(lambda: len(heard(tmp_path)) == 3)
        b.hall.away = False
        await until(lambda: fates(b)[-1:] == [(403, None)])
        calls = [call for call, _ in fates(b)]
        assert calls == sorted(set(calls))
        assert {402, 403} <= set(calls)


async def test_after_an_hour_without_the_server_only_what_is_young_is_spoken(
    tmp_path: Path,
) -> None:
    async with board(SLOW, voice=voice(tmp_path)) as b:
        b.hall.began_at += timedelta(hours=1)
        ages = {"A001": 3000, "A002": 5}
        made = [
            BoardCall(call, number, f"Q{call}", "vi", b.hall.now - timedelta(seconds=age))
            for call, (number, age) in enumerate(ages.items(), start=1)
        ]
        b.hall.view = msgspec.structs.replace(b.hall.view, calls=made)
        b.hall.cut()
        await until(lambda: fates(b) == [(1, "too_old"), (2, None)])
    assert heard(tmp_path) == ["0002-A002-1"]


async def test_a_board_is_as_loud_as_the_servers_hour_says(tmp_path: Path) -> None:
    """Half past eight in the hall, and on the board's own machine another year."""
    steps = [VolumeFrom("08:00", 0), VolumeFrom("09:00", 100)]
    async with board(SLOW, voice=voice(tmp_path, volumes=steps)) as b:
        await b.hall.call(("A105", "Q3"))
        await until(lambda: fates(b) == [(401, "muted")])
    assert heard(tmp_path) == []


async def test_a_loudspeaker_that_cannot_speak_is_told_with_every_call(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    async with board(SLOW, voice=voice(tmp_path / "file" / "folder")) as b:
        await until(lambda: DeviceState("speaker", "no_speaker") in b.hall.told)
        await b.hall.call(("A105", "Q3"))
        await until(lambda: fates(b) == [(401, "no_speaker")])
        assert b.number == "A105"


async def test_what_works_is_told_too(tmp_path: Path) -> None:
    async with board(SLOW, voice=voice(tmp_path)) as b:
        await until(lambda: b.hall.told == [DeviceState("speaker")])


# --- The plates ----------------------------------------------------------------------------------


@pytest.fixture
def line(tmp_path: Path) -> Iterator[PtyLine]:
    line = PtyLine(tmp_path / "line")
    line.plug_in()
    yield line
    line.unplug()


def plates(line: PtyLine) -> list[PlateInfo]:
    """One over counter 3, one over counter 4, and a sign, each with a letter of its own before."""
    address = f"serial://{line.device}?baud=115200"

    def plate(letter: str, counter: str | None, text: str = "{number}") -> PlateInfo:
        frame = f"{ord(letter):02X} 3A {{text}} 0A"
        settings = {"speaks": "frame", "frame": frame, "cells": 8, "text": text, "paused": "----"}
        return PlateInfo(f"plate-{letter}", address, counter, settings)  # type: ignore[arg-type]

    return [plate("x", "Q3"), plate("y", "Q4"), plate("z", None, "{number} {counter}")]


class Lit:
    """What each plate on the line shows, by its letter."""

    def __init__(self, line: PtyLine) -> None:
        self._line = line
        self._bytes = b""

    def __call__(self) -> dict[str, str]:
        self._bytes += self._line.heard()
        shown = (one.partition(b":") for one in self._bytes.split(b"\n")[:-1])
        return {plate.decode(): text.decode().strip() for plate, _, text in shown}


def shows(lit: Lit, **texts: str) -> Callable[[], bool]:
    return lambda: lit() == texts


async def test_plates_show_the_number_at_their_counter_and_the_sign_the_newest_call(
    line: PtyLine,
) -> None:
    lit = Lit(line)
    async with board(SLOW, plates=plates(line)) as b:
        await until(shows(lit, x="", y="", z=""))
        await b.hall.call(("A105", "Q3"))
        await until(shows(lit, x="A105", y="", z="A105 3"))
        await b.hall.call(("C007", "Q4"))
        await until(shows(lit, x="A105", y="C007", z="C007 4"))
        paused = CounterShown(counter="Q4", state="paused", pause_reason="other")
        await b.hall.show(counters=[b.hall.view.counters[0], paused])
        await until(shows(lit, x="A105", y="----", z="A105 3"))
        closed = CounterShown(counter="Q3", state="closed")
        await b.hall.show(counters=[closed, paused])
        await until(shows(lit, x="", y="----", z=""))
        assert {do.trouble for do in b.hall.told if isinstance(do, DeviceState)} == {None}


async def test_plates_go_dark_with_their_board(line: PtyLine) -> None:
    lit = Lit(line)
    async with board(SLOW, plates=plates(line)) as b:
        await b.hall.call(("A105", "Q3"))
        await until(shows(lit, x="A105", y="", z="A105 3"))
    await until(shows(lit, x="", y="", z=""))


async def test_plates_show_what_stands_when_their_board_begins(line: PtyLine) -> None:
    lit = Lit(line)
    async with board(SLOW, calls=old_calls(3), plates=plates(line)) as b:
        at_counter = [CounterShown(counter="Q3", state="open", number="A003")]
        await b.hall.show(counters=at_counter)
        await until(lambda: lit()["x"] == "A003")


async def test_plates_of_a_board_without_its_server_go_dark(
    line: PtyLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_pane, "AWAY_AFTER_S", 0.2)
    lit = Lit(line)
    async with board(SLOW, plates=plates(line)) as b:
        await b.hall.call(("A105", "Q3"))
        await until(shows(lit, x="A105", y="", z="A105 3"))
        b.hall.cut(away=True)
        await until(shows(lit, x="", y="", z=""))
        b.hall.away = False
        await until(shows(lit, x="A105", y="", z="A105 3"))


async def test_a_line_that_was_pulled_out_is_told_and_costs_the_board_nothing(
    line: PtyLine,
) -> None:
    async with board(SLOW, plates=plates(line)) as b:
        await until(lambda: DeviceState("plate-x") in b.hall.told)
        line.unplug()
        await until(lambda: DeviceState("plate-x", "no_plate") in b.hall.told)
        await b.hall.call(("A105", "Q3"))
        await until(lambda: b.number == "A105")
        b.hall.told.clear()
        line.plug_in()
        await until(lambda: DeviceState("plate-x") in b.hall.told)


@pytest.mark.parametrize(
    ("told", "code"), [(signal.SIGTERM, 0), (signal.SIGHUP, 0), (None, TERMINAL_GONE)]
)
async def test_a_board_that_ends_or_loses_its_terminal_darkens_its_plates_first(
    told: signal.Signals | None, code: int, line: PtyLine, tmp_path: Path
) -> None:
    """`None`: the terminal is gone without a word."""
    lit, hall = Lit(line), HallServer(DeviceInfo("board-1", "display", plates=plates(line)), NOW)
    async with serve(hall.board_came, "127.0.0.1", 0, close_timeout=0.2) as server:
        board, terminal = begun("display", "--port", str(port_of(server)), home=tmp_path)
        try:
            await until(lambda: hall.connections)
            await hall.call(("A105", "Q3"))
            await until(shows(lit, x="A105", y="", z="A105 3"))
            if told is None:
                os.close(terminal)
            else:
                threading.Thread(target=read_all, args=(terminal,), daemon=True).start()
                board.send_signal(told)
            await until(shows(lit, x="", y="", z=""))
            await until(lambda: board.poll() == code)
        finally:
            board.kill()
            board.wait()


# --- Which calls are new -------------------------------------------------------------------------


def view(*calls: tuple[int, str, str, float], **at: str | None) -> BoardView:
    """Calls as number of the call, ticket, counter, and when; and what is at counters now."""
    made = [BoardCall(n, t, c, "vi", NOW + timedelta(seconds=s)) for n, t, c, s in calls]
    last = {call.counter: call.number for call in made} | at
    shown = [CounterShown(counter, "open", number) for counter, number in last.items()]
    return BoardView(calls=made, waiting=[], counters=shown)


def numbers(calls: list[BoardCall]) -> list[int]:
    return [call.call for call in calls]


def test_calls_of_the_first_view_are_old_and_others_are_new_once() -> None:
    news = News()
    assert numbers(news.of(view((1, "A001", "Q1", 1)))) == []
    later = view((1, "A001", "Q1", 1), (2, "A002", "Q2", 2), (3, "A003", "Q3", 2))
    assert numbers(news.of(later)) == [2, 3]
    assert numbers(news.of(later)) == []


def test_the_first_call_of_a_day_is_new() -> None:
    news = News()
    news.of(view())
    assert numbers(news.of(view((1, "A001", "Q1", 1)))) == [1]


def test_a_server_that_counts_its_calls_anew_repeats_none_and_loses_none() -> None:
    news = News()
    news.of(view((70, "A001", "Q1", 1)))
    assert numbers(news.of(view((1, "A150", "Q1", 1)))) == []
    assert numbers(news.of(view((1, "A150", "Q1", 1), (2, "A151", "Q2", 9)))) == [2]


def test_a_list_that_became_shorter_makes_no_call_new() -> None:
    news = News()
    news.of(view((1, "A001", "Q1", 1), (2, "A002", "Q2", 2)))
    assert numbers(news.of(view((1, "A001", "Q1", 1)))) == []
    assert numbers(news.of(view((1, "A001", "Q1", 1), (3, "A003", "Q2", 3)))) == [3]


def test_a_call_that_many_others_followed_is_due_as_long_as_it_stands() -> None:
    news = News()
    news.of(view())
    news.of(view((1, "A001", "Q1", 1)))
    others = [(nth, f"A{nth:03d}", f"Q{nth}", nth) for nth in range(2, 40)]
    news.of(view(*others, Q1="A001"))
    assert news.why_not(1) is None
    news.of(view(*others, Q1=None))
    assert news.why_not(1) == "left"


def test_a_call_is_due_until_its_number_is_called_again_or_leaves() -> None:
    news = News()
    news.of(view((1, "A001", "Q1", 1), (2, "A002", "Q2", 2)))
    assert [news.why_not(call) for call in (1, 2)] == [None, None]
    news.of(view((2, "A002", "Q2", 2), (3, "A001", "Q3", 3), Q2=None))
    assert [news.why_not(call) for call in (1, 2, 3)] == ["recalled", "left", None]
