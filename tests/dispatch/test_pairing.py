"""A device is paired by a one-time code, comes in with its token alone, and can be unpaired."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from benchmarks.strangers import own_address
from config.pins import hash_pin, pin_is_right
from config.values import Config
from dispatch.one_time import LETTERS, canonical, new_code
from dispatch.registry import Hashing, Registry
from records import tables
from records.codes import TRIES
from records.engine import connect
from server import OpenHall
from tests.dispatch.conftest import Enter, OpenFor
from tests.dispatch.halls import EIGHT, PIN, SETUP, Clocks, config, open_to_the_lan
from tests.dispatch.screens import Screen, stranger
from tests.waiting import until

TOKEN = secrets.token_urlsafe(32)


@pytest.fixture
def registry(database: str, hall: OpenHall) -> Iterator[Registry]:
    """What a command beside the running server does its work with."""
    with beside(database) as registry:
        yield registry


@contextmanager
def beside(database: str) -> Iterator[Registry]:
    engine = connect(database)
    yield Registry(engine, engine, SETUP.hall, Hashing(hash_pin, pin_is_right))
    engine.dispose()


def wanted(code: str, device: str = "kiosk-1", token: str = TOKEN) -> dict[str, object]:
    return {"type": "pair", "protocol": 1, "device": device, "code": code, "token": token}


async def refused(hall: OpenHall, code: str, device: str = "kiosk-1", token: str = TOKEN) -> str:
    """The reason for which a device is not paired."""
    async with stranger(hall.url) as guest:
        await guest.send(wanted(code, device, token))
        return await guest.farewell()


async def pair(hall: OpenHall, code: str, device: str = "kiosk-1", token: str = TOKEN) -> Screen:
    async with stranger(hall.url) as guest:
        await guest.send(wanted(code, device, token))
        await guest.until(lambda: guest.of_type("paired"))
        return guest


def changes(hall: OpenHall, database: str) -> list[str]:
    """What the log of events has of changes of access, and by whom."""
    engine = connect(database)
    with engine.connect() as connection:
        kept = select(tables.events.c.data).where(tables.events.c.kind == "AccessChanged")
        found = list(connection.execute(kept.order_by(tables.events.c.seq)).scalars())
    engine.dispose()
    return found


# --- The code ------------------------------------------------------------------------------------


def test_a_code_is_eight_letters_that_nobody_takes_for_another() -> None:
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    for code in codes:
        assert (len(code), code[4]) == (9, "-")
        assert canonical(code) == code.replace("-", "")
        assert set(canonical(code)) <= set(LETTERS)


def test_what_people_type_for_a_code_is_understood() -> None:
    assert canonical(" 7k3m 2qxz ") == canonical("7K3M-2QXZ") == "7K3M2QXZ"
    assert canonical("OIL0-1234") == "01101234"
    for other in ("", "7K3M", "7K3M-2QXZ1", "7K3M-2QXU", "ƀƀƀƀƀƀƀƀ"):
        assert canonical(other) == ""


# --- Pairing -------------------------------------------------------------------------------------


async def test_a_code_gives_a_device_its_token_and_the_hello_may_follow_at_once(
    hall: OpenHall, registry: Registry, database: str
) -> None:
    code = registry.offer_pairing("kiosk-1", EIGHT)
    async with stranger(hall.url) as kiosk:
        await kiosk.send(wanted(code.lower().replace("-", " ")))
        await kiosk.until(lambda: kiosk.of_type("paired"))
        told = {"type": "paired", "device": "kiosk-1", "role": "kiosk", "hall": "an-binh"}
        assert kiosk.of_type("paired") == [told]
        await kiosk.hello("kiosk", "kiosk-1", TOKEN)
        await kiosk.until(lambda: kiosk.of_type("view"))
        assert (await kiosk.ok("take_ticket", services=["CT01"]))["ticket"] == "A001"
    await until(lambda: changes(hall, database))
    assert changes(hall, database) == ['{"of":"kiosk-1","what":"paired","by":""}']


async def test_a_paired_device_needs_its_token_also_on_this_machine(
    hall: OpenHall, registry: Registry
) -> None:
    await pair(hall, registry.offer_pairing("kiosk-1", EIGHT))
    for token in ("", TOKEN[:-1], secrets.token_urlsafe(32)):
        async with stranger(hall.url) as kiosk:
            await kiosk.hello("kiosk", "kiosk-1", token)
            assert await kiosk.farewell() == "bad_token"


async def test_the_same_code_with_the_same_token_again_is_answered_the_same_way(
    hall: OpenHall, registry: Registry
) -> None:
    code = registry.offer_pairing("kiosk-1", EIGHT)
    first, again = await pair(hall, code), await pair(hall, code)
    assert first.frames[0] == again.frames[0]
    assert await refused(hall, code, token=secrets.token_urlsafe(32)) == "bad_code"


async def test_a_code_is_for_its_device_alone(hall: OpenHall, registry: Registry) -> None:
    code = registry.offer_pairing("kiosk-1", EIGHT)
    assert await refused(hall, code, "kiosk-2") == "bad_code"
    assert await refused(hall, code, "kiosk-999") == "unknown_device"
    await pair(hall, code)


async def test_a_code_is_good_for_ten_minutes(
    hall: OpenHall, registry: Registry, clocks: Clocks
) -> None:
    code = registry.offer_pairing("kiosk-1", EIGHT)
    clocks.pass_(minutes=10)
    assert await refused(hall, code) == "bad_code"
    code = registry.offer_pairing("kiosk-1", EIGHT + timedelta(seconds=1))
    await pair(hall, code)


async def test_from_one_address_a_code_is_good_for_five_tries(
    hall: OpenHall, registry: Registry
) -> None:
    code = registry.offer_pairing("kiosk-1", EIGHT)
    for _ in range(4):
        assert await refused(hall, "0000-0000") == "bad_code"
    await pair(hall, code)
    code = registry.offer_pairing("kiosk-1", EIGHT)
    for _ in range(5):
        assert await refused(hall, "0000-0000") == "bad_code"
    assert await refused(hall, code) == "bad_code"
    await pair(hall, registry.offer_pairing("kiosk-1", EIGHT))


async def test_wrong_codes_from_elsewhere_do_not_use_up_the_code(registry: Registry) -> None:
    code, own = registry.offer_pairing("kiosk-1", EIGHT), ("kiosk-1", "kiosk")
    for number in range(40):
        address = f"192.0.2.{number}"
        for _ in range(5):
            assert not registry.redeem(own, "no code", TOKEN, EIGHT, address)
        assert not registry.redeem(own, code, TOKEN, EIGHT, address)
    assert registry.redeem(own, code, TOKEN, EIGHT, "192.0.2.41")


async def test_a_stranger_in_the_network_keeps_no_technician_from_pairing(
    opened: OpenFor, database: str
) -> None:
    """Over the real doors: the stranger has this machine's address in the network."""
    address = own_address()
    if address == "127.0.0.1":
        pytest.skip("this machine has no address but its own")
    async with opened(open_to_the_lan(), host="0.0.0.0") as hall:
        with beside(database) as registry:
            code = registry.offer_pairing("kiosk-1", EIGHT)
        for _ in range(5):
            async with stranger(hall.url.replace("0.0.0.0", address)) as guest:
                await guest.send(wanted("no c-ode"))
                assert await guest.farewell() == "bad_code"
        await pair(hall, code)


