"""The part of a board where the pages of a folder stand in turn. What a page is: `media`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Final, Literal

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from display.media import BadPage, Room, Sheet, files_in, sheets

LEAST_ROOM: Final = (40, 10)  # that a page is laid out for while the part is hidden
HEADING: Final = "pages--heading"

Word = Literal["bad_page", "no_folder"]

log = logging.getLogger("motcua.screen")


class Pages(Widget):
    """Sheet after sheet, each for `turn_s`. It is hidden while there is none to show.

    The folder is looked at once per round; then `tell` is told whether there are pages, and what
    troubles them.
    """

    DEFAULT_CSS = """
    Pages { padding: 1 2; background: $surface; color: $foreground; }
    Pages.-empty { display: none; }
    Pages > .pages--heading { color: $primary; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {HEADING}

    def __init__(
        self, folder: Path, turn_s: float, tell: Callable[[bool, Word | None], None]
    ) -> None:
        super().__init__(classes="-empty")
        self._folder, self._turn_s, self._tell = folder, turn_s, tell
        self._sheet: Sheet = []
        self._resized = asyncio.Event()
        self._logged: set[str] = set()

    def on_mount(self) -> None:
        self.run_worker(self._show_in_turn(), group="pages")

    def on_resize(self) -> None:
        self._resized.set()

    def render_line(self, y: int) -> Strip:
        row = self._sheet[y] if y < len(self._sheet) else []
        base, none = self.visual_style.rich_style, Style.null()
        pieces = [Segment(piece.text, base + (piece.style or none)) for piece in row]
        return Strip(pieces).adjust_cell_length(self.size.width, base)

    # --- Round after round -----------------------------------------------------------------------

    async def _show_in_turn(self) -> None:
        while True:
            files, trouble = await self._look()
            bad = [file for file in files if not await self._show_page(file)]
            if len(bad) == len(files):
                self._found(False, "bad_page" if bad else trouble)
                await asyncio.sleep(self._turn_s)
            else:
                self._found(True, "bad_page" if bad else trouble)

    async def _look(self) -> tuple[list[Path], Word | None]:
        try:
            return await asyncio.to_thread(files_in, self._folder), None
        except OSError as error:
            self._log(f"{self._folder}: {error.strerror}")
            return [], "no_folder"

    async def _show_page(self, file: Path) -> bool:
        """Every sheet of a page for its time, anew when the room for it changed; False: bad."""
        try:
            shown = False
            while not shown:
                self._resized.clear()
                shown = await self._show_sheets(await asyncio.to_thread(sheets, file, self._room()))
        except BadPage as bad:
            self._log(f"the page {file.name!r} is left out: {bad}")
            return False
        return True

    async def _show_sheets(self, those: list[Sheet]) -> bool:
        """False: the room for them changed."""
        self._found(True, None) if self.has_class("-empty") else None
        for sheet in those:
            if sheet != self._sheet:
                self._sheet = sheet
                self.refresh()
            try:
                await asyncio.wait_for(self._resized.wait(), self._turn_s)
            except TimeoutError:
                continue
            return False
        return True

    def _found(self, any_page: bool, trouble: Word | None) -> None:
        self.set_class(not any_page, "-empty")
        self._tell(any_page, trouble)

    def _room(self) -> Room:
        width, height = self.size
        ground, heading = self.styles.background, self.get_component_styles(HEADING).color
        return Room(
            max(LEAST_ROOM[0], width), max(LEAST_ROOM[1], height), ground.hex6, heading.hex6
        )

    def _log(self, problem: str) -> None:
        """Once each: a round is short, and the log is kept for weeks."""
        if problem not in self._logged:
            self._logged.add(problem)
            log.warning("%s", problem)
