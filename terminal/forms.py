"""Questions with several fields to type in, and the one for another PIN.

They say what is wrong with what was typed; what the hall thinks of it is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input, Static

from link import messages as m
from terminal.haste import caught_up, focus_now, gets_keys, heard, moves
from terminal.lines import Passage
from terminal.question import Question
from terminal.words import Words

SHORTEST_PIN: Final = 4


class Entry(NamedTuple):
    """One field: its name, what it is called, how much fits in, and whether it is hidden.

    `offered`: what stands in it at first is an offer, and the first key typed takes its place.
    """

    name: str
    label: str
    limit: int
    secret: bool = False
    offered: bool = False


class FilledIn(Message):
    """Everything was typed that the question wants to know."""

    def __init__(self, kind: str, do: m.AnyDo) -> None:
        super().__init__()
        self.kind, self.do = kind, do


class Form(Question):
    """Fields one below the other. Enter goes to the next one, and from the last one on."""

    DEFAULT_CSS = "Form > .label { color: $secondary; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", show=False, priority=True),
        *moves("down", "up"),
    ]

    def __init__(self, kind: str, title: str, entries: Sequence[Entry], words: Words) -> None:
        super().__init__(kind, title, words("console.fill_in"))
        self._entries, self._words = entries, words

    def compose(self) -> ComposeResult:
        for name, label, limit, secret, offered in self._entries:
            yield Static(label, classes=f"label {name}", markup=False)
            yield Input(
                id=name, classes=name, max_length=limit, password=secret, select_on_focus=offered
            )
        yield Passage(id="remark")
        yield Passage(id="problem")

    def focus_first(self) -> None:
        focus_now(self.query(Input).first())

    def typed(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    def request(self) -> m.AnyDo | None:
        """What is asked for with all this, or None after a complaint."""
        raise NotImplementedError

    async def action_go_on(self) -> None:
        """To the next field there is once everything typed was taken in, or on."""
        shown = [field for field in self.query(Input) if field.display]
        here = next((place for place, field in enumerate(shown) if gets_keys(field)), None)
        if here is not None:
            await caught_up(shown[here], shown[here], self)
            shown = [field for field in self.query(Input) if field.display]
        if here is not None and here + 1 < len(shown):
            focus_now(shown[here + 1])
        else:
            self._finish()
            await heard(self)

    def _finish(self) -> None:
        self.complain("")
        do = self.request()
        if do is not None:
            self.post_message(FilledIn(self.kind, do))


class PinForm(Form):
    """The old PIN, and another one twice."""

    def __init__(self, words: Words) -> None:
        names = ("pin", "new_pin", "new_pin_again")
        entries = [Entry(name, words(f"console.{name}"), 64, secret=True) for name in names]
        super().__init__("change_pin", words("console.ask_change_pin"), entries, words)

    def request(self) -> m.AnyDo | None:
        old, new, again = (self.query_one(f"#{e.name}", Input).value for e in self._entries)
        if len(old) < SHORTEST_PIN:
            self._type_again("pin", self._words("console.pin_too_short"))
        elif len(new) < SHORTEST_PIN:
            self._type_again("new_pin", self._words("console.pin_too_short"))
        elif new != again:
            self._type_again("new_pin_again", self._words("console.pins_differ"))
        else:
            return m.ChangePin(pin=old, new_pin=new)
        return None

    def refused(self, reason: str, why: str) -> None:
        """Begin again at the PIN that was not taken."""
        if reason == "bad_pin":
            self._type_again("pin", self._words("console.pin_wrong"))
        elif reason == "weak_pin":
            self.query_one("#new_pin_again", Input).value = ""
            self._type_again("new_pin", why)
        else:
            self.complain(why)

    def _type_again(self, name: str, why: str) -> None:
        field = self.query_one(f"#{name}", Input)
        field.value = ""
        self.complain(why)
        focus_now(field)
