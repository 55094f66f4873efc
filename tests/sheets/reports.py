"""Reports made by hand: an ordinary month, an empty one, and one that wants to do harm."""

from __future__ import annotations

from typing import Final

from figures.document import (
    Block,
    Cell,
    Chart,
    Column,
    Figure,
    Figures,
    Kind,
    Report,
    Series,
    Table,
    Text,
)

# Every letter of Vietnamese with every tone.
LETTERS: Final = (
    "AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬBCDĐEÈẺẼÉẸÊỀỂỄẾỆGHIÌỈĨÍỊKLMNOÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢPQRSTUÙỦŨÚỤƯỪỬỮỨỰVXYỲỶỸÝỴ"
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
)
HARMFUL: Final = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+84 900 000 000",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "＝1+1",
    '=HYPERLINK("http://evil.example";"x")',
    "<script>alert(1)</script>",
    "</svg><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }} {% raw %}",
    "$\\frac{1}{0}$ and $x",
    "\x1b[2J\x1b]0;owned\x07",
    "\u202egnp.exe",
    'a;b"c,d',
    "http://evil.example/",
    "{0} {name} %s",
    "a\x00b",
    "\ud800",
)


def column(key: str, title: str, kind: Kind) -> Column:
    return Column(key=key, title=title, kind=kind)


COLUMNS: Final = [
    column("service", "Thủ tục", "text"),
    column("served", "Đã phục vụ", "count"),
    column("wait_mean", "Chờ trung bình", "seconds"),
    column("within_15", "Chờ ≤ 15 phút", "share"),
    column("score", "Điểm", "score"),
    column("busiest", "Ngày đông nhất", "date"),
    column("longest_at", "Chờ lâu nhất lúc", "time"),
    column("met", "Đạt", "flag"),
]
ROWS: Final[list[list[Cell]]] = [
    ["Chứng thực", 1234, 738.4, 0.7421, 4.52, "2026-11-24", "2026-11-24T08:05:30+07:00", True],
    ["Hộ tịch", 56, 901.2, 0.5, 4.0, "2026-11-02", "2026-11-02T10:40:00+07:00", False],
    ["Đất đai", 0, None, None, None, None, None, None],
    ["Chênh lệch", -12, -90.0, -0.125, -0.25, "2026-11-03", "2026-11-03T09:00:00+07:00", None],
]
TOTAL: Final[list[Cell]] = ["Tổng cộng", 1278, 745.5, 0.7315, 4.5, None, None, None]


def report(*blocks: Block, language: str = "vi", **changes: str) -> Report:
    facts = {
        "name": "period",
        "title": "Báo cáo kỳ",
        "hall": "Trung tâm Phục vụ hành chính công phường An Bình",
        "unit": "Ủy ban nhân dân phường An Bình",
        "place": "An Bình",
        "first": "2026-11-01",
        "last": "2026-11-30",
        "made_at": "2026-12-01T07:05:00+07:00",
        "made_by": "motcua 0.1.0",
    }
    return Report(
        **facts | changes, language=language, blocks=list(blocks), notes=["Ghi chú cuối."]
    )


def table(rows: list[list[Cell]] = ROWS, total: list[Cell] | None = TOTAL) -> Table:
    return Table(
        key="services",
        title="Theo thủ tục",
        columns=COLUMNS,
        rows=rows,
        total=total,
        notes=["Không tính giờ nghỉ trưa."],
    )


def figures() -> Figures:
    return Figures(
        key="main",
        title="Các chỉ tiêu chính",
        figures=[
            Figure(key="visits", title="Số lượt", kind="count", value=5210, before=4980),
            Figure(
                key="wait_mean",
                title="Thời gian chờ trung bình",
                kind="seconds",
                value=738.4,
                before=901.2,
                target=900.0,
                met=True,
            ),
            Figure(
                key="within_15",
                title="Chờ không quá 15 phút",
                kind="share",
                value=0.7421,
                target=0.8,
                met=False,
                note="sáng thứ Hai",
            ),
            Figure(key="on_time", title="Đúng hạn", kind="share", value=None),
        ],
    )


def bars() -> Chart:
    return Chart(
        key="arrivals",
        title="Lượt đến theo nửa giờ",
        shape="bars",
        x_title="Giờ",
        y_title="Lượt",
        x=["07:30", "08:00", "08:30"],
        series=[Series(title="Lượt đến", values=[12.0, 30.0, None])],
    )


def lines() -> Chart:
    return Chart(
        key="waits",
        title="Chờ trung bình theo ngày",
        shape="lines",
        x_title="Ngày",
        y_title="Phút",
        x=["02/11", "03/11", "04/11"],
        series=[
            Series(title="Trung bình", values=[12.5, None, 17.25]),
            Series(title="P90", values=[21.0, 33.5, 28.0]),
        ],
        target=15.0,
    )


def heat() -> Chart:
    return Chart(
        key="heat",
        title="Chờ theo thứ và giờ",
        shape="heat",
        x_title="Giờ",
        y_title="Thứ",
        x=["07:30", "08:00", "08:30"],
        series=[
            Series(title="Thứ Hai", values=[4.0, 19.5, 31.0]),
            Series(title="Thứ Bảy", values=[2.0, None, 8.0]),
        ],
    )


def whole(language: str = "vi") -> Report:
    """A report with a block of every kind."""
    text = Text(key="text", lines=["Trong kỳ đã tiếp nhận 5.210 lượt.", LETTERS])
    return report(text, figures(), table(), bars(), lines(), heat(), language=language)


def long(rows: int) -> Report:
    """A table over many pages."""
    many: list[list[Cell]] = [[f"Dòng {number}", *ROWS[0][1:]] for number in range(rows)]
    return report(table(many))


def empty(language: str = "vi") -> Report:
    """A period in which nothing happened."""
    nothing = Chart(
        key="arrivals",
        title="Lượt đến",
        shape="bars",
        x_title="Giờ",
        y_title="Lượt",
        x=[],
        series=[],
    )
    unknown = heat()
    unknown.series = [Series(title="Thứ Hai", values=[None, None, None])]
    return report(table([], None), nothing, unknown, language=language)


def hostile() -> Report:
    """Names and words as somebody would choose them who wants to do harm."""
    rows: list[list[Cell]] = [[text, -1, -60.0, None, None, text, text, None] for text in HARMFUL]
    harmful = HARMFUL[11]
    chart = bars()
    chart.title, chart.x = harmful, [harmful, "$x$", "a\x00b"]
    chart.series[0].title = "$\\frac"
    figure = Figure(key="x", title=harmful, kind="count", value="=1+1", note=harmful)
    return report(
        Text(key="text", lines=list(HARMFUL)),
        Figures(key="figures", title=harmful, figures=[figure]),
        Table(key="x", title="[a]:*?/\\'", columns=COLUMNS, rows=rows, notes=[harmful]),
        Table(key="y", title="[a]:*?/\\'", columns=COLUMNS, rows=rows, total=rows[0]),
        chart,
        hall=harmful,
        title="=1+1",
        unit="\x1b[2J",
        place="</html>",
    )