async def test_in_all_a_code_is_good_for_so_many_tries_that_nobody_meets_it(
    hall: OpenHall, registry: Registry, database: str
) -> None:
    code = registry.offer_pairing("kiosk-1", EIGHT)
    assert TRIES / 2**40 < 2**-20
    engine = connect(database)
    with engine.begin() as connection:
        connection.execute(update(tables.codes).values(tries_left=1))
    engine.dispose()
    assert await refused(hall, "0000-0000") == "bad_code"
    assert await refused(hall, code) == "bad_code"


async def test_a_new_code_ends_the_one_before_and_the_old_token_is_good_until_it_is_used(
    hall: OpenHall, registry: Registry, enter: Enter
) -> None:
    await pair(hall, registry.offer_pairing("kiosk-1", EIGHT))
    stale = registry.offer_pairing("kiosk-1", EIGHT)
    fresh = registry.offer_pairing("kiosk-1", EIGHT)
    assert await refused(hall, stale) == "bad_code"
    kiosk = await enter(hall, "kiosk", "kiosk-1", TOKEN)
    new = secrets.token_urlsafe(32)
    await pair(hall, fresh, token=new)
    assert await kiosk.farewell() == "paired"
    async with stranger(hall.url) as old:
        await old.hello("kiosk", "kiosk-1", TOKEN)
        assert await old.farewell() == "bad_token"
    await enter(hall, "kiosk", "kiosk-1", new)


