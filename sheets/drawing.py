"""How bars, lines and heat maps are drawn into given axes. Knows no file."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, isnan, nan
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import FuncFormatter, MaxNLocator

from figures.document import Chart
from sheets.wording import NOTHING, Wording, clean

COLOURS: Final = ("#1f4e79", "#c55a11", "#548235", "#7f6000", "#5b3a8c", "#7f7f7f")
DASHES: Final = ("-", "--", "-.", ":")  # told apart on a copier, too
TARGET: Final = "#b00020"
COLD, HOT = "#f3f6fa", "#9c2a10"
MIDDLE: Final = "#f2b56b"
MOST_LABELS: Final = 24  # below the axis
WIDE_LABEL: Final = 7  # letters; wider ones stand slanted
MOST_NUMBERS: Final = 16  # bars with their number over them
MOST_CELLS: Final = 260  # of a heat map with their numbers in them
LETTERS_A_LINE: Final = 26


def height_of(chart: Chart) -> float:
    """In inches."""
    if chart.shape == "heat":
        return 1.2 + 0.26 * max(3, len(chart.series))
    return 2.9


def draw(axes: Axes, chart: Chart, words: Wording, *, titled: bool = True) -> None:
    if titled:
        axes.set_title(clean(chart.title))
    axes.set_xlabel(clean(chart.x_title))
    axes.set_ylabel(clean(chart.y_title))
    if not any(value is not None for one in chart.series for value in one.values):
        _nothing(axes, words)
    elif chart.shape == "heat":
        _heat(axes, chart, words)
    else:
        _bars(axes, chart, words) if chart.shape == "bars" else _lines(axes, chart)
        _frame(axes, chart, words)


def _nothing(axes: Axes, words: Wording) -> None:
    axes.text(0.5, 0.5, words("cell.nothing"), ha="center", va="center", transform=axes.transAxes)
    axes.set_xticks([])
    axes.set_yticks([])


def _bars(axes: Axes, chart: Chart, words: Wording) -> None:
    count = len(chart.series)
    width = 0.8 / count
    for number, one in enumerate(chart.series):
        places = np.arange(len(chart.x)) + (number - (count - 1) / 2) * width
        colour = COLOURS[number % len(COLOURS)]
        bars = axes.bar(
            places, _numbers(one.values), width * 0.92, color=colour, label=clean(one.title)
        )
        if count * len(chart.x) <= MOST_NUMBERS:
            axes.bar_label(bars, _labels(one.values, words), padding=2, fontsize=7.5)


def _lines(axes: Axes, chart: Chart) -> None:
    places = np.arange(len(chart.x))
    for number, one in enumerate(chart.series):
        axes.plot(
            places,
            _numbers(one.values),
            DASHES[number % len(DASHES)],
            color=COLOURS[number % len(COLOURS)],
            label=clean(one.title),
            linewidth=1.6,
            marker="o",
            markersize=3,
        )


def _frame(axes: Axes, chart: Chart, words: Wording) -> None:
    """What bars and lines stand in."""
    axes.grid(axis="y")
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(value, words)))
    if chart.target is not None:
        said = words("chart.target", target=_short(chart.target, words))
        axes.axhline(chart.target, color=TARGET, linestyle=(0, (6, 3)), linewidth=1.2, label=said)
    axes.margins(x=0.02, y=0.12)
    lowest = min(value for one in chart.series for value in one.values if value is not None)
    if lowest >= 0:
        axes.set_ylim(bottom=0)
    _name_places(axes, chart.x)
    if len(chart.series) > 1 or chart.target is not None:
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, borderaxespad=0.2)


def _heat(axes: Axes, chart: Chart, words: Wording) -> None:
    values = np.array([_numbers(one.values) for one in chart.series])
    colours = LinearSegmentedColormap.from_list("heat", [COLD, MIDDLE, HOT])
    axes.pcolormesh(values, cmap=colours, edgecolors="white", linewidth=1.2)
    axes.invert_yaxis()
    axes.set_yticks(np.arange(len(chart.series)) + 0.5, [clean(one.title) for one in chart.series])
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    _name_places(axes, chart.x, 0.5)
    if values.size <= MOST_CELLS:
        _write_in(axes, values, words)


def _write_in(axes: Axes, values: np.ndarray[Any, Any], words: Wording) -> None:
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    for row, column in np.ndindex(*values.shape):
        value = float(values[row, column])
        dark = value > low + 0.65 * (high - low)
        axes.text(
            column + 0.5,
            row + 0.5,
            NOTHING if isnan(value) else _short(value, words),
            ha="center",
            va="center",
            fontsize=7 if values.shape[1] <= MOST_NUMBERS else 6,
            color="white" if dark and high > low else "#1b1b1b",
        )


def _name_places(axes: Axes, names: Sequence[str], shift: float = 0.0) -> None:
    """Names below the axis; of very many only every second, third ... one."""
    every = max(1, ceil(len(names) / MOST_LABELS))
    places = np.arange(0, len(names), every)
    shown = [_shortened(clean(name)) for name in names[::every]]
    crowded = sum(map(len, shown)) > WIDE_LABEL * 12 or len(shown) > 12
    slanted = crowded and max(map(len, shown)) > 2
    axes.set_xticks(
        places + shift,
        shown,
        rotation=40 if slanted else 0,
        ha="right" if slanted else "center",
        rotation_mode="anchor" if slanted else None,
    )


def _shortened(name: str) -> str:
    return name if len(name) <= LETTERS_A_LINE else f"{name[: LETTERS_A_LINE - 1].rstrip()}…"


def _numbers(values: Sequence[float | None]) -> list[float]:
    return [nan if value is None else value for value in values]


def _labels(values: Sequence[float | None], words: Wording) -> list[str]:
    return ["" if value is None else _short(value, words) for value in values]


def _short(value: float, words: Wording) -> str:
    """At most one decimal."""
    return words.number(value, 1, whole=abs(value - round(value)) < 1e-9) if value else "0"
