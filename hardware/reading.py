"""Numbers and sentences as they are spoken: words, and the clips that say the same. No sound."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from string import ascii_uppercase
from types import MappingProxyType
from typing import Final, Literal
from unicodedata import normalize

Style = Literal["digits", "full"]
Region = Literal["north", "south"]

FIRST: Final = "vi"  # every call is spoken in it, and then in the ticket's own language
HIGHEST: Final = 9999
DEFAULT_TEMPLATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "vi": "Mời công dân có số {number} đến quầy số {counter}",
        "en": "Ticket {number}, please proceed to counter {counter}",
    }
)

DIGITS: Final = {
    "vi": ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
PLAIN_DIGITS: Final = tuple("0123456789")  # of a language that only its clips can speak
# How letters are called in Vietnamese. J is written "Gi", which synthesizers stumble over.
NAMES: Final = (
    "A,Bê,Xê,Dê,E,Ép,Gờ,Hát,I,Di,Ca,E lờ,Em mờ,En nờ,O,Pê,Quy,E rờ,Ét,Tê,U,Vê,Vê kép,Ích,I dài,Dét"
)
LETTERS: Final = dict(zip(ascii_uppercase, NAMES.split(","), strict=True))
ODD: Final[dict[Region, str]] = {"north": "linh", "south": "lẻ"}  # between hundreds and a unit
FOUR: Final[dict[Region, str]] = {"north": "tư", "south": "bốn"}  # behind mươi
THOUSAND: Final[dict[Region, str]] = {"north": "nghìn", "south": "ngàn"}

TEENS: Final = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

NUMBER: Final = re.compile(r"([A-Z]?)([0-9]{1,4})")
PLACES: Final = re.compile(r"(\{number\}|\{counter\})")
STOPS: Final = re.compile(r"[^\w\s-]|_")  # what no file name needs


class BadNumber(ValueError):  # noqa: N818 - it says what was typed
    """It is no ticket's number."""


@dataclass(frozen=True)
class Sentence:
    """What is said in one language. `text`: for a synthesizer; None: no program spells it.

    `clips`: the recordings that say the same one after another, each named by what it says.
    """

    language: str
    text: str | None
    clips: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """How a hall reads its numbers, and the sentences around them by language."""

    style: Style = "digits"
    region: Region = "north"
    templates: Mapping[str, str] = field(default_factory=dict)  # instead of the default ones

    def knows(self, language: str) -> bool:
        return language in self.templates or language in DEFAULT_TEMPLATES

    def template(self, language: str) -> str:
        """Raises KeyError."""
        return self.templates.get(language) or DEFAULT_TEMPLATES[language]

    def sentence(self, language: str, number: str, counter: int) -> Sentence:
        """The call of a ticket to a counter.

        Raises BadNumber, and KeyError for a language without a template.
        """
        letter, count = parts_of(number)
        words = self.words(language, count)
        return Sentence(
            language,
            self._text(language, letter, words, counter) if language in DIGITS else None,
            tuple(self._clips(language, letter, words, counter)),
        )

    def words(self, language: str, count: int) -> list[str]:
        """The digits as they stand on the ticket, A005 with all its zeros; or the whole number."""
        if self.style == "full" and language in DIGITS:
            return full(language, count, self.region)
        return digits(language, f"{count:03d}")

    def clips_needed(
        self, language: str, letters: Iterable[str], counters: Iterable[int]
    ) -> list[str]:
        """Every clip that numbers up to 999 of these letters at these counters can need."""
        numbers = (self._clips(language, "", self.words(language, count), 1) for count in TO_999)
        places = (self._clips(language, "", [], counter) for counter in counters)
        clips = [clip for some in (*numbers, *places) for clip in some]
        return list(dict.fromkeys([*letters, *clips]))

    def _text(self, language: str, letter: str, words: list[str], counter: int) -> str:
        name = LETTERS[letter] if letter and language == FIRST else letter
        if self.style == "digits":
            number = ", ".join([name, *words] if name else words)
        else:  # an English "A" without a comma would be an article
            gap = ", " if language == "en" else " "
            number = gap.join([name, " ".join(words)] if name else [" ".join(words)])
        said = {"{number}": number, "{counter}": " ".join(counter_words(language, counter, self))}
        parts = PLACES.split(self.template(language))
        for place, (part, behind) in enumerate(zip(parts, [*parts[1:], ""], strict=True)):
            if part in said:  # the voice rests for a moment behind the number
                rests = part == "{number}" and re.match(r"\s+\w", behind)
                parts[place] = said[part] + ("," if rests else "")
        return "".join(parts)

    def _clips(self, language: str, letter: str, words: list[str], counter: int) -> Iterator[str]:
        for part in PLACES.split(self.template(language)):
            if part == "{number}":
                yield from [letter, *words] if letter else words
            elif part == "{counter}":
                yield from counter_words(language, counter, self)
            elif phrase := clip_name(part):
                yield phrase


