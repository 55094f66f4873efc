"""A code scanner on a serial line: tells what it reads, and what troubles it.

Knows no code: what a line means is said elsewhere. No line is logged, or kept once it was told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast

from hardware.addresses import Address
from hardware.lines import Limits, LineReader

Word = Literal["no_scanner", "babble"]


@dataclass(frozen=True, repr=False)
class Scanned:
    """One code that somebody showed."""

    text: str

    def __repr__(self) -> str:
        return "Scanned(…)"


@dataclass(frozen=True)
class ScannerTrouble:
    """What troubles the scanner now; None: nothing does.

    `no_scanner`: it is not there, or another program has it; `babble`: it sends without end.
    """

    word: Word | None


Told = Scanned | ScannerTrouble


class Scanner:
    """Listens to one scanner. `tell` is called in the scanner's own thread, and must not block."""

    def __init__(
        self, address: Address, tell: Callable[[Told], None], *, limits: Limits | None = None
    ) -> None:
        self._tell = tell
        self._reader = LineReader(
            "scanner",
            address,
            self._scanned,
            lambda word: tell(ScannerTrouble(cast("Word | None", word))),
            missing="no_scanner",
            limits=limits or Limits(),
        )

    def start(self) -> None:
        self._reader.start()

    def stop(self) -> None:
        self._reader.stop()

    def _scanned(self, line: bytes) -> None:
        self._tell(Scanned(line.decode("utf-8", "replace")))
