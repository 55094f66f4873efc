"""A report's charts on a terminal: bars and lines with their target, and heat maps in figures.

What tells two series or two cells apart is never colour alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.color import Color
from textual.widgets import Static
from textual_plotext import PlotextPlot

from figures.document import Chart, Series
from manager.rows import NOTHING_YET
from sheets.wording import Wording

ROWS: Final = 14  # of a chart
LABEL_GAP: Final = 2
EDGE: Final = 10  # cells beside the bars: the figures on the axis
MARKERS: Final = ("braille", "dot", "x", "+")
SHADES: Final = " ░▒▓█"  # beside the figures of a heat map, the warmer the denser
HEAT_CELL: Final = 6
MOST_STEPS: Final = 5  # on the axis of values
BAR: Final = "█"
HALF_BAR: Final = "▌"


class Plotted(PlotextPlot):
    """Bars or lines."""

    DEFAULT_CSS = f"Plotted {{ height: {ROWS}; margin: 0 0 1 0; }}"

    def __init__(self, chart: Chart, words: Wording) -> None:
        super().__init__()
        self._chart, self._words = chart, words

    def on_mount(self) -> None:
        super().on_mount()
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        chart, plot = self._chart, self.plt
        plot.clear_data()
        plot.clear_figure()
        colours = [self._colour(name) for name in ("secondary", "warning", "success", "foreground")]
        if chart.shape == "bars":
            self._draw_bars(colours)
        else:
            self._draw_lines(colours)
        places = [float(place) for place in range(1, len(chart.x) + 1)]
        shown = places[:: every(chart.x, max(1, self.size.width - EDGE))]
        plot.xticks(shown, [chart.x[int(place) - 1] for place in shown])
        top = highest(chart)
        ticks = steps(top)
        plot.yticks(ticks, [self._words.number(tick, 0 if top >= 10 else 1) for tick in ticks])
        plot.ylim(0, ticks[-1])
        if chart.target is not None:
            plot.hline(chart.target, self._colour("error"))
        self.refresh()

    def _draw_bars(self, colours: Sequence[tuple[int, int, int]]) -> None:
        chart = self._chart
        count = len(chart.series)
        for number, one in enumerate(chart.series):
            places = [
                place + (number - (count - 1) / 2) * 0.8 / count
                for place in range(1, len(chart.x) + 1)
            ]
            values = [value or 0.0 for value in one.values]
            label = one.title if count > 1 else None
            marker = "hd" if number == 0 else MARKERS[number % len(MARKERS)]
            colour = colours[number % len(colours)]
            self.plt.bar(
                places, values, width=0.7 / count, color=colour, marker=marker, label=label
            )

    def _draw_lines(self, colours: Sequence[tuple[int, int, int]]) -> None:
        chart = self._chart
        for number, one in enumerate(chart.series):
            label = one.title if len(chart.series) > 1 else None
            for run in runs(one):
                self.plt.plot(
                    [place for place, _ in run],
                    [value for _, value in run],
                    marker=MARKERS[number % len(MARKERS)],
                    color=colours[number % len(colours)],
                    label=label,
                )
                label = None  # once in the key

    def _colour(self, name: str) -> tuple[int, int, int]:
        """The hall's own colour."""
        return Color.parse(self.app.theme_variables[name]).rgb


class Beams(Static):
    """Bars that lie, one below the other: for names that have no room side by side."""

    DEFAULT_CSS = "Beams { height: auto; margin: 0 0 1 0; }"

    def __init__(self, chart: Chart, words: Wording) -> None:
        super().__init__(markup=False)
        self._chart, self._words = chart, words

    def on_resize(self) -> None:
        theme = self.app.current_theme
        styles = ("", theme.secondary or "", theme.error or "")
        rows = beam_rows(self._chart, self._words, self.size.width)
        self.update(Text("\n").join(_styled(row, styles) for row in rows))


class HeatMap(Static):
    """Figures in rows and columns, the warmer the denser; as many columns as have room."""

    DEFAULT_CSS = "HeatMap { height: auto; margin: 0 0 1 0; }"

    def __init__(self, chart: Chart, words: Wording) -> None:
        super().__init__(markup=False)
        self._chart, self._words = chart, words

    def on_resize(self) -> None:
        theme = self.app.current_theme
        styles = ("", "", theme.secondary or "", theme.warning or "", theme.error or "")
        rows = heat_rows(self._chart, self._words, self.size.width)
        self.update(Text("\n").join(_styled(row, styles) for row in rows))


