"""The busiest hour of three zones: a call every two seconds, spoken by three real voices.

Real sentences are made, and take the time they last, divided by `--haste`: so many times faster
passes the hour, its pauses and the age of its calls. Left out: a loudspeaker.

python -m benchmarks.busiest_hour [--minutes 60] [--haste 10] [--seed 1]
"""

from __future__ import annotations

import argparse
import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import median
from typing import Final

from hardware.sound import Sound, seconds
from hardware.voice import Call, Skipped, Voice, VoiceNews, VoiceSettings
from load.calibrate import heading, percentile, table

ZONES: Final = 3
EVERY_S: Final = 2.0  # over all zones together
ENGLISH: Final = 0.15  # of the calls, spoken in two languages
LAST_CALLS_S: Final = 120.0  # until everything that waits has been spoken


@dataclass
class Zone:
    """One voice, and what it did: seconds of the hour, not of ours."""

    haste: float
    began: float
    made: dict[int, float] = field(default_factory=dict)
    played: list[tuple[float, float]] = field(default_factory=list)
    said: dict[int, float] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)

    def now(self) -> float:
        return (time.monotonic() - self.began) * self.haste

    def play(self, sound: Sound[int], name: str) -> datetime:
        """As a loudspeaker does, but faster."""
        begun, at = self.now(), self.clock()
        time.sleep(seconds(sound) / self.haste)
        self.played.append((begun, self.now()))
        call = int(name.split("-", maxsplit=1)[0])
        self.said.setdefault(call, begun)
        return at

    def look(self) -> None:
        """It is there."""

    def stop(self) -> None:
        """It plays to the end."""

    def clock(self) -> datetime:
        """The time of the hour."""
        return datetime(2026, 11, 23, 8, tzinfo=UTC) + timedelta(seconds=self.now())

    def tell(self, news: VoiceNews) -> None:
        if isinstance(news, Skipped):
            self.skipped[news.why] += 1

    @property
    def done(self) -> int:
        return len(self.said) + sum(self.skipped.values())

    @property
    def overlaps(self) -> int:
        return sum(later[0] < before[1] for before, later in pairwise(sorted(self.played)))


def hour(minutes: float, haste: float, seed: int) -> list[Zone]:
    """So many minutes of calls; what became of them in each zone."""
    chance, began = Random(seed), time.monotonic()
    zones = [Zone(haste, began) for _ in range(ZONES)]
    settings = VoiceSettings()
    hurried = replace(settings, pause_s=settings.pause_s / haste)
    voices = [Voice(hurried, one.tell, speaker=one, clock=one.clock) for one in zones]
    for voice in voices:
        voice.start()
    waits = threading.Event()
    for call in range(1, int(minutes * 60 / EVERY_S) + 1):
        zone = chance.randrange(ZONES)
        language = "en" if chance.random() < ENGLISH else "vi"
        one = zones[zone]
        one.made[call] = one.now()
        number = f"{'ACH'[zone]}{call:03d}"
        voices[zone].say(Call(call, number, zone * 3 + call % 3 + 1, language, one.clock()))
        waits.wait(max(0.0, call * EVERY_S / haste - (time.monotonic() - began)))
    until = time.monotonic() + LAST_CALLS_S
    while time.monotonic() < until and any(one.done < len(one.made) for one in zones):
        waits.wait(0.1)
    for voice in voices:
        voice.stop()
    return zones


def rows(zones: list[Zone]) -> list[list[str]]:
    return [_row(place, one) for place, one in enumerate(zones, start=1)]


def _row(place: int, one: Zone) -> list[str]:
    waits_s = [at - one.made[call] for call, at in one.said.items()]
    busy_s = sum(end - begun for begun, end in one.played)
    return [
        f"{place}",
        f"{len(one.made)}",
        f"{len(one.said)}",
        ", ".join(f"{count} {why}" for why, count in one.skipped.items()) or "0",
        f"{one.overlaps}",
        f"{median(waits_s):.1f}",
        f"{percentile(waits_s, 95):.1f}",
        f"{max(waits_s):.1f}",
        f"{100 * busy_s / max(end for _, end in one.played):.0f} %",
    ]


TITLES: Final = [
    "zone",
    "calls",
    "spoken",
    "not spoken",
    "overlapping",
    "wait, median s",
    "95 % s",
    "longest s",
    "speaking",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--haste", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    zones = hour(asked.minutes, asked.haste, asked.seed)
    print(heading(Path.cwd()))
    print(table(TITLES, rows(zones)))


if __name__ == "__main__":
    main()
