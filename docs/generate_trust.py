"""Write docs/trust.md: every harness of faults in its long form, with what it found.

python docs/generate_trust.py            half an hour
python docs/generate_trust.py --short    two minutes
python docs/generate_trust.py --minutes 240
"""

from __future__ import annotations

import argparse
import os
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from load.calibrate import heading  # noqa: E402 - the path comes first
from tests.faults.crowd import crowded  # noqa: E402
from tests.faults.harnesses import HARNESSES  # noqa: E402
from tests.faults.memory import slope  # noqa: E402
from tests.faults.month import month  # noqa: E402
from tests.faults.promises import ELSEWHERE, PROMISES  # noqa: E402
from tests.faults.run import Result, run, spread  # noqa: E402

PAGE: Final = ROOT / "docs" / "trust.md"
ATTACKS: Final = ROOT / "docs" / "attacks.toml"
SHARES: Final = {  # of the time for harnesses
    "killed-writer": 0.12,
    "killed-server": 0.06,
    "power-cuts": 0.28,
    "cut-everywhere": 0.05,
    "worse-settings": 0.03,
    "simulated-days": 0.16,
    "planted-bugs": 0.22,
    "pulled-plugs": 0.04,
    "bad-line": 0.04,
}
FOR_HARNESSES: Final = 0.75  # of all the time
FOR_MEMORY: Final = 0.15
COMMANDS: Final = 1_000_000
MB_PER_MILLION: Final = 5.0
WARM_UP: Final = 30_000  # more than the answers that a server remembers
# Parts that others write: what stands between two of these marks stays when the page is made anew.
KEPT: Final = ("strangers", "backup")

Rows = Iterable[tuple[object, ...]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="two minutes")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--screens", type=int, help="in the crowd")
    chosen = parser.parse_args()
    minutes = 2.0 if chosen.short else chosen.minutes
    screens = chosen.screens or (300 if chosen.short else 5_000)
    results = list(_harmed(60 * minutes * FOR_HARNESSES))
    page = [*_head(minutes), *_harnesses(results), *_planted(results), *_settings(results)]
    page += _reached(results)
    missing: list[str] = []
    page += _measured("R8: screens at once", lambda: _crowd(screens), missing)
    page += _measured("R6: memory", lambda: _memory(60 * minutes * FOR_MEMORY), missing)
    page += _measured("R6: uptime", lambda: _month(5 if chosen.short else 30), missing)
    page += _promises()
    page += [line for part in KEPT for line in _kept(part)]
    page += _attacks()
    PAGE.write_text("\n".join(page) + "\n", encoding="utf-8")
    return 1 if missing or any(result.broken for result in results) else 0


def _measured(title: str, work: Callable[[], list[str]], missing: list[str]) -> list[str]:
    """A part of the page; one that cannot be measured says so, and does not cost the others."""
    try:
        return work()
    except Exception as why:  # noqa: BLE001 - whatever it was stands on the page
        missing.append(title)
        return ["", f"## {title}", "", f"**Not measured this time**: {type(why).__name__}: {why}"]


def _harmed(seconds: float) -> Iterator[Result]:
    for name, harness in HARNESSES.items():
        seeds = range(harness.first_seed, harness.first_seed + harness.most_seeds)
        result = run(name, seeds, seconds * SHARES[name], os.cpu_count() or 1)
        print(f"{name}: {result.count:,} {harness.counts}, {len(result.broken)} broken", flush=True)
        for broken in result.broken:
            print(broken, flush=True)
        yield result


# --- The page ------------------------------------------------------------------------------------


def _head(minutes: float) -> list[str]:
    with TemporaryDirectory(dir=ROOT) as folder:
        when, speed = heading(Path(folder)).splitlines()
    return [
        "# Trust",
        "",
        "What has been done to a hall on purpose, how often, and what was found. This page is made "
        f"by `make trust`; this time it had {minutes:g} minutes.",
        "",
        f"{when}; {speed}. Whatever else ran on the machine made it slower, not safer.",
    ]


