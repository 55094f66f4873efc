"""The disk under the records: how long a write takes until it is there for good, whether that can
be true, what kind of disk it is, and how much room is left.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from typing import Final, Literal

from doctor.finding import Finding, look, mend, ok

BLOCK: Final = 4096  # bytes
BLOCKS: Final = 64  # written over and over, as the records' log is
SYNCS: Final = 150
MEASURED_S: Final = 3.0
GAP_S: Final = 0.004  # between two: a hall at work keeps nearly all of its disk

SLOW_MS: Final = 30.0
# Nothing that is written for good is faster than this. A platter turns 250 times a second at most,
# and a write waits for half a turn; a cell of flash takes 0.2 ms and more to be written.
SPINNING_FLOOR_MS: Final = 2.0
FLASH_FLOOR_MS: Final = 0.1
SCARCE: Final = 500_000_000  # bytes; /health complains from here on, too
LITTLE: Final = 3_000_000_000

MEMORY: Final = frozenset({"tmpfs", "ramfs", "zram"})
NETWORK: Final = frozenset({"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "afs", "ceph"})
NO_BARRIER: Final = frozenset({"nobarrier", "barrier=0"})

Kind = Literal["memory", "network", "spinning", "flash", "virtual", "unknown"]


@dataclass(frozen=True, slots=True)
class Medium:
    """What the records lie on. `keeps`: it says that its cache survives a power cut.

    `barriers`: the file system lets nobody wait for nothing.
    """

    kind: Kind
    name: str
    keeps: bool = False
    barriers: bool = True


def writes(folder: Path) -> Iterator[Finding]:
    """Until a write is there for good."""
    try:
        medium, times = medium_of(folder), synced_ms(folder)
    except OSError as error:
        yield mend("disk_not_written", folder=str(folder), why=error.strerror or "?")
        return
    p50, p99 = median(times), sorted(times)[int(0.99 * (len(times) - 1))]
    facts: dict[str, float] = {"p50": p50, "p99": p99}
    if p50 > SLOW_MS:
        yield mend("disk_slow", **facts)
    elif p99 > SLOW_MS:
        yield look("disk_sometimes_slow", **facts)
    else:
        yield ok("disk_fast", **facts)
    yield belief(medium, p50)


def belief(medium: Medium, p50: float) -> Finding:
    """Can a write that took so many milliseconds be there for good?"""
    facts: dict[str, str | float] = {"name": medium.name, "p50": p50}
    match medium.kind:
        case "memory":
            return mend("disk_is_memory", **facts)
        case "network":
            return mend("disk_is_network", **facts)
        case _ if not medium.barriers:
            return mend("disk_without_barriers", **facts)
        case "spinning" if p50 < SPINNING_FLOOR_MS:
            return mend("disk_lies", **facts, floor=SPINNING_FLOOR_MS)
        case "flash" if p50 < FLASH_FLOOR_MS and not medium.keeps:
            return look("disk_too_fast", **facts, floor=FLASH_FLOOR_MS)
        case "virtual" if p50 < FLASH_FLOOR_MS:
            return look("disk_virtual_fast", **facts)
        case "virtual":
            return ok("disk_virtual", **facts)
        case "unknown":
            return look("disk_unknown", **facts)
        case _:
            return ok("disk_plausible", **facts)


def synced_ms(folder: Path) -> list[float]:
    """Milliseconds of each write for good, over blocks that are there already. Raises OSError."""
    block, times = os.urandom(BLOCK), list[float]()
    with TemporaryFile(dir=folder, buffering=0) as file:
        file.write(block * BLOCKS)
        os.fsync(file.fileno())
        until = time.monotonic() + MEASURED_S
        while len(times) < SYNCS and (not times or time.monotonic() < until):
            began = time.perf_counter()
            os.pwrite(file.fileno(), block, len(times) % BLOCKS * BLOCK)
            os.fdatasync(file.fileno())
            times.append(1000 * (time.perf_counter() - began))
            time.sleep(GAP_S)
    return times


def room(folder: Path) -> Iterator[Finding]:
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        yield mend("disk_not_written", folder=str(folder), why=error.strerror or "?")
        return
    facts: dict[str, str | float] = {"gb": free / 1e9, "folder": str(folder)}
    if free < SCARCE:
        yield mend("room_scarce", **facts)
    elif free < LITTLE:
        yield look("room_little", **facts)
    else:
        yield ok("room", **facts)


# --- What it is ----------------------------------------------------------------------------------


def medium_of(folder: Path) -> Medium:
    """As far as the system tells."""
    kind, options, source = _mount(folder)
    if kind in MEMORY:
        return Medium("memory", kind)
    if kind in NETWORK:
        return Medium("network", kind)
    barriers = not NO_BARRIER & options
    queue = _queue(folder, source)
    if queue is None:
        return Medium("unknown", source, barriers=barriers)
    name = queue.parent.name
    if name.startswith(("vd", "xvd")) or _is_guest():
        return Medium("virtual", name, barriers=barriers)
    keeps = _says(queue / "write_cache") == "write through"
    spins = _says(queue / "rotational") == "1"
    return Medium("spinning" if spins else "flash", name, keeps, barriers)


def _mount(folder: Path) -> tuple[str, frozenset[str], str]:
    """Kind of file system, its options, where it comes from: of the mount that has the folder."""
    best, found = -1, ("", frozenset[str](), "?")
    for line in _says(Path("/proc/self/mountinfo")).splitlines():
        before, _, after = line.partition(" - ")
        fields, (kind, source, *more) = before.split(), after.split(" ")
        point = Path(fields[4].replace("\\040", " "))
        if folder.resolve().is_relative_to(point) and len(point.parts) >= best:
            options = frozenset(",".join([fields[5], *more]).split(","))
            best, found = len(point.parts), (kind, options, source)
    return found


def _queue(folder: Path, source: str) -> Path | None:
    """Where the kernel describes the disk: that of the folder's device, or of what is mounted."""
    device = folder.stat().st_dev
    places = [Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}")]
    if source.startswith("/dev/"):
        places.append(Path("/sys/class/block", Path(source).resolve().name))
    for place in places:
        for one in (place.resolve(), place.resolve().parent):  # a part, and the disk it is of
            if (one / "queue" / "rotational").exists():
                return one / "queue"
    return None


def _is_guest() -> bool:
    """Is this a virtual machine, whose disk is somebody else's file?"""
    flags = next((x for x in _says(Path("/proc/cpuinfo")).splitlines() if x[:5] == "flags"), "")
    return "hypervisor" in flags.split()


def _says(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
