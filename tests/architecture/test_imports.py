"""What an import loads and does: screens stay light, and nothing is done before it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.architecture.sources import ROOT, modules

SERVER_ROOMS = {"hall", "records", "dispatch", "config", "server", "sqlalchemy", "alembic"}
SCREENS = {"kiosk", "counter", "display", "rating", "manager"}

IMPORT_ALL = """
import importlib, sys
sys.dont_write_bytecode = True

def watch(event, facts):
    if event == "open":
        path, mode, flags = facts
        wrote = isinstance(mode, str) and any(letter in mode for letter in "wax+")
        if wrote or str(path).endswith((".toml", ".db", ".token", ".log")):
            print(event, path, mode)
    elif event.startswith(("sqlite3.connect", "socket.connect", "socket.bind", "subprocess.")):
        print(event, *facts)

sys.addaudithook(watch)
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def imported(code: str, *arguments: str) -> list[str]:
    """What a fresh interpreter prints that runs this code."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("screen", sorted(SCREENS))
def test_a_screen_loads_neither_the_servers_rooms_nor_the_other_screens(screen: str) -> None:
    code = f"import sys, {screen}.app; print(*sys.modules, sep='\\n')"
    loaded = {name.partition(".")[0] for name in imported(code)}
    assert screen in loaded
    foreign = (SERVER_ROOMS | SCREENS | {"pydantic", "demo"}) - {screen}
    assert loaded & foreign == set()


def test_a_counter_without_a_screen_loads_nothing_that_draws_one() -> None:
    code = "import sys, counter.headless; print(*sys.modules, sep='\\n')"
    loaded = {name.partition(".")[0] for name in imported(code)}
    assert loaded & (SERVER_ROOMS | {"textual", "rich"}) == set()


def test_nothing_is_opened_written_or_connected_to_by_an_import() -> None:
    assert imported(IMPORT_ALL, *modules()) == []


def test_the_watch_over_imports_sees_what_it_watches_for() -> None:
    code = IMPORT_ALL + "open('config.toml').close()"
    assert imported(code) == ["open config.toml r"]


def test_every_room_is_watched() -> None:
    assert {"cli", "server", "hall.decide", "records.engine", "demo.window"} <= set(modules())