def _styled(row: Sequence[tuple[str, int]], styles: Sequence[str]) -> Text:
    return Text.assemble(*((text, styles[heat]) for text, heat in row))


def widget_for(chart: Chart, words: Wording, width: int) -> Static | Plotted:
    """What shows this chart best where there is so much room."""
    if chart.shape == "heat":
        return HeatMap(chart, words)
    named = any(letter.isalpha() for label in chart.x for letter in label)
    alone = chart.shape == "bars" and len(chart.series) == 1
    if alone and named and every(chart.x, max(1, width - EDGE)) > 1:
        return Beams(chart, words)
    return Plotted(chart, words)


# --- Pure ----------------------------------------------------------------------------------------


def beam_rows(chart: Chart, words: Wording, width: int) -> Iterator[Sequence[tuple[str, int]]]:
    """Rows of texts, each with its kind: 0 words, 1 a bar, 2 what of it is over the target."""
    named = max(cell_len(label) for label in chart.x) + 1
    top, digits = highest(chart), 1 if highest(chart) < 1000 else 0
    figures = [
        "–" if value is None else words.number(value, digits) for value in chart.series[0].values
    ]
    room = max(1, width - named - max(map(len, figures)) - 2)
    target = None if chart.target is None or not top else int(chart.target / top * room)
    for label, value, figure in zip(chart.x, chart.series[0].values, figures, strict=True):
        cells = round((value or 0.0) / top * room * 2) if top else 0
        bar = BAR * (cells // 2) + HALF_BAR * (cells % 2)
        yield [(set_cell_size(label, named), 0), *_beam(bar, target, room), (f" {figure}", 0)]


def _beam(bar: str, target: int | None, room: int) -> list[tuple[str, int]]:
    """A bar with the target's mark in it, or behind it."""
    if target is None or target >= room:
        return [(bar, 1)]
    if len(bar) <= target:
        return [(bar, 1), (" " * (target - len(bar)) + "│", 0)]
    return [(bar[:target], 1), ("│", 0), (bar[target + 1 :], 2)]


def heat_rows(chart: Chart, words: Wording, width: int) -> Iterator[Sequence[tuple[str, int]]]:
    """Rows of texts with how warm each is, 0 to 4. Where there is no room for all columns, they go
    on in a second block below."""
    named = max((cell_len(one.title) for one in chart.series), default=0) + 1
    at_once = max(1, (width - named) // HEAT_CELL)
    top = highest(chart)
    for start in range(0, len(chart.x), at_once):
        if start:
            yield [("", 0)]
        columns = range(start, min(len(chart.x), start + at_once))
        yield [(" " * named, 0), *((f"{chart.x[at]:>{HEAT_CELL - 1}} ", 0) for at in columns)]
        for one in chart.series:
            cells = (_heat_cell(one.values[at], top, words) for at in columns)
            yield [(set_cell_size(one.title, named), 0), *cells]


def _heat_cell(value: float | None, top: float, words: Wording) -> tuple[str, int]:
    if value is None:
        return f"{NOTHING_YET:>{HEAT_CELL - 1}} ", 0
    heat = min(4, int(5 * value / top)) if top else 0
    figure = words.number(value, 0 if top >= 10 else 1)
    return f"{figure:>{HEAT_CELL - 1}}{SHADES[heat]}", heat


def runs(series: Series) -> Iterator[list[tuple[int, float]]]:
    """Places, counted from 1, with their values: those without a gap between them together."""
    run: list[tuple[int, float]] = []
    for place, value in enumerate(series.values, start=1):
        if value is not None:
            run.append((place, value))
        elif run:
            yield run
            run = []
    if run:
        yield run


def every(labels: Sequence[str], width: int) -> int:
    """Every how many-th label has room below the axis."""
    widest = max((cell_len(label) for label in labels), default=1) + LABEL_GAP
    return max(1, -(-len(labels) * widest // width))


def highest(chart: Chart) -> float:
    """The largest value, the target among them."""
    values = [value for one in chart.series for value in one.values if value is not None]
    return max([*values, chart.target or 0.0])


def steps(top: float) -> list[float]:
    """Round figures from 0 to at least this, not many."""
    scale = 0.1
    while scale * 50 < top:
        scale *= 10
    size = next(scale * round_ for round_ in (1, 2, 5, 10) if scale * round_ * MOST_STEPS >= top)
    count = max(1, -int(-top // size))
    return [size * step for step in range(count + 1)]
