"""Who stands before the doors: how many, from where, and who must go for somebody newer.

A connection has its place from the moment it is accepted, before anything is read or decrypted.
Whoever fills the porch pushes out himself: the newest takes the place of the oldest of the address
that has the most. Addresses where a device was let in before have places that strangers never get.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Final, Protocol

from dispatch.limits import Limits
from dispatch.pace import Bucket
from dispatch.wicket import Figure

HERE: Final = "here"  # this machine
NETWORK_BYTES: Final = 8  # of an IPv6 address: whoever has one has the whole network
FIRST_WAIT_S: Final = 0.5
SAY_EVERY_S: Final = 60.0  # strangers' noise must not fill the log
WAIT_S: Final = 0.025  # for an answer to those at work, at a time
TURNS: Final = 10  # of strangers, after they have waited so long

log = logging.getLogger(__name__)


class Guest(Protocol):
    """A connection that can be ended at once, without a word."""

    def push_out(self) -> None: ...


@dataclass(eq=False, slots=True)
class Address:
    """What is known of one address."""

    name: str
    arrivals: Bucket
    connections: int = 0
    known: bool = False  # a device was let in from there
    wrong: int = 0  # tokens in a row


@dataclass(eq=False, slots=True)
class Place:
    """One connection, from its arrival to its end."""

    address: Address
    since: float
    unannounced: bool = True


@dataclass(slots=True)
class Noise:
    """How often who was turned away, and when that was last said."""

    turned_away: int = 0
    pushed_out: int = 0
    said: tuple[int, int] = (0, 0)
    said_at: float = field(default=float("-inf"))


class Queue:
    """What is to be done for strangers: one thing in a turn of the loop, and nothing while somebody
    at work waits for an answer, so that a crowd holds up nobody. After a wait they have some turns
    whoever is at work, so that a busy hall keeps nobody out.
    """

    def __init__(self) -> None:
        self._work: deque[Callable[[], None]] = deque()
        self._asked = 0  # and not answered yet
        self._turns = 0  # that they have, though somebody is at work
        self._next: asyncio.Handle | None = None
        self._gives_way = False  # the next turn is when those at work have their answers

    def append(self, work: Callable[[], None]) -> None:
        self._work.append(work)
        if self._next is None:
            self._next = asyncio.get_running_loop().call_soon(self._take_turn)

    @contextmanager
    def held_up(self) -> Iterator[None]:
        self._asked += 1
        try:
            yield
        finally:
            self._asked -= 1
            if not self._asked and self._gives_way and self._next is not None:
                self._gives_way = False
                self._next.cancel()
                self._next = asyncio.get_running_loop().call_soon(self._take_turn)

    def _take_turn(self) -> None:
        loop = asyncio.get_running_loop()
        self._gives_way = bool(self._asked and not self._turns)
        if self._gives_way:
            self._turns = TURNS
            self._next = loop.call_later(WAIT_S, self._take_turn)
            return
        self._turns = self._turns - 1 if self._asked else 0
        work = self._work.popleft()
        self._next = loop.call_soon(self._take_turn) if self._work else None
        work()


class Porch:
    """Every connection there is. `clock`: seconds that nobody can set back."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits, self._clock = limits, clock
        self._places: dict[Guest, Place] = {}
        self._unannounced: OrderedDict[Guest, Place] = OrderedDict()  # the oldest first
        self._addresses: OrderedDict[str, Address] = OrderedDict()  # the longest unseen first
        self._noise = Noise()
        self._queue = Queue()

    def __len__(self) -> int:
        return len(self._places)

    @property
    def unannounced(self) -> int:
        return len(self._unannounced)

    @property
    def pushed_out(self) -> int:
        return self._noise.pushed_out

    def figures(self) -> Iterator[Figure]:
        noise = self._noise
        yield Figure("connections", "gauge", "Connections, strangers' too", len(self))
        yield Figure("unannounced", "gauge", "Connections before hello", self.unannounced)
        yield Figure("turned_away_total", "counter", "Had no place", noise.turned_away)
        yield Figure("pushed_out_total", "counter", "Lost their place", noise.pushed_out)

    # --- Coming and going ------------------------------------------------------------------------

    def enter(self, guest: Guest, host: str) -> bool:
        """Give a newcomer a place. False: there is none, and the connection is to be ended."""
        address = self._address(host)
        if not (self._may_come(address) and self._makes_room(address)):
            self._noise.turned_away += 1
            self._say(address)
            return False
        place = Place(address, self._clock())
        self._places[guest] = self._unannounced[guest] = place
        address.connections += 1
        return True

    def announced(self, guest: Guest, *, is_device: bool) -> None:
        """It was let in. A citizen's telephone makes no address known."""
        self._unannounced.pop(guest, None)
        place = self._places.get(guest)
        if place is not None:
            place.unannounced = False
            place.address.wrong = 0
            place.address.known = place.address.known or is_device

    def is_announced(self, guest: Guest) -> bool:
        place = self._places.get(guest)
        return place is not None and not place.unannounced

    def address_of(self, guest: Guest) -> str:
        """As it is counted; empty: it has gone."""
        place = self._places.get(guest)
        return place.address.name if place is not None else ""

    def leave(self, guest: Guest) -> None:
        """It has ended, if it was there at all."""
        self._unannounced.pop(guest, None)
        place = self._places.pop(guest, None)
        if place is not None:
            place.address.connections -= 1
            self._forget()

    def wrong(self, guest: Guest) -> float:
        """It showed a wrong token: how many seconds it waits for the answer.

        Only the answer to a wrong token waits, so nobody can keep a neighbour out by guessing.
        """
        place = self._places.get(guest)
        if place is None or place.address.name == HERE:
            return 0.0
        place.address.wrong += 1
        times = place.address.wrong - self._limits.free_tries
        if times <= 0:
            return 0.0
        return float(min(FIRST_WAIT_S * 2 ** min(times - 1, 10), self._limits.longest_wait_s))

    def in_turn(self, work: Callable[[], None]) -> None:
        """Do something for somebody who is not let in yet, when it is their turn."""
        self._queue.append(work)

    def at_work(self) -> AbstractContextManager[None]:
        """Somebody who was let in has asked for something: that comes first."""
        return self._queue.held_up()

    def close(self) -> None:
        """Nobody waits any longer to be let in."""
        for guest in list(self._unannounced):
            guest.push_out()

    # --- Room ------------------------------------------------------------------------------------

    def has_room(self) -> bool:
        """Whether a newcomer has anything to hope for. If not, that changes when somebody says
        hello or goes, and when the oldest may be pushed out.
        """
        if len(self._unannounced) < self._limits.unannounced + self._limits.reserve:
            return True
        oldest = next(iter(self._unannounced.values()))
        return self._clock() - oldest.since >= self._limits.patient_s

    def _may_come(self, address: Address) -> bool:
        if len(self._places) >= self._limits.connections:
            return False
        if address.name == HERE:
            return True
        few = address.connections < self._limits.connections_per_address
        return few and address.arrivals.has_one()

    def _makes_room(self, address: Address) -> bool:
        known = address.known or address.name == HERE
        room = self._limits.unannounced + (self._limits.reserve if known else 0)
        if len(self._unannounced) < room:
            return True
        oldest = self._oldest_of_the_most()
        if self._clock() - self._unannounced[oldest].since < self._limits.patient_s:
            return False
        self._noise.pushed_out += 1
        self._say(self._unannounced[oldest].address)
        self.leave(oldest)
        oldest.push_out()
        return True

    def _oldest_of_the_most(self) -> Guest:
        """Of the address that has the most connections before the doors."""
        crowd = Counter(place.address for place in self._unannounced.values())
        largest = max(crowd, key=lambda address: crowd[address])
        return next(g for g, place in self._unannounced.items() if place.address is largest)

    # --- Addresses -------------------------------------------------------------------------------

    def _address(self, host: str) -> Address:
        name = address_name(host)
        known = self._addresses.get(name)
        if known is None:
            known = Address(name, Bucket(self._limits.arrivals, self._clock))
            self._addresses[name] = known
        self._addresses.move_to_end(name)
        return known

    def _forget(self) -> None:
        """Addresses that are gone, those first that nothing is held against."""
        over = len(self._addresses) - self._limits.addresses
        if over <= 0:
            return
        gone = [one for one in self._addresses.values() if not one.connections]
        gone.sort(key=lambda one: (one.known, one.wrong > 0, not one.arrivals.is_full()))
        for one in gone[: over + self._limits.addresses // 8]:
            del self._addresses[one.name]

    def _say(self, address: Address) -> None:
        noise, now = self._noise, self._clock()
        if now - noise.said_at < SAY_EVERY_S:
            return
        turned_away, pushed_out = (
            noise.turned_away - noise.said[0],
            noise.pushed_out - noise.said[1],
        )
        noise.said, noise.said_at = (noise.turned_away, noise.pushed_out), now
        log.warning(
            "a crowd before the doors: %d turned away, %d pushed out; at last from %s",
            turned_away,
            pushed_out,
            address.name,
        )


def address_name(host: str) -> str:
    """The address as it is counted: this machine as one, an IPv6 network as one."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback:
        return HERE
    if isinstance(address, IPv6Address):
        return f"{IPv6Address(address.packed[:NETWORK_BYTES] + bytes(8))}/64"
    return str(address)