def parts_of(number: str) -> tuple[str, int]:
    """The letter, if any, and the count of a ticket's number. Raises BadNumber."""
    parts = NUMBER.fullmatch(number.strip().upper())
    if parts is None:
        raise BadNumber(f'"{number}" is no number of a ticket, such as A105')
    return parts[1], int(parts[2])


def clip_name(text: str) -> str:
    """What a clip of this text is called: its words alone, composed letters, single blanks."""
    return " ".join(STOPS.sub(" ", normalize("NFC", text)).split())


def counter_words(language: str, counter: int, reading: Reading) -> list[str]:
    """Nobody says "counter one, two": a counter's number is read as a whole in both styles."""
    if language in DIGITS:
        return full(language, counter, reading.region)
    return digits(language, str(counter))


def digits(language: str, number: str) -> list[str]:
    names = DIGITS.get(language, PLAIN_DIGITS)
    return [names[int(digit)] for digit in number]


def full(language: str, number: int, region: Region) -> list[str]:
    """A number from 0 to 9999 in words."""
    assert 0 <= number <= HIGHEST, number
    return list(vietnamese(number, region) if language == FIRST else english(number))


# --- Vietnamese ----------------------------------------------------------------------------------


def vietnamese(number: int, region: Region) -> Iterator[str]:
    names = DIGITS["vi"]
    thousands, below = divmod(number, 1000)
    hundreds, rest = divmod(below, 100)
    if number == 0:
        yield names[0]
    if thousands:
        yield from (names[thousands], THOUSAND[region])
    if hundreds or (thousands and rest):  # nghìn không trăm linh một
        yield from (names[hundreds], "trăm")
    if 0 < rest < 10:
        yield from (ODD[region], names[rest]) if number > rest else (names[rest],)
    elif rest:
        yield from _tens(rest, region)


def _tens(number: int, region: Region) -> Iterator[str]:
    """From 10 to 99: after mươi and mười some units have names of their own."""
    tens, unit = divmod(number, 10)
    behind_ten = {5: "lăm"}
    behind_tens = {1: "mốt", 4: FOUR[region], 5: "lăm"}
    if tens == 1:
        yield "mười"
    else:
        yield from (DIGITS["vi"][tens], "mươi")
    if unit:
        yield (behind_ten if tens == 1 else behind_tens).get(unit, DIGITS["vi"][unit])


# --- English -------------------------------------------------------------------------------------


def english(number: int) -> Iterator[str]:
    names = DIGITS["en"]
    thousands, below = divmod(number, 1000)
    hundreds, rest = divmod(below, 100)
    if thousands:
        yield from (names[thousands], "thousand")
    if hundreds:
        yield from (names[hundreds], "hundred")
    if rest and number > rest:
        yield "and"
    if rest or number == 0:
        yield from _below_hundred(rest)


def _below_hundred(number: int) -> Iterator[str]:
    tens, unit = divmod(number, 10)
    if tens == 0:
        yield DIGITS["en"][unit]
    elif tens == 1:
        yield TEENS[unit]
    else:
        yield TENS[tens - 2]
        if unit:
            yield DIGITS["en"][unit]


TO_999: Final = range(1000)
