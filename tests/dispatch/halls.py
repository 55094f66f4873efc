"""A small hall to serve: its configuration, and clocks that a test can set."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from config.pins import hash_pin
from config.values import Config, Officer, Server
from dispatch.timekeeper import Timekeeper
from hall.model import AlarmLimits, Counter, Group, Hours, Service, Session, Setup
from link.messages import CounterInfo, DeviceInfo, FieldInfo, HallInfo, Role, ServiceInfo

EIGHT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday, 08:00 in the hall
PIN = "739204"
KIOSKS = 130  # so many people can press a button at once

SETUP = Setup(
    hall="an-binh",
    hours=Hours(
        timezone=ZoneInfo("Asia/Ho_Chi_Minh"),
        week=((Session(time(7, 30), time(17), time(7), time(16, 30)),),) * 7,
    ),
    services={
        "CT01": Service(code="CT01", field="A", mean_s=420),
        "HT01": Service(code="HT01", field="C", mean_s=840),
    },
    groups={"elderly": Group(code="elderly", head_start_s=1800)},
    counters={
        "Q1": Counter(code="Q1", lag={"CT01": 0.0, "HT01": 0.0}),
        "Q2": Counter(code="Q2", lag={"CT01": 0.0}),
    },
    outcomes=frozenset({"received", "returned"}),
    result_outcomes=frozenset({"returned"}),
    pause_reasons=frozenset({"lunch"}),
    hold_reasons=frozenset({"form"}),
    jump_reasons=frozenset({"urgent"}),
    cancel_reasons=frozenset({"left"}),
    rating_tags=frozenset({"polite"}),
    alarms=AlarmLimits(silent_s=0),  # most of its kiosks never come
)

MORNING = Session(time(7, 30), time(11, 30), time(7), time(11))
AFTERNOON = Session(time(13), time(17), time(13), time(16, 30))
CLOSED_AT_NOON = replace(SETUP.hours, week=((MORNING, AFTERNOON),) * 7)

HALL_INFO = HallInfo(
    hall=SETUP.hall,
    names={"vi": "Bộ phận Một cửa phường An Bình"},
    unit={"vi": "UBND phường An Bình"},
    address={"vi": "Số 1 đường An Bình"},
    colours={"primary": "#ffcd00"},
    languages=["vi", "en"],
    timezone="Asia/Ho_Chi_Minh",
    fields=[FieldInfo("A", {"vi": "Chứng thực"}), FieldInfo("C", {"vi": "Hộ tịch"})],
    services=[
        ServiceInfo(s.code, s.field, {"vi": s.code}, s.mean_s) for s in SETUP.services.values()
    ],
    counters=[CounterInfo("Q1", 1), CounterInfo("Q2", 2)],
    groups=[],
    outcomes=[],
    pause_reasons=[],
    hold_reasons=[],
    jump_reasons=[],
    cancel_reasons=[],
    rating_levels=5,
    rating_tags=[],
    wait_target_s=900,
    wait_limit_s=1800,
)


def _devices() -> dict[str, DeviceInfo]:
    single: list[tuple[str, Role, str | None]] = [
        ("counter-1", "counter", "Q1"),
        ("counter-2", "counter", "Q2"),
        ("rating-1", "rating", "Q1"),
        ("board-1", "display", None),
        ("board-2", "display", None),
        ("manager-1", "manager", None),
    ]
    kiosks: list[tuple[str, Role, str | None]] = [
        (f"kiosk-{number}", "kiosk", None) for number in range(1, KIOSKS + 1)
    ]
    return {code: DeviceInfo(code, role, counter) for code, role, counter in single + kiosks}


@cache
def config() -> Config:
    """The whole configuration; hashing its PIN takes a moment."""
    pin_hash = hash_pin(PIN)
    return Config(
        path=Path("config.toml"),
        setup=SETUP,
        hall_info=HALL_INFO,
        devices=_devices(),
        officers={
            "lan": Officer("lan", {"vi": "Lan"}, pin_hash, "officer"),
            "minh": Officer("minh", {"vi": "Minh"}, pin_hash, "officer"),
            "hoa": Officer("hoa", {"vi": "Hoa"}, pin_hash, "manager"),
            "thu": Officer("thu", {"vi": "Thu"}, pin_hash, "coordinator"),
            "binh": Officer("binh", {"vi": "Bình"}, pin_hash, "auditor"),
            "quang": Officer("quang", {"vi": "Quang"}, pin_hash, "administrator"),
        },
        server=Server("127.0.0.1", 8765, "sqlite:///motcua.db", plain_text_on_lan=False),
    )


def open_to_the_lan() -> Config:
    """The same hall, which may listen beyond this machine."""
    return replace(config(), server=replace(config().server, plain_text_on_lan=True))


def with_setup(**changes: object) -> Config:
    """The same hall with other rules; they need not make sense."""
    return replace(config(), setup=replace(SETUP, **changes))  # type: ignore[arg-type]


@dataclass
class Clocks:
    """The machine's two clocks; they stand still until a test moves them."""

    wall: datetime = EIGHT
    steady: float = 1000.0
    timekeeper: Timekeeper = field(init=False)

    def __post_init__(self) -> None:
        self.timekeeper = self.new_timekeeper()

    def new_timekeeper(self) -> Timekeeper:
        return Timekeeper(lambda: self.wall, lambda: self.steady)

    def pass_(self, **time: float) -> None:
        """Time passes."""
        passed = timedelta(**time)
        self.wall += passed
        self.steady += passed.total_seconds()

    def set_(self, **by: float) -> None:
        """Somebody sets the wall clock; the steady one does not care."""
        self.wall += timedelta(**by)
