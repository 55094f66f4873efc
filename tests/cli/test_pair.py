"""`motcua pair` and `join`: from a code on the server's machine to a token on the screen's."""

from __future__ import annotations

import asyncio
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from link.tokens import BadToken, read_token, token_to_pair_with
from tests.cli.commands import Ended, Serving, config_with, run, served
from tests.dispatch.screens import screen, stranger

CODE = re.compile(r"^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$")


@contextmanager
def to_the_network(folder: Path) -> Iterator[tuple[Serving, tuple[str | Path, ...]]]:
    """A server whose door is open to the network, and what its commands need to know."""
    config = config_with(folder, ("plain_text_on_lan = false", "plain_text_on_lan = true"))
    records = ("--config", config, "--database", f"sqlite:///{folder / 'hall.db'}")
    with served("--config", config, "--host", "0.0.0.0", cwd=folder) as server:
        yield server, records


def a_code(folder: Path, device: str, records: tuple[str | Path, ...]) -> str:
    done = run("pair", device, *records, cwd=folder)
    assert (done.code, done.err) == (0, "")
    code, how = done.out.splitlines()
    assert CODE.match(code), code
    assert f"motcua join {device} {code}" in how
    return code


def join(folder: Path, server: Serving, device: str, code: str, *more: str | Path) -> Ended:
    return run(*("join", device, code, "--port", str(server.port)), *more, cwd=folder)


async def beside(*arguments: str | Path, cwd: Path) -> Ended:
    """A command that runs while a screen listens."""
    return await asyncio.to_thread(run, *arguments, cwd=cwd)


async def test_only_a_paired_device_gets_through_a_door_to_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    kept = tmp_path / ".local" / "state" / "motcua" / "kiosk-1.token"
    with to_the_network(tmp_path) as (server, records):
        assert "in the network" in server.log.read_text(encoding="utf-8")
        done = join(tmp_path, server, "kiosk-1", a_code(tmp_path, "kiosk-1", records))
        assert (done.code, done.err) == (0, "")
        assert "kiosk-1 is paired with an-binh. Now: motcua kiosk --device kiosk-1" in done.out
        assert [stat.S_IMODE(path.stat().st_mode) for path in kept.parent.iterdir()] == [0o600]
        token = kept.read_text().strip()
        url = f"ws://127.0.0.1:{server.port}/"
        async with screen(url, "kiosk", "kiosk-1", token) as kiosk:
            assert kiosk.of_type("welcome")
            listed = (await beside("devices", *records, cwd=tmp_path)).out.splitlines()
            assert [line.split()[:2] for line in listed[:2]] == [
                ["device", "role"],
                ["kiosk-1", "kiosk"],
            ]
            done = await beside("unpair", "kiosk-1", *records, cwd=tmp_path)
            assert done.out == "kiosk-1 is let in no more.\n"
            assert await kiosk.farewell() == "unpaired"
        for wrong in ("", token[:-1], token):
            async with stranger(url) as kiosk:
                await kiosk.hello("kiosk", "kiosk-1", wrong)
                assert await kiosk.farewell() == "unpaired"


def test_a_wrong_code_leaves_the_token_that_was_there(tmp_path: Path) -> None:
    out = tmp_path / "kiosk-1.token"
    with to_the_network(tmp_path) as (server, records):
        code = a_code(tmp_path, "kiosk-1", records)
        assert join(tmp_path, server, "kiosk-1", code, "--token-file", out).code == 0
        before = out.read_text()
        said = join(tmp_path, server, "kiosk-1", "0000-0000", "--token-file", out).refused()
        assert "the code is wrong, or no longer good" in said
        assert out.read_text() == before
        again = a_code(tmp_path, "kiosk-1", records)
        assert join(tmp_path, server, "kiosk-1", again, "--token-file", out).code == 0
        assert out.read_text() != before
        assert {path.name for path in tmp_path.glob("*.token*")} == {"kiosk-1.token"}


def test_an_unknown_device_is_answered_with_those_there_are(tmp_path: Path) -> None:
    for command in ("pair", "unpair"):
        said = run(command, "kiosk-9", cwd=tmp_path).refused()
        assert "has no device kiosk-9" in said
        assert "kiosk-1, counter-1" in said
    assert list(tmp_path.iterdir()) == []


# --- The file with the token ---------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_token_that_others_can_read_is_refused_with_what_to_do(mode: int, tmp_path: Path) -> None:
    file = tmp_path / "kiosk-1.token"
    file.write_text("secret\n")
    file.chmod(mode)
    done = run("kiosk", "--token-file", file, cwd=tmp_path)
    assert f"chmod 600 {file}" in done.refused()
    file.chmod(0o600)
    assert read_token(file) == "secret"


def test_a_token_waits_in_its_file_before_it_is_sent_and_is_the_same_until_it_is_paired(
    tmp_path: Path,
) -> None:
    previous = os.umask(0)
    try:
        token = token_to_pair_with(tmp_path / "new" / "kiosk-1.token")
    finally:
        os.umask(previous)
    waiting = tmp_path / "new" / "kiosk-1.token.new"
    assert stat.S_IMODE(waiting.stat().st_mode) == 0o600
    assert stat.S_IMODE(waiting.parent.stat().st_mode) == 0o700
    assert len(token) == 43
    assert token_to_pair_with(tmp_path / "new" / "kiosk-1.token") == token


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadToken, match=r"file/kiosk-1\.token"):
        token_to_pair_with(tmp_path / "file" / "kiosk-1.token")
