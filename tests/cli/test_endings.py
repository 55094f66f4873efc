"""A command whose reader goes away ends quietly."""

from __future__ import annotations

import subprocess
import sys
from typing import IO

from tests.cli.commands import ROOT


def started(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, ROOT / "cli.py", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def said(stream: IO[bytes] | None) -> bytes:
    assert stream is not None
    with stream:
        return stream.read()


def test_a_reader_that_has_read_enough_is_no_trouble() -> None:
    command = started("ticket")
    assert command.stdout is not None
    command.stdout.close()
    assert said(command.stderr) == b""
    assert command.wait(timeout=30) == 0
