"""A counter's page to sign in on, and a real server: one-time codes, and why somebody must go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from config.pins import hash_pin, pin_is_right
from counter.app import build
from dispatch.registry import Hashing, Officer, Registry
from records.engine import connect
from tests.screens.conftest import NOW, screen_text
from tests.screens.test_counter_live import config, hall, sit_down
from tests.waiting import until

HALL = config().setup.hall


def registry(folder: Path) -> Registry:
    """What a command beside the server does its work with."""
    engine = connect(str(folder / "hall.db"))
    return Registry(engine, engine, HALL, Hashing(hash_pin, pin_is_right))


async def test_an_officer_who_is_suspended_is_told_so_at_the_counter(tmp_path: Path) -> None:
    async with hall(tmp_path, tickets=1) as opened:
        app = build(opened.url, "counter-2", "")
        async with app.run_test(size=(80, 24)) as pilot:
            await sit_down(app, pilot)
            registry(tmp_path).suspend("cb1", "command:root", NOW)
            await until(lambda: "Tài khoản vừa bị tạm khóa" in screen_text(app))
            assert "Mã cán bộ" in screen_text(app)
            await pilot.press(*"cb1", "enter", *"1234", "enter")
            await until(lambda: "này đang bị tạm khóa" in screen_text(app))


async def test_with_a_one_time_code_an_officer_chooses_a_pin_and_sits_down(tmp_path: Path) -> None:
    nobody = replace(config().officers["cb1"], pin_hash="")
    described = replace(config(), officers={"cb1": nobody})
    async with hall(tmp_path, tickets=1, of=described) as opened:
        account = Officer("cb1", "", "officer")
        code = registry(tmp_path).reset_pin(account, "command:root", NOW)
        assert code is not None
        app = build(opened.url, "counter-2", "")
        async with app.run_test(size=(80, 24)) as pilot:
            await until(lambda: "Mã PIN" in screen_text(app))
            await pilot.press(*"cb1", "enter", *code.replace("-", "").lower(), "enter")
            await until(lambda: "Mã dùng một lần đúng" in screen_text(app))
            await pilot.press(*"528190", "enter", *"528199", "enter")
            await until(lambda: "không giống nhau" in screen_text(app))
            await pilot.press(*"528190", "enter")
            await until(lambda: "Nhấn phím M" in screen_text(app))
            assert opened.dispatcher.hall.staffing["Q2"].officer == "cb1"
