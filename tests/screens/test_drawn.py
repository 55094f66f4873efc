"""What draws itself paints no more than what changed, and what it paints can do no harm."""

from __future__ import annotations

from itertools import permutations

import pytest
from rich.segment import Segment
from textual.color import Color
from textual.widgets import Input

from display.rows import Drawing, Row, Rows
from terminal.app import BLINKS_S
from terminal.clocks import Stillness
from terminal.harmless import Harmless, harmless
from tests.guards.painted import painting, still
from tests.screens.boards import Settings, board, old_calls
from tests.screens.consoles import NOBODY, desk
from tests.waiting import until

STRONG = "rows--strong"
ROWS: dict[str, list[Row]] = {
    "empty": [],
    "one row": [(("A105", STRONG),)],
    "a row and an empty one": [(("A105", STRONG),), ()],
    "an empty one in between": [(("A105", STRONG),), (), (("C007", STRONG),)],
    "shorter": [(("A1", STRONG),)],
}


def drawing(name: str) -> Drawing:
    return lambda width, height: ROWS[name]


async def test_rows_that_come_and_go_are_painted_as_if_they_had_always_been_there() -> None:
    async with board(calls=old_calls(3)) as hung:
        rows = hung.app.query_one("#waiting", Rows)
        rows.styles.height = 4
        looks: dict[str, set[str]] = {name: set() for name in ROWS}
        for before, after in [*permutations(ROWS, 2), *permutations(reversed(ROWS), 2)]:
            rows.show(drawing(before))
            rows.show(drawing(after))
            looks[after].add(hung.text)
        assert {len(those) for those in looks.values()} == {1}


async def test_a_call_that_comes_into_sight_is_painted_in_one_go() -> None:
    """From the second on: it is known by then how much room a call has."""
    short: Settings = {"show_call_s": 2, "languages": ["vi"]}
    async with board(short, size=(160, 45), calls=old_calls(12)) as hung:
        await hung.hall.call(("A105", "Q3"))
        await until(lambda: hung.number == "A105")
        await until(lambda: hung.number is None)
        await still()
        with painting() as called:
            await hung.hall.call(("A106", "Q4"))
            await until(lambda: len(hung.hall.announced) == 2)
        assert called.layouts == 1


async def test_a_cursor_stands_still_while_nobody_types() -> None:
    async with desk(NOBODY) as sits:
        now = 0.0
        sits.app._stillness = Stillness(lambda: now)
        field = sits.app.focused
        assert isinstance(field, Input)
        await sits.press("c")
        assert field.cursor_blink
        now = BLINKS_S + 1
        await until(lambda: not field.cursor_blink)
        await sits.press("b")
        assert field.cursor_blink
        assert field.value == "cb"


async def test_a_page_to_sign_in_on_shows_the_minute_that_it_is() -> None:
    async with desk(NOBODY) as sits:
        before = sits.pane.words.time(sits.pane.now(), sits.pane.now())
        assert before in sits.text()
        later = sits.pane.now().replace(minute=59)
        sits.pane.now = lambda: later
        sits.pane._tick()
        await until(lambda: sits.pane.words.time(later, later) in sits.text())


@pytest.mark.parametrize(
    "text",
    ["Quầy 3", "▛▀▜ █", "\x1b[2Jxin", "a" + 9 * "\u0301", "\u0301\u0301\u0301\u0301", "x\u200by"],
)
def test_what_is_known_already_is_looked_at_no_less(text: str) -> None:
    known = Harmless()
    for _ in range(2):
        [shown] = known.apply([Segment(text)], Color(0, 0, 0))
        assert shown.text == harmless(text)
        known.apply([Segment(letter) for letter in text], Color(0, 0, 0))  # each by itself
