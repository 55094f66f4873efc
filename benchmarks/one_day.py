"""A day of the big hall, drawn: who comes, who is called when, and the rows that this leaves.

Counters of a pool call whoever is first in line, priority groups half an hour ahead; times of day
are seconds after local midnight.
"""

from __future__ import annotations

import heapq
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import numpy as np

from benchmarks import big_hall
from benchmarks.big_hall import HALL, OFFERS
from hall.model import number_of

HALF_HOUR_S: Final = 1800.0
OPENS_S, NOON_S, AFTER_NOON_S, CLOSES_S = 27_000.0, 41_400.0, 46_800.0, 61_200.0
LAST_CALL_S: Final = CLOSES_S + HALF_HOUR_S
PATIENCE_S: Final = 120.0  # until a call nobody comes to is a no-show
SHORTEST_S: Final = 45.0

Row = dict[str, Any]


@dataclass(slots=True)
class Turn:
    """One wait and the service after it. Times in seconds of the day."""

    ticket: str
    turn: int
    offer: int  # place in OFFERS
    issued: float
    opened: float
    queued: float
    slot: float | None
    group: str | None
    channel: str
    service_s: float
    shows_up: bool
    moves_on: bool  # to another service
    counter: str | None = None
    called: float | None = None
    started: float | None = None
    ended: float | None = None
    stage: str = "left_over"
    overtook: int = 0
    longest: str | None = None
    jump: str | None = None
    outcome: str | None = None

    @property
    def line(self) -> float:
        """Its place in line."""
        return self.queued - (HALF_HOUR_S if self.group else 0.0)


