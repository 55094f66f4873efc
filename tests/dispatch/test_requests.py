"""Requests and their answers when all goes well."""

from __future__ import annotations

from tests.dispatch.conftest import Staff


async def test_a_ticket_taken_at_the_kiosk_is_called_at_the_counter_and_seen_on_the_board(
    staff: Staff,
) -> None:
    taken = await staff.kiosk.ok("take_ticket", services=["CT01"])
    called = await staff.counter.ok("call_next")
    assert (taken["ticket"], called["ticket"]) == ("A001", "A001")
    await staff.board.until(lambda: staff.board.view.get("calls"))
    (call,) = staff.board.view["calls"]
    assert (call["call"], call["number"], call["counter"]) == (called["call"], "A001", "Q1")
