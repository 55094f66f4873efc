"""What every machine of a hall needs: a clock that is set, memory, a unit that runs; and whether a
screen is at work here.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from doctor.finding import Finding, look, mend, ok

EARLIEST: Final = datetime(2026, 1, 1, tzinfo=UTC)  # a clock before it was never set
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
BEHIND: Final = timedelta(minutes=2)
SCARCE_MB: Final = 150
LITTLE_MB: Final = 400
RESTARTS: Final = 3
ASK_S: Final = 3.0
PROGRAMS: Final = frozenset({"motcua", "cli.py"})


def clock(zone: ZoneInfo, records: Path | None) -> Iterator[Finding]:
    """Is it set, and not before the last thing that was written down?"""
    now = datetime.now(UTC)
    shown = f"{now.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    if not EARLIEST <= now <= LATEST:
        yield mend("clock_unset", now=shown)
    elif (written := _written(records)) is not None and written - now > BEHIND:
        yield mend("clock_behind", now=shown, written=f"{written.astimezone(zone):%Y-%m-%d %H:%M}")
    else:
        yield ok("clock", now=shown)
    here, hall = datetime.now().astimezone(), now.astimezone(zone)
    if here.utcoffset() != hall.utcoffset():
        yield look("zone_other", here=f"{here:%z}", hall=f"{hall:%z}", zone=zone.key)
    else:
        yield ok("zone", zone=zone.key)


def _written(records: Path | None) -> datetime | None:
    """When the records were written last, as the file system says."""
    if records is None:
        return None
    files = [file for file in (records, Path(f"{records}-wal")) if file.exists()]
    times = [file.stat().st_mtime for file in files]
    return datetime.fromtimestamp(max(times), UTC) if times else None


def memory() -> Iterator[Finding]:
    found = dict(
        line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines() if ":" in line
    )
    free, total = (int(found[key].split()[0]) // 1024 for key in ("MemAvailable", "MemTotal"))
    if free < SCARCE_MB:
        yield mend("memory_scarce", free=free, total=total)
    elif free < LITTLE_MB:
        yield look("memory_little", free=free, total=total)
    else:
        yield ok("memory", free=free, total=total)


def unit(name: str) -> Iterator[Finding]:
    """What systemd says of what starts it again; nothing where there is no systemd."""
    if not Path("/run/systemd/system").is_dir():
        return
    asked = ("LoadState", "ActiveState", "SubState", "UnitFileState", "NRestarts")
    try:
        done = subprocess.run(  # noqa: S603 - names of our own units
            ["systemctl", "show", name, *(f"--property={one}" for one in asked)],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=ASK_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        yield look("unit_unknown", unit=name)
        return
    yield of_unit(name, dict(x.split("=", 1) for x in done.stdout.splitlines() if "=" in x))


def of_unit(name: str, says: dict[str, str]) -> Finding:
    """What its properties come to."""
    if says.get("LoadState") != "loaded":
        return look("unit_missing", unit=name)
    if says.get("ActiveState") == "failed":
        return mend("unit_failed", unit=name)
    if says.get("UnitFileState") not in {"enabled", "enabled-runtime", "static", "indirect"}:
        return mend("unit_not_enabled", unit=name)
    if int(says.get("NRestarts", "0") or 0) > RESTARTS:
        return look("unit_restarts", unit=name, times=int(says["NRestarts"]))
    if says.get("ActiveState") != "active":
        return look("unit_stopped", unit=name, now=says.get("SubState", "?"))
    return ok("unit", unit=name)


def screen_runs(role: str, device: str, usual: str) -> bool:
    """Is this screen at work on this machine? `usual`: the device of a screen that names none."""
    return any(
        _is_screen(file.read_bytes().decode(errors="replace").split("\0"), role, device, usual)
        for file in Path("/proc").glob("[0-9]*/cmdline")
        if _is_there(file)
    )


def _is_screen(words: list[str], role: str, device: str, usual: str) -> bool:
    after = next((n for n, word in enumerate(words) if Path(word).name in PROGRAMS), None)
    if after is None or role not in words[after + 1 : after + 2]:
        return False
    if f"--device={device}" in words or device in words[after + 2 :]:
        return True
    return device == usual and not any(word.startswith("--device") for word in words)


def _is_there(file: Path) -> bool:
    """Processes come and go, and some let nobody look."""
    try:
        return bool(file.read_bytes())
    except OSError:
        return False
