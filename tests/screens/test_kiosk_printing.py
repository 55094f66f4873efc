"""A kiosk with a printer: the ticket comes out, or the number stands large and people are told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest

from hardware.device import Limits
from hardware.layout import ticket_picture
from hardware.template import SHIPPED, read
from kiosk.paper import ticket_facts
from kiosk.ticket import Ticket
from link.messages import DeviceState, Do, Printed, TakeTicket
from terminal.pane import OnlineChanged, ViewChanged
from tests.hardware.fake_printer import NetworkPrinter
from tests.hardware.paper import printed
from tests.hardware.printing import give_time
from tests.screens.kiosk_halls import Kiosk, hall, kiosk, taken, view
from tests.waiting import until

D = TypeVar("D", bound=Do)
QUICK = Limits(retry_s=0.05, poll_s=0.05, answer_s=1, fence_s=10)
IMPATIENT = replace(QUICK, fence_s=0.5)  # where the ticket does not come
DOUBTFUL = Printed("A047", ok=False)
OUT_OF_PAPER = DeviceState("printer", "no_paper")


@pytest.fixture
async def paper() -> AsyncIterator[NetworkPrinter]:
    with NetworkPrinter() as printer:
        yield printer


@asynccontextmanager
async def printing(
    kept_in: Path, *printers: str, limits: Limits = QUICK, **settings: Any
) -> AsyncIterator[Kiosk]:
    """A kiosk that knows its printers and has begun to look after them."""
    settings |= {"printers": list(printers)}
    async with kiosk(kept_in=kept_in, limits=limits, **settings) as one:
        await until(lambda: one.pane.printing)
        yield one


def asked(one: Kiosk, kind: type[D]) -> list[D]:
    return [do for do in one.asked if isinstance(do, kind)]


def troubles(one: Kiosk) -> list[str | None]:
    """What the kiosk itself knows."""
    assert one.pane.devices is not None
    return list(one.pane.devices.troubles().values())


async def test_a_ticket_comes_out_and_the_kiosk_says_so(
    paper: NetworkPrinter, tmp_path: Path
) -> None:
    async with printing(tmp_path, paper.address) as one:
        await one.press("1 1")
        await one.see("Xin mời Quý khách nhận phiếu ở khe in")
        await until(lambda: asked(one, Printed) == [Printed("A047", ok=True)])
        assert len(paper.mechanism.drawn) == 1
        await one.wait(9)
        await one.see("SỐ THỨ TỰ CỦA QUÝ KHÁCH")
        await one.wait(2)
        await one.see("Mời Quý khách chọn lĩnh vực")


async def test_without_paper_the_number_stands_large_and_the_officers_are_told(
    paper: NetworkPrinter, tmp_path: Path
) -> None:
    async with printing(tmp_path, paper.address) as one:
        paper.mechanism.paper = False
        await until(lambda: OUT_OF_PAPER in one.asked)
        await one.press("1 1")
        await one.see("Phiếu chưa in được: hết giấy")
        await one.see("Số vẫn có giá trị")
        await until(lambda: Printed("A047", ok=False, trouble="no_paper") in one.asked)
        await one.wait(19)
        await one.see("Số vẫn có giá trị")
        paper.mechanism.paper = True
        await one.see("Xin mời Quý khách nhận phiếu ở khe in")
        await until(lambda: DeviceState("printer", None) in one.asked)
        await until(lambda: Printed("A047", ok=True) in one.asked)


async def test_whoever_is_called_before_the_paper_came_gets_none_later(
    paper: NetworkPrinter, tmp_path: Path
) -> None:
    paper.mechanism.paper = False
    async with printing(tmp_path, paper.address) as one:
        await until(lambda: OUT_OF_PAPER in one.asked)
        await one.press("1 1")
        await one.see("Phiếu chưa in được")
        called = view()
        called.called = ["C001", "A047"]
        one.pane.post_message(ViewChanged(called))
        await until(lambda: one.pane.printing and one.pane.printing.waiting == 0)
        paper.mechanism.paper = True
        await until(lambda: DeviceState("printer", None) in one.asked)
        assert paper.mechanism.drawn == []


async def test_a_doubtful_ticket_is_asked_about_and_printed_again_as_a_copy(
    paper: NetworkPrinter, tmp_path: Path
) -> None:
    async with printing(tmp_path, paper.address, limits=IMPATIENT) as one:
        await until(lambda: paper.mechanism.reports)
        paper.mechanism.fences = False
        await one.press("1 1")
        await until(lambda: one.asked.count(DOUBTFUL) == 2)  # the copy nobody asked for as well
        await one.see("Phiếu có thể chưa in ra")
        assert paper.mechanism.drawn[0] != paper.mechanism.drawn[1]
        await one.see("In lại")
        assert one.pane.printing is not None
        give_time(one.pane.printing._printer)
        paper.mechanism.fences = True
        await one.press("2")
        await one.see("Xin mời Quý khách nhận phiếu ở khe in")


async def test_whoever_has_the_ticket_says_so_and_it_counts_as_printed(
    paper: NetworkPrinter, tmp_path: Path
) -> None:
    async with printing(tmp_path, paper.address, limits=IMPATIENT) as one:
        await until(lambda: paper.mechanism.reports)
        paper.mechanism.fences = False
        await one.press("1 1")
        await until(lambda: one.asked.count(DOUBTFUL) == 2)
        await one.see("Đã nhận phiếu")
        await one.press("1")
        await until(lambda: Printed("A047", ok=True) in one.asked)


async def test_what_troubles_the_printer_is_told_again_when_the_server_is_back(
    paper: NetworkPrinter, tmp_path: Path
) -> None:
    async with printing(tmp_path, paper.address) as one:
        one.pane.post_message(OnlineChanged(False))
        paper.mechanism.paper = False
        await until(
            lambda: "no_paper" in (one.pane.devices.troubles() if one.pane.devices else {}).values()
        )
        assert OUT_OF_PAPER not in one.asked
        one.pane.post_message(OnlineChanged(True))
        await until(lambda: OUT_OF_PAPER in one.asked)


async def test_a_second_printer_takes_over(paper: NetworkPrinter, tmp_path: Path) -> None:
    with NetworkPrinter() as second:
        paper.mechanism.paper = False
        async with printing(tmp_path, paper.address, second.address) as one:
            await until(lambda: OUT_OF_PAPER in one.asked)
            await one.press("1 1")
            await one.see("Xin mời Quý khách nhận phiếu ở khe in")
            assert len(second.mechanism.drawn) == 1


async def test_a_layout_with_a_mistake_prints_the_shipped_one_and_the_technician_is_told(
    paper: NetworkPrinter, tmp_path: Path
) -> None:
    wrong = tmp_path / "mine.toml"
    wrong.write_text('[[row]]\ntext = "{nmuber}"\n', encoding="utf-8")
    async with printing(tmp_path, paper.address, template=str(wrong)) as one:
        await until(lambda: DeviceState("template", "template") in one.asked)
        await one.press("1 1")
        await one.see("Xin mời Quý khách nhận phiếu ở khe in")


async def test_a_kiosk_that_starts_without_its_server_prints_what_was_due(
    paper: NetworkPrinter, tmp_path: Path
) -> None:
    paper.mechanism.paper = False
    async with printing(tmp_path, paper.address) as one:
        await until(lambda: OUT_OF_PAPER in one.asked)
        await one.press("1 1")
        await one.see("Phiếu chưa in được")
    paper.mechanism.paper = True
    alone = Kiosk(kept_in=tmp_path)
    async with alone.app.run_test(size=(80, 24)):
        await until(lambda: len(paper.mechanism.drawn) == 1)


async def test_the_paper_is_the_picture_that_the_preview_shows(
    paper: NetworkPrinter, tmp_path: Path
) -> None:
    async with printing(tmp_path, paper.address) as one:
        await one.press("1 1")
        await until(lambda: paper.mechanism.drawn)
        (do,) = asked(one, TakeTicket)
        ticket = msgspec.convert(taken(do), Ticket)
        facts = ticket_facts(hall(), ticket)
        picture = ticket_picture(facts, read(SHIPPED), 576)
        assert printed(paper.mechanism.drawn[0]).picture().tobytes() == picture.tobytes()
