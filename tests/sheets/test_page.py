"""The HTML page: one file that needs nothing else, and takes no text for anything but text."""

from __future__ import annotations

from html.parser import HTMLParser
from xml.etree import ElementTree as Tree

import pytest

from sheets import SheetError, render
from tests.sheets.reports import HARMFUL, LETTERS, empty, hostile, long, whole

VOID = {"meta", "img", "br", "link"}
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "section", "footer"),
    *("div", "p", "em", "strong", "h1", "h2", "table", "thead", "tbody", "tfoot", "tr", "th"),
    *("td", "figure", "svg", "g", "path", "defs", "use", "clippath", "rect"),
}


class Page(HTMLParser):
    """What a browser would make of it: tags, attributes, and the text between."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self.feed(content.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open and self.open[-1] != "style":
            self.text.append(data)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_page_is_whole_and_has_everything(language: str) -> None:
    page = Page(render(whole(language), "html"))
    assert page.open == []
    assert set(page.tags) <= ALLOWED
    assert page.tags.count("table") == 2
    assert page.tags.count("svg") == 3
    assert LETTERS in page.text
    assert ("lang", language) in page.attributes
    country = {"vi": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "en": "SOCIALIST REPUBLIC OF VIET NAM"}
    assert country[language] in page.text
    assert "12,3 phút" in page.text or language == "en"


def test_nothing_is_loaded_from_anywhere() -> None:
    page = Page(render(whole(), "html"))
    for name, value in page.attributes:
        assert name not in {"src", "srcset", "action", "data", "poster"}
        assert not name.startswith("on")
        if name in {"href", "xlink:href"}:
            assert (value or "").startswith("#")


def test_no_text_is_taken_for_markup() -> None:
    page = Page(render(hostile(), "html"))
    assert page.open == []
    assert set(page.tags) <= ALLOWED
    assert {HARMFUL[11], HARMFUL[12], HARMFUL[13], HARMFUL[14]} <= set(page.text)
    assert not any(name.startswith("on") for name, _ in page.attributes)


def test_charts_in_a_page_are_xml() -> None:
    text = render(whole(), "html").decode()
    start, end = text.index("<svg"), text.index("</svg>") + len("</svg>")
    assert Tree.fromstring(text[start:end]).tag.endswith("svg")


def test_an_empty_report_says_so() -> None:
    assert Page(render(empty(), "html")).text.count("Không có số liệu.") == 1


def test_what_no_browser_shows_is_refused_in_words() -> None:
    with pytest.raises(SheetError, match="too many for a page: take csv or xlsx") as refused:
        render(long(50_001), "html")
    assert refused.value.reason == "too_long"
