"""The shipped config.toml, and broken copies of it. Judges nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from config import Config, read

PATH: Final = Path(__file__).parents[2] / "config.toml"


def text() -> str:
    return PATH.read_text(encoding="utf-8")


def changed(*changes: tuple[str, str], of: str | None = None) -> str:
    """The shipped text, each change made at the first place that has it."""
    result = text() if of is None else of
    for old, new in changes:
        assert old in result, old
        result = result.replace(old, new, 1)
    return result


def read_text(folder: Path, content: str | bytes) -> Config:
    """Read this as the file config.toml."""
    path = folder / "config.toml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(path)
