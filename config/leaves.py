"""What can be wrong with a single text of the file. Each answers None, or what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from ipaddress import ip_address
from typing import Final
from unicodedata import category, is_normalized
from zoneinfo import available_timezones

from config.keypad import KEYBOARD
from config.mistakes import did_you_mean, shown
from config.pins import is_hash
from config.secrets import has_password
from hardware.addresses import BadAddress, address_of
from hardware.own_frames import BadFrame, own_frame
from link.text import clean

HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9-]+)*")


def fault_of_text(text: str) -> str | None:
    """Screens, printers and plates get texts as they stand: nothing in them may steer a device."""
    for character in text:
        if category(character).startswith("C"):
            return f"has the invisible character U+{ord(character):04X}."
    if not is_normalized("NFC", text):
        return "is not in Unicode's form NFC: type it again with composed letters."
    plain = "".join(" " if category(character) == "Zs" else character for character in text)
    if plain.strip() != clean(plain, len(plain)):
        return "has letters without a shape, or more marks on a letter than a letter has."
    return "begins or ends with a blank." if text != text.strip() else None


@cache
def timezones() -> frozenset[str]:
    return frozenset(available_timezones())


def fault_of_timezone(name: str) -> str | None:
    if name in timezones():
        return None
    return f"{shown(name)} is no time zone. {did_you_mean(name, timezones())}".rstrip()


def fault_of_host(host: str) -> str | None:
    return None if is_address(host) or HOST.fullmatch(host) else f'"{host}" is no host.'


def fault_of_address(url: str) -> str | None:
    """Of the database. What is wrong with it is said without it."""
    if has_password(url):
        return (
            "has a password, and this file is no place for one:"
            " put it into a file of its own that nobody else can read, and name that file as"
            " database_password_file."
        )
    return fault_of_text(url)


def fault_of_device(text: str) -> str | None:
    """Where a device is, as `hardware.addresses` reads it; a keyboard is nowhere."""
    fault = fault_of_text(text)
    if fault is not None or text == KEYBOARD:
        return fault
    try:
        address_of(text)
    except BadAddress as bad:
        return f"is no address: {bad}."
    return None


def fault_of_hash(text: str) -> str | None:
    return None if is_hash(text) else "is no argon2id hash."


def fault_of_frame(text: str) -> str | None:
    """What a plate is sent, in the language of hardware.own_frames."""
    try:
        own_frame(text)
    except BadFrame as bad:
        return str(bad)
    return None


def is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether only programs on the same machine can come in."""
    return host == "localhost" or (is_address(host) and ip_address(host).is_loopback)


def in_order(first: str, start: str, second: str, end: str) -> Iterator[tuple[str, str]]:
    """The fault of a stretch of time that ends before it begins."""
    if start >= end:
        yield second, f'"{end}" is not after {first}, "{start}".'