async def test_neither_code_nor_token_stands_in_the_records(
    hall: OpenHall, registry: Registry, database: str
) -> None:
    code = registry.offer_pairing("kiosk-1", EIGHT)
    await pair(hall, code)
    engine = connect(database)
    kept = everything(engine)
    engine.dispose()
    assert "argon2id" in kept
    for secret in (code, canonical(code), TOKEN):
        assert secret not in kept


def everything(engine: Engine) -> str:
    with engine.connect() as connection:
        return "".join(
            str(connection.execute(select(table)).all())
            for table in tables.metadata.tables.values()
        )


async def test_who_pairs_says_so_first_and_once(hall: OpenHall, registry: Registry) -> None:
    async with stranger(hall.url) as guest:
        await guest.send(wanted(registry.offer_pairing("kiosk-1", EIGHT)))
        await guest.until(lambda: guest.of_type("paired"))
        await guest.send(wanted("0000-0000"))
        assert await guest.farewell() == "protocol"
    async with stranger(hall.url) as guest:
        await guest.hello("kiosk", "kiosk-2")
        await guest.until(lambda: guest.of_type("view"))
        await guest.send(wanted("0000-0000"))
        assert await guest.farewell() == "protocol"


@pytest.mark.parametrize(
    "change",
    [{"token": "short"}, {"code": "1"}, {"code": "1" * 900}, {"role": "kiosk"}, {"device": "../x"}],
)
async def test_what_is_no_pairing_is_said_goodbye_to(
    hall: OpenHall, change: dict[str, object]
) -> None:
    async with stranger(hall.url) as guest:
        await guest.send(wanted("0000-0000") | change)
        assert await guest.farewell() == "protocol"


# --- Which devices need a token ------------------------------------------------------------------


async def test_beyond_this_machine_and_where_the_hall_says_so_every_device_needs_one(
    opened: OpenFor,
) -> None:
    always = replace(config(), server=replace(config().server, tokens_always=True))
    for described, host in ((open_to_the_lan(), "0.0.0.0"), (always, "127.0.0.1")):
        async with opened(described, host=host) as hall, stranger(hall.url) as kiosk:
            await kiosk.hello("kiosk", "kiosk-1")
            assert await kiosk.farewell() == "bad_token"


async def test_a_token_is_bound_to_the_role_the_device_was_paired_in(
    opened: OpenFor, database: str
) -> None:
    async with opened() as hall:
        with beside(database) as registry:
            await pair(hall, registry.offer_pairing("kiosk-1", EIGHT))
    async with opened(_as_a_board(config())) as hall, stranger(hall.url) as board:
        await board.hello("display", "kiosk-1", TOKEN)
        assert await board.farewell() == "bad_token"


def _as_a_board(described: Config) -> Config:
    """Somebody gives the kiosk's name to a board."""
    board = described.devices["board-1"]
    return replace(described, devices={**described.devices, "kiosk-1": board})


# --- Unpairing -----------------------------------------------------------------------------------


