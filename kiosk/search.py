"""Finds services for what somebody typed: without accents or blanks, by initials, with a slip.

Nothing typed is kept; only the hall's own names are remembered in the form they are compared in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final
from unicodedata import normalize

from link.messages import HallInfo
from terminal.alphabet import SortKey, fold, sort_key
from terminal.words import Words

LEAST_WITH_SLIP: Final = 4  # letters; of fewer, one wrong letter leaves too little
LEAST_INITIALS: Final = 2
WORD: Final = re.compile(r"[^\W_]+")
# Telex writes ả, ơ, ế as ar, ow, ees: in the form without accents these letters are too many.
TELEX_TWICE: Final = re.compile(r"([aeod])\1")
TELEX_MARK: Final = re.compile(r"(?<=[aeiou])([a-z]*)")
TELEX_MARKS: Final = str.maketrans("", "", "sfrxjw")


@dataclass(frozen=True, slots=True)
class Service:
    """What can be found. Names and fields are in the hall's languages, the reader's first."""

    code: str
    names: tuple[str, ...]
    fields: tuple[str, ...]


def services(hall: HallInfo, codes: Iterable[str], words: Words) -> list[Service]:
    """Those of the hall's services with these codes."""
    wanted, fields = set(codes), {field.code: field.names for field in hall.fields}
    others = (language for language in hall.languages if language != words.language)
    languages = (words.language, *others)
    return [
        Service(
            one.code,
            tuple(_in(languages, one.names, words)),
            tuple(_in(languages, fields.get(one.field, {}), words)),
        )
        for one in hall.services
        if one.code in wanted
    ]


def _in(languages: Iterable[str], names: Mapping[str, str], words: Words) -> Iterator[str]:
    for language in languages:
        yield names.get(language) or words.name(names)


def find(text: str, services: Iterable[Service]) -> list[str]:
    """Codes of what fits, the best first, in Vietnamese order where all is equal.

    Without a text all of them. Each looser way to read it is tried only where the stricter ones
    found nothing.
    """
    listed = sorted(services, key=lambda service: _form(service.names[0]).place)
    typed = Form.of(text)
    if not typed.words:
        return [service.code for service in listed]
    telex = Form.of(" ".join(map(_without_telex, typed.words)))
    for form, fits in ((typed, _words_fit), (typed, _initials_fit), (telex, _words_fit)):
        found = _ranked(form, listed, fits)
        if found:
            return found
    return _ranked(typed, listed, _fit_with_a_slip)


@dataclass(frozen=True, slots=True)
class Form:
    """A text as it is compared: folded words, and y as i, for ký and kí are one word."""

    words: tuple[str, ...]
    written: tuple[str, ...]  # the words with their accents
    place: SortKey

    @classmethod
    def of(cls, text: str) -> Form:
        written = tuple(WORD.findall(normalize("NFC", text).casefold()))
        words = tuple(fold(word).replace("y", "i") for word in written)
        return cls(words, written, sort_key(text))

    @property
    def line(self) -> str:
        return " ".join(self.words)

    @property
    def squeezed(self) -> str:
        return "".join(self.words)

    def tails(self) -> list[str]:
        """The squeezed text from each of its words on."""
        squeezed = self.squeezed
        starts = accumulate(map(len, self.words[:-1]), initial=0)
        return [squeezed[start:] for start in starts]


_form = lru_cache(maxsize=4096)(Form.of)  # of the hall's names alone

Fits = Callable[[Form, Form, Form], int | None]  # typed, name, field: the lower, the better


def _ranked(typed: Form, services: Sequence[Service], fits: Fits) -> list[str]:
    ranks = ((_rank(typed, service, fits), service.code) for service in services)
    found = [(rank, code) for rank, code in ranks if rank is not None]
    return [code for _, code in sorted(found, key=lambda one: one[0])]


def _rank(typed: Form, service: Service, fits: Fits) -> tuple[bool, bool, int] | None:
    """The reader's language goes first, then what has the accents that were typed."""
    if typed.squeezed == _form(service.code).squeezed:
        return False, False, -1
    names = enumerate(zip(service.names, service.fields, strict=True))
    ranks = (
        (language > 0, not _has_accents(typed, _form(name)), rank)
        for language, (name, field) in names
        if (rank := fits(typed, _form(name), _form(field))) is not None
    )
    return min(ranks, default=None)


def _has_accents(typed: Form, name: Form) -> bool:
    return typed.written != typed.words and _begin(typed.written, name.written)


# --- Ways to fit, from strict to loose -----------------------------------------------------------


def _words_fit(typed: Form, name: Form, field: Form) -> int | None:
    """The whole name, its beginning, its words in one piece, in order, in any order, without
    blanks; with words of the field's name."""
    fits = (
        typed.words == name.words,
        name.line.startswith(typed.line),
        f" {typed.line}" in f" {name.line}",
        _in_order(typed.words, name.words),
        _begin(typed.words, name.words),
        any(tail.startswith(typed.squeezed) for tail in name.tails()),
        _begin(typed.words, name.words + field.words),
    )
    return next((rank for rank, fit in enumerate(fits) if fit), None)


def _initials_fit(typed: Form, name: Form, _field: Form) -> int | None:
    """ "dkks" is "Đăng ký khai sinh"."""
    at = "".join(word[0] for word in name.words).find(typed.squeezed)
    return at if at >= 0 and len(typed.squeezed) >= LEAST_INITIALS else None


def _fit_with_a_slip(typed: Form, name: Form, _field: Form) -> int | None:
    if len(typed.squeezed) < LEAST_WITH_SLIP:
        return None
    fits = (_begins_with_slip(tail, typed.squeezed) for tail in name.tails())
    return next((word for word, fit in enumerate(fits) if fit), None)


def _begin(typed: Sequence[str], words: Sequence[str]) -> bool:
    """Whether each typed word begins one of the words."""
    return all(any(word.startswith(one) for word in words) for one in typed)


def _in_order(typed: Sequence[str], words: Sequence[str]) -> bool:
    rest = iter(words)
    return all(any(word.startswith(one) for word in rest) for one in typed)


def _begins_with_slip(text: str, typed: str) -> bool:
    """Whether the text begins as typed but for one letter: too many, missing, wrong; or two
    letters that changed places."""
    same = next(
        (at for at, (a, b) in enumerate(zip(text, typed, strict=False)) if a != b),
        min(len(text), len(typed)),
    )
    text, typed = text[same:], typed[same:]
    return (
        text.startswith(typed[1:])
        or text[1:].startswith((typed, typed[1:]))
        or (text[:2] == typed[1::-1] and text[2:].startswith(typed[2:]))
    )


def _without_telex(word: str) -> str:
    """ "chuwngs", typed where no input method runs, is "chung"."""
    once = TELEX_TWICE.sub(r"\1", word)
    return TELEX_MARK.sub(lambda tail: tail[1].translate(TELEX_MARKS), once, count=1)
