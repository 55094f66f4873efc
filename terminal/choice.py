"""A list to choose from over the console, by number key, arrows or mouse, with a field to type in
where the question needs one. Knows no request."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final, Literal, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from terminal.alphabet import fold
from terminal.haste import caught_up, focus_now, gets_keys, heard
from terminal.lines import Passage
from terminal.question import Question
from terminal.words import Words

NUMBERED: Final = 9  # options that have a number key
SEARCHED_FROM: Final = 10  # a list this long gets a field to find things by


class Item(NamedTuple):
    """What may be chosen, and what it is called."""

    code: str
    name: str


class Field(NamedTuple):
    """What is typed beside the choice: before it, after it, to find it in a long list, or instead.

    `remark` says something about it while it is typed.
    """

    label: str
    use: Literal["first", "extra", "search", "instead"]
    limit: int
    remark: Callable[[str], str] | None = None


class SearchField(Input):
    """What an answer is found by. Digits are left to `pick`: one may be the number of an answer."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return not key.isdecimal() and super().check_consume_key(key, character)


class Chosen(Message):
    def __init__(self, kind: str, code: str, typed: str) -> None:
        super().__init__()
        self.kind, self.code, self.typed = kind, code, typed


class Choice(Question):
    """One question with its answers in a list."""

    DEFAULT_CSS = """
    Choice > OptionList, Choice > OptionList:focus {
        border: none; height: auto; max-height: 14; background: $panel; padding: 0;
    }
    Choice > OptionList:focus > .option-list--option-highlighted {
        background: $primary; color: $background; text-style: bold;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", show=False, priority=True),
        Binding("down", "go_to_list", show=False, priority=True),
        *(Binding(str(n), f"pick({n})", show=False, priority=True) for n in range(1, NUMBERED + 1)),
    ]

    def __init__(
        self, kind: str, title: str, items: list[Item], words: Words, field: Field | None = None
    ) -> None:
        super().__init__(kind, title, words("console.choose"))
        self.items, self._field = items, field
        self._shown = items

    def compose(self) -> ComposeResult:
        if self._field is not None:
            kind = SearchField if self._field.use == "search" else Input
            yield kind(
                placeholder=self._field.label, max_length=self._field.limit, select_on_focus=False
            )
            yield Passage(id="remark")
        yield OptionList(*self._options(), markup=False)
        yield Passage(id="problem")

    def on_mount(self) -> None:
        self._list.highlighted = 0 if self.items else None

    @property
    def _list(self) -> OptionList:
        return self.query_one(OptionList)

    @property
    def _typed_instead(self) -> bool:
        return self._field is not None and self._field.use == "instead"

    @property
    def typed(self) -> str:
        """What stands in the field."""
        return self.query_one(Input).value.strip() if self._field is not None else ""

    def focus_first(self) -> None:
        """The field, unless it is only an extra."""
        field_first = self._field is not None and self._field.use != "extra"
        focus_now(self.query_one(Input) if field_first else self._list)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "go_to_list" or not gets_keys(self._list)

    async def action_go_to_list(self) -> None:
        """From the field to the list, as it is once everything typed was looked for."""
        field = self.query_one(Input)
        await caught_up(field, field, self)
        focus_now(self._list)

    async def action_go_on(self) -> None:
        if not gets_keys(self._list):
            await self.action_go_to_list()
            if self._typed_instead and self.typed:
                self._choose_typed()
                await heard(self)
        elif self._list.highlighted is not None:
            await self._pick(self._list.highlighted + 1)

    async def action_pick(self, number: int) -> None:
        """Take the answer of this number; behind other letters it is one more to search for."""
        if not gets_keys(self._list):
            field = self.query_one(Input)
            await caught_up(field, field, self)
            if field.value or self._typed_instead:
                field.insert_text_at_cursor(str(number))
                return
        await self._pick(number)

    async def _pick(self, number: int) -> None:
        if number <= len(self._shown):
            self._list.highlighted = number - 1
            self._choose(number - 1)
            await heard(self)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._choose(event.option_index)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._field is None:
            return
        if self._field.remark is not None:
            self.remark(self._field.remark(event.value))
        if self._field.use == "search":
            self._search(event.value)

    def _search(self, typed: str) -> None:
        wanted = fold(typed)
        self._shown = [item for item in self.items if wanted in fold(item.name)]
        self._list.set_options(self._options())
        self._list.highlighted = 0 if self._shown else None

    def _choose(self, index: int) -> None:
        self.complain("")
        self.post_message(Chosen(self.kind, self._shown[index].code, self.typed))

    def _choose_typed(self) -> None:
        """What stands in the field is the answer; where it is none, it can be mended at once."""
        focus_now(self.query_one(Input))
        self.complain("")
        self.post_message(Chosen(self.kind, "", self.typed))

    def _options(self) -> list[Option]:
        return [
            Option(f"{n if n <= NUMBERED else ' '}  {item.name}")
            for n, item in enumerate(self._shown, start=1)
        ]


def searched(kind: str, title: str, items: list[Item], words: Words) -> Choice:
    """A list with a field to find things by, where it is long."""
    search = Field(words("console.field_search"), "search", 40)
    return Choice(kind, title, items, words, search if len(items) >= SEARCHED_FROM else None)