async def test_an_unpaired_device_goes_within_a_second_and_does_not_come_back(
    hall: OpenHall, registry: Registry, enter: Enter, database: str
) -> None:
    await pair(hall, registry.offer_pairing("kiosk-1", EIGHT))
    kiosk = await enter(hall, "kiosk", "kiosk-1", TOKEN)
    other = await enter(hall, "kiosk", "kiosk-2")
    began = asyncio.get_running_loop().time()
    assert registry.unpair("kiosk-1", "command:root", EIGHT)
    assert await kiosk.farewell() == "unpaired"
    assert asyncio.get_running_loop().time() - began < 10  # a second, on a machine at rest
    for token in (TOKEN, ""):
        async with stranger(hall.url) as kiosk:
            await kiosk.hello("kiosk", "kiosk-1", token)
            assert await kiosk.farewell() == "unpaired"
    assert not other.gone()
    said = '{"of":"kiosk-1","what":"unpaired","by":"command:root"}'
    await until(lambda: said in changes(hall, database))
    await pair(hall, registry.offer_pairing("kiosk-1", EIGHT))
    await enter(hall, "kiosk", "kiosk-1", TOKEN)


async def test_unpairing_ends_a_code_that_was_offered(hall: OpenHall, registry: Registry) -> None:
    code = registry.offer_pairing("kiosk-1", EIGHT)
    assert not registry.unpair("kiosk-1", "command:root", EIGHT)
    assert await refused(hall, code) == "bad_code"


async def test_what_a_command_did_while_no_server_ran_is_noted_once_at_the_next_start(
    opened: OpenFor, database: str
) -> None:
    async with opened():
        pass
    with beside(database) as registry:
        registry.suspend("lan", "command:root", EIGHT)
        registry.restore("lan", "command:root", EIGHT)
    for _ in range(2):
        async with opened() as hall:
            await until(lambda hall=hall: len(changes(hall, database)) == 2)  # type: ignore[misc]
    told = [one.partition('"what":')[2] for one in changes(hall, database)]
    assert told == ['"suspended","by":"command:root"}', '"restored","by":"command:root"}']


async def test_the_records_know_when_a_paired_device_was_seen(
    opened: OpenFor, database: str, enter: Enter
) -> None:
    async with opened() as hall:
        with beside(database) as registry:
            await pair(hall, registry.offer_pairing("kiosk-1", EIGHT))
            await enter(hall, "kiosk", "kiosk-1", TOKEN)
            await until(lambda: registry.devices()["kiosk-1"].online)
            assert registry.devices()["kiosk-1"].seen_at == EIGHT
    async with opened():
        with beside(database) as registry:
            await until(lambda: not registry.devices()["kiosk-1"].online)


# --- At an administrator's screen ----------------------------------------------------------------


async def test_an_administrator_pairs_and_unpairs_at_a_managers_screen(
    hall: OpenHall, enter: Enter, database: str
) -> None:
    admin = await enter(hall, "manager", "manager-1")
    await admin.ok("sign_in", officer="quang", pin=PIN)
    code = (await admin.ok("pair_device", device="kiosk-1"))["code"]
    await pair(hall, code)
    kiosk = await enter(hall, "kiosk", "kiosk-1", TOKEN)
    known = await until_known(admin, lambda one: one["online"])
    assert (known["role"], known["paired"]) == ("kiosk", True)
    assert await admin.ok("unpair_device", device="kiosk-1") == {"changed": True}
    assert await kiosk.farewell() == "unpaired"
    assert await admin.ok("unpair_device", device="kiosk-1") == {"changed": False}
    refused = await admin.refused("pair_device", device="kiosk-999")
    assert refused == {"reason": "unknown_device", "device": "kiosk-999"}
    await until(
        lambda: changes(hall, database)[-1:] != [] and "quang" in str(changes(hall, database))
    )


async def until_known(
    admin: Screen, true: Callable[[dict[str, object]], object]
) -> dict[str, object]:
    """Ask for the lists until kiosk-1 stands there so."""
    while True:
        devices = (await admin.ok("access"))["devices"]
        (known,) = [one for one in devices if one["device"] == "kiosk-1"]
        if true(known):
            return dict(known)
        await asyncio.sleep(0)
