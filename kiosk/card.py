"""The code on a Vietnamese identity card: whose it is, and how old they are.

Nothing else of a card is kept: neither name nor address ever leaves the text that was scanned.
"""

from __future__ import annotations

import hmac
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Reason = Literal["not_a_card", "bad_birth_date", "bad_number"]

CODE: Final = re.compile(
    r"[\ufeff\s]*(\d{12})\s*\|"  # the person's number
    r"\s*(?:\d{9})?\s*\|"  # that of the card before, if there was one
    r"[^|]*\|"  # name
    r"([^|]*)\|"  # birth date
    r"[^|]*\|[^|]*\|",  # sex and address; the day of issue and what newer cards add follow
    re.ASCII,
)
BIRTH_DATE: Final = re.compile(r"(?:(\d\d)(\d\d))?(\d{4})", re.ASCII)  # ddmmyyyy, or the year alone


class NotACard(Exception):  # noqa: N818 - told as it is
    """Not the code of an identity card, or not a true one: number and birth date contradict.

    Says nothing of what was scanned but the `reason`.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, repr=False)
class Card:
    """One person, for as long as the visit lasts. Never shown, never logged."""

    number: str
    born: date

    def __repr__(self) -> str:
        return "Card(…)"

    def age(self, today: date) -> int:
        """In whole years."""
        birthday_to_come = (today.month, today.day) < (self.born.month, self.born.day)
        return today.year - self.born.year - birthday_to_come

    def person(self, key: str, day: date) -> str:
        """The same 64 hexadecimal digits for the same person, on this day and under this key only.

        Without the key nobody can find the number by trying all of them.
        """
        assert key, "without a key anybody could try all numbers"
        key_of_the_day = hmac.digest(key.encode(), day.isoformat().encode(), "sha256")
        return hmac.digest(key_of_the_day, self.number.encode(), "sha256").hex()


def read_card(text: str, today: date) -> Card:
    """The card whose code was scanned. Raises NotACard."""
    code = CODE.match(text)
    if code is None:
        raise NotACard("not_a_card")
    number, written = code.groups()
    year = _birth_year(number)
    born = _birth_date(written.strip(), year)
    if born.year != year:
        raise NotACard("bad_number")
    if born > today:
        raise NotACard("bad_birth_date")
    return Card(number, born)


def _birth_year(number: str) -> int:
    """The fourth digit is century and sex, 0 and 1 from 1900 on; the next two are the year."""
    return 1900 + int(number[3]) // 2 * 100 + int(number[4:6])


def _birth_date(written: str, year: int) -> date:
    """Zeros stand for what nobody knows: the year is `year` then, day and month are the first.

    Raises NotACard.
    """
    parts = BIRTH_DATE.fullmatch(written)
    if parts is None:
        raise NotACard("bad_birth_date")
    day, month, written_year = (int(part or 0) for part in parts.groups())
    with suppress(ValueError):
        return date(written_year or year, month or 1, (day if month else 0) or 1)
    raise NotACard("bad_birth_date")
