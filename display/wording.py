"""A board's calls and counters in the words of its languages. Shows nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from display.one_counter import AtCounter
from display.stage import Called
from link.messages import BoardCall, BoardView, CounterInfo, CounterShown, HallInfo, WordInfo
from terminal.big_number import PATHS
from terminal.words import Words

UNKNOWN: Final = CounterShown(counter="", state="closed")


class Wording:
    """How this board says things. `languages`: the first one comes first."""

    def __init__(self, hall: HallInfo, languages: Sequence[Words]) -> None:
        self.hall, self.languages = hall, languages

    def in_all(self, key: str) -> str:
        return joined(words(key) for words in self.languages)

    def called(self, call: BoardCall) -> Called:
        """A call on the stage."""
        return Called(
            call.call,
            call.number,
            self.number_of(call.counter),
            tuple(words("display.counter") for words in self.languages),
            self.place_of(call.counter),
            self.in_all("display.priority") if call.priority else "",
        )

    def at_counter(
        self, code: str, view: BoardView, call: BoardCall | None, now: Words
    ) -> AtCounter:
        """What one counter shows; large words stand in the language that is `now` in turn."""
        shown = next((one for one in view.counters if one.counter == code), UNKNOWN)
        door, desk = self._door(code, now), self._desk(code)
        facts = AtCounter(door, desk, next_word=now("display.next"), next=shown.next or "")
        if shown.number is None:
            state = now(f"display.state_{shown.state}")
            return facts._replace(state=state, why=self._why(shown))
        is_called = call is not None and call.number == shown.number
        return facts._replace(
            number=shown.number,
            banner=self.in_all("display.calling" if is_called else "display.at_counter"),
            mark=self.in_all("display.priority") if _has_priority(shown.number, view) else "",
            call=call.call if call is not None and is_called else None,
        )

    def lost_counter(self, code: str, now: Words) -> AtCounter:
        """While the server is lost nobody knows what stands at the counter."""
        return AtCounter(self._door(code, now), self._desk(code))

    def number_of(self, code: str) -> str:
        counter = self._info(code)
        return str(counter.number) if counter else code

    def place_of(self, code: str) -> str:
        """The zone and the floor of a counter, where it has them."""
        counter = self._info(code)
        if counter is None:
            return ""
        return joined(place for words in self.languages if (place := _place(counter, words)))

    def zone_of(self, codes: Sequence[str], words: Words) -> str:
        """The zone that all these counters are in, if it is one."""
        zones = {words.name(info.zone) for code in codes if (info := self._info(code))}
        return zones.pop() if len(zones) == 1 else ""

    def _door(self, code: str, now: Words) -> str:
        """Over the counter, in letters that can be drawn large."""
        word, number = now("display.counter"), self.number_of(code)
        return f"{word} {number}" if set(word) <= PATHS.keys() else number

    def _desk(self, code: str) -> str:
        info = self._info(code)
        names = joined(words.name(info.names) for words in self.languages) if info else ""
        return " · ".join(part for part in (names, self.place_of(code)) if part)

    def _why(self, shown: CounterShown) -> str:
        """Why a counter is paused, in every language."""
        if shown.pause_reason is None or shown.state != "paused":
            return ""
        words = _names(self.hall.pause_reasons, shown.pause_reason)
        return joined(one.name(words) for one in self.languages)

    def _info(self, code: str) -> CounterInfo | None:
        return next((one for one in self.hall.counters if one.code == code), None)


def joined(texts: Iterable[str]) -> str:
    """Each text once: names are often the same in two languages."""
    return " · ".join(dict.fromkeys(text for text in texts if text))


def _place(counter: CounterInfo, words: Words) -> str:
    zone = words.name(counter.zone)
    floor = words("display.floor", floor=counter.floor) if counter.floor else ""
    return ", ".join(part for part in (zone, floor) if part)


def _has_priority(number: str, view: BoardView) -> bool:
    return any(call.priority for call in view.calls if call.number == number)


def _names(those: Iterable[WordInfo], code: str) -> dict[str, str]:
    return next((one.names for one in those if one.code == code), {})
