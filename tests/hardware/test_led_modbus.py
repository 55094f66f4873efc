"""Modules that answer, of somebody else's make: what is known of them, what a dead one costs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from hardware.frames import frame_of
from hardware.led import Bus, Limits, OnBus, PlateTrouble
from tests.hardware.modbus_line import ModbusLine
from tests.waiting import until_now as until


@pytest.fixture
def line() -> Iterator[ModbusLine]:
    with ModbusLine() as line:
        yield line


def module(unit: int, speaks: str = "modbus") -> OnBus:
    return OnBus(f"plate-{unit}", frame_of({"speaks": speaks, "unit": unit, "cells": 6}))


@contextmanager
def lit(
    line: ModbusLine, *plates: OnBus, **limits: Any
) -> Iterator[tuple[Bus, list[PlateTrouble]]]:
    """A bus at work on these plates, and what it told. It waits long: the machine is busy."""
    told: list[PlateTrouble] = []
    patient = {"answer_s": 5.0, "refresh_s": 3600.0, "retry_s": 0.02}
    bus = Bus(line.address, plates, told.append, limits=Limits(**{**patient, **limits}))
    bus.start()
    try:
        yield bus, told
    finally:
        bus.stop()


def test_modules_show_what_they_are_told_and_are_dark_at_the_end(line: ModbusLine) -> None:
    with lit(line, module(1), module(3)) as (bus, told):
        bus.show("plate-1", "A105")
        bus.show("plate-3", "C001")
        until(lambda: (line.text(1), line.text(3)) == ("A105", "C001"))
        assert line.asked[-1] in {1, 3}
    assert (line.text(1), line.text(3)) == ("", "")
    assert told == []


def test_a_dead_module_among_three_is_told_and_costs_its_neighbours_nothing(
    line: ModbusLine,
) -> None:
    line.dead = {2}
    plates = (module(1), module(2), module(3))
    with lit(line, *plates, answer_s=1.0, silent_s=0.2, silent_most_s=60.0) as (bus, told):
        until(lambda: told == [PlateTrouble("plate-2", "no_answer")])
        late = []
        for number in range(20):
            text = f"A{number:03d}"
            began = time.monotonic()
            bus.show("plate-1", text)
            bus.show("plate-3", text)
            until(lambda text=text: (line.text(1), line.text(3)) == (text, text))  # type: ignore[misc]
            late.append(max(line.shown_at[1], line.shown_at[3]) - began)
        assert sorted(late)[len(late) // 2] < 1.0
        assert told == [PlateTrouble("plate-2", "no_answer")]


def test_a_silent_module_is_asked_less_often_and_without_a_second_try(line: ModbusLine) -> None:
    line.dead = {2}
    began = time.monotonic()
    with lit(line, module(2), answer_s=0.01, silent_s=0.05, silent_most_s=3600.0):
        until(lambda: len(line.asked) == 7)  # twice, and once after each of five pauses
        assert time.monotonic() - began > 0.05 * (1 + 2 + 4 + 8 + 16)


def test_a_module_that_gets_its_power_back_shows_the_newest_text(line: ModbusLine) -> None:
    line.dead = {2}
    silent, well = PlateTrouble("plate-2", "no_answer"), PlateTrouble("plate-2", None)
    with lit(line, module(2), answer_s=0.2, silent_s=0.05, silent_most_s=0.1) as (bus, told):
        bus.show("plate-2", "A001")
        until(lambda: told == [silent])
        bus.show("plate-2", "A002")
        line.dead = set()
        until(lambda: told[-1] == well)
        until(lambda: line.text(2) == "A002")


def test_noise_on_the_line_is_ignored(line: ModbusLine) -> None:
    line.noise = bytes(range(256)) + b"\x01\x10\x00\x70\x00\x03\xff\xff"
    with lit(line, module(1)) as (bus, told):
        for text in ("A001", "A002", "A003"):
            bus.show("plate-1", text)
            until(lambda text=text: line.text(1) == text)  # type: ignore[misc]
        asked = line.asked.count(1)
    assert told == []
    assert line.asked.count(1) <= asked + 1  # nothing was asked twice


def test_a_module_that_does_not_understand_is_told_apart_from_a_silent_one(
    line: ModbusLine,
) -> None:
    with lit(line, module(1, speaks="modbus_segments")) as (_, told):
        until(lambda: told == [PlateTrouble("plate-1", "refuses")])
