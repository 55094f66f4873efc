"""The keyboard on the screen: letters or digits, and above them what was typed. Finds nothing.

Its keys grow with the screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Center, Container
from textual.geometry import Size
from textual.widgets import Static

from terminal.big_number import draw
from terminal.keys import BLANK, ERASE
from terminal.tiles import Touched, tell
from terminal.words import Words

LETTERS: Final = ("qwertyuiop", f"asdfghjkl{ERASE}", f"zxcvbnm{BLANK}")  # the blank is 3 wide
DIGITS: Final = ("123", "456", "789", f"{ERASE}0")
MOST_CELLS: Final = 15  # of one key
MOST_ROWS: Final = 7
ROWS_OF_SCREEN: Final = 9  # for each row of a key
CURSOR: Final = "▌"
LARGE: Final = ((7, 4), (5, 3))  # cells of a letter drawn in blocks


class LetterKey(Static):
    """One key. Its lowest row is drawn half: so keys stand apart where rows are few."""

    DEFAULT_CSS = """
    LetterKey {
        height: 1fr; content-align: center middle; text-style: bold;
        background: $panel; color: $foreground;
    }
    LetterKey.-full { content-align: center bottom; }
    LetterKey.-apart { border-bottom: inner $panel; }
    LetterKey.-wide { column-span: 3; }
    """

    def __init__(self, key: str, label: str) -> None:
        super().__init__(markup=False, classes="-wide" if key == BLANK else "")
        self.stands_for, self._label = key, label
        self._columns = 3 if key == BLANK else 1

    def fit(self, cells: int, rows: int) -> None:
        """Show the label as large as a key of this size lets it be."""
        sizes = (size for size in LARGE if size[0] <= cells and size[1] < rows - 1)
        size = next(sizes, None) if len(self._label) == 1 else None
        room = self._columns * (cells + 1) - 1
        short = self._label if cell_len(self._label) <= room else self._label[0]
        self.update("\n".join(draw(self._label, *size)) if size else short)
        self.set_class(size is not None and size[1] == rows - 2, "-full")
        self.set_class(rows > 1, "-apart")

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(Touched(self.stands_for))


class Letters(Container):
    """The keyboard, and the line above it."""

    DEFAULT_CSS = """
    Letters { height: auto; display: none; }
    Letters > #typed {
        height: auto; padding: 0 2; text-align: center; text-style: bold; color: $primary;
    }
    Letters > #typed.-apart { margin-bottom: 1; }
    Letters > Center > Container { layout: grid; grid-gutter: 0 1; }
    """

    def __init__(self, words: Words, rows: Sequence[str] = LETTERS) -> None:
        super().__init__()
        self._rows, self._columns = rows, len(rows[0])
        self._fitted = (0, 0)
        self._names = {BLANK: words("common.blank"), ERASE: words("common.erase")}

    def compose(self) -> ComposeResult:
        yield Static(id="typed", markup=False)
        with Center(), Container() as grid:
            grid.styles.grid_size_columns, grid.styles.grid_size_rows = (
                self._columns,
                len(self._rows),
            )
            for key in "".join(self._rows):
                yield LetterKey(key, self._names.get(key, key.upper()))

    def show(self, typed: str | None, screen: Size) -> None:
        """Show what was typed, with a cursor, and keys as large as fit; None: nothing is typed."""
        self.display = typed is not None
        line = self.query_one("#typed", Static)
        tell(line, "" if typed is None else typed + CURSOR)
        rows = max(1, min(MOST_ROWS, screen.height // ROWS_OF_SCREEN))
        line.set_class(rows > 2, "-apart")
        self._fit(min(MOST_CELLS, (screen.width - 4) // self._columns - 1), rows)

    def _fit(self, cells: int, rows: int) -> None:
        if self._fitted == (cells, rows):
            return
        self._fitted = cells, rows
        grid = self.query_one("Center > Container")
        grid.styles.width = self._columns * (cells + 1) - 1
        grid.styles.height = len(self._rows) * rows
        for key in self.query(LetterKey):
            key.fit(cells, rows)
