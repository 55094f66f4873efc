"""What every screen's test needs: plain-text snapshots, waiting, and a small hall to show."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.app import App

from link.messages import (
    CounterInfo,
    DeviceInfo,
    FieldInfo,
    GroupInfo,
    HallInfo,
    Role,
    ServiceInfo,
    Welcome,
    WordInfo,
)
from tests.screens.hands import taken_in

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # Monday, 08:30 in Hà Nội


class ScreenText(SingleFileSnapshotExtension):
    """One text file per snapshot: a diff of it is what changed on the screen."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture(autouse=True)
def hands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is pressed is taken in before the test goes on."""
    taken_in(monkeypatch)


@pytest.fixture
def screen(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """`assert screen_text(app) == screen` compares with the stored picture of this test."""
    return snapshot.use_extension(ScreenText)


def screen_text(app: App[Any]) -> str:
    """What stands on the screen now, as lines of plain text without trailing blanks."""
    rows = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in row).rstrip() for row in rows) + "\n"


def small_hall() -> HallInfo:
    """A hall with two services in two fields, two counters and one priority group."""
    word = WordInfo(code="other", names={"vi": "Lý do khác", "en": "Other"})
    return HallInfo(
        hall="an-binh",
        names={"vi": "Bộ phận Một cửa", "en": "One-stop hall"},
        unit={"vi": "UBND phường An Bình", "en": "An Bình ward"},
        address={"vi": "Số 1, đường Hòa Bình"},
        colours={},
        languages=["vi", "en"],
        timezone="Asia/Ho_Chi_Minh",
        fields=[
            FieldInfo(code="A", names={"vi": "Hộ tịch", "en": "Civil status"}),
            FieldInfo(code="C", names={"vi": "Chứng thực", "en": "Certification"}),
        ],
        services=[
            ServiceInfo(
                code="HT01",
                field="A",
                names={"vi": "Đăng ký khai sinh", "en": "Birth registration"},
                expected_s=600,
            ),
            ServiceInfo(
                code="CT01",
                field="C",
                names={"vi": "Chứng thực bản sao", "en": "Certified copies"},
                expected_s=300,
            ),
        ],
        counters=[
            CounterInfo(code="Q1", number=1, services=["HT01"]),
            CounterInfo(code="Q2", number=2, services=["CT01", "HT01"]),
        ],
        groups=[GroupInfo(code="elderly", names={"vi": "Người cao tuổi", "en": "Elderly"})],
        outcomes=[WordInfo(code="accepted", names={"vi": "Đã tiếp nhận", "en": "Accepted"})],
        pause_reasons=[word],
        hold_reasons=[word],
        jump_reasons=[word],
        cancel_reasons=[word],
        rating_levels=5,
        rating_tags=[],
        wait_target_s=900,
        wait_limit_s=1800,
    )


def welcome(device: str, role: Role, counter: str | None = None) -> Welcome:
    """The welcome of the small hall to one of its screens."""
    who = DeviceInfo(device=device, role=role, counter=counter)
    return Welcome(protocol=1, hall=small_hall(), now=NOW, device=who)
