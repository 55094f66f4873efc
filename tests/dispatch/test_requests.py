"""Requests and their answers when all goes well."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from dispatch.holders import Holders
from hall.commands import Refused
from link import messages as m
from link.rating_code import rating_code
from records.engine import connect
from records.tables import ratings, turns
from server import OpenHall
from tests.dispatch.conftest import Enter, Staff
from tests.hall.halls import after, local, opened, take


async def test_a_ticket_taken_at_the_kiosk_is_called_at_the_counter_and_seen_on_the_board(
    staff: Staff,
) -> None:
    taken = await staff.kiosk.ok("take_ticket", services=["CT01"])
    called = await staff.counter.ok("call_next")
    assert (taken["ticket"], called["ticket"]) == ("A001", "A001")
    await staff.board.until(lambda: staff.board.view.get("calls"))
    (call,) = staff.board.view["calls"]
    assert (call["call"], call["number"], call["counter"]) == (called["call"], "A001", "Q1")


async def test_a_finish_is_taken_back_and_the_screens_show_the_ticket_where_it_was(
    hall: OpenHall, staff: Staff, enter: Enter
) -> None:
    rating = await enter(hall, "rating", "rating-1")
    await staff.kiosk.ok("take_ticket", services=["CT01", "HT01"])
    await staff.counter.ok("call_next")
    await staff.counter.ok("start")
    await staff.counter.ok("finish", outcome="received")
    await rating.until(lambda: rating.view.get("ticket") == "A001")
    assert await staff.counter.ok("undo") == {"ticket": "A001"}
    await rating.until(lambda: rating.view.get("ticket") is None)
    await staff.counter.until(lambda: staff.counter.view["ticket"])
    assert staff.counter.view["ticket"]["stage"] == "serving"
    assert [turn.stage for turn in hall.dispatcher.hall.known("A001").turns] == ["serving"]
    assert (await staff.counter.refused("undo"))["reason"] == "nothing_to_undo"


async def test_a_manager_adds_a_service_and_undoes_for_a_counter(staff: Staff) -> None:
    await staff.kiosk.ok("take_ticket", services=["CT01"])
    await staff.counter.ok("call_next")
    await staff.manager.ok("add_service", counter="Q1", service="HT01")
    await staff.manager.ok("no_show", counter="Q1")
    await staff.manager.ok("undo", counter="Q1")
    await staff.counter.until(lambda: staff.counter.view["ticket"])
    assert staff.counter.view["ticket"]["later"] == ["HT01"]


async def test_a_day_that_no_calendar_has_is_refused_at_the_door(staff: Staff) -> None:
    await staff.kiosk.ok("take_ticket", services=["CT01"])
    await staff.counter.ok("call_next")
    for fact in ("due_on", "apology_on"):
        refused = await staff.counter.refused("finish", outcome="returned", **{fact: "2026-02-30"})
        assert refused == {"reason": "bad_date", "date": "2026-02-30"}


async def test_what_people_write_of_a_result_or_a_visit_is_cleaned_and_kept(
    database: str, staff: Staff
) -> None:
    taken = await staff.kiosk.ok("take_ticket", services=["CT01"])
    await staff.counter.ok("call_next")
    due = {"due_on": "2026-11-20", "apology_no": "12/XL\u202e\t", "apology_on": "2026-11-23"}
    await staff.counter.ok("finish", outcome="returned", **due)
    shown = {"token": taken["token"], "ticket": "A001"}
    await staff.kiosk.ok("rate", **shown, level=5, text="\x1b[31m Tốt \n" * 9)
    engine = connect(database)
    with engine.connect() as connection:
        turn = connection.execute(select(turns)).one()
        said = connection.execute(select(ratings)).one().text
    engine.dispose()
    kept = (turn.due_on, turn.late, turn.apology_no, turn.apology_on)
    assert kept == (date(2026, 11, 20), True, "12/XL", date(2026, 11, 23))
    assert said.startswith("[31m Tốt  [31m Tốt")
    assert not any(mark in said for mark in "\x1b\n")


async def test_a_kiosk_rates_nobody_s_visit_by_a_number_alone(staff: Staff) -> None:
    first, second = [await staff.kiosk.ok("take_ticket", services=["CT01"]) for _ in range(2)]
    await staff.counter.ok("call_next")
    await staff.counter.ok("finish", outcome="received")
    assert (await staff.kiosk.refused("rate", ticket="A001", level=1))["reason"] == "not_allowed"
    for wrong in ({"token": second["token"], "ticket": "A001"}, {"token": "guess"}):
        assert (await staff.kiosk.refused("rate", level=1, **wrong))["reason"] == "unknown_ticket"
    await staff.kiosk.ok("rate", token=first["token"], level=5)


async def served(staff: Staff) -> dict[str, Any]:
    """A ticket whose visit is over."""
    taken: dict[str, Any] = await staff.kiosk.ok("take_ticket", services=["CT01"])
    await staff.counter.ok("call_next")
    await staff.counter.ok("finish", outcome="received")
    return taken


async def test_whoever_types_number_and_code_of_a_ticket_may_rate_it(staff: Staff) -> None:
    first = await served(staff)
    code = rating_code(first["token"])
    wrong = f"{(int(code) + 1) % 10_000:04d}"
    for ticket, typed in (("A001", wrong), ("A009", code)):
        refused = await staff.kiosk.refused("rate", ticket=ticket, code=typed, level=1)
        assert refused["reason"] == "wrong_code"
    await staff.kiosk.ok("rate", ticket="A001", code=code, level=5)
    again = await staff.kiosk.refused("rate", ticket="A001", code=code, level=1)
    assert again["reason"] == "already_rated"


def test_a_code_that_was_guessed_at_too_often_tells_no_ticket_any_more() -> None:
    hall = after(opened(), take("CT01"), at=local("08:00"))
    known = rating_code(hall.known("A001").token)
    wrong = f"{(int(known) + 1) % 10_000:04d}"
    passed = count(0, 1_000)  # everybody waits long enough
    holders = Holders(lambda: hall, lambda: float(next(passed)))
    for kiosk in ("kiosk-1", "kiosk-2") * 3:
        do = m.Rate(level=1, ticket="A001", code=wrong)
        assert isinstance(holders.rated(do, m.DeviceInfo(kiosk, "kiosk")), Refused)
    do = m.Rate(level=5, ticket="A001", code=known)
    assert holders.rated(do, m.DeviceInfo("kiosk-1", "kiosk")) == Refused(
        "wrong_code", ticket="A001"
    )


async def test_whoever_guesses_codes_waits_longer_each_time(staff: Staff) -> None:
    first = await served(staff)
    code = rating_code(first["token"])
    wrong = f"{(int(code) + 1) % 10_000:04d}"
    for _ in range(3):
        await staff.kiosk.refused("rate", ticket="A001", code=wrong, level=1)
    refused = await staff.kiosk.refused("rate", ticket="A001", code=code, level=5)
    assert refused == {"reason": "locked_out", "wait_s": 1}


@pytest.mark.parametrize("fact", ["due_on", "apology_on"])
async def test_a_result_s_days_are_written_like_2026_11_20(staff: Staff, fact: str) -> None:
    refused = await staff.counter.refused("finish", outcome="returned", **{fact: "20/11/2026"})
    assert refused["reason"] == "bad_message"
