"""What a program loads until it has painted, or listens: every module is read and run at each
start, and held in memory until the end. They are counted, and whose they are is named.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Set
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.sources import PROGRAMS, ROOMS
from tests.guards.counts import Bound, require
from tests.guards.running import SIZES, running

SOON: Final = "a screen is to show something within a third of a second of its start"
SMALL: Final = "thirty screens on one machine share its memory"

# A twentieth more than usual: a few modules of ours fit in, another library does not.
MODULES: Final = {
    "kiosk": Bound(574, 600, SOON),
    "counter": Bound(570, 600, SOON),
    "display": Bound(567, 595, SOON),
    "rating": Bound(550, 580, SOON),
    "manager": Bound(583, 610, SOON),
    "counter --headless": Bound(330, 400, SMALL),
    "server": Bound(716, 800, "a killed hall is to listen again within a second"),
    "--help": Bound(176, 250, "somebody waits for a line of help"),
}

# Whose modules these may be: ours, and other people's. Whatever is missing here is too much.
EVERYWHERE: Final = {"cli", "commands"}
JOINS: Final = EVERYWHERE | {"link", "msgspec", "websockets", "pythonjsonlogger"}
PAINTS: Final = JOINS | {"terminal", "textual", "rich", "platformdirs"}
WITH_DEVICES: Final = PAINTS | {"hardware", "serial"}
GROUPS: Final = {
    "kiosk": WITH_DEVICES | {"kiosk"},  # what draws tickets comes when it has painted
    "counter": WITH_DEVICES | {"counter"},
    "display": WITH_DEVICES | {"display"},
    "rating": WITH_DEVICES | {"rating"},
    "manager": PAINTS | {"manager", "figures", "sheets"},  # what draws charts: with a report
    "counter --headless": JOINS | {"counter", "hardware", "serial", "terminal"},
    "server": JOINS
    | {"server", "config", "dispatch", "figures", "hall", "hardware", "records"}
    | {"argon2", "cryptography", "pysqlite3", "sqlalchemy", "tzdata", "uvloop"}
    | {"alembic", "mako", "markupsafe", "pygments"},  # what brings older records up to date
    "--help": EVERYWHERE,
}
OURS: Final = {*ROOMS, *(program.removesuffix(".py") for program in PROGRAMS)}
UNSEEN: Final = {"typing_extensions", "cython_runtime"}  # parts of what others are made of


def require_no_more(program: str, loaded: Set[str]) -> None:
    require({program: len(loaded)}, {program: MODULES[program]})
    foreign = groups(loaded) - GROUPS[program]
    assert not foreign, f"{program} loads {sorted(foreign)}, which it has no use for at its start"


def groups(loaded: Iterable[str]) -> set[str]:
    """Rooms of ours and libraries of others among these modules."""
    names = {name.partition(".")[0] for name in loaded}
    return {
        name
        for name in names - sys.stdlib_module_names - UNSEEN
        if name in OURS or not name.startswith("_")
    }


@pytest.mark.parametrize("screen", SIZES)
def test_a_screen_loads_no_more_than_it_paints_with(screen: str, tmp_path: Path) -> None:
    with running(screen, "--port", "1", home=tmp_path) as program:  # nobody listens there
        program.wait_until_painted()
        program.stop()
        require_no_more(screen, program.loaded())


def test_a_counter_without_a_screen_is_small(tmp_path: Path) -> None:
    with running("counter", "--headless", "--port", "1", home=tmp_path) as program:
        program.wait_until_painted(1)  # that it misses the server
        program.stop()
        require_no_more("counter --headless", program.loaded())


def test_the_server_loads_no_more_than_it_serves_with(tmp_path: Path) -> None:
    records = f"sqlite:///{tmp_path}/hall.db"
    with running("server", "--port", "0", "--database", records, home=tmp_path) as program:
        program.wait_until_serving()
        program.stop()
        require_no_more("server", program.loaded())


def test_a_server_that_starts_again_leaves_out_what_makes_new_records(tmp_path: Path) -> None:
    records = f"sqlite:///{tmp_path}/hall.db"
    for _ in range(2):
        with running("server", "--port", "0", "--database", records, home=tmp_path) as program:
            program.wait_until_serving()
            program.stop()
    assert groups(program.loaded()).isdisjoint({"alembic", "mako", "markupsafe", "pygments"})


def test_help_loads_nothing_but_commands(tmp_path: Path) -> None:
    with running("--help", home=tmp_path) as program:
        program.wait()
        require_no_more("--help", program.loaded())
