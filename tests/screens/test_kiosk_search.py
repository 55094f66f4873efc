"""Looking for a service by its name: on the screen's letters, on a keyboard, by digits alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion
from textual.widgets import Static

from kiosk.visit import Search, Visit
from link.messages import FieldInfo, KioskService, KioskView, ServiceInfo, TakeTicket
from terminal.app import CONTRAST, contrast
from terminal.letters import LetterKey, Letters
from terminal.pane import OnlineChanged, ViewChanged, Welcomed
from terminal.tiles import Choices
from tests.screens.conftest import NOW, screen_text
from tests.screens.kiosk_halls import HIGH, LOW, Kiosk, greeting, kiosk, named
from tests.waiting import until

WIDE, WIDEST = (160, 45), (240, 67)
TITLE, TYPED = "Tìm thủ tục A–Z", "Gõ tên thủ tục, không cần dấu: "
SERVICES = [
    ("CT01", "A", named("Chứng thực bản sao từ bản chính", "Certified copy")),
    ("CT02", "A", named("Chứng thực chữ ký", "Signature certification")),
    ("CT03", "A", named("Chứng thực hợp đồng, giao dịch", "Contract certification")),
    ("HT01", "C", named("Đăng ký khai sinh", "Birth registration")),
    ("HT02", "C", named("Đăng ký kết hôn", "Marriage registration")),
    ("HT03", "C", named("Đăng ký khai tử", "Death registration")),
    ("DD01", "H", named("Đăng ký đất đai, biến động, cấp GCN", "Land registration")),
    ("DD02", "H", named("Chuyển mục đích sử dụng đất", "Land-use change")),
    ("KD01", "K", named("Đăng ký thành lập hộ kinh doanh", "Household business, new")),
    ("TR00", "T", named("Nhận kết quả", "Collect a result")),
]
FIELDS = {
    "A": named("Chứng thực", "Certification"),
    "C": named("Hộ tịch", "Civil status"),
    "H": named("Đất đai – Xây dựng", "Land and construction"),
    "K": named("Đăng ký kinh doanh", "Business registration"),
    "T": named("Nhận kết quả", "Collect a result"),
}


def everything() -> KioskView:
    """All is open but land; births are at six people."""
    closed = {"closed_because": "service_closed", "opens_at": NOW}
    return KioskView(
        [
            KioskService(code, open=False, waiting=0, **closed)  # type: ignore[arg-type]
            if field == "H"
            else KioskService(code, open=True, waiting=6, low_s=600, high_s=900)
            for code, field, _ in SERVICES
        ]
    )


@asynccontextmanager
async def large_kiosk(size: tuple[int, int] = LOW) -> AsyncIterator[Kiosk]:
    """A kiosk of a hall with ten services in five fields."""
    welcomed = greeting()
    welcomed.hall = msgspec.structs.replace(
        welcomed.hall,
        fields=[FieldInfo(code, names) for code, names in FIELDS.items()],
        services=[ServiceInfo(code, field, names, 600) for code, field, names in SERVICES],
    )
    async with kiosk(size) as one:
        for message in (Welcomed(welcomed), OnlineChanged(True), ViewChanged(everything())):
            one.pane.post_message(message)
        await one.see("Hộ tịch")
        yield one


async def touch_letters(one: Kiosk, letters: str) -> None:
    """Touch the letters on the screen, one after another and as fast as a person can."""
    assert one.pilot is not None
    for letter in letters:
        key = next(key for key in one.pane.query(LetterKey) if key.stands_for == letter)
        await one.pilot.click(key)
    await one.pilot.pause()


async def resize(one: Kiosk, size: tuple[int, int]) -> None:
    assert one.pilot is not None
    await one.pilot.resize_terminal(*size)
    await until(lambda: len(screen_text(one.app).splitlines()) == size[1])
    await one.pilot.pause()


def results(one: Kiosk) -> int:
    return sum(1 for tile in one.pane.query("Choices Tile") if tile.display)


# --- How it looks --------------------------------------------------------------------------------

PAGES = {
    "everything": "enter",
    "some": "d a n g",
    "one_and_closed": "m u c",
    "none": "x y z q",
    "priority": "9 2 c h u n g",
    "english": "* enter r e",
}


@pytest.mark.parametrize("page", PAGES)
async def test_the_search_looks_like_this(page: str, screen: SnapshotAssertion) -> None:
    async with large_kiosk() as one:
        await one.press(PAGES[page])
        assert screen_text(one.app) == screen


@pytest.mark.parametrize("size", [HIGH, WIDE, WIDEST], ids=str)
async def test_the_search_of_larger_screens_looks_like_this(
    size: tuple[int, int], screen: SnapshotAssertion
) -> None:
    async with large_kiosk(size) as one:
        await one.press("k h a i")
        assert screen_text(one.app) == screen


async def test_results_and_letters_have_room_together_on_every_screen() -> None:
    async with large_kiosk() as one:
        await one.press("9 2 c")
        for size in (LOW, HIGH, WIDE, WIDEST):
            await resize(one, size)
            tiles = [tile for tile in one.pane.query("Choices Tile") if tile.display]
            assert len(tiles) >= 3  # two results, and the box that turns the sheet
            regions = [*(tile.region for tile in tiles), one.pane.query_one(Letters).region]
            assert all(one.pane.region.contains_region(region) for region in regions)
            assert not any(a.overlaps(b) for a in regions for b in regions if a is not b)


async def test_letters_are_larger_on_a_larger_screen() -> None:
    rows = []
    async with large_kiosk() as one:
        await one.press("enter")
        for size in (LOW, WIDE, HIGH):
            await resize(one, size)
            rows.append(one.pane.query(LetterKey).first().size.height)
    assert rows == sorted(set(rows))


async def test_letters_can_be_read_by_weak_eyes() -> None:
    async with large_kiosk() as one:
        await one.press("enter")
        key = one.pane.query(LetterKey).first()
        assert contrast(key.styles.background.hex6, key.styles.color.hex6) >= CONTRAST


# --- Ways to type --------------------------------------------------------------------------------


async def test_a_service_is_found_and_taken_by_touch_alone() -> None:
    async with large_kiosk() as one:
        await one.touch("Tìm thủ tục")
        one.seconds += 1
        await touch_letters(one, "khai⌫⌫ai si")
        await one.see(f"{TYPED}khai si▌")
        await one.touch("Đăng ký khai sinh")
        await one.see("SỐ THỨ TỰ CỦA QUÝ KHÁCH")
        assert one.asked == [TakeTicket(services=["HT01"], language="vi")]


async def test_a_service_is_found_and_taken_on_a_keyboard_alone() -> None:
    async with large_kiosk() as one:
        await one.press("K H A I space t ư backspace ử")
        await one.see(f"{TYPED}KHAI tử▌")
        assert results(one) == 1
        await one.press("enter")
        assert one.asked == [TakeTicket(services=["HT03"], language="vi")]


async def test_enter_takes_nothing_while_more_than_one_could_be_meant() -> None:
    async with large_kiosk() as one:
        await one.press("k h a i enter")
        await one.see(TITLE)
        assert one.asked == []


async def test_a_service_is_found_and_taken_on_a_keypad_alone() -> None:
    async with large_kiosk() as one:
        await one.press("enter")
        while not one.shows("Nhận kết quả"):
            await one.press(str(results(one)))
        titles = [choice.title for choice in one.pane.query_one(Choices)._shown]
        await one.press(str(titles.index("Nhận kết quả") + 1))
        assert one.asked == [TakeTicket(services=["TR00"], language="vi")]


async def test_the_second_half_of_a_double_tap_types_nothing() -> None:
    async with large_kiosk() as one:
        await one.touch("Tìm thủ tục")
        await touch_letters(one, "m")
        await one.see(f"{TYPED}▌")


@pytest.mark.parametrize("before", ["", "1", "9"])
async def test_a_letter_opens_the_search_and_zero_leads_back(before: str) -> None:
    async with large_kiosk() as one:
        await one.press(before)
        page = one.pane._visit.page
        await one.press("k h")
        assert one.pane._visit.page == Search("kh", page)
        await one.press("0")
        assert one.pane._visit.page == page


async def test_other_pages_have_no_letters() -> None:
    async with large_kiosk() as one:
        for keys, there in (("", False), ("# k", False), ("0 k", True), ("0", False)):
            await one.press(keys)
            assert one.pane.query_one(Letters).display is there


# --- What becomes of it --------------------------------------------------------------------------


async def test_a_result_is_taken_like_any_service_and_what_was_typed_is_still_there() -> None:
    async with large_kiosk() as one:
        await one.press("m u c enter")
        await one.see("Thủ tục này đang tạm ngừng tiếp nhận")
        await one.press("0")
        await one.see(f"{TYPED}muc▌")
        await one.press("9 2 # 0 *")
        await one.see("Type what you need: muc▌")
        await one.see("Priority: ")
        assert one.asked == []


async def test_priority_is_said_with_its_proof_before_a_found_service_is_taken() -> None:
    async with large_kiosk() as one:
        await one.press("9 2 k h a i space s enter")
        await one.see("Giấy tờ chứng minh: Căn cước")
        await one.press("0")
        await one.see(f"{TYPED}khai s▌")
        await one.press("1 1")
        assert one.asked == [TakeTicket(services=["HT01"], group="elderly", language="vi")]


async def test_where_nothing_is_found_there_are_two_ways_to_go_on() -> None:
    async with large_kiosk() as one:
        await one.press("x y z q")
        await one.see("Chưa tìm thấy thủ tục này.")
        await one.touch("Xem tất cả")
        await one.see(f"{TYPED}▌")
        await one.press("x y z q 2")
        await one.see("Mời Quý khách chọn lĩnh vực")
        assert one.pane._visit == Visit()


async def test_a_new_letter_shows_the_best_results_and_not_the_sheet_before() -> None:
    async with large_kiosk() as one:
        await one.press("enter")
        await one.press(str(results(one)))
        await one.press("c")
        await one.see("Chuyển mục đích sử dụng đất")


async def test_what_was_typed_is_forgotten_when_nobody_is_there() -> None:
    async with large_kiosk() as one:
        await one.press("k h a i")
        await one.wait(44)
        await one.see("sau 1 giây")
        await one.wait(2)
        await one.see("Mời Quý khách chọn lĩnh vực")
        assert one.pane._visit == Visit()
        assert one.pane.query_one("#typed", Static).content == ""
        await one.press("enter")
        await one.see(f"{TYPED}▌")


async def test_every_letter_gives_more_time() -> None:
    async with large_kiosk() as one:
        for letter in "hai s":
            await one.wait(30)
            await one.press({" ": "space"}.get(letter, letter))
        await one.see(f"{TYPED}hai s▌")


async def test_letters_do_nothing_while_the_kiosk_is_out_of_order() -> None:
    async with large_kiosk() as one:
        one.pane.post_message(OnlineChanged(False))
        await one.see("Máy đang tạm mất kết nối")
        await one.press("k h")
        one.pane.post_message(OnlineChanged(True))
        await until(lambda: not one.shows("Máy đang tạm mất kết nối"))
        assert one.pane._visit == Visit()
