"""How long somebody who typed wrong PINs must wait. Knows no PIN, and forgets all at a restart.

Wrong PINs in a row are counted twice: for the device, and for the officer at that device. Never
for the officer alone: a stranger at one screen could then keep an officer from every screen of the
hall, for as long as the stranger liked. The device's count slows down whoever stands there,
whichever names they try. The count of officer and device is for a colleague, whose own right PIN
in between would otherwise wipe out the guesses at somebody else's.

What is counted is bounded by the hall's configuration: devices are counted that were let in, and
officers that there are. A name that nobody has counts for its device only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from typing import Final

DELAYS_S: Final = (0, 0, 1, 2, 4, 8, 16, 32, 60)  # after so many wrong PINs; then always the last

NOTICED_FROM: Final = 5  # wrong PINs in a row at one device: the manager is told,
NOTICED_FOR_S: Final = 600  # and told that it is over, so long after the last one

Key = tuple[str, ...]  # a device, or an officer and a device


@dataclass(frozen=True, slots=True)
class Wrong:
    """How many wrong PINs in a row, and until when that holds off the next one."""

    count: int
    until: float
    at: float  # the last one


NONE_YET: Final = Wrong(0, -math.inf, -math.inf)


class Lockout:
    """Who must wait. `clock`: seconds that nobody can set back."""

    def __init__(self, officers: Container[str], clock: Callable[[], float]) -> None:
        self._officers, self._clock = officers, clock
        self._wrong: dict[Key, Wrong] = {}

    def wait_s(self, officer: str, device: str) -> int:
        """Whole seconds until this officer may try at this device; 0: now."""
        until = max(self._wrong.get(key, NONE_YET).until for key in self._keys(officer, device))
        left_s = max(0.0, until - self._clock())
        return math.ceil(round(left_s, 3))  # what floats get wrong is no second more

    def was_wrong(self, officer: str, device: str) -> int:
        """Count a wrong PIN; the whole seconds that must pass before the next."""
        for key in self._keys(officer, device):
            count = self._wrong.get(key, NONE_YET).count + 1
            delay_s = DELAYS_S[min(count, len(DELAYS_S)) - 1]
            self._wrong[key] = Wrong(count, self._clock() + delay_s, self._clock())
        return self.wait_s(officer, device)

    def was_right(self, officer: str, device: str) -> None:
        """The PIN was right: the wrong ones before it are forgotten."""
        for key in self._keys(officer, device):
            self._wrong.pop(key, None)

    def guessed(self) -> Iterator[str]:
        """The devices where so many wrong PINs were typed lately that somebody should look."""
        since = self._clock() - NOTICED_FOR_S
        for key, wrong in self._wrong.items():
            if len(key) == 1 and wrong.count >= NOTICED_FROM and wrong.at > since:
                yield key[0]

    def __len__(self) -> int:
        """How many counts are kept."""
        return len(self._wrong)

    def _keys(self, officer: str, device: str) -> Iterator[Key]:
        yield (device,)
        if officer in self._officers:
            yield officer, device
