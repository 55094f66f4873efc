"""Where the letters of paper and charts come from: one free font with every Vietnamese letter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

FAMILY: Final = "Be Vietnam Pro"
STYLES: Final = {"": "Regular", "B": "SemiBold", "I": "Italic", "BI": "SemiBoldItalic"}


@contextmanager
def font_file(style: str) -> Iterator[Path]:
    """The file of a style: "" upright, B bold, I slanted."""
    name = f"BeVietnamPro-{STYLES[style]}.ttf"
    with as_file(files("fontpkg_be_vietnam_pro") / "files" / name) as path:
        yield path
