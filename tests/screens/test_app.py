"""The shared app as a real process on a real pseudo-terminal: how it ends."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import termios
import time
from pathlib import Path

from terminal.app import CRASHED, TERMINAL_GONE
from tests.waiting import PATIENCE_S

ROOT = Path(__file__).parents[2]

SCREEN = """
import sys
from pathlib import Path
from textual.widgets import Static
from terminal.app import HallApp, run_screen
from terminal.pane import Pane

class Fragile(Pane):
    def on_key(self, event):
        secret = "a citizen's name"
        raise ValueError("broken by a key")

sys.exit(run_screen(HallApp(Fragile()), Path(sys.argv[1])))
"""

WITHOUT = ("sqlalchemy", "pydantic", "hall", "records", "dispatch")


def start(log: Path) -> tuple[subprocess.Popen[bytes], int]:
    """A screen on a terminal that is not its controlling one, as under a supervisor."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    process = subprocess.Popen(
        [sys.executable, "-c", SCREEN, str(log)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    os.close(theirs)
    return process, ours


def read(terminal: int, until: bytes, within_s: float = PATIENCE_S) -> bytes:
    """What the terminal shows until some bytes came, or it was closed."""
    shown, deadline = b"", time.monotonic() + within_s
    while until not in shown and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                shown += os.read(terminal, 65536)
            except OSError:
                break
    return shown


def test_a_crash_ends_the_program_with_a_code_and_tells_only_the_log(tmp_path: Path) -> None:
    log = tmp_path / "state" / "board-1.log"
    process, terminal = start(log)
    shown = read(terminal, "kết nối".encode())
    os.write(terminal, b"x")
    shown += read(terminal, b"never shown")
    assert process.wait(PATIENCE_S) == CRASHED
    os.close(terminal)
    assert b"Traceback" not in shown
    assert b"broken by a key" not in shown
    assert b"citizen" not in shown
    told = log.read_text(encoding="utf-8")
    assert "ValueError" in told
    assert "broken by a key" not in told  # nor to the log: it may be what somebody typed


def test_a_screen_whose_terminal_vanished_ends(tmp_path: Path) -> None:
    process, terminal = start(tmp_path / "board-1.log")
    read(terminal, "kết nối".encode())
    os.close(terminal)
    assert process.wait(PATIENCE_S) == TERMINAL_GONE
    assert "terminal is gone" in (tmp_path / "board-1.log").read_text(encoding="utf-8")


def test_a_screen_started_without_a_terminal_ends_at_once(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCREEN, str(tmp_path / "log")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (TERMINAL_GONE, b"", b"")


def test_the_screen_parts_load_neither_database_nor_rules() -> None:
    code = (
        "import sys, time; began = time.perf_counter();"
        "import terminal.app, terminal.big_number, link.client;"
        "print(f'{1000 * (time.perf_counter() - began):.0f} ms', file=sys.stderr);"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    print("import of the shared screen parts:", done.stderr.strip())
    assert set(done.stdout.split()).isdisjoint(WITHOUT)
