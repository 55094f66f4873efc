"""From a path to a Config, or to everything that is wrong with the file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

from msgspec import convert

from config.build import config_of
from config.mistakes import Mistake, Mistakes
from config.secrets import BadSecret
from config.shape import File
from config.values import Config
from config.walk import mistakes_in
from link.text import clean

LARGEST: Final = 1_000_000  # bytes; a hall with 400 services has a tenth


def read(path: Path) -> Config:
    """The hall described in this file. Raises Mistakes, with all of them."""
    tables = tables_of(path)
    found = mistakes_in(tables, File)
    if found:
        raise Mistakes([Mistake(path.name, *one) for one in found])
    try:
        return config_of(path, convert(tables, File))
    except BadSecret as bad:
        mistake = Mistake(path.name, "server.database_password_file", str(bad))
        raise Mistakes([mistake]) from None


def tables_of(path: Path) -> dict[str, Any]:
    """The file as TOML. A syntax mistake says line and column; nothing after it can be read."""
    try:
        return tomllib.loads(text_of(path))
    except RecursionError:
        raise wrong(path, "nested too deep.") from None
    except ValueError as problem:  # not only its own: a day like 2026-02-30 is one too
        raise wrong(path, f"not TOML: {clean(str(problem))}.") from None


def text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as problem:
        where = f"It was looked for at {path.absolute()}."
        raise wrong(path, f"cannot be read: {problem.strerror}.", where) from None
    if len(content) > LARGEST:
        raise wrong(path, f"larger than {LARGEST} bytes.")
    try:
        return content.decode()
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise wrong(path, f"not UTF-8 (at line {line}).") from None


def wrong(path: Path, problem: str, hint: str = "") -> Mistakes:
    """A mistake of the file as a whole."""
    return Mistakes([Mistake(path.name, "", problem, hint)])
