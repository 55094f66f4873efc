"""A question to the reports as a manager would ask it, and what stands in the answer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine

from figures.document import Cell, Chart, Figures, Report, Table, Text
from figures.names import HallNames
from hall.model import Setup
from records.reports import report

LATER = datetime(2030, 1, 1, tzinfo=UTC)

NAMES = HallNames(
    language="vi",
    hall="Trung tâm Phục vụ hành chính công phường An Bình",
    unit="Ủy ban nhân dân phường An Bình",
    place="An Bình",
    services={"CT01": "Chứng thực bản sao", "HT01": "Đăng ký khai sinh"},
    fields={"A": "Chứng thực", "C": "Hộ tịch"},
    counters={"1": "Quầy 1", "2": "Quầy 2"},
    agencies={"UBND": "Ủy ban nhân dân", "Công an": "Công an phường"},
    groups={"elderly": "Người cao tuổi"},
    officers={"cb1": "Cán bộ thứ nhất", "cb2": "Cán bộ thứ hai"},
    pause_reasons={"meeting": "Họp"},
    jump_reasons={"deadline": "Sắp hết hạn"},
)


def ask(
    engine: Engine, setup: Setup, name: str, first: date, last: date | None = None, **others: Any
) -> Report:
    facts: dict[str, Any] = {"language": "vi", "now": LATER, "officers_named": True, **others}
    return report(engine, setup, NAMES, name, first, last or first, **facts)


def values(answer: Report, key: str = "main") -> dict[str, Cell]:
    """The figures of a block, by key."""
    return {figure.key: figure.value for figure in figures(answer, key).figures}


def figures(answer: Report, key: str = "main") -> Figures:
    (block,) = [b for b in answer.blocks if isinstance(b, Figures) and b.key == key]
    return block


def table(answer: Report, key: str) -> Table:
    (block,) = [b for b in answer.blocks if isinstance(b, Table) and b.key == key]
    return block


def rows(answer: Report, key: str) -> list[dict[str, Cell]]:
    """The rows of a table, by column."""
    found = table(answer, key)
    names = [column.key for column in found.columns]
    return [dict(zip(names, row, strict=True)) for row in found.rows]


def total(answer: Report, key: str) -> dict[str, Cell]:
    found = table(answer, key)
    assert found.total is not None
    return dict(zip([column.key for column in found.columns], found.total, strict=True))


def chart(answer: Report, key: str) -> Chart:
    (block,) = [b for b in answer.blocks if isinstance(b, Chart) and b.key == key]
    return block


def text(answer: Report, key: str) -> str:
    (block,) = [b for b in answer.blocks if isinstance(b, Text) and b.key == key]
    return "\n".join(block.lines)
