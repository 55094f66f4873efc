"""How a report comes: asked for part by part, joined, and read. Shows nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

import msgspec

from figures.document import Report
from link import messages as m

PATIENCE_S: Final = 600.0  # a report of many years takes its time, and a server may be away
LOOK_S: Final = 0.3  # until a trial is asked again how far it is
_decode: Final[msgspec.json.Decoder[Report]] = msgspec.json.Decoder(Report)

T = TypeVar("T")

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


class Begun(msgspec.Struct):
    """A trial has begun, and is called so."""

    trial: str


class Progress(msgspec.Struct):
    """So much of a trial is done, of so much; of 0: it has hardly begun."""

    done: int
    of: int


async def read_report(answers: Answers, wanted: m.Report, told: Told) -> Report:
    """The whole report. Raises NoReport."""
    text, part, parts = [], 0, 1
    while part < parts:
        part += 1
        wanted = msgspec.structs.replace(wanted, part=part)
        slice_ = _read(await answers(wanted, PATIENCE_S), Slice)
        text.append(slice_.text)
        parts = slice_.parts
        told(part, parts)
    return _whole(text)


async def begin_trial(answers: Answers, wanted: m.WhatIf | m.Staffing) -> str:
    """What the trial is called that has begun. Raises NoReport."""
    return _read(await answers(wanted, PATIENCE_S), Begun).trial


async def read_trial(answers: Answers, trial: str, told: Told) -> Report:
    """The report of a trial, once it is over: `told` how far it is. Raises NoReport."""
    while isinstance(so_far := await _part(answers, trial, 1), Progress):
        told(so_far.done, so_far.of)
        await asyncio.sleep(LOOK_S)
    text = [so_far.text]
    for part in range(2, so_far.parts + 1):
        more = await _part(answers, trial, part)
        text.append(more.text if isinstance(more, Slice) else "")
    return _whole(text)


async def _part(answers: Answers, trial: str, part: int) -> Slice | Progress:
    answer = await answers(m.Trial(trial=trial, part=part), PATIENCE_S)
    if "done" in (answer.ok or {}):
        return _read(answer, Progress)
    return _read(answer, Slice)


def _whole(text: Sequence[str]) -> Report:
    try:
        return _decode.decode("".join(text))
    except msgspec.MsgspecError as error:
        raise NoReport({"reason": "bad_message", "problem": str(error)}) from None


def _read(answer: m.Answer, kind: type[T]) -> T:
    """What an answer brings. Raises NoReport where it brings something else."""
    if answer.ok is None:
        raise NoReport(answer.refused or {})
    try:
        return msgspec.convert(answer.ok, kind)
    except msgspec.ValidationError as error:
        raise NoReport({"reason": "bad_message", "problem": str(error)}) from None
