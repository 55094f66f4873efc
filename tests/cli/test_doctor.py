"""`motcua doctor` beside real servers, as a technician runs it: what it says, what it leaves."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import Ended, Serving, config_with, run, served
from tests.dispatch.screens import screen

PLAIN = "plain_text_on_lan = false"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens and certificates of whoever runs the tests are none of theirs."""
    monkeypatch.setenv("HOME", str(tmp_path))


def on_server(folder: Path, server: Serving, *more: str | Path) -> Ended:
    database = f"sqlite:///{folder / 'hall.db'}"
    return run("doctor", "--database", database, "--port", str(server.port), *more, cwd=folder)


def found(done: Ended) -> dict[str, str]:
    """The state of everything that was found, by its word."""
    return {one["found"]: one["state"] for one in json.loads(done.out)["findings"]}


def test_beside_a_server_it_says_in_vietnamese_what_is_to_be_mended(tmp_path: Path) -> None:
    with served(cwd=tmp_path) as server:
        (tmp_path / "hall.db").chmod(0o644)
        done = on_server(tmp_path, server)
    assert done.code == 1
    assert "✗ CẦN SỬA   hồ sơ: " in done.out
    assert f"→ Chạy: chmod 600 {tmp_path / 'hall.db'}" in done.out
    assert "✓ ổn        mạng và máy chủ: máy chủ báo mọi việc bình thường" in done.out


def test_where_nothing_is_to_be_mended_it_ends_with_zero(tmp_path: Path) -> None:
    with served(cwd=tmp_path) as server:
        (tmp_path / "hall.db").chmod(0o600)
        done = on_server(tmp_path, server, "--json")
    told = found(done)
    assert "mend" not in {state for word, state in told.items() if not word.startswith("disk_")}
    assert {"records", "sqlite", "network", "clock_agrees", "hall_well", "memory"} <= set(told)
    assert done.code == json.loads(done.out)["mend"]


def test_a_server_that_is_not_started_yet_is_no_fault(tmp_path: Path) -> None:
    with served(cwd=tmp_path) as server:
        pass
    assert found(on_server(tmp_path, server, "--json"))["server_stopped"] == "look"


async def test_no_screen_loses_its_place(tmp_path: Path) -> None:
    with served(cwd=tmp_path) as server:
        async with screen(server.url, "display", "board-1") as board:
            for device in ((), ("--device", "board-1")):
                await asyncio.to_thread(on_server, tmp_path, server, *device)
            assert "refused" in await board.ask("call_next")  # it is still listened to
            assert board.goodbye is None


def test_an_encrypted_server_is_believed_by_the_halls_authority_alone(tmp_path: Path) -> None:
    for folder in ("tls", "other"):
        assert run("tls", "--out", folder, "--name", "hall.local", cwd=tmp_path).code == 0
    config = config_with(tmp_path, (PLAIN, f'tls = "{tmp_path / "tls"}"'))
    with served("--config", config, cwd=tmp_path) as server:
        ours = found(on_server(tmp_path, server, "--config", config, "--json"))
        kiosk = ("--config", config, "--device", "kiosk-1", "--json")
        other = on_server(tmp_path, server, *kiosk, "--ca", tmp_path / "other" / "ca.pem")
    assert {ours["certificate"], ours["network"], ours["files_closed"]} == {"ok"}
    assert found(other)["not_believed"] == "mend"


def test_a_screens_machine_needs_no_more_than_the_servers_address(tmp_path: Path) -> None:
    config = tmp_path / "hall.toml"
    config.write_text('[server]\nhost = "192.0.2.1"\n')
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = str(nobody.getsockname()[1])
        place = ("--config", config, "--host", "127.0.0.1", "--port", port)
        nobody.close()
        done = run("doctor", "--device", "board-7", *place, "--json", cwd=tmp_path)
    told = found(done)
    assert (told["device_unknown"], told["server_stopped"]) == ("look", "look")


def test_a_device_that_the_configuration_lacks_is_told(tmp_path: Path) -> None:
    done = run("doctor", "--device", "board-7", "--json", cwd=tmp_path)
    assert found(done)["device_missing"] == "mend"
    assert done.code == 1


def test_a_name_that_says_no_role_needs_one(tmp_path: Path) -> None:
    assert "what is lobby?" in run("doctor", "--device", "lobby", cwd=tmp_path).refused()


def test_a_server_that_stands_still_hangs_nobody(tmp_path: Path) -> None:
    with served(cwd=tmp_path) as server:
        os.kill(server.process.pid, signal.SIGSTOP)
        try:
            told: dict[str, Any] = found(on_server(tmp_path, server, "--json"))
        finally:
            os.kill(server.process.pid, signal.SIGCONT)
    assert told["server_silent"] == "mend"
