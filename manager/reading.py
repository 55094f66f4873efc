"""How a report comes: asked for part by part, joined, and read. Shows nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from figures.document import Report
from link import messages as m

PATIENCE_S: Final = 600.0  # a report of many years takes its time, and a server may be away
_decode: Final[msgspec.json.Decoder[Report]] = msgspec.json.Decoder(Report)

Answers = Callable[[m.AnyDo, float], Awaitable[m.Answer]]
Told = Callable[[int, int], object]  # so many parts are there, of so many


class NoReport(Exception):  # noqa: N818 - a refusal, told in plain words
    """The server made none: its refusal."""

    def __init__(self, refused: dict[str, object]) -> None:
        super().__init__(str(refused.get("reason")))
        self.refused = refused


class Slice(msgspec.Struct):
    """What an answer brings: a piece of the report's text, and which one of how many."""

    part: int
    parts: int
    text: str


async def read_report(answers: Answers, wanted: m.Report, told: Told) -> Report:
    """The whole report. Raises NoReport."""
    text, part, parts = [], 0, 1
    while part < parts:
        part += 1
        wanted = msgspec.structs.replace(wanted, part=part)
        slice_ = _slice(await answers(wanted, PATIENCE_S))
        text.append(slice_.text)
        parts = slice_.parts
        told(part, parts)
    try:
        return _decode.decode("".join(text))
    except msgspec.MsgspecError as error:
        raise NoReport({"reason": "bad_message", "problem": str(error)}) from None


def _slice(answer: m.Answer) -> Slice:
    if answer.ok is None:
        raise NoReport(answer.refused or {})
    try:
        return msgspec.convert(answer.ok, Slice)
    except msgspec.ValidationError as error:
        raise NoReport({"reason": "bad_message", "problem": str(error)}) from None
