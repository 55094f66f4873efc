"""An officer takes another PIN: from then on that one counts, and nobody can read it anywhere."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, select

from config.pins import pin_is_right
from dispatch.guessable import is_guessable
from records import tables
from records.engine import connect
from records.pins import forget_pin, pin_hash_of
from server import OpenHall
from tests.dispatch.conftest import Enter, OpenFor, Staff
from tests.dispatch.halls import EIGHT, PIN, SETUP
from tests.dispatch.screens import Screen, new_id
from tests.dispatch.test_trouble import files_that_cannot_grow
from tests.waiting import until

NEW = "528190"
PASSWORD = "trời xanh mây trắng"
BAD_PIN = {"reason": "bad_pin"}
CHANGE = {"kind": "change_pin", "pin": PIN, "new_pin": NEW}


@contextmanager
def records(database: str) -> Iterator[Engine]:
    engine = connect(database)
    yield engine
    engine.dispose()


async def fits(screen: Screen, pin: str, officer: str = "lan") -> bool:
    """Does the officer get in with it?"""
    answer = await screen.ask("sign_in", officer=officer, pin=pin, take_over=True)
    assert answer.get("refused", BAD_PIN) == BAD_PIN
    return "ok" in answer


# --- Which PIN counts ----------------------------------------------------------------------------


async def test_the_new_pin_counts_at_once_everywhere_and_after_a_restart(
    opened: OpenFor, enter: Enter
) -> None:
    async with opened() as hall:
        counter = await enter(hall, "counter", "counter-1")
        await counter.ok("sign_in", officer="lan", pin=PIN)
        assert await counter.ok("change_pin", pin=PIN, new_pin=NEW) == {}
        other = await enter(hall, "counter", "counter-2")
        assert (await fits(other, PIN), await fits(other, NEW)) == (False, True)
        assert await fits(other, PIN, "minh")
    async with opened() as hall:
        counter = await enter(hall, "counter", "counter-1")
        assert (await fits(counter, PIN), await fits(counter, NEW)) == (False, True)


async def test_a_pin_may_be_changed_again_and_only_by_who_knows_the_last_one(
    staff: Staff,
) -> None:
    await staff.counter.ok("change_pin", pin=PIN, new_pin=NEW)
    assert await staff.counter.refused("change_pin", pin=PIN, new_pin="640275") == BAD_PIN
    await staff.counter.ok("change_pin", pin=NEW, new_pin=PIN)
    assert await fits(staff.counter, PIN)


async def test_a_manager_changes_the_own_password_at_the_managers_screen(staff: Staff) -> None:
    refused = await staff.manager.refused("change_pin", pin=PIN, new_pin=NEW)
    assert refused == {"reason": "weak_pin", "shortest": 8}
    await staff.manager.ok("change_pin", pin=PIN, new_pin=PASSWORD)
    assert not await fits(staff.manager, PIN, "hoa")
    assert await fits(staff.manager, PASSWORD, "hoa")
    assert await fits(staff.counter, PIN)


async def test_after_a_reset_the_configured_pin_counts_while_the_server_runs(
    staff: Staff, database: str
) -> None:
    await staff.counter.ok("change_pin", pin=PIN, new_pin=NEW)
    with records(database) as engine:
        assert forget_pin(engine, SETUP.hall, "lan", "command:root", EIGHT)
    assert (await fits(staff.counter, NEW), await fits(staff.counter, PIN)) == (False, True)


async def test_only_who_is_signed_in_has_a_pin_to_change(hall: OpenHall, enter: Enter) -> None:
    counter = await enter(hall, "counter", "counter-1")
    refused = await counter.refused("change_pin", pin=PIN, new_pin=NEW)
    assert refused == {"reason": "counter_has_no_officer", "counter": "Q1"}
    manager = await enter(hall, "manager", "manager-1")
    refused = await manager.refused("change_pin", pin=PIN, new_pin=NEW)
    assert refused == {"reason": "not_signed_in"}


# --- Which PIN may be taken ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "pin",
    ["000000", "77777777", "123456", "567890", "987654", "aBcdEfgh", "zyxwvu", "12345"],
)
def test_what_anybody_would_try_first_is_guessable(pin: str) -> None:
    assert is_guessable(pin, 6, ())


@pytest.mark.parametrize(
    "password",
    [
        *("Password1", "Mật Khẩu 123", "motcua2026", "QWERTYUIOP", "1q2w3e4r", "iloveyou!"),
        *("admin@123", "!corvette", "Samantha", "monique1"),
    ],
)
def test_what_stands_on_every_list_is_guessable_with_whatever_around_it(password: str) -> None:
    assert is_guessable(password, 8, ())


def test_what_is_known_of_an_account_is_guessable() -> None:
    assert is_guessable("Mật mã của tôi", 8, ["MẬT MÃ CỦA TÔI"])
    assert is_guessable("Can-Bo-77", 8, ["can-bo-77"])
    assert is_guessable("PHƯỜNG AN BÌNH", 8, ["Phường An Bình"])
    assert is_guessable("e\u0302\u0301x9abc", 7, ())  # eight code points, six letters


@pytest.mark.parametrize("pin", ["135792", "224680", "019173", "ba ba đi chợ", "chợ Lớn 5"])
def test_any_other_pin_may_be_taken(pin: str) -> None:
    assert not is_guessable(pin, 6, [PIN, "lan"])


async def test_a_guessable_pin_is_refused_and_the_old_one_stays(staff: Staff) -> None:
    for weak in ("9876", PIN, "5555"):
        refused = await staff.counter.refused("change_pin", pin=PIN, new_pin=weak)
        assert refused == {"reason": "weak_pin", "shortest": 6}
    assert await fits(staff.counter, PIN)


async def test_who_does_not_know_the_old_pin_learns_nothing_about_the_new_one(
    staff: Staff,
) -> None:
    assert await staff.counter.refused("change_pin", pin="836514", new_pin="1234") == BAD_PIN


# --- Asking twice --------------------------------------------------------------------------------


async def test_the_same_request_again_gets_the_same_answer(
    hall: OpenHall, enter: Enter, staff: Staff
) -> None:
    asked = new_id()
    await staff.counter.ok(request_id=asked, **CHANGE)
    again = await enter(hall, "counter", "counter-1")
    await again.ok(request_id=asked, **CHANGE)
    assert again.answers(asked) == staff.counter.answers(asked)
    assert await again.refused(**CHANGE) == BAD_PIN


async def test_the_same_request_twice_in_one_breath_is_done_once(staff: Staff) -> None:
    asked = {"type": "request", "id": new_id(), "do": CHANGE}
    await staff.counter.send(asked)
    await staff.counter.send(asked)
    await staff.counter.until(lambda: len(staff.counter.answers(str(asked["id"]))) == 2)
    answers = staff.counter.answers(str(asked["id"]))
    assert answers[0] == answers[1]
    assert b'"ok"' in answers[0]


async def test_a_server_that_starts_anew_finds_the_old_pin_wrong_and_the_new_one_right(
    opened: OpenFor, enter: Enter
) -> None:
    asked = new_id()
    async with opened() as hall:
        counter = await enter(hall, "counter", "counter-1")
        await counter.ok("sign_in", officer="lan", pin=PIN)
        await counter.ok(request_id=asked, **CHANGE)
    async with opened() as hall:
        counter = await enter(hall, "counter", "counter-1")
        assert await counter.refused(request_id=asked, **CHANGE) == BAD_PIN
        assert await fits(counter, NEW)


async def test_only_so_many_changes_are_remembered(
    opened: OpenFor, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch.admission.MAX_REMEMBERED", 1)
    async with opened() as hall:
        counter = await enter(hall, "counter", "counter-1")
        await counter.ok("sign_in", officer="lan", pin=PIN)
        first, second = new_id(), new_id()
        await counter.ok("change_pin", first, pin=PIN, new_pin=NEW)
        await counter.ok("change_pin", second, pin=NEW, new_pin="640275")
        await counter.ok("change_pin", second, pin=NEW, new_pin="640275")
        assert (await counter.ask("change_pin", first, pin=PIN, new_pin=NEW))["refused"] == BAD_PIN


# --- A disk that fails ---------------------------------------------------------------------------


async def test_a_change_that_cannot_be_written_down_has_not_happened(staff: Staff) -> None:
    asked = new_id()
    with files_that_cannot_grow():
        for _ in range(4):
            answer = await staff.counter.ask(request_id=asked, **CHANGE)
            assert answer["refused"] == {"reason": "not_recorded"}
    assert await fits(staff.counter, PIN)
    await staff.counter.ok(request_id=asked, **CHANGE)
    assert await fits(staff.counter, NEW)


async def test_records_that_cannot_be_read_let_nobody_in_and_count_against_nobody(
    hall: OpenHall, enter: Enter, database: str
) -> None:
    counter = await enter(hall, "counter", "counter-1")
    with records(database) as engine:
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE pins RENAME TO lost")
        for _ in range(4):
            refused = await counter.refused("sign_in", officer="lan", pin="836514")
            assert refused == {"reason": "not_recorded"}
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE lost RENAME TO pins")
    assert await fits(counter, PIN)


# --- Where it is kept ----------------------------------------------------------------------------


async def test_only_a_hash_is_kept_and_neither_events_nor_answers_nor_log_know_of_it(
    hall: OpenHall, staff: Staff, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("websockets").setLevel(logging.CRITICAL)  # as a server that runs has it
    before = hall.dispatcher.seq
    await staff.counter.ok(**CHANGE)
    await until(lambda: hall.dispatcher.seq == before + 1)  # that it was changed, and no more
    with records(database) as engine:
        kept = pin_hash_of(engine, SETUP.hall, "lan")
        assert kept is not None
        assert pin_is_right(NEW, kept)
        with engine.connect() as connection:
            told = [
                str(connection.execute(select(table)).all())
                for table in (tables.events, tables.requests)
            ]
    assert "lan has another PIN" in caplog.text
    assert '{"of":"lan","what":"pin_changed","by":"lan"}' in told[0]
    for text in (*told, caplog.text, str(staff.counter.heard)):
        assert not any(secret in text for secret in (NEW, PIN, "argon2"))