class Day:
    """One day, lived through when it is made."""

    def __init__(self, day: date, chance: np.random.Generator, visits: int) -> None:
        self._day, self._chance = day, chance
        self._midnight = datetime.combine(day, time(0), big_hall.setup().hours.timezone).astimezone(
            UTC
        )
        self._closes = CLOSES_S if day.weekday() < 5 else NOON_S
        self._turns: list[Turn] = []
        waiting: dict[str, list[Turn]] = defaultdict(list)
        for turn in self._arrivals(visits):
            waiting[OFFERS[turn.offer].pool].append(turn)
        for pool, counters in big_hall.pools().items():
            for moved in self._serve(waiting[pool], counters):
                waiting[OFFERS[moved.offer].pool].append(moved)

    # --- Who comes -----------------------------------------------------------------------------

    def _arrivals(self, visits: int) -> Iterator[Turn]:
        chance, count = self._chance, int(self._chance.poisson(visits))
        starts = [at.hour * 3600.0 + at.minute * 60.0 for at, _ in big_hall.ARRIVALS]
        shares = np.array(
            [
                share if at < self._closes else 0.0
                for at, (_, share) in zip(starts, big_hall.ARRIVALS, strict=True)
            ]
        )
        slots = chance.choice(len(starts), count, p=shares / shares.sum())
        arrives = np.sort(np.round(np.array(starts)[slots] + chance.random(count) * HALF_HOUR_S, 6))
        offers = _drawn(chance, count, [offer.share for offer in OFFERS])
        channels = list(big_hall.CHANNELS)
        channel = _drawn(chance, count, list(big_hall.CHANNELS.values()))
        groups = [None, *big_hall.GROUPS]
        rest = 1 - sum(big_hall.GROUPS.values())
        group = _drawn(chance, count, [rest, *big_hall.GROUPS.values()])
        shows_up = chance.random(count) >= big_hall.NO_SHOW
        moves_on = chance.random(count) < big_hall.TRANSFER
        service_s = self._desk_times(offers)
        numbers: Counter[str] = Counter()
        for n in range(count):
            field = OFFERS[offers[n]].field
            numbers[field] += 1
            at = float(arrives[n])
            booked = channels[channel[n]] == "booked"
            yield Turn(
                ticket=number_of(field, numbers[field]),
                turn=1,
                offer=int(offers[n]),
                issued=at,
                opened=at,
                queued=at,
                slot=at + 300.0 if booked else None,
                group=groups[group[n]],
                channel=channels[channel[n]],
                service_s=float(service_s[n]),
                shows_up=bool(shows_up[n]),
                moves_on=bool(moves_on[n]),
            )

    def _desk_times(self, offers: Any) -> Any:
        """Log-normal, with the mean and the variation of each service."""
        mean = np.array([60 * offer.mean_min for offer in OFFERS])[offers]
        variance = np.log1p(np.array([offer.variation for offer in OFFERS])[offers] ** 2)
        drawn = self._chance.lognormal(np.log(mean) - variance / 2, np.sqrt(variance))
        return np.round(np.maximum(SHORTEST_S, drawn), 6)

    # --- Who is called -------------------------------------------------------------------------

    def _serve(self, turns: list[Turn], counters: list[str]) -> list[Turn]:
        """Let a pool of counters serve these; those that move on begin another turn."""
        self._turns += turns
        coming = sorted(turns, key=lambda turn: turn.opened, reverse=True)
        line: list[tuple[float, int, Turn]] = []
        free = [(OPENS_S, counter) for counter in counters]
        moved: list[Turn] = []
        order = 0
        while coming or line:
            at, counter = heapq.heappop(free)
            if not line:
                at = max(at, coming[-1].opened)
            at = self._working(at)
            if at > self._closes + HALF_HOUR_S:
                break
            while coming and coming[-1].opened <= at:
                turn = coming.pop()
                heapq.heappush(line, (turn.line, order, turn))
                order += 1
            turn = heapq.heappop(line)[2]
            self._called(turn, at, counter, line)
            heapq.heappush(free, (turn.ended or at, counter))
            if turn.stage == "transferred":
                moved.append(self._next_turn(turn))
        return moved

    def _working(self, at: float) -> float:
        """Nobody is called over noon."""
        return AFTER_NOON_S if NOON_S <= at < AFTER_NOON_S and self._closes > NOON_S else at

    def _called(
        self, turn: Turn, at: float, counter: str, line: Iterable[tuple[float, int, Turn]]
    ) -> None:
        turn.called, turn.counter = at, counter
        if turn.group:
            passed = [other for _, _, other in line if other.queued < turn.queued]
            turn.overtook = len(passed)
            turn.longest = min(passed, key=lambda other: other.queued).ticket if passed else None
        if not turn.shows_up:
            turn.stage, turn.ended = "no_show", at + PATIENCE_S
            return
        turn.started = at + 20.0
        if turn.moves_on and OFFERS[turn.offer].pool != "tra-ket-qua":
            turn.stage, turn.ended = "transferred", turn.started + 60.0
            return
        turn.stage, turn.ended = "done", turn.started + turn.service_s
        words = big_hall.OUTCOMES
        turn.outcome = words[min(int(self._chance.exponential(0.5)), len(words) - 1)]
        if OFFERS[turn.offer].code == "TR10":
            turn.outcome = big_hall.PAYS_BACK

    def _next_turn(self, turn: Turn) -> Turn:
        """The same ticket waits for another service, in its old place."""
        later = [
            place
            for place, offer in enumerate(OFFERS)
            if _POOLS.index(offer.pool) > _POOLS.index(OFFERS[turn.offer].pool)
        ]
        offer = int(self._chance.choice(later))
        assert turn.ended is not None
        return Turn(
            ticket=turn.ticket,
            turn=turn.turn + 1,
            offer=offer,
            issued=turn.issued,
            opened=turn.ended,
            queued=turn.queued,
            slot=turn.slot,
            group=turn.group,
            channel=turn.channel,
            service_s=turn.service_s,
            shows_up=True,
            moves_on=False,
        )

    # --- Rows ----------------------------------------------------------------------------------

    def turns(self) -> Iterator[Row]:
        """Rows of `tables.turns`."""
        for turn in self._turns:
            offer = OFFERS[turn.offer]
            done = turn.stage == "done"
            late = done and turn.outcome == big_hall.PAYS_BACK and hash_of(turn) % 20 == 0
            called = turn.called
            yield {
                "hall": HALL,
                "day": self._day,
                "ticket": turn.ticket,
                "turn": turn.turn,
                "service": offer.code,
                "field": offer.field,
                "group_code": turn.group,
                "language": "vi",
                "channel": turn.channel,
                "counter": turn.counter,
                "agency": offer.pool if called is not None else "",
                "officer": f"cb{turn.counter[1:]}" if turn.counter else None,
                "stage": turn.stage,
                "issued_at": self._at(turn.issued),
                "slot_at": self._at(turn.slot),
                "opened_at": self._at(turn.opened),
                "queued_at": self._at(turn.queued),
                "called_at": self._at(called),
                "started_at": self._at(turn.started),
                "ended_at": self._at(turn.ended or LAST_CALL_S + HALF_HOUR_S),
                "told_low_s": 600,
                "told_high_s": 1200,
                "wait_s": None if called is None else round(called - turn.opened, 6),
                "wait_target_s": None if called is None else self._counted_s(turn, called),
                "service_s": _span_s(turn.started, turn.ended),
                "held_s": 0.0,
                "start_estimated": False,
                "recalls": 0 if turn.shows_up else 2,
                "missed": 0,
                "rule": None if called is None else "head_start" if turn.group else "first_in_line",
                "overtook": turn.overtook,
                "jump_reason": turn.jump,
                "outcome": turn.outcome,
                "dossier": f"H{self._day:%y%m}-{hash_of(turn) % 60_000:05}" if done else None,
                "rating": None,
                "clock_stepped": False,
                "due_on": self._day if turn.outcome == big_hall.PAYS_BACK else None,
                "late": late if turn.outcome == big_hall.PAYS_BACK else None,
                "apology_no": "12/XL" if late else None,
                "apology_on": self._day if late else None,
                "longest": turn.longest,
            }

    def ratings(self, turns: list[Row]) -> Iterator[Row]:
        """Rows of `tables.ratings`, for some of those served; their turns know the level, too."""
        served = [row for row in turns if row["stage"] == "done"]
        rated = self._chance.random(len(served)) < big_hall.RATED
        levels = 1 + _drawn(self._chance, len(served), big_hall.LEVELS)
        for row, given, level in zip(served, rated, levels, strict=True):
            if given:
                row["rating"] = int(level)
                yield {
                    "hall": HALL,
                    "day": self._day,
                    "ticket": row["ticket"],
                    "turn": row["turn"],
                    "at": row["ended_at"],
                    "level": int(level),
                    "levels": 5,
                    "tags": json.dumps(["long_wait"] if level <= 2 else []),
                    "device": f"rating-{row['counter']}",
                    "text": None,
                }

    def tags_of(self, rating: Row) -> list[str]:
        found: list[str] = json.loads(rating["tags"])
        return found

    def spans(self) -> Iterator[Row]:
        """Rows of `tables.counter_spans`: every counter is open all day."""
        for seq, (pool, code) in enumerate(
            (pool, code) for pool, codes in big_hall.pools().items() for code in codes
        ):
            yield {
                "hall": HALL,
                "day": self._day,
                "counter": code,
                "seq": self._day.toordinal() * 1000 + seq,
                "since": self._at(OPENS_S),
                "until": self._at(self._closes),
                "officer": f"cb{code[1:]}",
                "agency": pool,
                "state": "open",
                "reason": None,
            }

    def _at(self, seconds: float | None) -> datetime | None:
        return None if seconds is None else self._midnight + timedelta(seconds=seconds)

    def _counted_s(self, turn: Turn, called: float) -> float:
        """The wait for the target: from the slot, without the hours that are closed."""
        since = max(turn.opened, turn.slot or 0.0)
        morning = min(called, NOON_S) - max(since, OPENS_S)
        afternoon = min(called, CLOSES_S) - max(since, AFTER_NOON_S)
        return round(max(0.0, morning) + max(0.0, afternoon), 6)


_POOLS: Final = list(big_hall.COUNTERS)


def hash_of(turn: Turn) -> int:
    """A number that is the turn's own."""
    return int(turn.issued * 1_000_003) + turn.turn


def _drawn(chance: np.random.Generator, count: int, shares: Iterable[float]) -> Any:
    weights = np.array(list(shares))
    return chance.choice(len(weights), count, p=weights / weights.sum())


def _span_s(since: float | None, until: float | None) -> float | None:
    return None if since is None or until is None else round(until - since, 6)
