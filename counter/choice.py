"""A list to choose from over the console, by number key, arrows or mouse, with a field to type in
where the question needs one. Knows no request."""

from __future__ import annotations

from typing import ClassVar, Final, Literal, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from counter.lines import Passage
from terminal.alphabet import fold
from terminal.words import Words

NUMBERED: Final = 9  # options that have a number key


class Item(NamedTuple):
    """What may be chosen, and what it is called."""

    code: str
    name: str


class Field(NamedTuple):
    """What is typed beside the choice: before it, after it, or to find it in a long list."""

    label: str
    use: Literal["first", "extra", "search"]
    limit: int


class Chosen(Message):
    def __init__(self, kind: str, code: str, typed: str) -> None:
        super().__init__()
        self.kind, self.code, self.typed = kind, code, typed


class GivenUp(Message):
    """The question was closed without an answer."""


class Choice(Vertical):
    """One question. It stays until somebody takes it away, so that nothing typed is lost."""

    DEFAULT_CSS = """
    Choice {
        layer: dialog; width: 60; max-width: 94%; height: auto; max-height: 96%;
        background: $panel; border: round $primary; border-title-color: $primary;
        border-title-style: bold; border-subtitle-color: $secondary; padding: 0 1;
    }
    Choice > Input, Choice > Input:focus {
        border: none; height: 1; margin: 0 0 1 0; background: $background;
    }
    Choice > OptionList, Choice > OptionList:focus {
        border: none; height: auto; max-height: 14; background: $panel; padding: 0;
    }
    Choice > OptionList:focus > .option-list--option-highlighted {
        background: $primary; color: $background; text-style: bold;
    }
    Choice > #problem { color: $error; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", show=False),
        Binding("down", "go_to_list", show=False),
        *(Binding(str(n), f"pick({n})", show=False) for n in range(1, NUMBERED + 1)),
    ]

    def __init__(
        self, kind: str, title: str, items: list[Item], words: Words, field: Field | None = None
    ) -> None:
        super().__init__()
        self.kind, self._items, self._field = kind, items, field
        self._shown = items
        self.border_title = title
        self.border_subtitle = words("counter.choose")

    def compose(self) -> ComposeResult:
        if self._field is not None:
            yield Input(placeholder=self._field.label, max_length=self._field.limit)
        yield OptionList(*self._options(), markup=False)
        yield Passage(id="problem")

    def on_mount(self) -> None:
        self._list.highlighted = 0 if self._items else None
        self.focus_first()

    @property
    def _list(self) -> OptionList:
        return self.query_one(OptionList)

    @property
    def typed(self) -> str:
        """What stands in the field."""
        return self.query_one(Input).value.strip() if self._field is not None else ""

    def focus_first(self) -> None:
        """Where the officer begins: the field, unless it is only an extra."""
        field_first = self._field is not None and self._field.use != "extra"
        (self.query_one(Input) if field_first else self._list).focus()

    def complain(self, problem: str) -> None:
        """Say why the choice was not taken."""
        self.query_one("#problem", Passage).say(problem)

    def action_give_up(self) -> None:
        self.post_message(GivenUp())

    def action_go_to_list(self) -> None:
        self._list.focus()

    def action_pick(self, number: int) -> None:
        if number <= len(self._shown):
            self._list.highlighted = number - 1
            self._choose(number - 1)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._choose(event.option_index)

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        self._list.focus()

    @on(Input.Changed)
    def _search(self, event: Input.Changed) -> None:
        event.stop()
        if self._field is None or self._field.use != "search":
            return
        wanted = fold(event.value)
        self._shown = [item for item in self._items if wanted in fold(item.name)]
        self._list.set_options(self._options())
        self._list.highlighted = 0 if self._shown else None

    def _choose(self, index: int) -> None:
        self.complain("")
        self.post_message(Chosen(self.kind, self._shown[index].code, self.typed))

    def _options(self) -> list[Option]:
        return [
            Option(f"{n if n <= NUMBERED else ' '}  {item.name}")
            for n, item in enumerate(self._shown, start=1)
        ]
