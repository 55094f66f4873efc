"""Every page of the rating screen as a `Picture`. Draws nothing and asks nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from link.messages import HallInfo
from rating.course import (
    Ask,
    Asleep,
    Choose,
    Explain,
    Go,
    Page,
    Point,
    Send,
    Skip,
    Speak,
    Step,
    Thank,
    Write,
)
from terminal.opinion import level_choices, level_name, reason_choices, thanks
from terminal.picture import Key, Picture, Said
from terminal.words import FIRST_LANGUAGE, Words, languages, load


@dataclass(frozen=True, slots=True)
class Painter:
    """Makes pictures in one language for one counter of a hall."""

    words: Words
    hall: HallInfo
    counter: str = ""  # as people call it

    def picture(self, page: Page) -> Picture[Step]:
        match page:
            case Asleep():
                return self._asleep()
            case Ask():
                return self._ask()
            case Explain():
                return self._explain(page)
            case Write():
                return self._write(page)
            case Thank():
                return Picture(self._place(), said=thanks(self.words))
            case _:
                assert_never(page)

    def _asleep(self) -> Picture[Step]:
        """In every language of the hall: nobody knows who comes."""
        said = []
        for words in (self.words, *map(load, self._other_languages())):
            said += [Said(words.name(self.hall.names), "strong"), Said(words("rating.asleep"))]
            said.append(Said(""))
        return Picture(self._place(), said=tuple(said[:-1]))

    def _ask(self) -> Picture[Step]:
        levels = level_choices(self.words, self.hall.rating_levels, Choose)
        keys = (Key("0", self.words("rating.skip"), Skip()), *self._languages())
        return Picture(self.words("rating.question"), tuple(levels), keys=keys)

    def _explain(self, page: Explain) -> Picture[Step]:
        reasons = reason_choices(self.words, self.hall.rating_tags, page.opinion, Point)
        said = Said(self.words("rating.written", text=page.opinion.text), "strong")
        keys: list[Key[Step]] = [
            Key("0", self.words("rating.back"), Go(Ask(page.offer))),
            Key("9", self.words("rating.write"), Go(Write(page.offer, page.opinion))),
        ]
        word = "send" if page.opinion.says_more else "skip"
        return Picture(
            self.words("rating.why", level=self._level(page)),
            tuple(reasons),
            (said,) if page.opinion.text else (),
            keys=(*keys, Key("Enter", self.words(f"rating.{word}"), Send())),
        )

    def _write(self, page: Write) -> Picture[Step]:
        """The only line that asks for something: not to say who one is."""
        keys: tuple[Key[Step], ...] = (
            Key("0", self.words("rating.back"), Go(Explain(page.offer, page.opinion))),
            Key("Enter", self.words("rating.send"), Send()),
        )
        said = Said(self.words("rating.no_names"), "note")
        title = self.words("rating.own_words", level=self._level(page))
        return Picture(title, said=(said,), keys=keys, typed=page.opinion.text)

    # --- Parts -----------------------------------------------------------------------------------

    def _level(self, page: Explain | Write) -> str:
        return level_name(self.words, page.opinion.level, self.hall.rating_levels)

    def _place(self) -> str:
        return self.words("rating.counter", number=self.counter) if self.counter else ""

    def _languages(self) -> Iterator[Key[Step]]:
        for language in self._other_languages()[:1]:
            yield Key("*", load(language)("rating.this_language"), Speak(language))

    def _other_languages(self) -> list[str]:
        """Of the hall, those after the one spoken, in turn."""
        known = [one for one in self.hall.languages if one in languages()] or [FIRST_LANGUAGE]
        at = known.index(self.words.language) if self.words.language in known else -1
        return [one for one in known[at + 1 :] + known[: max(at, 0)] if one != self.words.language]
