"""The page an officer signs in on, which also covers a locked console. Knows no request."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Center, Vertical
from textual.message import Message
from textual.widgets import Button, Input, Static

from link.messages import CounterTicket
from terminal.big_number import BigNumber
from terminal.haste import caught_up, focus_now, gets_keys, moves, step
from terminal.lines import Line, Passage
from terminal.telling import AnyPane

NEW_PIN: Final = ("new_pin", "new_pin_again")


class SignInWanted(Message):
    """Somebody wants to sit down; `take_over`: even where that ends another sitting."""

    def __init__(self, officer: str, pin: str, take_over: bool, new_pin: str | None) -> None:
        super().__init__()
        self.officer, self.pin, self.take_over = officer, pin, take_over
        self.new_pin = new_pin  # where a one-time code was typed as the PIN


class SignInPage(Vertical):
    """Officer code and PIN. A refusal that can be overridden turns the button into that.

    It says `welcome` to whoever comes, or stands `guard` for whoever is signed in: then the code is
    there already, and of the ticket in hand nothing but its number.
    """

    DEFAULT_CSS = """
    SignInPage { width: 1fr; height: 1fr; align: center middle; }
    SignInPage #form {
        width: 56; max-width: 100%; height: auto; padding: 1 3;
        border: round $primary; background: $surface;
    }
    SignInPage .title { text-style: bold; text-align: center; color: $primary; }
    SignInPage .unit { text-align: center; margin: 0 0 1 0; }
    SignInPage > #in-hand { height: 1fr; min-height: 4; max-height: 11; }
    SignInPage > #stage { text-align: center; text-style: bold; color: $primary; }
    SignInPage .label { color: $secondary; }
    SignInPage Input, SignInPage Input:focus {
        border: none; height: 1; margin: 0 0 1 0; background: $background;
    }
    SignInPage Input:focus { background: $panel; }
    SignInPage Button {
        width: 1fr; height: 1; border: none; background: $panel; color: $foreground;
    }
    SignInPage Button:focus { background: $primary; color: $background; text-style: bold; }
    SignInPage #problem { color: $error; text-style: bold; margin: 0 0 1 0; }
    SignInPage .choosing { display: none; }
    SignInPage.-choosing .choosing { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", show=False, priority=True),
        Binding("escape", "start_again", show=False),
        *moves(),
        *moves("down", "up"),
    ]

    def __init__(self, pane: AnyPane, title: str, locked: str) -> None:
        super().__init__()
        self._pane, self._title, self._locked = pane, title, locked
        self._take_over = False
        self._guarded = ""  # the officer who is signed in behind this page

    def compose(self) -> ComposeResult:
        words = self._pane.words
        yield Line(id="stage")
        yield BigNumber(id="in-hand")
        with Center(), Vertical(id="form"):
            yield Static(self._title, classes="title", markup=False)
            yield Passage(id="unit", classes="unit")
            yield Static(words("console.officer_code"), classes="label", markup=False)
            yield Input(id="officer", max_length=32)
            yield Static(words("console.pin"), classes="label", markup=False)
            yield Input(id="pin", password=True, max_length=128, select_on_focus=False)
            for name in NEW_PIN:
                yield Static(words(f"console.{name}"), classes="label choosing", markup=False)
                yield Input(
                    id=name,
                    classes="choosing",
                    password=True,
                    max_length=128,
                    select_on_focus=False,
                )
            yield Passage(id="problem")
            yield Button(words("console.sign_in"), compact=True)

    def welcome(self) -> None:
        """Nobody is signed in."""
        self._stand(None, self._pane.words.name(self._pane.hall.names))
        if self._guarded:
            self._guarded = ""
            self.forget()

    def guard(self, officer: str, ticket: CounterTicket | None) -> None:
        """Somebody is; what goes on here is covered."""
        self._stand(ticket, self._locked)
        if self._guarded != officer:
            self._guarded = officer
            self.forget()

    def _stand(self, ticket: CounterTicket | None, text: str) -> None:
        number = self.query_one(BigNumber)
        number.text = ticket.number if ticket else ""
        stage = self._pane.words(f"stage.{ticket.stage}").upper() if ticket else ""
        self.query_one("#stage", Line).say(stage)
        for part in (number, self.query_one("#stage")):
            part.display = ticket is not None
        open_to_all = self._pane.hall.plain_text
        warning = f"\n{self._pane.words('link.plain_text_short')}" if open_to_all else ""
        self.query_one("#unit", Passage).say(f"{text}{warning}")

    def focus_first(self) -> None:
        """The PIN, where it is known whose it will be."""
        known = self.query_one("#officer", Input).value
        focus_now(self.query_one("#pin" if known else "#officer"))

    def say(self, problem: str, *, take_over: bool = False) -> None:
        """Say why not; with `take_over` the same answer again means yes, all the same."""
        self.query_one("#problem", Passage).say(problem)
        self._take_over = take_over
        button = self.query_one(Button)
        button.label = self._pane.words("console.take_over" if take_over else "console.sign_in")
        if take_over:
            focus_now(button)

    def forget(self) -> None:
        """Nothing of an officer stays on the page."""
        self.query_one("#officer", Input).value = self._guarded
        self.query_one("#pin", Input).value = ""
        self._choose(wanted=False)
        self.say("")

    def ask_new_pin(self) -> None:
        """It was a one-time code: another PIN is to be chosen, and typed twice."""
        self._choose(wanted=True)

    @property
    def choosing(self) -> bool:
        return self.has_class("-choosing")

    def _choose(self, *, wanted: bool) -> None:
        had_focus = any(gets_keys(field) for field in self._new_pins)
        self.set_class(wanted, "-choosing")
        for field in self._new_pins:
            field.value = ""
        if wanted:
            focus_now(self._new_pins[0])
        elif had_focus:
            self.focus_first()

    @property
    def _new_pins(self) -> list[Input]:
        return [self.query_one(f"#{name}", Input) for name in NEW_PIN]

    def forget_pin(self) -> None:
        self._choose(wanted=False)
        pin = self.query_one("#pin", Input)
        pin.value = ""
        focus_now(pin)

    def action_start_again(self) -> None:
        self.forget()
        self.focus_first()

    @on(Input.Changed)
    def _changed(self) -> None:
        if self._take_over:
            self.say("")

    async def action_step(self, by: int) -> None:
        await step(self, by)

    async def action_go_on(self) -> None:
        """From the code to the PIN, and from there in, however fast it was typed."""
        officer, pin = self.query_one("#officer", Input), self.query_one("#pin", Input)
        fields = [officer, pin, *(self._new_pins if self.choosing else ())]
        await caught_up(*fields, *fields, self)
        here = next((at for at, field in enumerate(fields) if gets_keys(field)), len(fields))
        if here + 1 < len(fields):
            focus_now(fields[here + 1])
        else:
            self._submit()

    @on(Button.Pressed)
    def _submit(self) -> None:
        officer = self.query_one("#officer", Input).value.strip()
        pin = self.query_one("#pin", Input).value
        new, again = (field.value for field in self._new_pins)
        if self.choosing and new != again:
            self.say(self._pane.words("console.pins_differ"))
            self._new_pins[1].value = ""
            focus_now(self._new_pins[1])
            return
        new_pin = new if self.choosing else None
        self.post_message(SignInWanted(officer, pin, self._take_over, new_pin))
