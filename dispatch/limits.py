"""How much the doors put up with: every limit on strangers and screens in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much the doors put up with."""

    hello_within_s: float = 5.0
    goodbye_within_s: float = 2.0
    unannounced: int = 50  # connections that have not said hello yet
    ticket_screens: int = 2_000
    tickets_per_person: int = 0  # a day, by identity card; 0: as many as anybody likes
