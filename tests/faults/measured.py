"""What docs/trust.md tells of that is no harness of seeds: frames, memory, backups, crowds. Each
comes as lines of its own section and as lines of the table of targets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from benchmarks import backup as copying
from benchmarks import chained
from benchmarks.targets import KEPT
from tests.faults.crowd import crowded, crowded_floor
from tests.faults.memory import slope
from tests.faults.month import month
from tests.faults.targets import Reached, table
from tests.strangers.hostile import hostile

FRAMES: Final = 1_000_000
COMMANDS: Final = 1_000_000
GROWN_MB, GOAL_MB = 5.0, 1.0
WARM_UP: Final = 60_000  # more than the answers that a server remembers, and some whole days
TURNS: Final = 1_000_000
SLOWER: Final = 2.0
UPTIME_GROWTH: Final = 1.1
FIRST_DAYS: Final = 2  # until as much is remembered as ever will be


@dataclass(frozen=True, slots=True)
class Measured:
    """A section of the page, and its lines in the table."""

    lines: list[str]
    reached: list[Reached]


# --- R5 ------------------------------------------------------------------------------------------


def strangers(frames: int, budget_s: float) -> Measured:
    said = hostile(frames, seconds=budget_s)
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in said.kinds.most_common())
    reached = Reached(
        "R5",
        "hostile frames at the door: no crash, no leak, no change of state",
        f"{FRAMES:,}",
        "all clean",
        f"{said.frames:,}, all clean; the server grew by {said.grown_kb / 1024:.1f} MB",
        "`python -m tests.strangers.hostile`",
        held=said.frames >= FRAMES,
    )
    lines = [
        "## R5: strangers at the door",
        "",
        f"{said.frames:,} frames in {said.seconds:.0f} s, eight connections at once, by a stranger "
        "with a ticket's token, which lets in and allows nothing; "
        f"{said.taken:,} requests among them were answered, with no. The server went on, the views "
        "of a board and a counter and the last event are what they were, no connection or file is "
        "left open, nothing in the log is a traceback, and its memory grew by "
        f"{said.grown_kb / 1024:.1f} MB. It worked {1e6 * said.processor_s / said.frames:.0f} "
        "millionths of a second for a frame.",
        "",
        f"Said: {kinds}.",
    ]
    return Measured(lines, [reached])


# --- R6 ------------------------------------------------------------------------------------------


def memory(commands: int, budget_s: float) -> Measured:
    found = slope(commands, min(WARM_UP, commands), budget_s)
    looks = ", ".join(f"{size:.1f}" for size in found.sizes_mb)
    did = ", ".join(f"{what} {count:,}" for what, count in found.done.most_common())
    all_of_them = found.commands >= COMMANDS
    grown_mb = found.grown_mb if all_of_them else max(found.grown_mb, found.mb_per_million)
    reached = Reached(
        "R6",
        f"memory of the real server over {COMMANDS:,} commands and {COMMANDS // 100:,} reconnects",
        f"{GROWN_MB:g} MB",
        f"{GOAL_MB:g} MB",
        f"{found.grown_mb:+.1f} MB over {found.commands:,} commands, {found.days} days and "
        f"{found.reconnects:,} reconnects"
        + ("" if all_of_them else f" (as many as time allowed); {grown_mb:+.1f} MB for a million"),
        "`tests/faults/memory.py`",
        held=grown_mb <= GROWN_MB,
    )
    lines = [
        "## R6: memory",
        "",
        f"After {WARM_UP:,} commands to warm up, the real server carried out {found.commands:,} "
        f"durable commands of {found.days} days and {found.reconnects:,} reconnects in "
        f"{found.seconds:.0f} s. It grew by **{found.grown_mb:.1f} MB**, from the median of the "
        "first third of the evenings to that of the last: "
        f"{found.mb_per_million:.1f} MB for a million commands. Warm it had {found.warm_mb:.1f} "
        f"MB, then, evening after evening: {looks}.",
        "",
        f"Its people did: {did}.",
    ]
    return Measured(lines, [reached])


def uptime(days: int) -> Measured:
    sizes = list(month(days=FIRST_DAYS + days).values())[FIRST_DAYS:]
    third = max(1, len(sizes) // 3)
    first, last = sum(sizes[:third]) / third, sum(sizes[-third:]) / third
    reached = Reached(
        "R6",
        "days of uptime in virtual time: everything reachable from dispatcher and journal, "
        "evening after evening",
        f"{100 * UPTIME_GROWTH - 100:.0f} % more",
        "flat",
        f"{first / 1e6:.2f} MB, and {last / 1e6:.2f} MB in the last third of {days} days",
        "`tests/faults/month.py`",
        held=last <= UPTIME_GROWTH * first,
    )
    lines = [
        f"{days} days of uptime in virtual time, one life without a restart: everything that can "
        f"be reached from the dispatcher and the journal late in the evening was {first / 1e6:.2f} "
        f"MB on average in the first third of the days, and {last / 1e6:.2f} MB in the last.",
    ]
    return Measured(lines, [reached])


# --- R7 ------------------------------------------------------------------------------------------


def backup(turns: int) -> Measured:
    found = copying.measured(chained.kept(KEPT, turns), turns)
    ten_years_s, limit_s = (
        copying.TEN_YEARS / turns * one for one in (found.copied_s, found.limit_s)
    )
    where = "`python -m benchmarks.backup`"
    daily = Reached(
        "R7",
        "the evening's backup of ten years while running: what is new, its chain proven",
        f"{copying.GATE_S:g} s",
        f"{copying.GOAL_S:g} s",
        f"{found.updated_s + found.proven_s:.2f} s for {found.new_events:,} events",
        where,
        held=found.updated_s + found.proven_s <= copying.GATE_S,
    )
    first = Reached(
        "R7",
        "the first one, all ten years, extrapolated",
        f"{copying.GATE_S:g} s",
        f"{copying.GOAL_S:g} s",
        f"about {ten_years_s:.0f} s; the system alone needs {limit_s:.0f} s to copy so many bytes"
        " on this disk",
        where,
        held=ten_years_s <= copying.GATE_S,
    )
    lines = [
        "## R7: backup",
        "",
        f"A hall of {turns:,} turns with all its events, {found.megabytes:,.0f} MB. Ten years of a"
        f" big hall are about {copying.TEN_YEARS:,} turns: what takes longer for more years is"
        " **extrapolated**. The rest was measured with as much new as a day of ten years brings,"
        " after the files were forgotten by the system. Commits took"
        f" {found.beside_p99_ms:.1f} ms at the 99th percentile beside the copying,"
        f" {found.alone_p99_ms:.1f} ms alone. Nothing is lost at a crash (R1); with a standby file,"
        " a second at most at a dead disk: `tests/records/test_standby.py`. The restore drill is in"
        " `tests/cli/test_backup.py`.",
        "",
        *table(("", "s", "MB/s", "ten years, s", "gate", "goal"), copying.rows(found, turns)),
    ]
    return Measured(lines, [daily, first])


# --- R8 ------------------------------------------------------------------------------------------


def crowd(screens: int, back: int) -> Measured:
    found, floor = crowded(screens, back), crowded_floor(screens, back)
    bare = floor["many come back: p99"] / floor["all there: p99"]
    against = {  # each state against the same hall without it
        f"{screens:,} are there": ("all there", "alone"),
        f"{back:,} of them come back at once": ("many come back", "all there"),
        "some do not read": ("some do not read", "all there"),
    }
    rows = [("nobody else is there", found["alone: p50"], found["alone: p99"], "")]
    reached = []
    for what, (state, before) in against.items():
        times = found[f"{state}: p99"] / found[f"{before}: p99"]
        rows.append((what, found[f"{state}: p50"], found[f"{state}: p99"], f"{times:.1f}"))
        reached.append(
            Reached(
                "R8",
                f"an officer's durable answers while {what}",
                "p99 at most 2 times",
                "",
                f"{times:.1f} times: {found[f'{state}: p99']:.1f} ms, {before} "
                f"{found[f'{before}: p99']:.1f} ms",
                "`tests/faults/crowd.py`",
                held=times <= SLOWER,
            )
        )
    for what, state, again in (
        ("all there", "all there", ""),
        ("as many come back", "many come back", f"{bare:.1f}"),
    ):
        p50, p99 = floor[f"{state}: p50"], floor[f"{state}: p99"]
        rows.append((f"of a server that only answers: {what}", p50, p99, again))
    lines = [
        f"## R8: {screens:,} screens",
        "",
        "How long an officer waits for a durable answer, in milliseconds. Server, crowd and "
        "officer share one machine; the crowd runs at the lowest priority, as it stands for "
        "machines of its own. Each p99 beside that of the same hall without the trouble.",
        "",
        "| the others | p50 | p99 | times |",
        "| --- | --- | --- | --- |",
        *(f"| {what} | {p50:.1f} | {p99:.1f} | {times} |" for what, p50, p99, times in rows),
        "",
        f"All were there after {found['all there after, s']:.1f} s, and those who lost their line "
        f"back after {found['all back after, s']:.1f} s, each for "
        f"{found['processor for one of them, ms']:.2f} ms of the server's processor; the server "
        f"had {found['server, MB']:.0f} MB. The server that only answers, with websockets alone, "
        "no records, no limits and no hall, shows what machine and library cost by themselves: "
        f"{floor['processor for one of them, ms']:.2f} ms for each, all back after "
        f"{floor['all back after, s']:.1f} s.",
    ]
    return Measured(lines, reached)
