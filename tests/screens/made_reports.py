"""Reports made by hand, with every kind of block."""

from __future__ import annotations

from msgspec.structs import replace

from figures.document import (
    Block,
    Chart,
    Column,
    Figure,
    Figures,
    Report,
    Series,
    Table,
    Text,
)


def report(name: str, blocks: list[Block]) -> Report:
    return Report(
        name=name,
        title="Thời gian chờ",
        language="vi",
        hall="Bộ phận Một cửa",
        unit="UBND phường An Bình",
        place="An Bình",
        first="2026-10-01",
        last="2026-10-31",
        made_at="2026-11-23T08:30:00+07:00",
        made_by="motcua 0.1.0",
        blocks=blocks,
    )


MAIN = Figures(
    key="main",
    title="Số liệu chính",
    figures=[
        Figure(
            key="visit_wait_mean",
            title="Thời gian chờ trung bình",
            kind="seconds",
            value=1092.0,
            before=840.0,
            year_ago=None,
            target=900.0,
            met=False,
        ),
        Figure(key="visits_served", title="Lượt đã phục vụ", kind="count", value=5210, before=4987),
        Figure(
            key="visits_within_15",
            title="Chờ không quá 15 phút",
            kind="share",
            value=0.6123,
            before=0.7,
        ),
    ],
    notes=["So với tháng 9/2026."],
)
BY_FIELD = Table(
    key="by_field",
    title="Theo lĩnh vực",
    columns=[
        Column(key="field", title="Lĩnh vực", kind="text"),
        Column(key="served", title="Đã phục vụ", kind="count"),
        Column(key="wait_mean", title="Chờ trung bình", kind="seconds"),
        Column(key="within_15", title="Chờ ≤ 15 phút", kind="share"),
    ],
    rows=[["Hộ tịch", 2110, 1320.0, 0.51], ["Chứng thực", 3100, 720.0, 0.7]],
    total=["Tổng cộng", 5210, 1092.0, 0.6123],
)
BARS = Chart(
    key="wait_mean_by_field",
    title="Chờ trung bình theo lĩnh vực",
    shape="bars",
    x_title="Lĩnh vực",
    y_title="phút",
    x=["Hộ tịch", "Chứng thực"],
    series=[Series(title="Chờ trung bình", values=[22.0, 12.0])],
    target=15.0,
)
HALF_HOURS = [f"{hour}:{minute:02d}" for hour in range(7, 17) for minute in (0, 30)]
LINES = Chart(
    key="visit_wait_mean_by_half_hour",
    title="Chờ trung bình theo nửa giờ",
    shape="lines",
    x_title="Nửa giờ",
    y_title="phút",
    x=HALF_HOURS,
    series=[
        Series(
            title="Chờ trung bình",
            values=[None, *(5.0 + abs(12 - place) for place in range(9)), None, None]
            + [4.0 + place for place in range(8)],
        )
    ],
    target=15.0,
)
CAUSES = Table(
    key="causes",
    title="Vì sao chờ lâu",
    columns=[
        Column(key="cause", title="Nguyên nhân", kind="text"),
        Column(key="long_waits", title="Lượt chờ lâu", kind="count"),
    ],
    rows=[["Ít quầy mở", 120], ["Nhiều người đến cùng lúc", 64]],
)
HEAT = Chart(
    key="heat_visit_wait_mean",
    title="Chờ trung bình",
    shape="heat",
    x_title="Nửa giờ",
    y_title="phút",
    x=HALF_HOURS,
    series=[
        Series(title=day, values=[float((place * 3 + at) % 26) for at in range(20)])
        for place, day in enumerate(("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu"))
    ],
)
OVERVIEW = {
    "waits": report("waits", [MAIN]),
    "period": report("period", [MAIN, BY_FIELD, BARS, LINES]),
    "long_waits": report("long_waits", [CAUSES, Text(key="text", lines=["Một dòng."])]),
    "heat": report("heat", [HEAT]),
}

CASES = Table(
    key="whatif",
    title="So sánh",
    columns=[
        Column(key="case", title="Phương án", kind="text"),
        Column(key="visits_served", title="Lượt đã phục vụ", kind="count"),
        Column(key="visit_wait_mean", title="Chờ trung bình", kind="seconds"),
        Column(key="visits_within_15", title="Chờ không quá 15 phút", kind="share"),
    ],
    rows=[
        ["Ngày thực tế", 243, 1380.0, 0.41],
        ["Chạy lại không thay đổi", 243, 1380.0, 0.41],
        ["Không thay đổi", 243, 1404.0, 0.4],
        ["Theo phương án", 243, 612.0, 0.83],
        ["Chênh lệch", 0, -792.0, 0.43],
        ["Chênh lệch: từ", 0, -960.0, 0.36],
        ["Chênh lệch: đến", 0, -618.0, 0.5],
    ],
)
BEFORE_AND_AFTER = Chart(
    key="whatif_half_hours",
    title="Chờ trung bình theo nửa giờ lấy số",
    shape="lines",
    x_title="Nửa giờ",
    y_title="phút",
    x=HALF_HOURS,
    series=[
        Series(title="Không thay đổi", values=[6.0 + place for place in range(20)]),
        Series(title="Theo phương án", values=[4.0 + place / 2 for place in range(20)]),
    ],
    target=15.0,
)
AGREES = "Chạy lại không thay đổi, cả 243 lượt khách đều được gọi đúng giờ, đúng quầy."
WHAT_IF = replace(
    report(
        "what_if",
        [
            Text(
                key="whatif_answer",
                lines=["Với phương án này, thời gian chờ trung bình là 10,2 phút thay cho 23,4."],
            ),
            CASES,
            BEFORE_AND_AFTER,
            Text(key="whatif_agreement", lines=[AGREES]),
        ],
    ),
    title="Nếu làm khác đi thì sao?",
    first="2026-11-16",
    last="2026-11-16",
)
NEEDED = Chart(
    key="staffing",
    title="Số quầy cần mở và số quầy đã mở",
    shape="bars",
    x_title="Khung nửa giờ",
    y_title="số quầy",
    x=HALF_HOURS,
    series=[
        Series(title="Số quầy cần mở", values=[float(1 + place % 5) for place in range(20)]),
        Series(title="Số quầy đã mở", values=[3.0] * 20),
    ],
)
WITHOUT = Table(
    key="staffing_without",
    title="Nếu bớt một quầy",
    columns=[
        Column(key="case", title="Phương án", kind="text"),
        Column(key="visit_wait_mean", title="Chờ trung bình", kind="seconds"),
    ],
    rows=[["Như bảng trên", 780.0], ["Bớt Quầy 2", 2160.0]],
)
STAFFING = replace(
    report(
        "staffing",
        [
            Text(key="staffing_answer", lines=["Cần nhiều nhất 5 quầy cùng lúc."]),
            NEEDED,
            WITHOUT,
        ],
    ),
    title="Cần bao nhiêu quầy vào Thứ Hai?",
    first="2026-10-26",
    last="2026-11-16",
)
