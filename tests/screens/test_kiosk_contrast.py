"""Nobody needs good eyes: every letter of the kiosk stands out 7:1 from what is behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rich.style import Style
from textual.app import App

from link.messages import HallInfo
from terminal.app import CONTRAST, contrast, hall_theme
from terminal.pane import OnlineChanged, Welcomed
from tests.screens.kiosk_halls import LOW, Kiosk, greeting, kiosk
from tests.waiting import until

PAGES = {
    "start": "",
    "services": "1",
    "groups": "9",
    "confirm": "9 2 1 1",
    "ticket": "1 1",
    "ticket of priority": "9 2 1 1 enter",
    "closed": "2 1",
    "help": "#",
    "search": "enter",
    "search that finds": "enter c h u",
    "search that finds nothing": "enter q q q",
}
EDGES = set(" ▀▄")  # of boxes: nobody reads them
GROUNDS, LETTERS = ("background", "surface", "panel"), ("foreground", "secondary", "warning")


def faint(app: App[None]) -> Iterator[str]:
    """Every piece of text that does not stand out."""
    for strip in app.screen._compositor.render_strips():
        for text, style, _ in strip:
            if set(text) - EDGES and (ratio := contrast_of(style)) < CONTRAST:
                yield f"{text!r} {style} {ratio:.1f}"


def contrast_of(style: Style | None) -> float:
    assert style is not None
    assert style.color is not None
    assert style.bgcolor is not None
    assert not style.dim
    ours, theirs = style.color.get_truecolor().hex, style.bgcolor.get_truecolor().hex
    return contrast(ours, theirs)


@pytest.mark.parametrize("page", PAGES)
async def test_every_letter_of_a_page_stands_out(page: str) -> None:
    async with kiosk(LOW) as one:
        await one.press(PAGES[page])
        assert list(faint(one.app)) == []


async def test_the_countdown_and_the_words_about_a_lost_server_stand_out() -> None:
    async with kiosk(LOW) as one:
        await one.press("1")
        await one.wait(35)
        await one.see("Quý khách còn ở đây không?")
        assert list(faint(one.app)) == []
        one.pane.post_message(OnlineChanged(False))
        await one.see("mất kết nối")
        assert list(faint(one.app)) == []


@pytest.mark.parametrize(
    "colours",
    [
        {"primary": "#0B5394"},  # a dark blue, unreadable on the dark ground
        {"background": "#808080"},
        {"foreground": "#555555", "panel": "#777777"},
    ],
)
async def test_no_colours_of_a_hall_make_the_kiosk_faint(colours: dict[str, str]) -> None:
    async with kiosk(LOW) as one:
        await dress(one, colours)
        await one.press("9 2 1 1")
        assert list(faint(one.app)) == []


async def dress(one: Kiosk, colours: dict[str, str]) -> None:
    welcome = greeting()
    welcome.hall.colours = colours
    one.pane.post_message(Welcomed(welcome))

    def dressed() -> HallInfo | None:
        return one.pane.hall if one.pane.hall.colours == colours else None

    await until(dressed)


@pytest.mark.parametrize("dark", [True, False])
def test_every_pair_of_the_themes_colours_that_meets_stands_out(dark: bool) -> None:
    theme = hall_theme({}, dark=dark).to_color_system().generate()
    pairs = [(theme[letter], theme[ground]) for letter in LETTERS for ground in GROUNDS]
    pairs += [(theme["background"], theme[ground]) for ground in ("primary", "warning")]
    assert [pair for pair in pairs if contrast(*map(str.lower, pair)) < CONTRAST] == []
