"""What is asked before devices and accounts are let in or kept out, and the card with a one-time
code. Asks no server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from link import messages as m
from manager.entrance import Account, Device, Entrance, role_name
from terminal.big_number import BigNumber
from terminal.choice import Choice, Item, searched
from terminal.haste import focus_now
from terminal.lines import Passage
from terminal.question import Question
from terminal.telling import AnyPane
from terminal.words import Words

Make = Callable[[str], m.AnyDo]
CHANGES: Final[dict[str, Make]] = {
    "pair_device": lambda code: m.PairDevice(device=code),
    "unpair_device": lambda code: m.UnpairDevice(device=code),
    "suspend_officer": lambda code: m.SuspendOfficer(officer=code),
    "restore_officer": lambda code: m.RestoreOfficer(officer=code),
    "reset_pin": lambda code: m.ResetPin(officer=code),
}
OF_CODES: Final = "code"  # the kind of the card, which asks for nothing
OF_PAIRING: Final = (  # what the card is called, what is done with the code, and what is typed
    "manager.code_pairing",
    "manager.code_pairing_how",
    "manager.code_pairing_typed",
)
OF_PINS: Final = ("manager.code_pin", "manager.code_pin_how", "manager.code_pin_typed")


def subjects(entrance: Entrance, kind: str, me: str) -> Sequence[Device | Account]:
    """Whom or what it can be done to; nobody suspends the own account."""
    match kind:
        case "pair_device":
            return entrance.devices
        case "unpair_device":
            return [one for one in entrance.devices if one.paired]
        case "suspend_officer":
            return [one for one in entrance.accounts if not one.suspended and one.officer != me]
        case "restore_officer":
            return [one for one in entrance.accounts if one.suspended]
        case _:
            return entrance.accounts


def next_step(
    pane: AnyPane, entrance: Entrance, kind: str, so_far: tuple[str, ...], me: str
) -> Question | m.AnyDo:
    """To whom or what; whether really; then the request."""
    words = pane.words
    match so_far:
        case ():
            items = [_item(pane, one) for one in subjects(entrance, kind, me)]
            return searched(kind, words(f"manager.ask_{kind}"), items, words)
        case (code,):
            yes = Item("yes", words(f"manager.will_{kind}"))
            return Choice(kind, words(f"manager.sure_{kind}", name=code), [yes], words)
        case code, *_:
            return CHANGES[kind](code)
    raise AssertionError(so_far)


def _item(pane: AnyPane, one: Device | Account) -> Item:
    code = one.device if isinstance(one, Device) else one.officer
    return Item(code, f"{code}  ({role_name(pane, one.role)})")


class CodeCard(Question, can_focus=True):
    """A one-time code, large, with until when it is good and what is to be done with it.

    Whoever closes it does not see it again.
    """

    DEFAULT_CSS = """
    CodeCard { width: 76; }
    CodeCard > BigNumber { height: 7; margin: 1 0; color: $primary; }
    CodeCard > #until { text-align: center; text-style: bold; }
    CodeCard > #how { margin: 1 0 0 0; }
    CodeCard > #typed { text-style: bold; margin: 0 0 1 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "give_up", show=False, priority=True),
    ]

    def __init__(self, words: Words, of: m.PairDevice | m.ResetPin, code: str, until: str) -> None:
        if isinstance(of, m.PairDevice):
            name, (title, how, typed) = of.device, OF_PAIRING
        else:
            name, (title, how, typed) = of.officer, OF_PINS
        super().__init__(OF_CODES, words(title, name=name), words("manager.code_hint"))
        self._code, self._until = code, words("manager.code_until", time=until)
        self._how, self._typed = words(how, name=name), words(typed, name=name, code=code)

    def compose(self) -> ComposeResult:
        yield BigNumber(self._code)
        for name in ("until", "how", "typed"):
            yield Passage(id=name)
        yield Passage(id="problem")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#until", Passage).say(f"{self._code} – {self._until}")
        self.query_one("#how", Passage).say(self._how)
        self.query_one("#typed", Passage).say(self._typed)

    def focus_first(self) -> None:
        focus_now(self)


def card(pane: AnyPane, of: m.PairDevice | m.ResetPin, code: str, until: datetime) -> CodeCard:
    """The card of a code that the server has just made."""
    return CodeCard(pane.words, of, code, pane.words.time(until, pane.now()))
