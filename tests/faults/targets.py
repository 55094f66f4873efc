"""What is promised of durability, faults and strangers, each with the tests that hold it where no
number says how well; and how many of those tests passed, run here and now.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from xml.etree.ElementTree import parse

ROOT: Final = Path(__file__).parents[2]
DURABILITY, STRANGERS = "Durability", "Strangers"
WITHIN_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Reached:
    """One line of the table. `held`: is the gate reached?"""

    target: str
    what: str
    gate: str
    goal: str
    reached: str
    where: str
    held: bool = True

    @property
    def cells(self) -> tuple[str, ...]:
        said = self.reached if self.held else f"**not reached**: {self.reached}"
        return self.target, self.what, self.gate, self.goal, said, self.where


@dataclass(frozen=True, slots=True)
class Tested:
    """A promise that tests hold, by their files."""

    target: str
    what: str
    files: tuple[str, ...]


TESTED: Final = (
    Tested(
        DURABILITY,
        "every setting of SQLite is set, read back at start, and a server that finds another one "
        "does not run; one writer, readers that cannot write; one server owns a hall",
        ("tests/records/test_engine.py",),
    ),
    Tested(
        DURABILITY,
        "a sync that fails, a full disk, one that is read-only: nothing is acknowledged, it is "
        "said in clear words, and the hall goes on by itself when it ends",
        ("tests/records/test_durability.py", "tests/dispatch/test_trouble.py"),
    ),
    Tested(
        STRANGERS,
        "TLS of a hall's own authority beyond this machine; plain text only by an explicit word",
        ("tests/dispatch/test_tls.py",),
    ),
    Tested(
        STRANGERS,
        "pairing by a code that is good once, tokens kept as hashes, bound to device and role, "
        "revoked at once",
        ("tests/dispatch/test_pairing.py", "tests/dispatch/test_letting_in.py"),
    ),
    Tested(
        STRANGERS,
        "origins, sizes, rates, places before the door, those who do not read",
        (
            "tests/dispatch/test_http.py",
            "tests/dispatch/test_limits.py",
            "tests/dispatch/test_porch.py",
            "tests/dispatch/test_entrance.py",
            "tests/dispatch/test_frames.py",
        ),
    ),
    Tested(
        STRANGERS,
        "PINs and passwords: compared in a thread by Argon2id, growing waits, none by default",
        (
            "tests/dispatch/test_lockout.py",
            "tests/dispatch/test_accounts.py",
            "tests/dispatch/test_changing_pins.py",
        ),
    ),
    Tested(
        STRANGERS,
        "one table of permissions, walked completely: role, kind, own counter",
        ("tests/dispatch/test_permissions.py",),
    ),
    Tested(
        STRANGERS,
        "text from outside steers no terminal, log, printer or spreadsheet",
        ("tests/strangers/test_text.py",),
    ),
    Tested(
        STRANGERS,
        "a chain of events whose every change, removal and insertion is found; signed heads; "
        "erasing that does not break it",
        (
            "tests/records/test_chain.py",
            "tests/records/test_heads.py",
            "tests/records/test_erasable.py",
        ),
    ),
    Tested(
        STRANGERS,
        "no PIN, token or anything personal in a log; an audit that proves that it looked",
        ("tests/strangers/test_logs.py", "tests/strangers/test_audit.py"),
    ),
    Tested(
        STRANGERS,
        "a watchdog that is fed after a real commit, and a unit that may do little",
        ("tests/dispatch/test_supervision.py", "tests/cli/test_units.py"),
    ),
    Tested(
        STRANGERS,
        "what strangers broke into once, tried again",
        ("tests/strangers/test_breaking_in.py",),
    ),
)


def reached_by_tests() -> list[Reached]:
    """Run them all; one line for each promise."""
    counts = _run({file for promise in TESTED for file in promise.files})
    return [_line(promise, counts) for promise in TESTED]


def _line(promise: Tested, counts: Mapping[str, dict[str, int]]) -> Reached:
    total = {
        outcome: sum(counts.get(file, {}).get(outcome, 0) for file in promise.files)
        for outcome in ("passed", "skipped", "failed")
    }
    complete = all(counts.get(file, {}).get("passed") for file in promise.files)
    said = ", ".join(f"{count:,} {outcome}" for outcome, count in total.items() if count)
    where = ", ".join(f"`{file}`" for file in promise.files)
    held = complete and not total["failed"]
    return Reached(
        promise.target, promise.what, "every test", "", said or "no test", where, held=held
    )


def _run(files: Iterable[str]) -> dict[str, dict[str, int]]:
    """File -> outcome -> how many tests; nothing of tests that did not end in time."""
    with TemporaryDirectory() as folder:
        report = Path(folder, "tests.xml")
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", f"--junitxml={report}"]
        with suppress(subprocess.TimeoutExpired):
            subprocess.run(
                [*command, *sorted(files)],
                cwd=ROOT,
                capture_output=True,
                check=False,
                timeout=WITHIN_S,
            )
        cases = list(parse(report).iter("testcase")) if report.exists() else []
    counts: dict[str, dict[str, int]] = {}
    for case in cases:
        outcome = next((_OUTCOMES[part.tag] for part in case if part.tag in _OUTCOMES), "passed")
        parts = str(case.get("classname")).split(".")
        file = "/".join(parts[: _of_file(parts)]) + ".py"
        of_file = counts.setdefault(file, {})
        of_file[outcome] = of_file.get(outcome, 0) + 1
    return counts


_OUTCOMES: Final = {"failure": "failed", "error": "failed", "skipped": "skipped"}


def _of_file(parts: list[str]) -> int:
    """How many of them name the file: what comes after is a class in it."""
    return next(n for n, part in enumerate(parts, 1) if part.startswith("test_"))


def table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """As a page has it."""
    lines = [titles, ["---"] * len(titles), *rows]
    return ["| " + " | ".join(str(cell) for cell in line) + " |" for line in lines]
