"""The command about LED plates: shows something on one, without a hall."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from commands.shared import CANNOT, MISTAKES, OK, cannot, config_of

if TYPE_CHECKING:
    from config import Config
    from hardware.plates import Described

SPEECHES: Final = ("frame", "modbus", "modbus_segments", "modbus_number", "alpha", "cd5220")
SPOKEN: Final = ("speaks", "unit", "cells", "frame", "letters")


def plate(arguments: argparse.Namespace) -> int:
    if "://" in arguments.plate:
        return _try_all([_on_line(arguments)], arguments)
    config = config_of(arguments)
    if config is None:
        return MISTAKES
    chosen = _chosen(arguments.plate, config)
    if not chosen:
        known = ", ".join(one.plate for one in _plates(config)) or "none"
        return cannot(f"{config.path} has no plate {arguments.plate}. It has: {known}.")
    return _try_all(chosen, arguments)


def _try_all(plates: list[Described], arguments: argparse.Namespace) -> int:
    from hardware.addresses import BadAddress, address_of
    from hardware.frames import NUMBER, frame_of
    from hardware.own_frames import BadFrame
    from hardware.plate_trial import show_once
    from hardware.plates import Call, Words, text_of

    text = arguments.show or ""
    face = Call(text) if NUMBER.fullmatch(text) else Words(text)
    well = []
    for one in plates:
        print(f"{one.plate}: {one.line}")
        try:
            line, frame = address_of(one.line), frame_of(one.settings)
        except (BadAddress, BadFrame) as error:
            return cannot(str(error))
        well.append(show_once(line, frame, text_of(face, one.settings), print))
    return OK if all(well) else CANNOT


def _on_line(arguments: argparse.Namespace) -> Described:
    """A plate that stands in no configuration yet."""
    from hardware.plates import Described

    said = {key: getattr(arguments, key) for key in SPOKEN}
    settings = {key: value for key, value in said.items() if value is not None}
    return Described("plate", arguments.plate, settings)


def _chosen(code: str, config: Config) -> list[Described]:
    """The plate of this code, or all those of a screen."""
    of_screen = _plates(config, code) if code in config.devices else []
    return of_screen or [one for one in _plates(config) if one.plate == code]


def _plates(config: Config, *screens: str) -> list[Described]:
    """Those that these screens drive, or all."""
    from hardware.plates import Described

    return [
        Described(one.plate, one.line, one.settings)
        for screen in screens or config.devices
        for one in config.devices[screen].plates
    ]
