"""Logs that cannot be written or rotated: the hall goes on, and so do they when that is over."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from link import logs
from link.logs import log_to_file
from tests.cli.commands import served
from tests.disks import fill, small_disk
from tests.dispatch.screens import screen
from tests.strangers.test_logs import _own_logging
from tests.waiting import until

__all__ = ["_own_logging"]

MANY = 300


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    yield logging.getLogger("motcua")
    for handler in logging.getLogger().handlers:
        handler.close()


def messages(file: Path) -> list[str]:
    """What stands in a file; of a line that a full disk cut off, nothing."""
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            found.append(str(json.loads(line)["message"]))
        except ValueError:
            continue
    return found


def test_a_log_that_cannot_be_rotated_grows_until_it_can(
    tmp_path: Path, log: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "ROTATED_AGAIN_S", 0.0)
    in_the_way = tmp_path / "a.log.1" / "something"
    in_the_way.mkdir(parents=True)
    log_to_file(tmp_path / "a.log", bytes_=2_000, files=1)
    for number in range(MANY):
        log.info("entry %d", number)
    assert messages(tmp_path / "a.log") == [f"entry {number}" for number in range(MANY)]
    in_the_way.rmdir()
    in_the_way.parent.rmdir()
    for number in range(MANY):
        log.info("later %d", number)
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["a.log", "a.log.1"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert messages(files[0])[-1] == f"later {MANY - 1}"


@pytest.mark.parametrize("bytes_", [2_000, 1_000_000], ids=["while rotating", "in one file"])
def test_a_full_disk_costs_entries_and_the_log_goes_on_afterwards(
    tmp_path: Path, log: logging.Logger, bytes_: int
) -> None:
    with small_disk(tmp_path):
        log_to_file(tmp_path / "a.log", bytes_=bytes_, files=2)
        log.info("before")
        filler = fill(tmp_path)
        for number in range(MANY):
            log.info("meanwhile %d", number)
        filler.unlink()
        for number in range(20):
            log.info("afterwards %d", number)
        told = [one for file in sorted(tmp_path.glob("a.log*")) for one in messages(file)]
        assert {f"afterwards {number}" for number in range(1, 20)} <= set(told)
        assert {one.stat().st_mode & 0o777 for one in tmp_path.glob("a.log*")} == {0o600}
        for handler in logging.getLogger().handlers:
            handler.close()


async def test_a_hall_goes_on_while_the_disk_of_its_log_is_full(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with small_disk(disk):
        log = disk / "server.log"
        with served("--log", log, cwd=tmp_path) as server:
            filler = fill(disk)
            for _ in range(40):  # each is told of twice
                async with screen(server.url, "kiosk", "kiosk-1") as kiosk:
                    assert kiosk.view
            filler.unlink()
            async with screen(server.url, "kiosk", "kiosk-1"):
                pass
            await until(lambda: messages(log)[-1:] == ["kiosk-1 went"])
            assert server.stop() == 0
