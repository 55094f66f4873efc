"""Reports made by hand, with every kind of block."""

from __future__ import annotations

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
