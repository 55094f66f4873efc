"""A bell wakes who waits for it beside a terminal."""

from __future__ import annotations

from select import select

from terminal.bell import Bell


def rings(bell: Bell) -> bool:
    return bool(select([bell], [], [], 0)[0])


def test_a_bell_is_heard_from_when_it_is_set_until_it_is_cleared() -> None:
    bell = Bell()
    assert not rings(bell)
    bell.set()
    bell.set()
    assert rings(bell)
    assert rings(bell)
    bell.clear()
    bell.clear()
    assert not rings(bell)
    bell.set()
    assert rings(bell)