def _harnesses(results: list[Result]) -> list[str]:
    rows = []
    for result in results:
        harness = HARNESSES[result.name]
        wanted = f"{harness.gate:,} / {harness.goal:,}" if harness.goal else ""
        if result.count < harness.gate:
            wanted += ", gate **not reached**"
        rows.append(
            (
                harness.target,
                harness.injects,
                f"{result.count:,} {harness.counts}",
                wanted,
                spread(result.seeds),
                f"{result.seconds:.0f} s",
                f"**{len(result.broken)}**",
                f"`python -m tests.faults.run {result.name} --seed {result.seeds[0]}`",
            )
        )
    titles = ("", "injected", "done", "gate / goal", "seeds", "took", "broken", "one seed alone")
    return ["", "## What was injected", "", *_table(titles, rows), *_broken(results)]


def _broken(results: list[Result]) -> list[str]:
    found = [line for result in results for line in result.broken]
    return ["", "```", *found, "```"] if found else []


def _planted(results: list[Result]) -> list[str]:
    """R4: by name."""
    [seen] = [result.seen for result in results if result.name == "planted-bugs"]
    rows = [tuple(what.split(": ")) for what in sorted(seen) if what != "found"]
    return [
        "",
        "## Bugs planted on purpose",
        "",
        "A check that cannot fail proves nothing. Each of these bugs was put into the server, and "
        "the simulated days found it, by the check that stands beside it.",
        "",
        *_table(("planted", "found by"), [(words(bug), f"`{check}`") for bug, check in rows]),
    ]


def words(name: str) -> str:
    return name.replace("_", " ")


def _settings(results: list[Result]) -> list[str]:
    [seen] = [result.seen for result in results if result.name == "worse-settings"]
    cuts = seen["cuts"] // 4
    names = sorted({what.split(": ")[0] for what in seen if ": " in what} | {"WAL, FULL"})
    rows = [
        (
            name,
            f"{cuts:,}",
            f"{seen[f'{name}: lost']:,}",
            f"{seen[f'{name}: corrupt or unreadable']:,}",
        )
        for name in sorted(names, key=lambda name: (name != "WAL, FULL", name))
    ]
    return [
        "",
        "## Durability: why the records are opened as they are",
        "",
        "The very same power cuts with other settings of SQLite. A cut counts as lost when one "
        "acknowledged command was missing after it. The product uses the first line, reads it back "
        "at every start, and refuses to run with anything else.",
        "",
        *_table(("settings", "cuts", "lost what was promised", "corrupt or unreadable"), rows),
    ]


def _reached(results: list[Result]) -> list[str]:
    """What did happen, and what never did."""
    met = "An attack that never met its moment proves nothing."
    lines = ["", "## What happened on the way", "", met]
    for result in results:
        harness = HARNESSES[result.name]
        wanted = [what for what in harness.reached if what in result.seen]
        if wanted:
            told = ", ".join(f"{what} {result.seen[what]:,}" for what in wanted)
            lines += ["", f"**{result.name}**: {told}."]
        if result.never_reached:
            lines += ["", f"Never reached this time: {', '.join(result.never_reached)}."]
    return lines


def _crowd(screens: int) -> list[str]:
    """R8."""
    found = crowded(screens)
    there = found["all there: p99"]
    rows = [
        (
            state,
            f"{found[f'{state}: p50']:.1f}",
            f"{found[f'{state}: p99']:.1f}",
            f"{found[f'{state}: p99'] / there:.1f}",
        )
        for state in ("alone", "all there", "all come back", "some do not read")
    ]
    return [
        "",
        f"## R8: {screens:,} screens at once",
        "",
        "How long an officer waits for a durable answer, in milliseconds, while the others stay, "
        "all lose their connection and come back in one moment, or some of them stop reading. "
        "The server, the crowd and the officer share one machine.",
        "",
        *_table(("the others", "p50", "p99", "p99 against all there"), rows),
        "",
        _slower(found),
        "",
        f"Everybody was back after {found['all back after, s']:.1f} s; the server had "
        f"{found['server, MB']:.0f} MB. Alone: `make faults`, `tests/faults/test_crowds.py`.",
    ]


