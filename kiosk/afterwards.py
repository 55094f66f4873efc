"""How it was, said at the kiosk afterwards: what each key does from the ticket to the reasons.

The ticket is scanned, or told by what is printed on it. Draws nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kiosk.visit import (
    AskLevel,
    ChooseLevel,
    EraseDigit,
    Explain,
    GoOn,
    Held,
    Page,
    Point,
    TypeDigit,
    TypeTicket,
)
from link.messages import Rate
from link.rating_code import DIGITS as CODE_DIGITS
from terminal.keys import ERASE
from terminal.opinion import Opinion

MOST_DIGITS: Final = 7  # of a number, behind its letter
LEAST_DIGITS: Final = 3  # A7 is A007


def digit_step(page: Page, key: str) -> TypeDigit | EraseDigit | None:
    """What a key that is not at the foot does while digits are typed."""
    if not isinstance(page, TypeTicket) or page.letter is None:
        return None
    if key == ERASE:
        return EraseDigit()
    return TypeDigit(key) if key.isascii() and key.isdecimal() else None


def after(page: Page, step: TypeDigit | EraseDigit | GoOn | ChooseLevel | Point) -> Page:
    """The page that a step leads to; the same one where it means nothing."""
    match page, step:
        case TypeTicket(), TypeDigit(digit):
            most = MOST_DIGITS if page.number is None else CODE_DIGITS
            return _whole(replace(page, typed=(page.typed + digit)[:most]))
        case TypeTicket(), EraseDigit():
            return replace(page, typed=page.typed[:-1]) if page.typed else _one_back(page)
        case TypeTicket(number=None), GoOn() if page.typed.strip("0"):
            return replace(page, number=number_of(page.letter or "", page.typed), typed="")
        case AskLevel(ticket), ChooseLevel(level):
            return Explain(ticket, Opinion(level))
        case Explain(ticket, opinion), Point(tag):
            return Explain(ticket, opinion.toggled(tag))
        case _:
            return page


def rating(page: Explain) -> Rate:
    """What is sent of it."""
    ticket, opinion = page.ticket, page.opinion
    return Rate(
        opinion.level,
        ticket=ticket.number,
        token=ticket.token,
        code=ticket.code,
        tags=list(opinion.tags),
    )


def number_of(letter: str, digits: str) -> str:
    """The number as it is printed: A and 7 is A007."""
    return f"{letter}{int(digits):0{LEAST_DIGITS}d}"


def _whole(page: TypeTicket) -> Page:
    """A code is whole by itself; of a number one must say so."""
    if page.number is None or len(page.typed) < CODE_DIGITS:
        return page
    return AskLevel(Held(number=page.number, code=page.typed))


def _one_back(page: TypeTicket) -> Page:
    """From the code to the number, from the number to its letter."""
    if page.number is not None:
        return replace(page, number=None, typed=page.number[1:])
    return replace(page, letter=None)
