"""A hall at half past eight, its kiosk, and hands to touch it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from textual.pilot import Pilot

from hardware.device import Limits
from kiosk.pane import KioskPane
from link.messages import (
    Answer,
    AnyDo,
    CounterInfo,
    FieldInfo,
    GroupInfo,
    HallInfo,
    KioskService,
    KioskView,
    Names,
    ServiceInfo,
    TakeTicket,
    Welcome,
)
from terminal.app import HallApp
from terminal.pane import OnlineChanged, ViewChanged, Welcomed
from tests.screens.conftest import NOW, screen_text, small_hall, welcome
from tests.waiting import until

LOW, HIGH = (80, 24), (67, 120)
KEY_NAMES = {"*": "asterisk", "#": "number_sign"}


def named(vi: str, en: str) -> Names:
    return {"vi": vi, "en": en}


SERVICES = [
    ("CT01", "A", named("Chứng thực bản sao từ bản chính", "Certified copy")),
    ("CT02", "A", named("Chứng thực chữ ký", "Signature certification")),
    ("CT03", "A", named("Chứng thực hợp đồng, giao dịch", "Contract certification")),
    ("DD01", "H", named("Đăng ký đất đai", "Land registration")),
    ("DD02", "H", named("Chuyển mục đích sử dụng đất", "Land-use change")),
    ("CU01", "M", named("Cư trú", "Residence")),
    ("TR00", "T", named("Nhận kết quả", "Collect a result")),
]


def hall() -> HallInfo:
    return msgspec.structs.replace(
        small_hall(),
        fields=[
            FieldInfo("A", named("Chứng thực", "Certification")),
            FieldInfo("H", named("Đất đai – Xây dựng", "Land and construction")),
            FieldInfo("M", named("Cư trú", "Residence")),
            FieldInfo("T", named("Nhận kết quả", "Collect a result")),
        ],
        services=[
            ServiceInfo(
                code, field, names, 600, named("bản chính và bản chụp", "original and copy")
            )
            for code, field, names in SERVICES
        ],
        counters=[
            CounterInfo(f"Q{number}", number, zone=named(f"Khu {zone}", f"Zone {zone}"), floor="1")
            for number, zone in ((1, "A"), (2, "A"), (3, "B"))
        ],
        groups=[
            GroupInfo(
                "merit",
                named("Người có công", "People with merit"),
                named("Giấy xác nhận người có công", "Certificate of merit"),
            ),
            GroupInfo(
                "elderly",
                named("Người từ 75 tuổi", "Aged 75 and over"),
                named("Căn cước", "Identity card"),
                from_age=75,
            ),
        ],
    )


def view(**first: Any) -> KioskView:
    """The land desk is closed, nobody sits at residence; `first` changes certified copies."""
    ordinary = {"open": True, "waiting": 6, "low_s": 600, "high_s": 900}
    land = {"open": False, "waiting": 0, "closed_because": "service_closed"}
    land["opens_at"] = NOW + timedelta(hours=4, minutes=15)
    facts: dict[str, dict[str, Any]] = {
        "CT01": {**ordinary, **first},
        "CT02": {**ordinary, "waiting": 1, "high_s": 1200},
        "CT03": {"open": False, "waiting": 2, "closed_because": "daily_limit_reached"},
        "DD01": land,
        "DD02": land,
        "CU01": {"open": True, "waiting": 3},
        "TR00": {"open": True, "waiting": 0, "low_s": 0, "high_s": 300},
    }
    return KioskView([KioskService(service, **fact) for service, fact in facts.items()])


def taken(do: TakeTicket, number: str = "A047") -> dict[str, Any]:
    """What the server answers to somebody who took a ticket."""
    return {
        "ticket": number,
        "token": "x",
        "services": do.services,
        "group": do.group,
        "language": do.language,
        "issued_at": NOW,
        "ahead": 6,
        "low_s": 600,
        "high_s": 900,
        "counters": ["Q1", "Q2", "Q3"],
    }


def greeting() -> Welcome:
    welcomed = welcome("kiosk-1", "kiosk")
    welcomed.hall = hall()
    welcomed.device.settings = {"idle_s": 45, "show_number_s": 20, "fields": []}
    return welcomed


class Kiosk:
    """A kiosk whose clock stands still until told, and whoever touches it."""

    def __init__(
        self,
        *,
        server: str | None = None,
        language: str | None = None,
        kept_in: Path | None = None,
        limits: Limits | None = None,
    ) -> None:
        from kiosk.app import build

        self.seconds = 1000.0
        self.asked: list[AnyDo] = []
        if server is None:
            self.app = HallApp(KioskPane(language=language, kept_in=kept_in))
        else:
            self.app = build(server, "kiosk-1", "", language=language, kept_in=kept_in)
        assert isinstance(self.app.pane, KioskPane)
        self.pane = self.app.pane
        self.pane.clock = lambda: self.seconds
        self.pane.now = lambda: NOW
        if self.pane.devices is not None and limits is not None:
            self.pane.devices.limits = limits
        self.pilot: Pilot[None] | None = None

    async def answer(self, do: AnyDo, *, patience_s: float | None = None, **_: object) -> Answer:
        self.asked.append(do)
        ok = taken(do) if isinstance(do, TakeTicket) else {}
        return msgspec.convert({"id": "", "ok": ok}, Answer)

    def shows(self, text: str) -> bool:
        return text in screen_text(self.app)

    async def see(self, text: str) -> None:
        await until(lambda: self.shows(text))

    async def press(self, keys: str) -> None:
        """Keys one after another, each when the page before has settled."""
        assert self.pilot is not None
        for key in keys.split():
            self.seconds += 1
            await self.pilot.press(KEY_NAMES.get(key, key))
            await self.pilot.pause()

    async def touch(self, text: str) -> None:
        """Touch where this text stands."""
        await self.see(text)
        assert self.pilot is not None
        rows = screen_text(self.app).splitlines()
        x, y = next((row.index(text), y) for y, row in enumerate(rows) if text in row)
        await self.pilot.click(offset=(x, y))
        await self.pilot.pause()

    async def wait(self, seconds: float) -> None:
        """Let the kiosk's clock go on, and the kiosk look at it."""
        self.seconds += seconds
        assert self.pilot is not None
        self.pane._tick()
        await self.pilot.pause()


@asynccontextmanager
async def kiosk(
    size: tuple[int, int] = LOW,
    showing: KioskView | None = None,
    *,
    person_key: str = "",
    kept_in: Path | None = None,
    limits: Limits | None = None,
    **settings: Any,
) -> AsyncIterator[Kiosk]:
    """A kiosk that is online and answered at once. `settings`: what config.toml says besides."""
    made = Kiosk(kept_in=kept_in, limits=limits)
    welcomed = greeting()
    welcomed.person_key = person_key
    welcomed.device.settings |= settings
    async with made.app.run_test(size=size) as made.pilot:
        made.pane.ask = made.answer
        for message in (Welcomed(welcomed), OnlineChanged(True), ViewChanged(showing or view())):
            made.pane.post_message(message)
        await made.see("Mời Quý khách chọn lĩnh vực")
        await made.see("Chứng thực")
        yield made
