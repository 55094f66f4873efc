"""The page of devices and accounts: what is seen, what keys ask for, codes shown once; and which
keys each role has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args

import pytest
from syrupy.assertion import SnapshotAssertion

from dispatch.permissions import AccountRole, kinds_of, may_sit
from link import messages as m
from terminal.caps import KeyCap
from terminal.choice import Choice
from terminal.question import Question
from tests.screens.conftest import NOW
from tests.screens.consoles import ago
from tests.screens.managers import SIGN_IN, Office, office
from tests.waiting import until

CODE = "7K3M-2QXZ"
ENTRANCE: dict[str, Any] = {
    "devices": [
        {"device": "kiosk-1", "role": "kiosk", "paired": True, "online": True,
         "paired_at": ago(4000).isoformat(), "seen_at": ago(60).isoformat()},
        {"device": "board-1", "role": "display", "paired": False, "online": False,
         "paired_at": None, "seen_at": None},
        {"device": "counter-1", "role": "counter", "paired": False, "online": False,
         "paired_at": ago(90).isoformat(), "seen_at": ago(30).isoformat()},
    ],
    "accounts": [
        {"officer": "cb1", "role": "officer", "suspended": False, "has_chosen": True, "at": ["Q1"]},
        {"officer": "cb2", "role": "officer", "suspended": True, "has_chosen": True, "at": []},
        {"officer": "ql1", "role": "administrator", "suspended": False, "has_chosen": False,
         "at": ["manager-1"]},
    ],
}  # fmt: skip
CODED = {"code": CODE, "until": (NOW + timedelta(minutes=10)).isoformat()}


def administrator(size: tuple[int, int] = (80, 24), language: str = "vi") -> Any:
    return office(size=size, language=language, role="administrator", entrance=ENTRANCE)


def changes(desk: Office) -> list[m.AnyDo]:
    """What was asked, without the lists that the page asks for by itself."""
    return [do for do in desk.asked if not isinstance(do, m.Access)]


@pytest.mark.parametrize(
    ("size", "language"), [((80, 24), "vi"), ((120, 40), "en"), ((200, 50), "vi")]
)
async def test_an_administrator_begins_with_devices_and_accounts(
    size: tuple[int, int], language: str, screen: SnapshotAssertion
) -> None:
    async with administrator(size, language) as desk:
        await desk.says("cb2")
        assert desk.text() == screen


BY_KEYS: dict[tuple[str, ...], m.AnyDo] = {
    ("n", "1", "1"): m.UnpairDevice(device="kiosk-1"),
    ("k", "1", "1"): m.SuspendOfficer(officer="cb1"),
    ("l", "1", "1"): m.RestoreOfficer(officer="cb2"),
    ("tab", "down", "enter", "1"): m.RestoreOfficer(officer="cb2"),
}


@pytest.mark.parametrize("keys", BY_KEYS, ids="-".join)
async def test_each_change_is_made_by_keys_alone_after_a_question(keys: tuple[str, ...]) -> None:
    async with administrator() as desk:
        await desk.says("cb2")
        await desk.press(*keys[:-1])
        await until(lambda: desk.app.query(Question))
        assert changes(desk) == []
        await desk.press(keys[-1])
        await until(lambda: changes(desk))
        assert changes(desk) == [BY_KEYS[keys]]
        await until(lambda: not desk.app.query(Question))
        await desk.says("Đã")


async def test_nobody_suspends_the_own_account_here() -> None:
    async with administrator() as desk:
        await desk.says("cb2")
        await desk.press("k")
        await desk.says("Tạm khóa tài khoản nào?")
        assert "1  cb1  (Cán bộ)" in desk.text()
        assert len(desk.app.query_one(Choice).items) == 1


@pytest.mark.parametrize(
    ("keys", "do"),
    [
        (("g", "2", "1"), m.PairDevice(device="board-1")),
        (("p", "1", "1"), m.ResetPin(officer="cb1")),
    ],
)
async def test_a_code_is_shown_large_and_once(
    keys: tuple[str, ...], do: m.AnyDo, screen: SnapshotAssertion
) -> None:
    async with administrator() as desk:
        await desk.says("cb2")
        await desk.press(*keys[:-1])
        desk.answers.append(m.Answer(id="", ok=CODED))
        await desk.press(keys[-1])
        await desk.says(CODE)
        assert changes(desk) == [do]
        assert desk.text() == screen
        await desk.press("enter")
        await until(lambda: not desk.app.query(Question))
        assert CODE not in desk.text()


async def test_a_code_is_gone_behind_a_locked_screen() -> None:
    async with administrator() as desk:
        await desk.says("cb2")
        await desk.press("g", "1")
        desk.answers.append(m.Answer(id="", ok=CODED))
        await desk.press("1")
        await desk.says(CODE)
        await desk.press("f11")
        await desk.says("khóa")
        await desk.press(*"1234", "enter")
        await desk.says("cb2")
        assert CODE not in desk.text()
        assert not desk.app.query(Question)


async def test_where_the_file_has_a_pin_there_is_no_code_and_it_is_said() -> None:
    async with administrator() as desk:
        await desk.says("cb2")
        await desk.press("p", "1", "1")
        await desk.says("có hiệu lực trở lại")
        assert not desk.app.query(Question)


async def test_the_lists_are_asked_for_again_while_they_are_shown() -> None:
    async with administrator() as desk:
        await desk.says("cb2")
        desk.entrance = ENTRANCE | {"accounts": []}
        await desk.press("r")
        await until(lambda: "cb2" not in desk.text())


# --- Keys by role --------------------------------------------------------------------------------

ON_EVERY_HALL_PAGE = {"sign_out", "change_pin", "next_part", "lock"}
OF_THE_FLOOR = {"send_word", "move_ticket", "set_service", "notice", "acknowledge"}
KEYS_OF: dict[str, set[str]] = {
    "coordinator": ON_EVERY_HALL_PAGE | OF_THE_FLOOR,
    "manager": ON_EVERY_HALL_PAGE | OF_THE_FLOOR | {"figures", "what_if", "staffing"},
    "auditor": ON_EVERY_HALL_PAGE | {"figures"},
    "administrator": ON_EVERY_HALL_PAGE | {"access"},
}


def shown(desk: Office) -> set[str]:
    caps = (cap for cap in desk.app.query(KeyCap) if cap.is_on_screen)
    return {cap.key.kind for cap in caps}


@pytest.mark.parametrize("role", [one for one in get_args(AccountRole) if may_sit("manager", one)])
async def test_each_role_sees_the_keys_it_may_use_and_no_others(role: AccountRole) -> None:
    async with office(role=role, size=(120, 40), entrance=ENTRANCE) as desk:
        await desk.press("h")
        await until(lambda: shown(desk) == KEYS_OF[role])
        for key in ("s", "m", "q", "v", "n"):
            await desk.press("h", key, "escape")
        asked = {str(do.__struct_config__.tag) for do in desk.asked}
        assert asked <= set(kinds_of("manager", role))


async def test_who_comes_to_a_locked_screen_sees_nothing_of_whoever_was_there() -> None:
    async with administrator() as desk:
        await desk.says("cb2")
        await desk.press("f11")
        await desk.says("khóa")
        desk.role = "auditor"
        await desk.press("shift+tab", *("backspace",) * 3, *"kt1", "enter", *"1234", "enter")
        await desk.says("CẢNH BÁO")
        await until(lambda: shown(desk) == KEYS_OF["auditor"])


# --- Nothing is encrypted ------------------------------------------------------------------------


async def test_the_page_of_the_hall_warns_where_nothing_is_encrypted(
    screen: SnapshotAssertion,
) -> None:
    async with office(plain_text=True) as desk:
        await desk.says("KHÔNG MÃ HÓA")
        assert desk.text() == screen


async def test_the_page_to_sign_in_on_warns_where_nothing_is_encrypted(
    screen: SnapshotAssertion,
) -> None:
    async with office(plain_text=True, signed_in=False) as desk:
        await desk.says("Đường truyền không mã hóa")
        assert desk.text() == screen
        await desk.press(*SIGN_IN)
        await desk.says("KHÔNG MÃ HÓA")
