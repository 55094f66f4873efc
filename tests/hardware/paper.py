"""What the tests of the ticket need: facts, and a reader of what a printer is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from PIL import Image

from hardware.facts import TicketFacts

WIDTHS: Final = (576, 384)
HARD_LETTERS: Final = "ơ ư ạ ấ ậ ẩ ẫ ắ ặ ẳ ẵ ế ệ ố ộ ợ ự ỷ Đ"

TICKET: Final = TicketFacts(
    number="A047",
    hall="Trung tâm Phục vụ hành chính công phường An Bình",
    unit="Ủy ban nhân dân phường An Bình",
    service="Chứng thực bản sao từ bản chính",
    where="Quầy 1, 2, 3, 4 – Khu A – Tầng 1",
    taken="08:12 ngày 23/11/2026",
    serving="A039",
    ahead="7 người chờ",
    wait="khoảng 20–30 phút",
    papers="Bản chính và bản sao cần chứng thực",
    priority="Người từ 75 tuổi trở lên",
    proof="Giấy tờ chứng minh: Căn cước",
    token="Zk3v9Qw0aLm2_xYt",
    code="4829",
    notices=("Xin lưu ý: kết quả được trả vào ngày làm việc tiếp theo.",),
    free_line="Đường dây nóng: 1022",
    reprint=2,
)


@dataclass
class Printed:
    """What came out of a printer: slices of dots, and what else it did."""

    slices: list[Image.Image] = field(default_factory=list)
    started: bool = False
    fed: int = 0
    cut: bool = False

    def picture(self) -> Image.Image:
        height = sum(one.height for one in self.slices)
        whole, y = Image.new("1", (self.slices[0].width, height)), 0
        for one in self.slices:
            whole.paste(one, (0, y))
            y += one.height
        return whole


def printed(stream: bytes) -> Printed:
    """Read ESC/POS the way a printer does; anything not expected of a ticket fails."""
    out = Printed()
    at = 0
    while at < len(stream):
        if stream.startswith(b"\x1b@\x1c.", at):
            out.started, at = True, at + 4
        elif stream.startswith(b"\x1dv0\x00", at):
            wide = int.from_bytes(stream[at + 4 : at + 6], "little")
            high = int.from_bytes(stream[at + 6 : at + 8], "little")
            data = stream[at + 8 : at + 8 + wide * high]
            out.slices.append(Image.frombytes("1", (wide * 8, high), data, "raw", "1;I"))
            at += 8 + wide * high
        elif stream.startswith(b"\x1bd", at):
            out.fed, at = stream[at + 2], at + 3
        elif stream.startswith(b"\x1dV\x01", at):
            out.cut, at = True, at + 3
        else:
            raise AssertionError(f"not expected at {at}: {stream[at : at + 8].hex(' ')}")
    return out


def ink_box(picture: Image.Image) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of everything black."""
    box = picture.convert("L").point(lambda tone: 255 - tone).getbbox()
    assert box is not None
    return box
