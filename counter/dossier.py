"""How the code of a dossier looks, said while it is typed. Whether it is one, the server says."""

from __future__ import annotations

import re
from typing import Final

from terminal.words import Words

FORM: Final = re.compile(
    r"(\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(\.\d{1,3}){0,3}-\d{6}-\d{4,6}", re.ASCII
)


def has_form(typed: str) -> bool:
    return FORM.fullmatch(typed.strip().upper()) is not None


def remark_on(typed: str, words: Words) -> str:
    """Whether what was typed so far is a whole code."""
    if not typed.strip():
        return ""
    return words("counter.dossier_whole" if has_form(typed) else "counter.dossier_form")
