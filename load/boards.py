"""Boards in a process of their own, so that they keep nobody waiting: when each was shown which
call. They paint nothing.
"""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from typing import Final

from link.trust import trusting
from load.plan import Target, display_name
from load.wire import Asking, SentAway

CALL: Final = b'"call":'
JOIN_S: Final = 120.0
NETWORK_GAP_S: Final = 0.21  # a server lets five come a second from one address

Shown = list[tuple[int, float]]  # calls, each newer than the one before, and when it was shown


class Board(Asking):
    """One board. `shown`: times are those of `time.perf_counter`, the same for all processes."""

    def __init__(self, device: str, token: str) -> None:
        super().__init__("display", device, token)
        self.shown: Shown = []

    def _hear(self, payload: bytes) -> None:
        if not payload.startswith(b'{"type":"view"'):
            super()._hear(payload)
            return
        at = payload.rfind(CALL)
        call = int(payload[at + len(CALL) : payload.index(b",", at)]) if at > 0 else 0
        if not self.shown or call > self.shown[-1][0]:
            self.shown.append((call, time.perf_counter()))


def last_shown(call: int, boards: Sequence[Shown]) -> float | None:
    """When the last of them was shown this call or a newer one; None: one of them never was."""
    times = []
    for shown in boards:
        at = bisect_left(shown, (call, 0.0))
        if at == len(shown):
            return None
        times.append(shown[at][1])
    return max(times, default=None)


@contextmanager
def boards(target: Target, count: int) -> Iterator[Connection]:
    """So many boards that look on. Send anything, and receive what each was shown.

    Raises SentAway where the server does not let one in.
    """
    ours, theirs = Pipe()
    process = get_context("spawn").Process(
        target=_look_on, args=(target, count, theirs), daemon=True
    )
    process.start()
    theirs.close()
    try:
        came = ours.recv() if ours.poll(JOIN_S) else "the boards do not come in"
        if came:
            raise SentAway(str(came))
        yield ours
    except EOFError:
        raise SentAway("the process of the boards ended") from None
    finally:
        process.kill()
        process.join()


def _look_on(target: Target, count: int, asked: Connection) -> None:
    async def until_asked() -> None:
        tls = None if target.ca is None else trusting(target.ca)
        names = [display_name(n) for n in range(1, count + 1)]
        all_of_them = [Board(name, target.token(name)) for name in names]
        try:
            for board in all_of_them:
                await board.join(target.port, target.host, tls)
                await asyncio.sleep(0 if target.here else NETWORK_GAP_S)
        except (OSError, SentAway) as error:
            asked.send(str(error))
            return
        asked.send("")
        wanted = asyncio.Event()
        asyncio.get_running_loop().add_reader(asked.fileno(), wanted.set)
        await wanted.wait()
        asked.send([board.shown for board in all_of_them])

    asyncio.run(until_asked())
