"""The page an officer signs in on. Knows no request."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Center, Vertical
from textual.message import Message
from textual.widgets import Button, Input, Static

from counter.lines import Passage
from counter.wording import AnyPane


class SignInWanted(Message):
    """Somebody wants to sit down; `take_over`: even where that ends another sitting."""

    def __init__(self, officer: str, pin: str, take_over: bool) -> None:
        super().__init__()
        self.officer, self.pin, self.take_over = officer, pin, take_over


class SignInPage(Center):
    """Officer code and PIN. A refusal that can be overridden turns the button into that."""

    DEFAULT_CSS = """
    SignInPage { width: 1fr; height: 1fr; align: center middle; }
    SignInPage > #form {
        width: 56; max-width: 100%; height: auto; padding: 1 3;
        border: round $primary; background: $surface;
    }
    SignInPage .title { text-style: bold; text-align: center; color: $primary; }
    SignInPage .unit { text-align: center; margin: 0 0 1 0; }
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
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "start_again", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(self, pane: AnyPane) -> None:
        super().__init__()
        self._pane = pane
        self._take_over = False

    def compose(self) -> ComposeResult:
        pane, words = self._pane, self._pane.words
        number = pane.counter_number(pane.device.counter or "")
        with Vertical(id="form"):
            yield Static(words("counter.title", number=number), classes="title", markup=False)
            yield Static(words.name(pane.hall.names), classes="unit", markup=False)
            yield Static(words("counter.officer_code"), classes="label", markup=False)
            yield Input(id="officer", max_length=32)
            yield Static(words("counter.pin"), classes="label", markup=False)
            yield Input(id="pin", password=True, max_length=64)
            yield Passage(id="problem")
            yield Button(words("counter.sign_in"), compact=True)

    def focus_first(self) -> None:
        self.query_one("#officer").focus()

    def say(self, problem: str, *, take_over: bool = False) -> None:
        """Say why not; with `take_over` the same answer again means yes, all the same."""
        self.query_one("#problem", Passage).say(problem)
        self._take_over = take_over
        button = self.query_one(Button)
        button.label = self._pane.words("counter.take_over" if take_over else "counter.sign_in")
        if take_over:
            button.focus()

    def forget(self) -> None:
        """Nothing of an officer stays on the page."""
        for field in self.query(Input):
            field.value = ""
        self.say("")

    def forget_pin(self) -> None:
        pin = self.query_one("#pin", Input)
        pin.value = ""
        pin.focus()

    def action_start_again(self) -> None:
        self.forget()
        self.focus_first()

    @on(Input.Changed)
    def _changed(self) -> None:
        if self._take_over:
            self.say("")

    @on(Input.Submitted, "#officer")
    def _go_to_pin(self) -> None:
        self.query_one("#pin").focus()

    @on(Input.Submitted, "#pin")
    @on(Button.Pressed)
    def _submit(self) -> None:
        officer = self.query_one("#officer", Input).value.strip()
        pin = self.query_one("#pin", Input).value
        self.post_message(SignInWanted(officer, pin, self._take_over))
