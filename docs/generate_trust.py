"""Write docs/trust.md: every target of durability, faults and strangers, measured here and now.

python docs/generate_trust.py               45 minutes, or TRUST_MINUTES
python docs/generate_trust.py --minutes 60  more lives: what is left of the time goes to them
python docs/generate_trust.py --only R8     one part, printed and not written
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from load.calibrate import heading  # noqa: E402 - the path comes first
from tests.faults import measured  # noqa: E402
from tests.faults.harnesses import HARNESSES  # noqa: E402
from tests.faults.measured import Measured  # noqa: E402
from tests.faults.promises import ELSEWHERE, PROMISES  # noqa: E402
from tests.faults.run import Result, run, spread  # noqa: E402
from tests.faults.setting import library  # noqa: E402
from tests.faults.targets import DURABILITY, Reached, reached_by_tests, table  # noqa: E402

PAGE: Final = ROOT / "docs" / "trust.md"
ATTACKS: Final = ROOT / "docs" / "attacks.toml"
MINUTES: Final = 45.0
LIVES: Final = "simulated-days"  # the last: they get what the others leave
SHORT: Final = 10.0  # minutes; with less, crowds are smaller and months shorter

# Seconds each part has at most of the usual time. Whoever has reached his goal stops.
SECONDS: Final = {
    "crowd": 180,
    "backup": 70,
    "memory": 800,
    "uptime": 25,
    "strangers": 200,
    "tests": 90,
    "killed-writer": 150,
    "killed-server": 45,
    "power-cuts": 430,
    "cut-everywhere": 20,
    "worse-settings": 40,
    "planted-bugs": 45,
    "pulled-plugs": 30,
    "bad-line": 40,
    "set-clocks": 30,
    "killed-kiosk": 40,
    LIVES: 465,
}


@dataclass
class Run:
    """One making of the page."""

    minutes: float
    began: float = field(default_factory=time.monotonic)
    results: list[Result] = field(default_factory=list)
    measured: dict[str, Measured] = field(default_factory=dict)
    tested: list[Reached] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def is_short(self) -> bool:
        return self.minutes < SHORT

    def share_s(self, part: str) -> float:
        """What a part may take; the lives, all that is left."""
        if part == LIVES:
            return max(SECONDS[part] * self.minutes / MINUTES, self.left_s)
        return SECONDS[part] * self.minutes / MINUTES

    @property
    def left_s(self) -> float:
        return 60 * self.minutes - (time.monotonic() - self.began)

    def say(self, text: str) -> None:
        passed = int(time.monotonic() - self.began)
        left = max(0, round(self.left_s / 60))
        print(f"{passed // 60:3d}:{passed % 60:02d}  {text}; about {left} min to go", flush=True)

    def measure(self, part: str, work: Callable[[], Measured]) -> None:
        """A part that cannot be measured says so, and does not cost the others."""
        self.say(f"{part}: up to {self.share_s(part):.0f} s")
        try:
            found = self.measured[part] = work()
        except Exception as why:  # noqa: BLE001 - whatever it was stands on the page
            self.missing.append(part)
            said = f"**Not measured this time**: {type(why).__name__}: {why}"
            self.measured[part] = Measured([f"## {part}", "", said], [])
            self.say(f"{part}: {said}")
            return
        for line in found.reached:
            self.say(f"{part}: {line.reached}, {'held' if line.held else 'NOT HELD'}")

    def harm(self, name: str) -> None:
        """All the seeds there is time for, on every processor, until the goal is reached."""
        harness = HARNESSES[name]
        seeds = range(harness.first_seed, harness.first_seed + harness.most_seeds)
        self.say(f"{name}: up to {self.share_s(name):.0f} s")
        result = run(name, seeds, self.share_s(name), os.cpu_count() or 1, harness.goal)
        self.results.append(result)
        self.say(f"{name}: {result.count:,} {harness.counts}, {len(result.broken)} broken")
        for broken in result.broken:
            print(broken, flush=True)

    @property
    def reached(self) -> list[Reached]:
        """Every target, in the order of the table."""
        lines = [_reached(result) for result in self.results]
        lines += [line for found in self.measured.values() for line in found.reached]
        lines += self.tested
        return sorted(lines, key=lambda line: (line.target != DURABILITY, line.target))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    usual = float(os.environ.get("TRUST_MINUTES", MINUTES))
    parser.add_argument("--minutes", type=float, default=usual)
    parser.add_argument("--only", help="a part, such as crowd, memory or power-cuts")
    chosen = parser.parse_args()
    going = Run(chosen.minutes)
    parts = _parts(going)
    if chosen.only is not None:
        if chosen.only not in parts:
            parser.error(f"there are: {', '.join(parts)}")
        parts[chosen.only]()
        print("\n".join(_table_of_targets(going)))
        for found in going.measured.values():
            print("\n".join(found.lines))
        return 0
    for part in parts.values():
        part()
    PAGE.write_text("\n".join(_page(going)) + "\n", encoding="utf-8")
    going.say(f"{PAGE.relative_to(ROOT)} is written")
    missed = [line for line in going.reached if not line.held]
    for line in missed:
        print(f"not reached: {line.target}, {line.what}: {line.reached}", flush=True)
    return 1 if missed or going.missing or any(r.broken for r in going.results) else 0


def _parts(going: Run) -> dict[str, Callable[[], None]]:
    """What is done, in this order: first what needs the machine for itself."""
    screens, back = (600, 300) if going.is_short else (10_000, 5_000)
    works: dict[str, Callable[[], Measured]] = {
        "crowd": lambda: measured.crowd(screens, back),
        "backup": lambda: measured.backup(measured.TURNS),
        "memory": lambda: measured.memory(measured.COMMANDS, going.share_s("memory")),
        "uptime": lambda: measured.uptime(5 if going.is_short else 30),
        "strangers": lambda: measured.strangers(measured.FRAMES, going.share_s("strangers")),
    }
    parts: dict[str, Callable[[], None]] = {
        part: lambda part=part, work=work: going.measure(part, work)  # type: ignore[misc]
        for part, work in works.items()
    }
    parts["tests"] = lambda: _test(going)
    can = [name for name in HARNESSES if name != "set-clocks" or library()]
    names = sorted(can, key=lambda name: name == LIVES)
    parts |= {name: lambda name=name: going.harm(name) for name in names}  # type: ignore[misc]
    return parts


def _test(going: Run) -> None:
    going.say("tests")
    going.tested = reached_by_tests()


# --- The page ------------------------------------------------------------------------------------


def _page(going: Run) -> Iterator[str]:
    yield from _head(going)
    yield from ("", "## Targets", "", *_table_of_targets(going))
    yield from _harnesses(going.results)
    yield from _planted(going.results)
    yield from _settings(going.results)
    yield from _met(going.results)
    for found in going.measured.values():
        yield from ("", *found.lines)
    yield from _promises()
    yield from _virtual()
    yield from _attacks()


def _head(going: Run) -> list[str]:
    with TemporaryDirectory(dir=ROOT) as folder:
        when, speed = heading(Path(folder)).splitlines()
    passed = (time.monotonic() - going.began) / 60
    return [
        "# Trust",
        "",
        "What has been done to a hall on purpose, how often, and what was found. This page is made "
        f"by `make trust`; this time it took {passed:.0f} minutes.",
        "",
        f"{when}; {speed}. Whatever else ran on the machine made it slower, not safer.",
    ]


def _table_of_targets(going: Run) -> list[str]:
    """Every target in one place."""
    titles = ("", "target", "gate", "goal", "reached", "measured in")
    return table(titles, (line.cells for line in going.reached))


def _reached(result: Result) -> Reached:
    """What a harness comes to."""
    harness = HARNESSES[result.name]
    said = f"{result.count:,} {harness.counts}, {len(result.broken)} broken"
    return Reached(
        harness.target,
        harness.injects,
        f"{harness.gate:,} {harness.counts}" if harness.gate else "",
        f"{harness.goal:,}" if harness.goal else "",
        said + _would_take(result),
        f"`python -m tests.faults.run {result.name}`",
        held=result.count >= harness.gate and not result.broken,
    )


def _would_take(result: Result) -> str:
    """How long the goal takes, when there was no time for all of it."""
    goal = HARNESSES[result.name].goal
    if not result.count or result.count >= goal:
        return ""
    minutes = goal / result.count * result.seconds / 60
    return f" in {result.seconds:.0f} s; {goal:,} take {minutes:.0f} min"


def _harnesses(results: list[Result]) -> list[str]:
    rows = [
        (
            HARNESSES[result.name].target,
            HARNESSES[result.name].injects,
            f"{result.count:,} {HARNESSES[result.name].counts}",
            spread(result.seeds),
            f"{result.seconds:.0f} s",
            f"**{len(result.broken)}**",
            f"`python -m tests.faults.run {result.name} --seed {result.seeds[0]}`",
        )
        for result in results
    ]
    titles = ("", "injected", "done", "seeds", "took", "broken", "one seed alone")
    return ["", "## What was injected", "", *table(titles, rows), *_broken(results)]


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
        *table(("planted", "found by"), [(words(bug), f"`{check}`") for bug, check in rows]),
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
        *table(("settings", "cuts", "lost what was promised", "corrupt or unreadable"), rows),
    ]


def _met(results: list[Result]) -> list[str]:
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
        *table(("promise", "checks", "harnesses"), rows),
    ]


def _virtual() -> list[str]:
    """What is not done to a whole machine, and why."""
    return [
        "",
        "## What is virtual",
        "",
        "**Clocks** of whole lives are set in the simulated days, where dispatcher, journal and "
        "file are the real ones and time comes from outside. The wall clock of a real server's "
        f"process is set by libfaketime, which was {'' if library() else 'not '}there this time: "
        "Linux gives no process a wall clock of its own, and setting a machine's sets it for all "
        "that runs there.",
        "",
        "**Power** is cut in a copy of what was written, step by step, below SQLite; **kill -9** "
        "and lines that break are real ones, of real processes and real sockets.",
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
        *table(titles, rows),
    ]


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
