"""What one cell of a statistic counts: turns, visits, times, results, ratings. The one definition,
for rows as they are written and for figures kept up to date. Which cell a turn falls into is not
said here.

A row is one of `records.tables.turns`. What a visit came to as a whole (its end, its wait in all)
counts in the cell of its last turn; that it was issued, in the cell of its first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final, NamedTuple, Self

import msgspec

from figures.histogram import Histogram
from figures.times import microseconds

Row = Mapping[str, Any]  # by column

# How a turn ends, as `stage` says it. With any other word it goes on.
DONE, TRANSFERRED = "done", "transferred"
NO_SHOW, CANCELLED, LEFT_OVER = "no_show", "cancelled", "left_over"

# Counted as what, by stage: of a turn, and of a visit by its last turn.
TURN_ENDS: Final = {
    DONE: "served",
    TRANSFERRED: "transferred",
    NO_SHOW: "no_shows",
    CANCELLED: "cancelled",
    LEFT_OVER: "left_over",
}
VISIT_ENDS: Final = {
    DONE: "visits_served",
    NO_SHOW: "visits_no_show",
    CANCELLED: "visits_cancelled",
    LEFT_OVER: "visits_left_over",
}

QUARTER_HOUR_US: Final = 15 * 60 * 1_000_000
HALF_HOUR_US: Final = 30 * 60 * 1_000_000


class Whole(NamedTuple):
    """What a visit came to, once it has ended. Microseconds, summed over its turns."""

    wait_us: int
    felt_us: int
    total_us: int  # from the issue of the number to the end
    trusted: bool


class Part(NamedTuple):
    """One turn as it is counted. `visit` stands with the last turn of a visit that was served."""

    row: Row
    first: bool
    last: bool
    visit: Whole | None


def parts(rows: Sequence[Row]) -> Iterator[Part]:
    """All turns of one ticket, in their order, as they are to be counted."""
    for place, row in enumerate(rows, start=1):
        last = place == len(rows)
        whole = _whole(rows) if last and row["stage"] == DONE else None
        yield Part(row, place == 1, last, whole)


def _whole(rows: Sequence[Row]) -> Whole:
    return Whole(
        wait_us=sum(_us(row["wait_target_s"]) for row in rows),
        felt_us=sum(_us(row["wait_s"]) for row in rows),
        total_us=_us((rows[-1]["ended_at"] - rows[0]["issued_at"]).total_seconds()),
        trusted=not any(row["clock_stepped"] for row in rows),
    )


def _us(seconds: float | None) -> int:
    return 0 if seconds is None else microseconds(seconds)


@dataclass(slots=True, kw_only=True)
class Tally:
    """What there is in one cell. Names in _us are sums in microseconds; all others are counts.

    Times are those of turns and visits during which nobody set the clock. A turn was attended if
    it was served, or called and then transferred; only attended turns have waited.
    """

    # Turns, by their end. Those that have none yet are the difference.
    turns: int = 0
    served: int = 0
    transferred: int = 0
    no_shows: int = 0
    cancelled: int = 0
    left_over: int = 0
    # Visits, issued and by their end.
    visits: int = 0
    visits_served: int = 0
    visits_no_show: int = 0
    visits_cancelled: int = 0
    visits_left_over: int = 0
    priority: int = 0  # visits of a priority group
    # Times of attended turns. The waits are those for the target: closed hours taken out.
    waits: Histogram = field(default_factory=Histogram)
    within_15: int = 0  # of `waits`, 15 minutes or less
    within_30: int = 0
    felt_us: int = 0  # of the same turns: from the issue to the call, by the clock on the wall
    untrusted: int = 0  # attended turns that are not in `waits`
    # Times of visits that were served, summed over their turns.
    visit_waits: Histogram = field(default_factory=Histogram)
    visits_within_15: int = 0
    visits_within_30: int = 0
    visit_felt_us: int = 0
    visit_total_us: int = 0
    visits_untrusted: int = 0
    # Times at the desk.
    services: Histogram = field(default_factory=Histogram)  # of served turns
    estimated: int = 0  # of `services`, begun without a start key: called, plus time to walk
    busy_us: int = 0  # of attended turns, as far as they were being served
    held_us: int = 0  # put aside meanwhile
    # Calls.
    calls: int = 0  # turns that were called
    recalls: int = 0
    missed: int = 0  # put back into line because nobody came
    overtaking: int = 0  # calls that went before somebody
    overtaken: int = 0  # before how many, summed
    jumps: int = 0  # calls out of order, with a reason word
    rules: dict[str, int] = field(default_factory=dict)  # calls by the rule they followed
    jump_reasons: dict[str, int] = field(default_factory=dict)
    # Results.
    outcomes: dict[str, int] = field(default_factory=dict)  # served turns by outcome
    dossiers: int = 0  # served turns with a dossier code
    due: int = 0  # results returned for which the day they were due is known
    late: int = 0  # of these, after that day
    apologized: int = 0  # of the late, with the number of a letter of apology
    # Ratings, by level from the worst; the two scales stay apart.
    ratings_of_3: list[int] = field(default_factory=lambda: [0] * 3)
    ratings_of_5: list[int] = field(default_factory=lambda: [0] * 5)
    returned_of_3: list[int] = field(default_factory=lambda: [0] * 3)  # of these, where a result
    returned_of_5: list[int] = field(default_factory=lambda: [0] * 5)  # was returned
    tags: dict[str, int] = field(default_factory=dict)

    # --- Counting ---

    def count(self, part: Part, times: int = 1) -> None:
        """Count one turn; `times` -1 takes it out again."""
        row = part.row
        self.turns += times
        if end := TURN_ENDS.get(row["stage"]):
            self._more(end, times)
        self._count_visit(part, times)
        self._count_call(row, times)
        if row["stage"] == DONE:
            self._count_result(row, times)
        if row["called_at"] is not None and row["stage"] in (DONE, TRANSFERRED):
            self._count_attended(row, times)

    def count_rating(
        self, level: int, levels: int, tags: Iterable[str], times: int = 1, *, returned: bool
    ) -> None:
        """Count one rating, in the cell of the turn that it is of.

        `returned`: that turn ended with an outcome by which a result is returned.
        """
        self.ratings(levels)[level - 1] += times
        if returned:
            self.ratings(levels, returned=True)[level - 1] += times
        for tag in tags:
            _shift(self.tags, tag, times)

    def merge(self, other: Tally) -> None:
        """Add what another cell has."""
        self._merge(other, 1)

    def subtract(self, other: Tally) -> None:
        """Take out what was merged before."""
        self._merge(other, -1)

    def ratings(self, levels: int, *, returned: bool = False) -> list[int]:
        """Of this scale, from the worst level to the best: all, or those of results returned."""
        found: list[int] = getattr(self, f"{'returned' if returned else 'ratings'}_of_{levels}")
        return found

    def _count_visit(self, part: Part, times: int) -> None:
        if part.first:
            self.visits += times
            self.priority += times * (part.row["group_code"] is not None)
        if part.last and (end := VISIT_ENDS.get(part.row["stage"])):
            self._more(end, times)
        if part.visit is not None:
            self._count_whole(part.visit, times)

    def _count_whole(self, visit: Whole, times: int) -> None:
        if not visit.trusted:
            self.visits_untrusted += times
            return
        self.visit_waits.add(visit.wait_us, times)
        self.visits_within_15 += times * (visit.wait_us <= QUARTER_HOUR_US)
        self.visits_within_30 += times * (visit.wait_us <= HALF_HOUR_US)
        self.visit_felt_us += times * visit.felt_us
        self.visit_total_us += times * visit.total_us

    def _count_attended(self, row: Row, times: int) -> None:
        if row["clock_stepped"]:
            self.untrusted += times
            return
        wait_us, service_us = _us(row["wait_target_s"]), _us(row["service_s"])
        self.waits.add(wait_us, times)
        self.within_15 += times * (wait_us <= QUARTER_HOUR_US)
        self.within_30 += times * (wait_us <= HALF_HOUR_US)
        self.felt_us += times * _us(row["wait_s"])
        self.busy_us += times * service_us
        self.held_us += times * _us(row["held_s"])
        if row["stage"] == DONE and row["service_s"] is not None:
            self.services.add(service_us, times)
            self.estimated += times * bool(row["start_estimated"])

    def _count_call(self, row: Row, times: int) -> None:
        self.recalls += times * row["recalls"]
        self.missed += times * row["missed"]
        if row["called_at"] is None:
            return
        self.calls += times
        self.overtaking += times * (row["overtook"] > 0)
        self.overtaken += times * row["overtook"]
        if row["rule"] is not None:
            _shift(self.rules, row["rule"], times)
        if row["jump_reason"] is not None:
            self.jumps += times
            _shift(self.jump_reasons, row["jump_reason"], times)

    def _count_result(self, row: Row, times: int) -> None:
        if row["outcome"] is not None:
            _shift(self.outcomes, row["outcome"], times)
        self.dossiers += times * (row["dossier"] is not None)
        if row["late"] is not None:
            self.due += times
            self.late += times * bool(row["late"])
            self.apologized += times * (bool(row["late"]) and row["apology_no"] is not None)

    def _more(self, name: str, times: int) -> None:
        setattr(self, name, getattr(self, name) + times)

    def _merge(self, other: Tally, sign: int) -> None:
        for name in COUNTS:
            if count := getattr(other, name):
                self._more(name, sign * count)
        for name in TIMES:
            mine, theirs = getattr(self, name), getattr(other, name)
            (mine.merge if sign > 0 else mine.subtract)(theirs)
        for name in WORDS:
            self._merge_words(name, getattr(other, name), sign)
        for name in RATINGS:
            self._merge_levels(name, getattr(other, name), sign)

    def _merge_words(self, name: str, words: Mapping[str, int], sign: int) -> None:
        mine = getattr(self, name)
        for word, count in words.items():
            _shift(mine, word, sign * count)

    def _merge_levels(self, name: str, levels: Sequence[int], sign: int) -> None:
        mine = getattr(self, name)
        mine[:] = [one + sign * two for one, two in zip(mine, levels, strict=True)]

    # --- Keeping ---

    def to_bytes(self) -> bytes:
        """Equal tallies have equal bytes. Names stand in it, so that later versions may add some;
        what is nothing is left out.
        """
        plain = {name: value for name in COUNTS if (value := getattr(self, name))}
        times = {name: data for name in TIMES if (data := getattr(self, name).to_bytes())}
        words = {name: value for name in WORDS if (value := getattr(self, name))}
        rated = {name: value for name in RATINGS if any(value := getattr(self, name))}
        return _ENCODER.encode({**plain, **times, **words, **rated})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        kept = msgspec.msgpack.decode(data)
        for name in TIMES:
            if name in kept:
                kept[name] = Histogram.from_bytes(kept[name])
        return cls(**kept)

    @classmethod
    def sum_of(cls, written: Iterable[tuple[bytes, int]]) -> Self:
        """What many come to, as they were written; each is added (1) or taken out again (-1)."""
        tally, times = cls(), defaultdict(list)
        for data, sign in written:
            for name, value in msgspec.msgpack.decode(data).items():
                if isinstance(value, int):
                    setattr(tally, name, getattr(tally, name) + sign * value)
                elif isinstance(value, bytes):
                    times[name].append((value, sign))
                elif isinstance(value, list):
                    tally._merge_levels(name, value, sign)
                else:
                    tally._merge_words(name, value, sign)
        for name, found in times.items():
            setattr(tally, name, Histogram.sum_of(found))
        return tally


_ENCODER: Final = msgspec.msgpack.Encoder(order="sorted")

TIMES: Final = ("waits", "visit_waits", "services")
WORDS: Final = ("rules", "jump_reasons", "outcomes", "tags")
RATINGS: Final = ("ratings_of_3", "ratings_of_5", "returned_of_3", "returned_of_5")
COUNTS: Final = tuple(
    one.name for one in fields(Tally) if one.name not in (*TIMES, *WORDS, *RATINGS)
)


def _shift(counts: dict[str, int], word: str, times: int) -> None:
    left = counts.get(word, 0) + times
    if left:
        counts[word] = left
    else:
        counts.pop(word, None)
