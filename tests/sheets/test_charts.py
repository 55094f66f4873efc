"""Charts as pictures: what others open, always the same, whatever the names in them are."""

from __future__ import annotations

import io
from xml.etree import ElementTree as Tree

import matplotlib as mpl
import pytest
from PIL import Image

from figures.document import Text
from sheets import SheetError, render
from tests.sheets.reports import bars, empty, hostile, report, whole


def picture(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def test_charts_stand_one_below_the_other() -> None:
    one, three = picture(render(report(bars()), "png")), picture(render(whole(), "png"))
    assert one.format == "PNG"
    assert one.width == three.width == 1200
    assert three.height > 2.5 * one.height
    assert len(set(three.convert("L").tobytes())) > 50


def test_a_drawing_is_xml_without_scripts_or_links() -> None:
    for made in (whole(), whole("en"), empty(), hostile()):
        root = Tree.fromstring(render(made, "svg"))
        tags = {str(element.tag).rpartition("}")[2] for element in root.iter()}
        assert root.tag.endswith("svg")
        assert not tags & {"script", "image", "a", "foreignObject", "text"}


@pytest.mark.parametrize("format", ["png", "svg"])
def test_the_same_report_is_the_same_picture(format: str) -> None:
    assert render(whole(), format) == render(whole(), format)


def test_settings_of_others_change_nothing_and_are_left_alone() -> None:
    before = render(report(bars()), "png")
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red"}):
        assert render(report(bars()), "png") == before
        assert mpl.rcParams["font.size"] == 30


def test_a_picture_carries_nothing_of_the_machine() -> None:
    assert picture(render(whole(), "png")).info.keys() <= {"dpi"}
    assert b"metadata" not in render(whole(), "svg")


def test_a_report_without_charts_is_no_picture() -> None:
    with pytest.raises(SheetError, match="has no charts") as refused:
        render(report(Text(key="t", lines=["x"])), "png")
    assert refused.value.reason == "no_charts"


def test_many_bars_and_names_are_drawn() -> None:
    chart = bars()
    chart.x = [f"Thủ tục dài dằng dặc số {number}" for number in range(120)]
    chart.series[0].values = [float(number) for number in range(120)]
    assert picture(render(report(chart), "png")).width == 1200
