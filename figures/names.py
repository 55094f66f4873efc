"""What everything in a hall is called, ready to be read in one language. Whoever has the
configuration makes it; a code that has no name any more is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class HallNames:
    """The names of one hall in one language, each by its code, in the hall's own order."""

    language: str
    hall: str
    unit: str  # the body the hall belongs to
    place: str  # for the line over the date of a report
    services: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)  # by letter
    counters: Mapping[str, str] = field(default_factory=dict)  # with their numbers: Quầy 1
    agencies: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    officers: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    pause_reasons: Mapping[str, str] = field(default_factory=dict)
    hold_reasons: Mapping[str, str] = field(default_factory=dict)
    jump_reasons: Mapping[str, str] = field(default_factory=dict)
    cancel_reasons: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    devices: Mapping[str, str] = field(default_factory=dict)


def named(names: Mapping[str, str], code: str) -> str:
    """The name of a code, or the code itself."""
    return names.get(code, code)
