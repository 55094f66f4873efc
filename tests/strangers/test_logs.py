"""The logs: one line of JSON an entry, rotated, and in none of them what somebody typed."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from benchmarks.on_pty import OnPty
from link.logs import Entries, log_to_file
from tests.cli.commands import ROOT, config_with, run, served
from tests.dispatch.screens import new_id, screen, stranger
from tests.strangers.corpus import ORDERS


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """What a test sets for the whole process is taken back."""
    root, raises = logging.getLogger(), logging.raiseExceptions
    handlers, level = root.handlers[:], root.level
    yield
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers[:], root.level, logging.raiseExceptions = handlers, level, raises


def entries(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


# --- One entry -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(ORDERS))
def test_an_entry_is_one_line_of_letters_whatever_it_is_about(kind: str) -> None:
    about = {"device": ORDERS[kind]}
    record = logging.makeLogRecord({"name": "motcua", "levelno": 20, "levelname": "INFO",
                                    "msg": "of %s", "args": (ORDERS[kind],), **about})  # fmt: skip
    line = Entries().format(record)
    assert line.isprintable()
    assert json.loads(line)["level"] == "INFO"


def test_of_an_error_stands_there_where_and_which_but_not_what_it_says() -> None:
    what = "cana" + "ry"
    try:
        in_two_steps(what)
    except KeyError as error:
        record = logging.makeLogRecord({"msg": "it failed", "exc_info": (KeyError, error, None)})
    line = Entries().format(record)
    assert "KeyError" in line
    assert "then:" in line
    assert "in in_two_steps" in line
    assert what not in line


def in_two_steps(what: str) -> None:
    try:
        int(what)
    except ValueError as error:
        raise KeyError(what) from error


def test_a_log_is_rotated_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    log_to_file(tmp_path / "state" / "a.log", bytes_=2_000, files=2)
    for number in range(100):
        logging.getLogger("motcua").info("entry %d", number)
    files = sorted((tmp_path / "state").iterdir())
    assert [file.name for file in files] == ["a.log", "a.log.1", "a.log.2"]
    assert all(file.stat().st_size <= 2_000 for file in files)
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert entries(files[0])[-1]["message"] == "entry 99"


FAILS = """
import asyncio, threading
from link.logs import log_to_stderr, log_what_fails
log_to_stderr()
log_what_fails()

async def forgotten():
    asyncio.create_task(fail())
    await asyncio.sleep(0.01)

async def fail():
    raise ValueError(SAID)

