"""Trying a printer by hand, while a hall is set up: how it is, and a page whose letters show
whether tickets can be read. Keeps nothing, and speaks Vietnamese and English.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from PIL import Image

from hardware.addresses import Address
from hardware.device import Device, Limits
from hardware.letters import paragraph
from hardware.print_job import Standing
from hardware.raster import raster
from hardware.status import Trouble
from hardware.transport import PortForbidden, PortLost, PortTaken

Say = Callable[[str], object]
Words = tuple[str, str]  # Vietnamese, English

PATIENCE_S: Final = 60.0  # for a hand that loads paper or closes the cover
BLACK: Final = 144  # a grey up to this is a dot
LETTERS: Final = "ơ ư ạ ấ ậ ẩ ẫ ắ ặ ẳ ẵ ế ệ ố ộ ợ ự ỷ Đ"

READY: Final = ("Máy in sẵn sàng.", "The printer is ready.")
TROUBLES: Final[Mapping[Trouble, Words]] = {
    "no_paper": ("Máy in hết giấy.", "The printer is out of paper."),
    "paper_low": (
        "Máy in sắp hết giấy, nhưng vẫn in được.",
        "The paper is running low, but the printer still prints.",
    ),
    "cover_open": ("Nắp máy in đang mở.", "The printer's cover is open."),
    "cutter": ("Dao cắt giấy bị kẹt.", "The paper cutter is jammed."),
    "error": ("Máy in báo lỗi.", "The printer reports an error."),
    "offline": (
        "Máy in không phản hồi. Có thể chương trình khác đang dùng máy in này.",
        "The printer does not respond. Another program may be using it.",
    ),
    "no_printer": (
        "Không thấy máy in. Hãy kiểm tra nguồn điện, dây cáp và địa chỉ.",
        "No printer found. Check its power, its cable and its address.",
    ),
}
NOT_OPENED: Final[Mapping[type[PortLost], Words]] = {
    PortLost: TROUBLES["no_printer"],
    PortTaken: (
        "Chương trình khác đang dùng máy in này. Hãy đóng chương trình đó rồi thử lại.",
        "Another program is using this printer. Close that program, then try again.",
    ),
    PortForbidden: (
        "Người dùng này không có quyền dùng máy in. Hãy thêm người dùng vào nhóm của thiết bị.",
        "This user may not use the printer. Add the user to the device's group.",
    ),
}
PRINTED: Final = ("Máy in xác nhận đã in xong trang thử.", "The printer confirms the test page.")
UNKNOWN: Final = (
    "Máy in không xác nhận trang thử. Có thể trang vẫn được in: hãy xem giấy.",
    "The printer did not confirm the test page. It may have come out all the same: look.",
)
WAITING: Final = (
    "Trang thử nằm trong bộ nhớ máy in và sẽ được in khi hết sự cố.",
    "The test page is in the printer's memory, and comes out when the trouble is over.",
)


def show_status(address: Address, say: Say, limits: Limits | None = None) -> bool:
    """Say how the printer is; True: it can print."""
    device = Device(address, limits or Limits())
    try:
        device.step()
        _say_state(device, say)
        return device.blocked is None
    finally:
        device.close()


def print_test(
    address: Address,
    width: int,
    say: Say,
    limits: Limits | None = None,
    patience_s: float = PATIENCE_S,
) -> bool:
    """Print a test page so many dots wide; True: the printer says that it has come out."""
    device = Device(address, limits or Limits())
    try:
        device.step()
        if device.blocked is not None:
            _say_state(device, say)
            return False
        page = raster(letters_page(str(address), width))
        device.take(Standing("test", "", "sent", 1, time.time()), page)
        return _wait(device, say, time.monotonic() + patience_s)
    finally:
        device.close()


def letters_page(address: str, width: int) -> Image.Image:
    """The letters that tell a good printer from a bad one, and where they were sent."""
    lines = (
        ("PHIẾU THỬ MÁY IN", "bold", 40),
        ("Printer test page", "regular", 24),
        (LETTERS, "semibold", 40),
        (LETTERS, "regular", 24),
        ("Nếu mọi chữ ở trên rõ ràng, máy in dùng được.", "regular", 24),
        ("If every letter above is clear, the printer will do.", "regular", 24),
        (f"{address}\n{datetime.now().astimezone():%d/%m/%Y %H:%M}", "regular", 24),
    )
    blocks = [paragraph(text, weight, size, width - 32) for text, weight, size in lines]
    page = Image.new("L", (width, sum(block.height + 16 for block in blocks) + 16), 255)
    y = 16
    for block in blocks:
        block.draw(page, 16, y, width - 32, "center")
        y += block.height + 16
    return page.point(lambda grey: 255 * (grey > BLACK), mode="1")


def _wait(device: Device, say: Say, until: float) -> bool:
    while time.monotonic() < until:
        for moved in device.step():
            if moved.state != "held":
                _say(PRINTED if moved.state == "printed" else UNKNOWN, say)
                return moved.state == "printed"
            _say_state(device, say)
            _say(WAITING, say)
    _say(UNKNOWN, say)
    return False


def _say_state(device: Device, say: Say) -> None:
    """What exactly the system says of a device that cannot be opened stands in the log."""
    if device.not_opened is not None:
        _say(NOT_OPENED[type(device.not_opened)], say)
    else:
        _say(READY if device.trouble is None else TROUBLES[device.trouble], say)


def _say(words: Words, say: Say) -> None:
    for line in words:
        say(line)
