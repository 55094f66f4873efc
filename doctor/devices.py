"""What hangs on a screen's machine: printers, plates, loudspeaker, keypad, card scanner.

What a running screen has for itself is left to it, and nothing is printed unless it is wished for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from doctor.finding import Check, Finding, look, mend, ok
from hardware.addresses import Address, BadAddress, Network, address_of
from hardware.device import Device, Limits
from hardware.transport import PortForbidden, PortLost, PortTaken, open_port
from hardware.trial import print_test
from link.messages import DeviceInfo
from terminal.words import Words

CONNECT_S: Final = 2.0
PRINT_S: Final = 30.0
SOUND_S: Final = 25.0
TYPED: Final = "keyboard"  # a device that types as a keyboard does has no line
DOTS: Final = {80: 576, 58: 384}


def checks(device: DeviceInfo, words: Words, *, runs: bool, prints: bool) -> Iterator[Check]:
    """`runs`: this screen is at work, and has its devices for itself."""
    settings = device.settings
    printers = settings.get("printers", [])
    width = DOTS.get(int(str(settings.get("paper_mm", 80))), 576)
    for text in printers if isinstance(printers, list) else []:
        within_s = 2 * PRINT_S if prints else 10.0
        yield Check("printer", _later(_printer, text, words, runs, width * prints), within_s)
    for line in dict.fromkeys(plate.line for plate in device.plates):
        codes = ", ".join(plate.plate for plate in device.plates if plate.line == line)
        yield Check("plate", _later(_line, line, runs, "plate_there", codes))
    for subject in ("keypad", "pad", "scanner"):
        said = settings.get(subject)
        if isinstance(said, str) and said:
            yield Check(subject, _later(_line, said, runs, "line_there", said))
    template = settings.get("template")
    if isinstance(template, str):
        yield Check("template", _later(_template, template))
    if device.voice is not None and device.voice.speaker:
        yield Check("speaker", _later(_speaker, device.voice.speaker, runs), SOUND_S)


def _later(work: Callable[..., Iterator[Finding]], *facts: object) -> Callable[[], list[Finding]]:
    return lambda: list(work(*facts))


def _printer(text: str, words: Words, runs: bool, width: int) -> Iterator[Finding]:
    """`width`: of a page to print, in dots; 0: none."""
    address = _address(text)
    if address is None:
        yield mend("address_bad", address=text)
        return
    if runs and isinstance(address, Network):  # it has one place, which a second one might take
        yield ok("line_in_use", address=text)
        return
    if width:
        well = print_test(address, width, lambda _: None, patience_s=PRINT_S)
        facts = {"address": text}
        yield ok("printer_printed", **facts) if well else mend("printer_not_printed", **facts)
        return
    device = Device(address, Limits(connect_s=CONNECT_S))
    try:
        device.step()
        yield _of_printer(device, text, words, runs)
    finally:
        device.close()


def _of_printer(device: Device, text: str, words: Words, runs: bool) -> Finding:
    if isinstance(device.not_opened, PortLost):
        return _not_opened(device.not_opened, text, runs)
    if device.trouble is None:
        return ok("printer", address=text)
    facts = {"address": text, "why": words.trouble(device.trouble)}
    return (
        look("printer_trouble", **facts)
        if device.blocked is None
        else mend("printer_trouble", **facts)
    )


def _line(text: str, runs: bool, there: str, name: str) -> Iterator[Finding]:
    """Is the line there, and may it be used? Nothing is sent on it."""
    if text.startswith(TYPED):
        yield ok("typed")
        return
    address = _address(text)
    if address is None:
        yield mend("address_bad", address=text)
        return
    if runs and isinstance(address, Network):
        yield ok("line_in_use", address=text)
        return
    try:
        with closing(open_port(address, CONNECT_S)):
            pass
    except PortLost as lost:
        yield _not_opened(lost, text, runs)
        return
    yield ok(there, address=text, name=name)


def _not_opened(lost: PortLost, text: str, runs: bool) -> Finding:
    match lost:
        case PortTaken() if runs:
            return ok("line_in_use", address=text)
        case PortTaken():
            return look("line_taken", address=text)
        case PortForbidden():
            return mend("line_forbidden", address=text)
        case _:
            return mend("line_missing", address=text)


def _address(text: str) -> Address | None:
    try:
        return address_of(text)
    except BadAddress:
        return None


def _template(text: str) -> Iterator[Finding]:
    from hardware.template import TemplateMistakes, read

    try:
        read(Path(text))
    except (OSError, TemplateMistakes):
        yield mend("template_bad", file=text)
        return
    yield ok("template", file=text)


def _speaker(text: str, runs: bool) -> Iterator[Finding]:
    """Whether it could play; not a sound is heard."""
    from hardware.loudspeaker import NoSpeaker, speaker_of

    speaker = speaker_of(text)
    try:
        speaker.look()
    except NoSpeaker as error:
        yield (
            ok("line_in_use", address=text)
            if runs
            else mend("speaker_none", name=text, why=str(error))
        )
        return
    finally:
        speaker.stop()
    yield ok("speaker", name=text)
