"""A report's charts as pictures. The same report is always the same picture, letter by letter."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.layout_engine import ConstrainedLayoutEngine

from figures.document import Chart, Report
from sheets.drawing import draw, height_of
from sheets.errors import SheetError
from sheets.fonts import FAMILY, font_file
from sheets.wording import Wording, load

WIDTH_IN: Final = 7.5
DOTS: Final = 160  # per inch
FINE: Final = 220  # per inch, on paper
INK: Final = "#1b1b1b"
IMPRINT: Final = ("Creator", "Date", "Format", "Type")  # what would stand in a drawing
STYLE: Final[Any] = {
    "font.family": [FAMILY],
    "font.size": 8.5,
    "axes.titlesize": 10,
    "axes.titleweight": "semibold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10.0,
    "axes.edgecolor": "#8a8a8a",
    "axes.labelcolor": INK,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "text.color": INK,
    "text.parse_math": False,  # a dollar in a name is a dollar
    "xtick.color": INK,
    "ytick.color": INK,
    "svg.fonttype": "path",  # letters as shapes: no machine lacks the font
    "svg.hashsalt": "motcua",
}
_STYLED: Final = Lock()  # matplotlib's settings are of the whole process


def png(report: Report) -> bytes:
    """All charts of a report, one below the other."""
    return _saved(charts_of(report), load(report.language), "png", DOTS)


def svg(report: Report) -> bytes:
    return _saved(charts_of(report), load(report.language), "svg", DOTS)


def chart_png(chart: Chart, words: Wording, width_in: float) -> bytes:
    """One chart for paper; its title stands beside it."""
    return _saved([chart], words, "png", FINE, width_in=width_in, titled=False)


def chart_svg(chart: Chart, words: Wording) -> str:
    """One chart to stand in a page: an svg element."""
    text = _saved([chart], words, "svg", DOTS, titled=False).decode()
    return text[text.index("<svg") :]


def charts_of(report: Report) -> list[Chart]:
    """Raises SheetError where there are none."""
    charts = [block for block in report.blocks if isinstance(block, Chart)]
    if not charts:
        raise SheetError("no_charts", f"the report {report.name} has no charts")
    return charts


def _saved(
    charts: Sequence[Chart],
    words: Wording,
    kind: str,
    dots: int,
    *,
    width_in: float = WIDTH_IN,
    titled: bool = True,
) -> bytes:
    unnamed = dict.fromkeys(("Software",) if kind == "png" else IMPRINT)
    file = io.BytesIO()
    with _styled():
        figure = _figure(charts, words, width_in, titled)
        figure.savefig(file, format=kind, dpi=dots, metadata=unnamed)
    return file.getvalue()


def _figure(charts: Sequence[Chart], words: Wording, width_in: float, titled: bool) -> Figure:
    heights = [height_of(chart) for chart in charts]
    engine = ConstrainedLayoutEngine(h_pad=0.12, w_pad=0.06)
    figure = Figure((width_in, sum(heights)), layout=engine)
    rows = figure.subplots(len(charts), height_ratios=heights, squeeze=False)
    for axes, chart in zip(rows.flatten(), charts, strict=True):
        draw(axes, chart, words, titled=titled)
    return figure


@contextmanager
def _styled() -> Iterator[None]:
    with _STYLED, mpl.rc_context():
        mpl.rcdefaults()  # whatever this machine's own settings are
        mpl.rcParams.update(STYLE)
        _know_the_font()
        yield


@cache
def _know_the_font() -> None:
    for style in ("", "B"):
        with font_file(style) as path:
            fontManager.addfont(path)
