"""`motcua pair`: a token per device, for doors that are open to the network."""

from __future__ import annotations

import stat
from pathlib import Path

from tests.cli.commands import config_with, run, served
from tests.dispatch.screens import screen, stranger


async def test_only_a_paired_device_gets_through_a_door_to_the_network(tmp_path: Path) -> None:
    config = config_with(tmp_path, ("plain_text_on_lan = false", "plain_text_on_lan = true"))
    records = ("--config", config, "--database", f"sqlite:///{tmp_path / 'hall.db'}")
    done = run("pair", "kiosk-1", *records, cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert "kiosk-1.token" in done.out
    token = (tmp_path / "kiosk-1.token").read_text().strip()

    with served("--config", config, "--host", "0.0.0.0", cwd=tmp_path) as server:
        assert "in the network" in server.log.read_text(encoding="utf-8")
        url = f"ws://127.0.0.1:{server.port}/"
        async with screen(url, "kiosk", "kiosk-1", token) as kiosk:
            assert kiosk.of_type("welcome")
        for wrong in ("", token[:-1], token.swapcase()):
            async with stranger(url) as kiosk:
                await kiosk.hello("kiosk", "kiosk-1", wrong)
                assert await kiosk.farewell() == "bad_token"


def test_a_token_is_for_its_owner_only_and_a_new_one_replaces_it(tmp_path: Path) -> None:
    out = tmp_path / "mine"
    out.touch(0o644)
    tokens = set()
    for _ in range(2):
        assert pair(tmp_path, "kiosk-1", "--out", str(out)) == 0
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
        tokens.add(out.read_text())
    assert len(tokens) == 2


def pair(folder: Path, *arguments: str) -> int:
    address = f"sqlite:///{folder / 'hall.db'}"
    return run("pair", *arguments, "--database", address, cwd=folder).code


def test_an_unknown_device_is_answered_with_those_there_are(tmp_path: Path) -> None:
    said = run("pair", "kiosk-9", cwd=tmp_path).refused()
    assert "has no device kiosk-9" in said
    assert "kiosk-1, counter-1" in said
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'hall.db'}"
    out = tmp_path / "nowhere" / "kiosk-1.token"
    done = run("pair", "kiosk-1", "--database", address, "--out", out, cwd=tmp_path)
    assert f"{out}: No such file" in done.refused()
