"""`motcua server`: it says where it listens, ends when told to, and says why it will not start."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import pytest

from config import read
from dispatch.timekeeper import Timekeeper
from server import open_hall
from tests.cli.commands import ROOT, SERVER, run, served
from tests.dispatch.screens import screen
from tests.waiting import PATIENCE_S


def health(port: int) -> int:
    with urlopen(f"http://127.0.0.1:{port}/health", timeout=PATIENCE_S) as answer:
        return int(answer.status)


def database(folder: Path, name: str = "hall.db") -> str:
    return f"sqlite:///{folder / name}"


# --- While it serves -----------------------------------------------------------------------------


def test_a_server_says_where_it_listens_and_that_it_is_well(tmp_path: Path) -> None:
    with served(cwd=tmp_path) as server:
        assert server.hall == "an-binh"
        assert server.port != 0
        assert health(server.port) == 200


async def test_a_server_told_to_end_says_goodbye_and_ends(tmp_path: Path) -> None:
    with served(cwd=tmp_path) as server:
        async with screen(server.url, "display", "board-1") as board:
            server.process.terminate()
            assert await board.farewell() == "restart"
        assert server.process.wait(PATIENCE_S) == 0


def test_python_server_py_is_the_same_server(tmp_path: Path) -> None:
    with served(cwd=tmp_path, program=SERVER) as server:
        assert health(server.port) == 200
        assert server.stop() == 0


def test_a_server_starts_again_on_the_records_it_left(tmp_path: Path) -> None:
    for _ in range(2):
        with served(cwd=tmp_path) as server:
            assert server.stop() == 0


# --- When it will not start ----------------------------------------------------------------------


def test_two_servers_do_not_share_their_records(tmp_path: Path) -> None:
    with served(cwd=tmp_path) as first:
        done = run("server", "--port", "0", "--database", database(tmp_path), cwd=tmp_path)
        assert f"a server that is running (process {first.process.pid})" in done.refused()
        assert health(first.port) == 200


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = run("server", "--port", port, "--database", database(tmp_path), cwd=tmp_path)
    assert f"cannot listen on 127.0.0.1 port {port}: " in done.refused()


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
@pytest.mark.parametrize("command", ["server", "demo", "display"])
def test_what_is_no_port_is_said(command: str, port: str, tmp_path: Path) -> None:
    done = run(command, f"--port={port}", cwd=tmp_path)
    assert done.code == 2
    assert "argument --port: a port is a number from 0 to 65535" in done.err


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    address = database(tmp_path, "nowhere/hall.db")
    said = run("server", "--port", "0", "--database", address, cwd=tmp_path).refused()
    assert f"the folder {tmp_path / 'nowhere'}" in said
    assert "create it" in said


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    letter = tmp_path / "letter.db"
    letter.write_text("Kính gửi Ủy ban nhân dân phường An Bình. " * 50, encoding="utf-8")
    before = letter.read_bytes()
    address = database(tmp_path, "letter.db")
    said = run("server", "--port", "0", "--database", address, cwd=tmp_path).refused()
    assert f"{letter} is not a database" in said
    assert letter.read_bytes() == before


def test_a_kind_of_database_that_is_not_kept_is_named(tmp_path: Path) -> None:
    done = run("server", "--port", "0", "--database", "mysql://host/hall", cwd=tmp_path)
    assert "SQLite or PostgreSQL, not in mysql" in done.refused()


def test_a_server_open_to_the_network_wants_an_explicit_word(tmp_path: Path) -> None:
    where = ("--host", "0.0.0.0", "--port", "0", "--database", database(tmp_path))
    done = run("server", *where, cwd=tmp_path)
    assert "Set plain_text_on_lan = true there if" in done.refused()
    assert not (tmp_path / "hall.db").exists()


async def test_a_service_with_tickets_may_leave_the_configuration_only_after_the_day(
    tmp_path: Path,
) -> None:
    address = database(tmp_path)
    monday = Timekeeper(lambda: datetime(2026, 11, 23, 1, 30, tzinfo=UTC))
    async with (
        open_hall(read(ROOT / "config.toml"), address, "127.0.0.1", 0, monday) as hall,
        screen(hall.url, "kiosk", "kiosk-1") as kiosk,
    ):
        await kiosk.ok("take_ticket", services=["CT01"])
    where = ("--config", renamed(tmp_path, "CT01"), "--port", "0", "--database", address)
    said = run("server", *where, cwd=tmp_path).refused()
    assert "today's records need the service CT01 (ticket A001)" in said
    assert "Put it back until the day is over" in said


@pytest.mark.parametrize("code", ["CT01", "Q9"])
def test_after_the_day_a_service_or_a_counter_may_go(tmp_path: Path, code: str) -> None:
    play(tmp_path)
    where = ("--config", renamed(tmp_path, code), "--database", database(tmp_path))
    with served(*where, cwd=tmp_path) as server:
        assert health(server.port) == 200


def play(folder: Path) -> str:
    """A day long ago, played to its end; its database."""
    address = database(folder)
    how = ("--headless", "--visits=9", "--speed=max", "--day=2024-11-26", "--database", address)
    assert run("demo", *how, cwd=folder).code == 0
    return address


def renamed(folder: Path, code: str) -> Path:
    """The shipped configuration with a service or a counter of another name."""
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    path = folder / f"without-{code}.toml"
    path.write_text(text.replace(f'"{code}"', f'"{code}b"'), encoding="utf-8")
    return path
