"""Questions with several fields to type in: the result that is returned, and another PIN.

They say what is wrong with what was typed; what the hall thinks of it is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Final, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input, Static

from counter.dates import day_of, days_late
from counter.dossier import remark_on
from counter.haste import caught_up, focus_now, gets_keys, heard, moves
from counter.lines import Passage
from counter.question import Question
from link import messages as m
from terminal.words import Words

SHORTEST_PIN: Final = 4
APOLOGY: Final = ("apology_no", "apology_on")


class Entry(NamedTuple):
    """One field: its name, what it is called, how much fits in, and whether it is hidden."""

    name: str
    label: str
    limit: int
    secret: bool = False


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
        super().__init__(kind, title, words("counter.fill_in"))
        self._entries, self._words = entries, words

    def compose(self) -> ComposeResult:
        for name, label, limit, secret in self._entries:
            yield Static(label, classes=f"label {name}", markup=False)
            yield Input(
                id=name, classes=name, max_length=limit, password=secret, select_on_focus=False
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


class ReturnForm(Form):
    """A result is returned: when it was due, and if that is past, the letter of apology."""

    def __init__(self, title: str, outcome: str, dossier: str, today: date, words: Words) -> None:
        entries = [
            Entry("dossier", words("counter.dossier"), 40),
            Entry("due_on", words("counter.due_on"), 10),
            Entry("apology_no", words("counter.apology_no"), 40),
            Entry("apology_on", words("counter.apology_on"), 10),
        ]
        super().__init__("finish", title, entries, words)
        self.outcome, self._dossier, self._today = outcome, dossier, today

    def on_mount(self) -> None:
        self.query_one("#dossier", Input).value = self._dossier
        self._show_apology(late=False)

    def focus_first(self) -> None:
        focus_now(self.query_one("#due_on"))

    @on(Input.Changed, "#due_on")
    def _due_on_typed(self, event: Input.Changed) -> None:
        """Late or not, said as soon as it is a day."""
        due = day_of(event.value, self._today)
        late = 0 if due is None else days_late(due, self._today)
        self._show_apology(late=late > 0)
        self.remark("" if due is None else self._lateness(due, late))

    @on(Input.Changed, "#dossier")
    def _dossier_typed(self, event: Input.Changed) -> None:
        if gets_keys(self.query_one("#dossier")):
            self.remark(remark_on(event.value, self._words))

    def _lateness(self, due: date, late: int) -> str:
        key = "due_late" if late > 0 else "due_early" if late < 0 else "due_today"
        return self._words(f"counter.{key}", day=due.strftime("%d/%m/%Y"), days=abs(late))

    def _show_apology(self, *, late: bool) -> None:
        for name in APOLOGY:
            for part in self.query(f".{name}"):
                part.display = late

    def request(self) -> m.AnyDo | None:
        days: dict[str, str | None] = {}
        for name in ("due_on", "apology_on"):
            typed = self.typed(name)
            day = day_of(typed, self._today)
            if typed and day is None:
                self.complain(self._words("counter.bad_day", typed=typed))
                focus_now(self.query_one(f"#{name}"))
                return None
            days[name] = day.isoformat() if day else None
        late = self.query_one("#apology_no").display
        return m.Finish(
            outcome=self.outcome,
            dossier=self.typed("dossier").upper() or None,
            due_on=days["due_on"],
            apology_no=(late and self.typed("apology_no")) or None,
            apology_on=(late and days["apology_on"]) or None,
        )


class PinForm(Form):
    """The old PIN, and another one twice."""

    def __init__(self, words: Words) -> None:
        names = ("pin", "new_pin", "new_pin_again")
        entries = [Entry(name, words(f"counter.{name}"), 64, secret=True) for name in names]
        super().__init__("change_pin", words("counter.ask_change_pin"), entries, words)

    def request(self) -> m.AnyDo | None:
        old, new, again = (self.query_one(f"#{e.name}", Input).value for e in self._entries)
        if len(old) < SHORTEST_PIN:
            self._type_again("pin", "counter.pin_too_short")
        elif len(new) < SHORTEST_PIN:
            self._type_again("new_pin", "counter.pin_too_short")
        elif new != again:
            self._type_again("new_pin_again", "counter.pins_differ")
        else:
            return m.ChangePin(pin=old, new_pin=new)
        return None

    def _type_again(self, name: str, why: str) -> None:
        field = self.query_one(f"#{name}", Input)
        field.value = ""
        self.complain(self._words(why))
        focus_now(field)
