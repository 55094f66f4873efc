"""What may stand in config.toml of LED plates and signs, and what can be wrong between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from msgspec import Meta, structs

from config.boards import counters_of
from config.kinds import Code, CounterRef, PlateFrame, PlateLine, PlateText, declares, refers
from config.mistakes import shown
from config.table import Fault, Table
from hardware.frames import Settings, frame_of
from hardware.own_frames import own_frame
from link.messages import PlateInfo

if TYPE_CHECKING:
    from config.shape import Counter, File

SAMPLE: Final = "A047"
ITS_PLACE: Final = {"code", "device", "line", "counter"}  # all else is how it is spoken to
LARGEST_MODBUS_UNIT: Final = 247


class Plate(Table, kw_only=True):
    """A plate over a counter or, without a counter, a sign for the newest call."""

    code: Annotated[Code, declares("plate")]
    device: Annotated[str, Meta(description="the code of a screen"), refers("device")]
    line: PlateLine
    counter: CounterRef | None = None
    speaks: Annotated[
        Literal["frame", "modbus", "modbus_number", "modbus_segments", "alpha", "cd5220"],
        Meta(
            description='"frame", "modbus", "modbus_number", "modbus_segments", "alpha" or "cd5220"'
        ),
    ] = "frame"
    frame: PlateFrame | None = None
    blank: PlateFrame | None = None
    unit: Annotated[int, Meta(ge=1, le=255, description="a whole number from 1 to 255")] | None = (
        None
    )
    cells: Annotated[int, Meta(ge=3, le=40, description="a whole number from 3 to 40")] | None = (
        None
    )
    letters: (
        Annotated[str, Meta(pattern=r"^[A-Z]{1,26}\Z", description='capital letters such as "ACH"')]
        | None
    ) = None
    text: PlateText | None = None
    paused: PlateText = "----"

    def settings(self) -> dict[str, Any]:
        """How its screen is told to speak to it."""
        said = {**structs.asdict(self), "text": self.shows()}
        return {key: it for key, it in said.items() if it is not None and key not in ITS_PLACE}

    def shows(self) -> str:
        """What is on it during a call; a sign says the counter too."""
        return self.text or ("{number} {counter}" if self.counter is None else "{number}")

    def faults(self) -> Iterator[Fault]:
        yield from self._faults_of_frames()
        if self.speaks.startswith("modbus") and (self.unit or 1) > LARGEST_MODBUS_UNIT:
            yield "unit", f"{self.unit} is more than a Modbus line has: {LARGEST_MODBUS_UNIT}."
        if self.shows().count("{number}") != 1:
            yield "text", f"{shown(self.text)} has not exactly one {{number}}."
            return
        how = Settings.of(self.settings())
        if how.shows_letters:
            yield from self._faults_of_room(how)
        elif self._shows_numbers() and len(self.letters or "") != 1:
            yield "letters", "must be the one letter that is painted on it, as it has digits only."

    def _faults_of_frames(self) -> Iterator[Fault]:
        for key in ("frame", "blank"):
            if self.speaks != "frame" and getattr(self, key) is not None:
                yield key, f"is for plates that speak frames, and this one speaks {self.speaks}."
        if not (Settings.of(self.settings()).shows_letters or self._shows_numbers()):
            yield "frame", "shows nothing: it has neither {text} nor {number}."

    def _shows_numbers(self) -> bool:
        return self.frame is None or "number" in own_frame(self.frame).places

    def _faults_of_room(self, how: Settings) -> Iterator[Fault]:
        """A sign of the alpha kind has room for everything: what is too long runs through."""
        call = self.shows().replace("{number}", SAMPLE).replace("{counter}", "9")
        for key, text in (("text", call), ("paused", self.paused)):
            if how.speaks != "alpha" and max(map(len, text.split("\n"))) > how.room:
                yield key, f"{shown(text)} is longer than cells, {how.room}."


# --- Between plates, screens and counters --------------------------------------------------------


def faults_of_plates(file: File) -> Iterator[Fault]:
    for index, plate in enumerate(file.plates, start=1):
        for key, problem in (
            *faults_of_place(plate, file),
            *faults_beside(plate, file.plates[: index - 1]),
        ):
            yield f"plates[{index}].{key}", problem


def faults_of_place(plate: Plate, file: File) -> Iterator[Fault]:
    """Of a plate whose screen drives none, or knows nothing of its counter."""
    known = counters_known_to(plate.device, file)
    if known is None:
        yield "device", f"{shown(plate.device)} drives no plates: a display or a counter does."
    elif plate.counter is not None and plate.counter not in known:
        yield "counter", f"{plate.device} knows nothing of {shown(plate.counter)}."


def counters_known_to(device: str, file: File) -> list[str] | None:
    """The counters that a screen shows or stands on; None: it shows none."""
    stands = {one.code: [one.counter] for one in file.devices.counter}
    every = [counter.code for counter in file.counters]
    shows = {one.code: counters_of(one, file.counters) or every for one in file.devices.display}
    return (stands | shows).get(device)


def faults_beside(plate: Plate, above: Sequence[Plate]) -> Iterator[Fault]:
    """Of a plate that shares its line with one that stands above it in the file."""
    for index, other in enumerate(above, start=1):
        if line_of(other) != line_of(plate):
            continue
        if other.device != plate.device:
            yield "line", f"is driven by {other.device} already, for plates[{index}]."
        elif other.line != plate.line:
            yield "line", f"is written as {shown(other.line)} at plates[{index}]: one has to do."
        elif hear_the_same(plate, other):
            yield "unit", f"is that of plates[{index}] on the same line."
        else:
            continue
        return


def line_of(plate: Plate) -> tuple[str, str]:
    """Which line it is: each screen's machine has serial lines of its own."""
    parts = urlsplit(plate.line)
    return (plate.device if parts.scheme == "serial" else "", f"{parts.netloc}{parts.path}")


def hear_the_same(plate: Plate, other: Plate) -> bool:
    """Whether what is sent to one of them on their line is shown by the other, too."""
    speech, others = (one.speaks.partition("_")[0] for one in (plate, other))
    if speech != others:
        return False
    if speech == "frame":
        return framed(plate) == framed(other)
    if speech == "alpha" and None in {plate.unit, other.unit}:
        return True
    return (plate.unit or 1) == (other.unit or 1)


def framed(plate: Plate) -> bytes:
    """What it is sent, whatever it can show of it."""
    described = {"frame": plate.frame, "unit": plate.unit}
    said = {key: value for key, value in described.items() if value is not None}
    return frame_of(said)(SAMPLE).data


# --- For the screens -----------------------------------------------------------------------------


def plate_infos(device: str, stands_on: str | None, file: File) -> list[PlateInfo]:
    """The plates that a screen drives. One at a counter's screen shows that counter."""
    return [
        plate_info(plate, plate.counter or stands_on, file.counters)
        for plate in file.plates
        if plate.device == device
    ]


def plate_info(plate: Plate, counter: str | None, counters: Sequence[Counter]) -> PlateInfo:
    """The number of a plate's counter stands in its text already; a sign's is filled in later."""
    settings = plate.settings()
    numbers = (str(one.number) for one in counters if one.code == counter)
    settings["text"] = settings["text"].replace("{counter}", next(numbers, "{counter}"))
    return PlateInfo(plate.code, plate.line, counter, settings)
