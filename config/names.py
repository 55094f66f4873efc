"""What everything in the hall is called in one language, for reports. Checks nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from config.values import Config
from figures.names import HallNames
from figures.words import languages

COUNTER: Final = {"vi": "Quầy {number}", "en": "Counter {number}"}


class Named(Protocol):
    """What has a code, and names by language."""

    @property
    def code(self) -> str: ...

    @property
    def names(self) -> Mapping[str, str]: ...


def names_of(config: Config) -> dict[str, HallNames]:
    """The names by language, for every language reports are written in; the hall's own first."""
    own = [language for language in config.hall_info.languages if language in languages()]
    return {
        language: hall_names(config, language) for language in dict.fromkeys((*own, *languages()))
    }


def hall_names(config: Config, language: str) -> HallNames:
    """The names in this language; where one is missing, in the hall's first."""
    hall = config.hall_info

    def said(names: Mapping[str, str]) -> str:
        return names.get(language) or names.get(hall.languages[0]) or next(iter(names.values()), "")

    def by_code(things: Iterable[Named]) -> dict[str, str]:
        return {thing.code: said(thing.names) for thing in things}

    counter = COUNTER.get(language, COUNTER["vi"])
    return HallNames(
        language=language,
        hall=said(hall.names),
        unit=said(hall.unit),
        place=place_of(said(hall.address)),
        services=by_code(hall.services),
        fields=by_code(hall.fields),
        counters={one.code: counter.format(number=one.number) for one in hall.counters},
        agencies={
            config.setup.counters[one.code].agency: said(one.agency) for one in hall.counters
        },
        groups=by_code(hall.groups),
        officers=by_code(config.officers.values()),
        outcomes=by_code(hall.outcomes),
        pause_reasons=by_code(hall.pause_reasons),
        hold_reasons=by_code(hall.hold_reasons),
        jump_reasons=by_code(hall.jump_reasons),
        cancel_reasons=by_code(hall.cancel_reasons),
        tags=by_code(hall.rating_tags),
    )


def place_of(address: str) -> str:
    """The place in an address: what stands behind its last comma, with a capital letter."""
    place = address.rpartition(",")[2].strip()
    return place[:1].upper() + place[1:]
