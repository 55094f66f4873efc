"""What lies between people and the server: late, twice, out of order, or lost. In virtual time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from tests.faults.witness import Called, Witness, hold

RECONNECT_S: Final = 0.5
A_MOMENT_S: Final = 1e-6  # between one message and the next on a connection

View = tuple[int, tuple[Called, ...]]  # the revision, and the last calls


@dataclass
class Weather:
    """How bad it is: shares of messages lost and doubled, seconds a message takes at most."""

    lost: float = 0.02
    doubled: float = 0.03
    takes_s: float = 0.4


FAIR_WEATHER: Final = Weather(lost=0.0, doubled=0.0)


class Network:
    """Carries messages; whoever needs an answer asks again."""

    def __init__(self, chance: Random, seen: Counter[str]) -> None:
        self.weather = Weather()
        self._chance, self._seen = chance, seen

    def carry(self, deliver: Callable[[], None]) -> None:
        """One message: `deliver` is called never, once or twice, later."""
        copies = self._copies()
        for _ in range(copies):
            asyncio.get_running_loop().call_later(self.delay_s(), deliver)

    def delay_s(self) -> float:
        return self._chance.random() ** 3 * self.weather.takes_s

    def breaks(self) -> bool:
        """Does a connection break now?"""
        return self._chance.random() < self.weather.lost

    def _copies(self) -> int:
        if self._chance.random() < self.weather.lost:
            self._seen["messages lost"] += 1
            return 0
        if self._chance.random() < self.weather.doubled:
            self._seen["messages doubled"] += 1
            return 2
        return 1


class Board:
    """A display: its connection brings views in order, but may break; then it makes another."""

    def __init__(self, network: Network, witness: Witness, view: Callable[[], View | None]) -> None:
        self.calls: tuple[Called, ...] = ()
        self._network, self._witness, self._view = network, witness, view
        self._loop = asyncio.get_running_loop()
        self._connection = 0
        self._connected = False
        self._rev = 0
        self._clear_at = 0.0  # when the view sent last arrives
        self.connect()

    def connect(self) -> None:
        """Try until the server is there; it sends its view at once."""
        view = self._view()
        self._connected = view is not None
        if view is None:
            self._loop.call_later(RECONNECT_S, self.connect)
        else:
            self.tell(*view)

    def lose(self) -> None:
        """The connection is gone, and all that was on its way."""
        if self._connected:
            self._connected = False
            self._connection += 1
            self._loop.call_later(RECONNECT_S, self.connect)

    def tell(self, rev: int, calls: tuple[Called, ...]) -> None:
        """The server sends a view."""
        if self._connected and self._network.breaks():
            self.lose()
        if self._connected:
            arrives_at = self._loop.time() + self._network.delay_s()
            self._clear_at = max(self._clear_at + A_MOMENT_S, arrives_at)
            self._loop.call_at(self._clear_at, self._see, self._connection, rev, calls)

    def _see(self, connection: int, rev: int, calls: tuple[Called, ...]) -> None:
        if connection == self._connection:
            hold("views_come_in_order", rev >= self._rev, f"{rev} after {self._rev}")
            self._witness.board_shows(calls, rev)
            self._rev, self.calls = rev, calls
