"""What every question over the console has in common: it stays until somebody takes it away, keeps
what was typed, and can say why an answer was not taken. Knows no request."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, OptionList

from terminal.haste import heard, moves, step
from terminal.lines import Passage


class GivenUp(Message):
    """The question was closed without an answer."""


class Draft(NamedTuple):
    """What was typed and chosen so far."""

    typed: list[str]
    highlighted: int | None

    @classmethod
    def of(cls, part: Widget) -> Draft:
        lists = part.query(OptionList)
        highlighted = lists.first().highlighted if lists else None
        return cls([field.value for field in part.query(Input)], highlighted)

    def put_into(self, part: Widget) -> None:
        """The same part, made anew in other words, goes on where the old one was."""
        for field, typed in zip(part.query(Input), self.typed, strict=False):
            field.value, field.cursor_position = typed, len(typed)
        for options in part.query(OptionList):
            options.highlighted = self.highlighted


class Question(Vertical):
    """A box over the console. `kind`: the kind of request that must be allowed to answer it."""

    DEFAULT_CSS = """
    Question {
        layer: dialog; width: 60; max-width: 94%; height: auto; max-height: 96%;
        background: $panel; border: round $primary; border-title-color: $primary;
        border-title-style: bold; border-subtitle-color: $secondary; padding: 0 1;
    }
    Question > Input, Question > Input:focus {
        border: none; height: 1; margin: 0 0 1 0; background: $background;
    }
    Question > #remark { color: $secondary; }
    Question > #problem { color: $error; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", show=False, priority=True),
        *moves(),
    ]

    def __init__(self, kind: str, title: str, hint: str) -> None:
        super().__init__()
        self.kind = kind
        self.border_title, self.border_subtitle = Content(title), Content(hint)  # no markup

    def on_mount(self) -> None:
        self.focus_first()

    def focus_first(self) -> None:
        """Where the officer begins."""
        raise NotImplementedError

    def remark(self, text: str) -> None:
        """Say something about what was typed so far."""
        self.query_one("#remark", Passage).say(text)

    def complain(self, problem: str) -> None:
        """Say why the answer was not taken."""
        self.query_one("#problem", Passage).say(problem)

    def refused(self, reason: str, why: str) -> None:
        """The hall did not take the answer: `why`, in the officer's words."""
        self.complain(why)

    async def action_give_up(self) -> None:
        self.post_message(GivenUp())
        await heard(self)

    async def action_step(self, by: int) -> None:
        await step(self, by)
