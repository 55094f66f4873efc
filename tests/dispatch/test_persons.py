"""So many numbers a day for one identity card: counted in memory, written nowhere."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from dispatch.persons import Persons
from tests.dispatch.conftest import Enter, OpenFor
from tests.dispatch.halls import Clocks, config, with_setup
from tests.dispatch.screens import new_id

LIMITED = replace(config(), tickets_per_person=2)
SOMEBODY, ANOTHER = (sha256(name).hexdigest() for name in (b"somebody", b"another"))


def wish(person: str = SOMEBODY, service: str = "CT01") -> dict[str, Any]:
    return {"services": [service], "person": person}


async def test_one_card_gets_as_many_numbers_as_the_hall_allows(
    opened: OpenFor, enter: Enter
) -> None:
    async with opened(LIMITED) as hall:
        kiosk = await enter(hall, "kiosk", "kiosk-1")
        other = await enter(hall, "kiosk", "kiosk-2")
        await kiosk.ok("take_ticket", **wish())
        await other.ok("take_ticket", **wish())
        refused = await kiosk.refused("take_ticket", **wish())
        assert refused == {"reason": "person_limit_reached", "limit": 2}
        assert (await kiosk.ok("take_ticket", **wish(ANOTHER)))["ticket"] == "A003"
        assert (await kiosk.ok("take_ticket", services=["CT01"]))["ticket"] == "A004"


async def test_both_hands_on_two_kiosks_at_once_get_no_more(opened: OpenFor, enter: Enter) -> None:
    async with opened(LIMITED) as hall:
        kiosks = [await enter(hall, "kiosk", f"kiosk-{n}") for n in range(1, 9)]
        answers = await asyncio.gather(*(kiosk.ask("take_ticket", **wish()) for kiosk in kiosks))
        assert sum("ok" in answer for answer in answers) == 2


async def test_a_request_repeated_counts_once(opened: OpenFor, enter: Enter) -> None:
    async with opened(LIMITED) as hall:
        kiosk = await enter(hall, "kiosk", "kiosk-1")
        request = new_id()
        first = await kiosk.ask("take_ticket", request, **wish())
        assert await kiosk.ask("take_ticket", request, **wish()) == first
        await kiosk.ok("take_ticket", **wish())


async def test_a_refused_number_counts_for_nothing(opened: OpenFor, enter: Enter) -> None:
    limited = replace(with_setup(), tickets_per_person=1)
    async with opened(limited) as hall:
        kiosk = await enter(hall, "kiosk", "kiosk-1")
        await kiosk.refused("take_ticket", **wish(service="XX99"))
        await kiosk.ok("take_ticket", **wish())


async def test_the_next_day_begins_afresh(opened: OpenFor, enter: Enter, clocks: Clocks) -> None:
    async with opened(LIMITED) as hall:
        kiosk = await enter(hall, "kiosk", "kiosk-1")
        for _ in range(2):
            await kiosk.ok("take_ticket", **wish())
        clocks.pass_(days=1)
        assert (await kiosk.ok("take_ticket", **wish()))["ticket"] == "A001"


async def test_only_kiosks_of_a_hall_that_limits_are_given_the_key(
    opened: OpenFor, enter: Enter
) -> None:
    async with opened(LIMITED) as hall:
        kiosk = await enter(hall, "kiosk", "kiosk-1")
        board = await enter(hall, "display", "board-1")
        (welcome,) = kiosk.of_type("welcome")
        assert len(welcome["person_key"]) == 64
        assert "person_key" not in board.of_type("welcome")[0]
    async with opened() as hall:
        kiosk = await enter(hall, "kiosk", "kiosk-1")
        assert "person_key" not in kiosk.of_type("welcome")[0]


async def test_nothing_of_a_person_reaches_the_disk(
    opened: OpenFor, enter: Enter, tmp_path: Path
) -> None:
    async with opened(LIMITED) as hall:
        kiosk = await enter(hall, "kiosk", "kiosk-1")
        for _ in range(3):
            await kiosk.ask("take_ticket", **wish())
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"A002" in written
    assert SOMEBODY.encode() not in written


def test_a_hall_without_a_limit_has_no_key() -> None:
    assert Persons(0).key == ""
    assert Persons(1).key != Persons(1).key
