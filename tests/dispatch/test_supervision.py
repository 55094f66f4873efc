"""What systemd hears: a socket of ours in its place, a real server, and a disk that hangs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from dispatch.supervision import Supervisor
from tests.cli.commands import ROOT
from tests.waiting import PATIENCE_S, until_now

WATCHDOG_S = 1.5  # as WatchdogSec=


class Ear:
    """A socket that hears what is told to systemd."""

    def __init__(self, path: Path) -> None:
        self.path, self.heard = path, ""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)

    def hear(self) -> str:
        """Everything so far."""
        with suppress(BlockingIOError):
            while True:
                self.heard += self._socket.recv(4096).decode() + "\n"
        return self.heard

    def fed(self) -> int:
        return self.hear().count("WATCHDOG=1")

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    ear = Ear(tmp_path / "notify")
    yield ear
    ear.close()


@contextmanager
def supervised(ear: Ear, database: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "NOTIFY_SOCKET": str(ear.path),
        "WATCHDOG_USEC": str(int(WATCHDOG_S * 1e6)),
    }
    command = [sys.executable, str(ROOT / "server.py"), "--port", "0"]
    with subprocess.Popen(
        [*command, "--database", f"sqlite:///{database}"],
        cwd=ear.path.parent,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            until_now(lambda: "READY=1" in ear.hear())
            yield server
        finally:
            server.kill()


def test_a_hall_that_nobody_asks_for_anything_still_shows_that_it_lives(
    ear: Ear, tmp_path: Path
) -> None:
    with supervised(ear, tmp_path / "hall.db") as server:
        until_now(lambda: ear.fed() >= 4)
        assert "STATUS=0 numbers today, 0 waiting" in ear.heard
        server.terminate()
        assert server.wait(PATIENCE_S) == 0
        assert ear.hear().endswith("STOPPING=1\nSTATUS=saying goodbye\n")


def test_a_server_that_stands_still_is_fed_no_more(ear: Ear, tmp_path: Path) -> None:
    with supervised(ear, tmp_path / "hall.db") as server:
        until_now(lambda: ear.fed() >= 1)
        server.send_signal(19)  # SIGSTOP
        assert stops_for(ear, WATCHDOG_S)
        server.send_signal(18)  # SIGCONT
        before = ear.fed()
        until_now(lambda: ear.fed() > before)


def test_a_disk_that_hangs_stops_the_feeding_and_one_that_is_full_does_not(
    ear: Ear, tmp_path: Path
) -> None:
    with disk_that_can_hang(tmp_path) as disk, supervised(ear, disk / "hall.db"):
        until_now(lambda: ear.fed() >= 2)
        with hanging(disk):
            assert stops_for(ear, WATCHDOG_S)
        before = ear.fed()
        until_now(lambda: ear.fed() > before)

        fill(disk / "filler")
        until_now(lambda: "STATUS=not recorded: disk_full" in ear.hear())
        before = ear.fed()
        until_now(lambda: ear.fed() > before + 2)
        (disk / "filler").unlink()
        until_now(lambda: ear.hear().rstrip().endswith("numbers today, 0 waiting"))


def stops_for(ear: Ear, seconds: float) -> bool:
    """Does it come to so long a silence, as systemd would see it? What was under way may come."""
    deadline, since, heard = time.monotonic() + PATIENCE_S, time.monotonic(), ear.fed()
    while time.monotonic() < deadline:
        looked_at = time.monotonic()  # before: what comes while nobody looks is no silence
        if ear.fed() != heard:
            since, heard = time.monotonic(), ear.fed()
        elif looked_at - since >= seconds:
            return True
        time.sleep(0.01)
    return False


@contextmanager
def disk_that_can_hang(folder: Path) -> Iterator[Path]:
    """A small file system of its own; skips the test where nobody may make one."""
    image, disk = folder / "disk.img", folder / "disk"
    disk.mkdir()
    with image.open("wb") as file:
        file.truncate(16 << 20)
    for command in (f"mkfs.ext4 -q {image}", f"mount -o loop {image} {disk}"):
        try:
            subprocess.run(command.split(), check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("only root may mount a disk")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


@contextmanager
def hanging(disk: Path) -> Iterator[None]:
    """Whoever writes there waits, for as long as this lasts."""
    subprocess.run(["fsfreeze", "--freeze", disk], check=True)
    try:
        yield
    finally:
        subprocess.run(["fsfreeze", "--unfreeze", disk], check=True)


def fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            with suppress(OSError):
                while True:
                    file.write(bytes(size))


# --- What the environment says -------------------------------------------------------------------


def test_without_a_supervisor_nothing_is_said() -> None:
    for environment in ({}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1234"}):
        nobody = Supervisor.of({**environment, "WATCHDOG_USEC": "1000000"})
        assert nobody == Supervisor()
        nobody.ready("open")


def test_a_watchdog_that_waits_for_another_process_is_not_fed() -> None:
    socket_of = {"NOTIFY_SOCKET": "/run/systemd/notify", "WATCHDOG_USEC": "3000000"}
    assert Supervisor.of({**socket_of, "WATCHDOG_PID": "1"}).fed_every_s is None
    own = Supervisor.of({**socket_of, "WATCHDOG_PID": str(os.getpid())})
    assert own.fed_every_s == Supervisor.of(socket_of).fed_every_s == 1.0


def test_a_socket_without_a_file_is_spoken_to_and_one_that_is_gone_is_no_trouble() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(f"\0motcua-{os.getpid()}")
        Supervisor(f"@motcua-{os.getpid()}").alive("open")
        assert ear.recv(100) == b"WATCHDOG=1\nSTATUS=open"
    Supervisor(f"@motcua-{os.getpid()}").alive("open")
