"""`motcua pin OFFICER --reset`: an administrator's way back when an officer forgot a chosen PIN."""

from __future__ import annotations

from pathlib import Path

from tests.cli.commands import run, served
from tests.dispatch.screens import screen

CHOSEN = "528190"


async def test_a_reset_pin_is_the_configured_one_again_without_a_restart(tmp_path: Path) -> None:
    reset = ("pin", "cb1", "--reset", "--database", f"sqlite:///{tmp_path / 'hall.db'}")
    with served(cwd=tmp_path) as server:
        url = f"ws://127.0.0.1:{server.port}/"
        async with screen(url, "counter", "counter-1") as counter:
            await counter.ok("sign_in", officer="cb1", pin="1234")
            await counter.ok("change_pin", pin="1234", new_pin=CHOSEN)
            await counter.refused("sign_in", officer="cb1", pin="1234")
            done = run(*reset, cwd=tmp_path)
            assert (done.code, done.err) == (0, "")
            assert done.out.startswith("cb1: the PIN in ")
            assert "counts again" in done.out
            await counter.refused("sign_in", officer="cb1", pin=CHOSEN)
            await counter.ok("sign_in", officer="cb1", pin="1234")
        assert CHOSEN not in server.log.read_text(encoding="utf-8")
    again = run(*reset, cwd=tmp_path)
    assert again.code == 0
    assert "counted already" in again.out


def test_an_officer_whom_the_hall_does_not_have_is_answered_with_those_it_has(
    tmp_path: Path,
) -> None:
    said = run("pin", "cb77", "--reset", cwd=tmp_path).refused()
    assert "has no officer cb77" in said
    assert "cb1, cb2" in said
    assert list(tmp_path.iterdir()) == []


def test_a_pin_is_not_reset_by_accident(tmp_path: Path) -> None:
    done = run("pin", "cb1", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "--reset" in done.err
