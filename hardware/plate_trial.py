"""Trying a plate by hand, while a hall is set up: shows a text once, and says what came of it.
Keeps nothing, and speaks Vietnamese and English.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Final

from hardware.addresses import Address
from hardware.frames import DARK, Frame
from hardware.led import Limits, Line
from hardware.transport import PortForbidden, PortLost, PortTaken, open_port

Say = Callable[[str], object]
Words = tuple[str, str]  # Vietnamese, English

TOOK: Final = (
    "Bảng đã nhận và trả lời. Bảng đang hiện {text}.",
    "The plate took it and answered. It shows {text}.",
)
TOOK_DARKNESS: Final = (
    "Bảng đã nhận và trả lời. Bảng đã tắt.",
    "The plate took it and answered. It is dark.",
)
SENT: Final = (
    "Đã gửi {text}. Loại bảng này không trả lời: hãy nhìn bảng.",
    "{text} was sent. Plates of this kind never answer: look at it.",
)
SENT_DARKNESS: Final = (
    "Đã gửi lệnh tắt. Loại bảng này không trả lời: hãy nhìn bảng.",
    "It was told to be dark. Plates of this kind never answer: look at it.",
)
CANNOT_SHOW: Final = (
    "Bảng này không hiện được {text}, nên sẽ để tối để không ai nhầm với số khác.",
    "This plate cannot show {text}: it stays dark, so that nobody takes it for another number.",
)
TROUBLES: Final[Mapping[str, Words]] = {
    "no_answer": (
        "Bảng không trả lời. Hãy kiểm tra nguồn điện, hai dây A và B, số của bảng (unit) và tốc độ"
        " (baud).",
        "The plate does not answer. Check its power, wires A and B, its unit and the line's baud.",
    ),
    "refuses": (
        "Bảng có trả lời nhưng không hiểu. Hãy kiểm tra speaks trong cấu hình.",
        "The plate answers, but does not understand. Check speaks in the configuration.",
    ),
}
NOT_OPENED: Final[Mapping[type[PortLost], Words]] = {
    PortLost: (
        "Không thấy đường dây của bảng. Hãy kiểm tra dây cáp và địa chỉ.",
        "The plate's line is not there. Check its cable and its address.",
    ),
    PortTaken: (
        "Chương trình khác đang dùng đường dây này. Hãy dừng màn hình đang điều khiển bảng rồi thử"
        " lại.",
        "Another program is using this line. Stop the screen that drives it, then try again.",
    ),
    PortForbidden: (
        "Người dùng này không có quyền dùng đường dây. Hãy thêm người dùng vào nhóm của thiết bị.",
        "This user may not use the line. Add the user to the device's group.",
    ),
}


def show_once(
    line: Address, frame: Frame, text: str, say: Say, limits: Limits | None = None
) -> bool:
    """Show it, and say what is known; True: it was shown as far as can be known."""
    telegram = frame(text)
    if text and telegram == frame(DARK):
        _say(CANNOT_SHOW, say, text)
        return False
    limits = limits or Limits()
    try:
        with closing(open_port(line, limits.connect_s)) as port:
            opened = Line(port, limits)
            trouble = opened.ask(telegram, limits.tries)
            opened.leave()
    except PortLost as lost:
        _say(NOT_OPENED[type(lost)], say)
        return False
    if trouble is not None:
        _say(TROUBLES[trouble], say)
    elif telegram.answer:
        _say(TOOK if text else TOOK_DARKNESS, say, text)
    else:
        _say(SENT if text else SENT_DARKNESS, say, text)
    return trouble is None


def _say(words: Words, say: Say, text: str = DARK) -> None:
    shown = " / ".join(text.split("\n"))
    for line in words:
        say(line.format(text=shown))