def _slower(found: dict[str, float]) -> str:
    """Whether the others' work suffered more than it may."""
    there = found["all there: p99"]
    states = ("all come back", "some do not read")
    over = [state for state in states if found[f"{state}: p99"] > 2 * there]
    if not over:
        return "The gate, p99 at most twice as long, is held."
    return f"The gate, p99 at most twice as long, is **not held** while: {', '.join(over)}."


def _memory(seconds: float) -> list[str]:
    """R6."""
    found = slope(COMMANDS, WARM_UP, seconds)
    looks = ", ".join(f"{size:.1f}" for size in found.sizes_mb)
    held = "within" if found.mb_per_million <= MB_PER_MILLION else "**not within**"
    return [
        "",
        "## R6: memory",
        "",
        f"After {WARM_UP:,} commands to warm up, the real server carried out {found.commands:,} "
        f"durable commands and {found.reconnects:,} reconnects in {found.seconds:.0f} s (the goal "
        f"is {COMMANDS:,} and {COMMANDS // 100:,}). It grew by **{found.grown_mb:.1f} MB**, from "
        f"the median of the first third of the looks to that of the last: "
        f"{found.mb_per_million:.0f} MB for a million commands, {held} the gate of "
        f"{MB_PER_MILLION:g} MB. Warm it had "
        f"{found.warm_mb:.1f} MB, then, look after look: {looks}.",
    ]


def _month(days: int) -> list[str]:
    sizes = list(month(days=days).values())
    third = max(1, len(sizes) // 3)
    first, last = sum(sizes[:third]) / third, sum(sizes[-third:]) / third
    return [
        "",
        f"{days} days of uptime in virtual time, one life without a restart: everything that can "
        f"be reached from the dispatcher and the journal late in the evening was {first / 1e6:.2f} "
        f"MB on average in the first third of the days, and {last / 1e6:.2f} MB in the last.",
    ]


def _promises() -> list[str]:
    rows = [
        (
            promise.what,
            ", ".join(f"`{check}`" for check in promise.checks),
            ", ".join(promise.harnesses),
        )
        for promise in PROMISES
    ]
    rows += [(what, f"`{where}`", "") for what, where in ELSEWHERE.items()]
    return [
        "",
        "## What is held at every step",
        "",
        "Checked by books that are kept apart from the rules, out of the events alone.",
        "",
        *_table(("promise", "checks", "harnesses"), rows),
    ]


def _attacks() -> list[str]:
    """What strangers tried by hand, as they wrote it down."""
    tried = tomllib.loads(ATTACKS.read_text(encoding="utf-8"))["attacks"]
    titles = ("attack", "tried", "verdict", "outcome", "held by")
    rows = [
        (one["attack"], one["tried"], f"**{one['verdict']}**", one["outcome"], f"`{one['test']}`")
        for one in tried
    ]
    return [
        "",
        "## Strangers with the protocol in hand",
        "",
        "What was tried against running halls, with programs written for that alone. *Mended*: it "
        "was broken when it was tried. *Weak*: it can be done, and the outcome says what it costs.",
        "",
        *_table(titles, rows),
    ]


def _kept(part: str) -> list[str]:
    """What others wrote into the page between the marks of this part."""
    begins, ends = f"<!-- {part} -->", f"<!-- end of {part} -->"
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    _, _, rest = before.partition(f"{begins}\n")
    text, found, _ = rest.partition(f"{ends}")
    return ["", begins, *(text.rstrip("\n").split("\n") if found else EMPTY[part]), ends]


EMPTY: Final = {
    "strangers": ["## R5: strangers at the door", "", "Not measured yet."],
    "backup": [
        "## R7: backup",
        "",
        "Measured by `python -m benchmarks.backup`; the restore drill is in `tests/records`.",
    ],
}


def _table(titles: tuple[str, ...], rows: Rows) -> list[str]:
    lines = [titles, tuple("---" for _ in titles), *rows]
    return ["| " + " | ".join(str(cell) for cell in line) + " |" for line in lines]


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