SAID = "cana" + "ry"
asyncio.run(forgotten())
thread = threading.Thread(target=lambda: [][int("7")])
thread.start()
thread.join()
raise RuntimeError(SAID)
"""


def test_what_nobody_catches_is_logged_like_everything_else() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAILS], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    told = [json.loads(line) for line in done.stderr.splitlines()]
    failed = [one["exc_info"].rpartition("\n")[2] for one in told]
    assert failed == ["ValueError", "IndexError", "RuntimeError"]
    assert "canary" not in done.stderr


# --- A whole hall --------------------------------------------------------------------------------

PIN, TOKEN, CARD = "canary-pin-8462", "canary-token-5521", "c0ffee" * 10 + "beef"
TEXT, DOSSIER, APOLOGY, SCANNED = "canary-text", "canary-dossier", "canary-apology", "canaryscan"
KEPT_BY_THE_RECORDS = (TEXT, DOSSIER, APOLOGY)
NEW_PIN, ONE_TIME, PAIRING = "canary-new-pin-37", "CANA-RYS0", "CANA-RYP0"
NEW_TOKEN = "canary-new-token-".ljust(43, "7")
NOWHERE = (
    *(PIN, TOKEN, CARD, SCANNED, "canary-unknown", "canary-field", "canary-frame"),
    *(NEW_PIN, ONE_TIME, PAIRING, NEW_TOKEN),
)


async def a_day_with_secrets(url: str) -> list[str]:
    """Everything that somebody types, somewhere; and what is not understood.

    Returns the one-time codes that were made.
    """
    async with (
        screen(url, "kiosk", "kiosk-1", TOKEN) as kiosk,
        screen(url, "counter", "counter-1") as counter,
        screen(url, "manager", "manager-1") as manager,
        screen(url, "rating", "rating-1") as rating,
    ):
        await kiosk.ask("take_ticket", services=["CT01"], person=CARD)
        await kiosk.refused("take_ticket", services=["CT01"], text="canary-field")
        await counter.refused("sign_in", officer="cb1", pin=PIN)
        await counter.refused("sign_in", officer="canary-unknown", pin="1234")
        await counter.ok("sign_in", officer="cb1", pin="1234")
        await counter.refused("change_pin", pin="1234", new_pin="1234")
        await rating.ask("sign_in", officer="cb2", pin=ONE_TIME, new_pin=NEW_PIN)
        await manager.refused("sign_in", officer="qt1", pin=ONE_TIME, new_pin=NEW_PIN)
        await counter.ok("open")
        await counter.ask("call_next")
        await counter.ask("start")
        await counter.ask("finish", outcome="returned", dossier=DOSSIER, apology_no=APOLOGY)
        await rating.ask("rate", level=1, text=TEXT)
        await counter.refused("notice", text=TEXT)
        await manager.ok("sign_in", officer="ql1", pin="1234")
        await manager.ok("notice", text=TEXT)
        await manager.ok("send_word", text=TEXT)
        await manager.refused("acknowledge", alarm=TEXT)
        period = {"from": "2026-11-01", "to": "2026-11-02"}
        await manager.ask("report", report="period", language="vi", **period)
        await manager.ok("what_if", day="2026-11-02", runs=1)
        await manager.ok("stop_trial")
        await manager.ok("sign_in", officer="qt1", pin="1234")
        offered = (await manager.ok("pair_device", device="board-1"))["code"]
        await manager.ok("suspend_officer", officer="cb3")
        await manager.send(f'{{"type":"request","id":"{new_id()}","do":{{"kind":"{TEXT}"}}}}')
        await kiosk.send("\x1b]52;c;canary-frame\a")
        await kiosk.farewell()
    async with stranger(url) as nobody:
        await nobody.hello("kiosk", "canary-unknown", TOKEN)
        await nobody.farewell()
    await pair_a_board(url, PAIRING)
    await pair_a_board(url, offered)
    async with connect(f"{url}?canary-unknown=1", user_agent_header="canary-unknown") as other:
        await other.send('{"type":"canary-frame"}')
        await other.wait_closed()
    return [offered]


async def pair_a_board(url: str, code: str) -> None:
    """With the right code it comes in."""
    wanted = {"type": "pair", "protocol": 1, "device": "board-1", "token": NEW_TOKEN, "code": code}
    async with stranger(url) as board:
        await board.send(wanted)
        if code == PAIRING:
            assert await board.farewell() == "bad_code"
            return
        await board.hello("display", "board-1", NEW_TOKEN)
        await board.until(lambda: board.of_type("welcome"))


async def test_no_log_of_a_hall_has_what_somebody_typed(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "server.log"
    with served("--log", log, cwd=tmp_path) as server:
        with OnPty(
            *("kiosk", "--device", "kiosk-2", "--port", str(server.port)),
            size=(80, 24),
            home=tmp_path,
        ) as kiosk:
            codes = await a_day_with_secrets(server.url)
            kiosk.press(f"{SCANNED}\r")
        server.process.terminate()
        server.process.wait(10)
    told = entries(log)
    assert told == [json.loads(line) for line in server.log.read_text("utf-8").splitlines()]
    happened = {one.get("event") for one in told}
    assert happened >= {
        *("configuration", "came", "went", "signed_in", "refused", "not_understood", "sent_away"),
        *("not_let_in", "not_paired", "paired", "suspended", "report", "trial"),
    }
    for file in (path for path in tmp_path.rglob("*") if path.is_file()):
        content = file.read_bytes()
        found = [secret for secret in (*NOWHERE, *codes) if secret.encode() in content]
        assert (file.name, found) == (file.name, [])
        if not file.name.startswith("hall.db"):
            written = [secret for secret in KEPT_BY_THE_RECORDS if secret.encode() in content]
            assert (file.name, written) == (file.name, [])


# --- Secrets of the configuration ----------------------------------------------------------------

URL = "postgresql://motcua@127.0.0.1:1/motcua"


def with_database(folder: Path, url: str, more: str = "") -> Path:
    return config_with(folder, ('database = "sqlite:///motcua.db"', f'database = "{url}"\n{more}'))


def test_a_password_in_the_configuration_is_refused_and_not_said(tmp_path: Path) -> None:
    path = with_database(tmp_path, "postgresql://motcua:canary@127.0.0.1:1/motcua")
    for command in ("check", "server"):
        done = run(command, "--config", path, cwd=tmp_path)
        assert done.code == 1
        assert "server.database: has a password, and this file is no place for one" in done.err
        assert "canary" not in done.err + done.out


def test_a_password_in_a_file_of_its_own_is_used_and_not_said(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("canary@/:%\n")
    secret.chmod(0o600)
    path = with_database(tmp_path, URL, f'database_password_file = "{secret}"')
    done = run("server", "--port", "0", "--config", path, cwd=tmp_path)
    assert done.code == 2
    assert "the records at postgresql+psycopg://motcua:***@127.0.0.1:1/motcua" in done.err
    assert "canary" not in done.err + done.out


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_password_that_others_can_read_is_refused(mode: int, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("canary\n")
    secret.chmod(mode)
    if secret.stat().st_uid == 0 and mode == 0o640:
        pytest.skip("root's own files may be read by a group, as systemd's credentials are")
    path = with_database(tmp_path, URL, f'database_password_file = "{secret}"')
    done = run("check", "--config", path, cwd=tmp_path)
    assert done.code == 1
    assert f"{secret} can be read by others: chmod 600 it." in done.err


@pytest.mark.parametrize("address", ["postgresql://u:canary@h:port/d", "mysql://u:canary@h/d"])
def test_an_address_that_cannot_be_used_is_said_without_its_password(
    address: str, tmp_path: Path
) -> None:
    done = run("server", "--port", "0", "--database", address, cwd=tmp_path)
    assert done.code == 2
    assert "canary" not in done.err + done.out
