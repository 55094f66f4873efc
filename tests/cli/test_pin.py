"""`motcua pin OFFICER --reset`: an administrator's way back when an officer forgot a chosen PIN."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from stat import S_IMODE

from tests.architecture.sources import ROOT
from tests.cli.commands import Ended, run, served
from tests.dispatch.screens import screen

CHOSEN = "528190"
ADMINISTRATOR = """[[officers]]
code = "qt1"
names = { vi = "Quản trị 1", en = "Administrator 1" }
role = "administrator"
"""


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


async def beside(*arguments: str | Path, cwd: Path) -> Ended:
    """A command that runs while a screen listens."""
    return await asyncio.to_thread(run, *arguments, cwd=cwd)


async def test_an_account_without_a_pin_gets_a_code_and_chooses_one(tmp_path: Path) -> None:
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    config = tmp_path / "hall.toml"
    config.write_text(re.sub(r"(?m)^pin_hash = .*$", "", text).replace(ADMINISTRATOR, ""))
    records = ("--config", config, "--database", f"sqlite:///{tmp_path / 'hall.db'}")
    with served("--config", config, cwd=tmp_path) as server:
        assert server.process.stdout is not None
        said = server.process.stdout.readline()
        kept = tmp_path / "hall.code"
        assert said == f"motcua: sign in as admin with the one-time code in {kept}\n"
        assert S_IMODE(kept.stat().st_mode) == 0o600
        url = f"ws://127.0.0.1:{server.port}/"
        async with screen(url, "manager", "manager-1") as manager:
            code = kept.read_text().strip()
            asked = {"officer": "admin", "pin": code}
            assert await manager.refused("sign_in", **asked) == {"reason": "new_pin_needed"}
            await manager.ok("sign_in", **asked, new_pin="trời xanh mây trắng")
            assert not kept.exists()
        done = run("pin", "cb1", "--reset", *records, cwd=tmp_path)
        code, how = done.out.splitlines()
        assert "chooses anew" in how
        async with screen(url, "counter", "counter-1") as counter:
            await counter.ok("sign_in", officer="cb1", pin=code, new_pin=CHOSEN)
            suspended = await beside("officer", "cb1", "--suspend", *records, cwd=tmp_path)
            assert suspended.out == "cb1 is suspended: nobody signs in with it.\n"
            await counter.until(lambda: counter.view.get("sent_away") == "suspended")
            await beside("officer", "cb1", "--restore", *records, cwd=tmp_path)
            await counter.ok("sign_in", officer="cb1", pin=CHOSEN)
    with served("--config", config, cwd=tmp_path) as again:
        again.stop()
        assert again.process.stdout is not None
        assert again.process.stdout.read() == ""
