"""What a hall does while nothing happens in it: how often each program wakes up, and how much its
screen paints. Thirty idle terminals on one machine are to cost a few hundredths of a core.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from tests.guards.counts import Bound, require
from tests.guards.running import SIZES, Program, running
from tests.waiting import until_now

WINDOWS: Final = 5
WINDOW_S: Final = 1.5
CURSOR_B: Final = 800  # a second, at most, of a cursor that blinks

# A second, in the quietest window, as a busy machine only adds to them. A cursor blinks twice a
# second until nobody has typed for a while.
TIMER: Final = "a timer of its own is not needed, or needs not be so quick"
PULSE: Final = "the server need not look after anything so often"
WAKE_UPS: Final = {
    "kiosk": Bound(5, 12, TIMER),
    "counter": Bound(3, 12, TIMER),
    "display": Bound(1, 8, TIMER),
    "rating": Bound(5, 12, TIMER),
    "manager": Bound(3, 12, TIMER),
    "server": Bound(5, 40, PULSE),
}

SAME: Final = "what has not changed is painted again"
CURSOR: Final = f"more than a cursor blinks, or {SAME}"
PAINTED: Final = {  # bytes a second, in the middle window: now and then something does happen
    "kiosk": Bound(0, 100, SAME),
    "counter": Bound(320, CURSOR_B, CURSOR),
    "display": Bound(0, 100, SAME),
    "rating": Bound(0, 100, SAME),
    "manager": Bound(320, CURSOR_B, CURSOR),
    "server": Bound(0, 100, "nothing is to be said"),
}


class Done(NamedTuple):
    """In a second."""

    wake_ups: float
    painted: float


def test_nobody_wakes_up_or_paints_for_nothing(tmp_path: Path) -> None:
    with ExitStack() as stack:
        records = f"sqlite:///{tmp_path}/hall.db"
        server = Program("server", "--port", "0", "--database", records, home=tmp_path)
        stack.callback(server.kill)
        port = server.wait_until_serving()
        programs = {
            screen: stack.enter_context(running(screen, "--port", port, home=tmp_path))
            for screen in SIZES
        }
        for program in programs.values():
            program.wait_until_painted()
        programs["server"] = server
        for program in programs.values():
            wait_until_still(program)
        windows = [one_window(programs) for _ in range(WINDOWS)]
    quietest = {name: min(one[name].wake_ups for one in windows) for name in programs}
    middle = {name: median(one[name].painted for one in windows) for name in programs}
    require(quietest, WAKE_UPS)
    require(middle, PAINTED)


def wait_until_still(program: Program) -> None:
    """Until for a whole window nothing more than a cursor was painted."""
    looks = [(time.monotonic(), len(program.painted))]

    def still() -> bool:
        at, painted = looks[-1]
        passed_s = time.monotonic() - at
        if passed_s < WINDOW_S:
            return False
        looks.append((time.monotonic(), len(program.painted)))
        return len(program.painted) - painted < CURSOR_B * passed_s

    until_now(still)


def one_window(programs: dict[str, Program]) -> dict[str, Done]:
    def counted() -> dict[str, Done]:
        return {name: Done(one.wake_ups(), len(one.painted)) for name, one in programs.items()}

    began, before = time.monotonic(), counted()
    time.sleep(WINDOW_S)  # nothing is waited for: what is counted is what nobody waits for
    passed_s, after = time.monotonic() - began, counted()
    return {
        name: Done(
            *((last - first) / passed_s for first, last in zip(one, after[name], strict=True))
        )
        for name, one in before.items()
    }
