"""The officer's console as a process of its own, with a plate on a real pty."""

from __future__ import annotations

from pathlib import Path

from tests.counter.alone import alone
from tests.dispatch.screens import screen
from tests.screens.on_a_terminal import on_a_terminal
from tests.waiting import until


async def test_a_console_that_is_told_to_end_darkens_its_plate_first(tmp_path: Path) -> None:
    async with alone(tmp_path) as counter:
        await counter.stop()
        async with screen(counter.server.url, "counter", "counter-1") as officer:
            await officer.ok("sign_in", officer="cb1", pin="1234")
            await officer.ok("open")
            await counter.issue(1)
            await officer.ok("call_next")
        port = counter.server.url.rpartition(":")[2].strip("/")
        with on_a_terminal("counter", "--port", port, home=tmp_path) as console:
            await until(lambda: counter.texts[-1:] == ["A001"])
            console.terminate()
            await until(lambda: counter.texts[-1:] == [""])
            await until(lambda: console.poll() == 0)
