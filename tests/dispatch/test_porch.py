"""Who has a place before the doors, who must go, and whose turn it is: with a clock that a test
sets.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from dispatch.limits import Limits, Rate
from dispatch.porch import TURNS, Porch, address_name
from tests.waiting import until

LIMITS = Limits(
    unannounced=4,
    reserve=2,
    patient_s=1.0,
    arrivals=Rate(5, 10),
    connections_per_address=20,
    connections=30,
    addresses=8,
)


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(eq=False)
class Guest:
    out: bool = field(default=False)

    def push_out(self) -> None:
        self.out = True


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def porch(clock: Clock) -> Porch:
    return Porch(LIMITS, clock)


def come(porch: Porch, host: str, many: int = 1) -> list[Guest]:
    """Those of so many who got a place."""
    return [guest for guest in (Guest() for _ in range(many)) if porch.enter(guest, host)]


def let_in(porch: Porch, host: str, *, is_device: bool = True) -> Guest:
    (guest,) = come(porch, host)
    porch.announced(guest, is_device=is_device)
    return guest


def test_an_address_comes_so_often_at_once_and_so_often_a_second(
    porch: Porch, clock: Clock
) -> None:
    def all_of(many: int) -> int:
        came = come(porch, "192.0.2.1", many)
        for guest in came:
            porch.announced(guest, is_device=False)
            porch.leave(guest)
        return len(came)

    assert sum(all_of(1) for _ in range(30)) == 10
    clock.now += 1
    assert sum(all_of(1) for _ in range(30)) == 5
    assert come(porch, "192.0.2.2") != []


def test_a_whole_hall_behind_one_address_comes_back_at_once(clock: Clock) -> None:
    porch = Porch(Limits(), clock)
    screens = [let_in(porch, "192.0.2.1") for _ in range(60)]
    assert len(porch) == len(screens) == 60


def test_without_room_nobody_is_pushed_out_at_once(porch: Porch) -> None:
    first = come(porch, "192.0.2.1", 4)
    assert come(porch, "192.0.2.2") == []
    assert not any(guest.out for guest in first)


def test_then_the_newest_takes_the_place_of_the_oldest_of_the_most(
    porch: Porch, clock: Clock
) -> None:
    alone = come(porch, "192.0.2.1")
    crowd = come(porch, "192.0.2.9", 3)
    clock.now += 1
    assert come(porch, "192.0.2.2") != []
    assert [guest.out for guest in (*alone, *crowd)] == [False, True, False, False]
    assert porch.unannounced == 4
    assert porch.pushed_out == 1


def test_strangers_cannot_have_the_places_kept_for_those_who_were_here(
    porch: Porch, clock: Clock
) -> None:
    let_in(porch, "192.0.2.1")
    for stranger in range(50):
        come(porch, f"198.51.100.{stranger}")
    assert porch.unannounced == 4
    assert len(come(porch, "192.0.2.1", 3)) == 2


def test_a_citizen_s_telephone_makes_no_address_known(porch: Porch) -> None:
    let_in(porch, "192.0.2.1", is_device=False)
    come(porch, "198.51.100.1", 4)
    assert come(porch, "192.0.2.1") == []


def test_this_machine_is_one_address_that_may_come_as_often_as_it_likes(porch: Porch) -> None:
    for host in ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"):
        for _ in range(5):
            let_in(porch, host)
    assert len(porch) == 20
    for _ in range(30):
        come(porch, "127.0.0.1")
    assert len(porch) <= LIMITS.connections


def test_there_is_a_last_place_for_an_address_and_for_all(clock: Clock) -> None:
    often = replace(LIMITS, arrivals=Rate(1000, 1000))
    porch = Porch(often, clock)
    assert sum(bool(come(porch, "192.0.2.1")) and _announce(porch) for _ in range(25)) == 20
    rest = [host for host in range(25) if come(porch, f"192.0.3.{host}") and _announce(porch)]
    assert len(rest) == 10


def _announce(porch: Porch) -> bool:
    for guest in list(porch._unannounced):
        porch.announced(guest, is_device=True)
    return True


def test_the_answer_to_wrong_tokens_comes_later_and_later(porch: Porch, clock: Clock) -> None:
    (guest,) = come(porch, "192.0.2.1")
    waits = [porch.wrong(guest) for _ in range(11)]
    assert waits == [0, 0, 0, 0, 0, 0.5, 1, 2, 4, 4, 4]
    let_in(porch, "192.0.2.1")
    assert porch.wrong(guest) == 0
    (here,) = come(porch, "127.0.0.1")
    assert [porch.wrong(here) for _ in range(20)] == [0] * 20


def test_addresses_are_not_remembered_without_end(porch: Porch, clock: Clock) -> None:
    known = let_in(porch, "192.0.2.1")
    for one in range(5000):
        clock.now += 0.1
        for guest in come(porch, f"10.0.{one // 250}.{one % 250}"):
            porch.leave(guest)
    assert len(porch._addresses) <= LIMITS.addresses + 1
    assert known.out is False
    assert len(come(porch, "192.0.2.1", 9)) == 6  # still known


def test_whoever_left_has_no_place_any_more(porch: Porch) -> None:
    guests = come(porch, "192.0.2.1", 4)
    for guest in guests:
        porch.leave(guest)
        porch.leave(guest)
    assert (len(porch), porch.unannounced) == (0, 0)


def test_there_is_room_until_the_kept_places_are_taken_too_or_the_oldest_may_go(
    porch: Porch, clock: Clock
) -> None:
    let_in(porch, "192.0.2.1")
    come(porch, "198.51.100.1", 4)
    assert porch.has_room()
    first, _ = come(porch, "192.0.2.1", 2)
    assert not porch.has_room()
    porch.leave(first)
    assert porch.has_room()
    come(porch, "192.0.2.1")
    assert not porch.has_room()
    clock.now += LIMITS.patient_s
    assert porch.has_room()


async def turns(many: int) -> None:
    """Of the loop."""
    for _ in range(many):
        await asyncio.sleep(0)


async def test_one_thing_is_done_for_strangers_in_a_turn_of_the_loop(porch: Porch) -> None:
    done: list[int] = []
    for one in range(5):
        porch.in_turn(lambda one=one: done.append(one))  # type: ignore[misc]
    assert done == []
    for so_many in range(1, 5):
        await turns(1)
        assert len(done) <= so_many
    await turns(2)
    assert done == [0, 1, 2, 3, 4]


async def test_strangers_wait_until_those_at_work_have_their_answers(porch: Porch) -> None:
    done: list[int] = []
    with porch.at_work(), porch.at_work():
        porch.in_turn(lambda: done.append(1))
        await turns(5)
        assert done == []
    await turns(2)
    assert done == [1]


async def test_a_hall_where_somebody_always_waits_for_an_answer_keeps_nobody_out(
    porch: Porch,
) -> None:
    done: list[int] = []
    many = 2 * TURNS + 1
    with porch.at_work():
        for one in range(many):
            porch.in_turn(lambda one=one: done.append(one))  # type: ignore[misc]
        await until(lambda: bool(done))
        await turns(2 * TURNS)
        assert len(done) < many  # they waited again
        await until(lambda: len(done) == many)
    assert done == list(range(many))


async def test_work_for_strangers_that_fails_keeps_nobody_from_their_turn(porch: Porch) -> None:
    done: list[int] = []
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, what: told.append(what))
    porch.in_turn(lambda: 1 // 0)  # type: ignore[arg-type]
    porch.in_turn(lambda: done.append(1))
    await turns(3)
    assert (done, len(told)) == ([1], 1)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "here"),
    ],
)
def test_an_address_is_counted_as_what_one_stranger_may_have(host: str, name: str) -> None:
    assert address_name(host) == name
