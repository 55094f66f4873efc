"""Halves of letters (`\\ud800` alone): JSON and file names can hold them, and no file can. None
gets through a door.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from config import read
from config.mistakes import Mistakes
from hardware.facts import TicketFacts
from link.text import clean, spelled_out
from server import OpenHall
from sheets.plain import harmless as in_a_cell
from terminal.harmless import harmless
from tests.cli.commands import config_with, run
from tests.dispatch.conftest import Enter
from tests.dispatch.screens import new_id
from tests.strangers.corpus import HALVES

ESCAPED: Final = "\\ud800"
WISHES: Final[dict[str, dict[str, Any]]] = {
    "take_ticket": {"services": ["CT01"], "group": "?"},
    "finish": {"outcome": "received", "dossier": "?"},
    "rate": {"stars": 5, "text": "?"},
    "notice": {"text": "?"},
    "sign_in": {"officer": "?", "pin": "739204"},
    "change_pin": {"pin": "?", "new_pin": "739205"},
    "?": {},
}


@pytest.mark.parametrize("kind", WISHES)
async def test_a_request_with_half_a_letter_ends_its_own_connection_and_changes_nothing(
    hall: OpenHall, enter: Enter, kind: str
) -> None:
    other, sender = await enter(hall, "kiosk", "kiosk-1"), await enter(hall, "counter", "counter-1")
    before = hall.dispatcher.seq
    wish = {"type": "request", "id": new_id(), "do": {"kind": kind, **WISHES[kind]}}
    await sender.send(msgspec.json.encode(wish).replace(b"?", ESCAPED.encode()).decode())
    assert await sender.farewell() == "protocol"
    assert hall.dispatcher.seq == before
    await other.ok("take_ticket", services=["CT01"])


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES.keys())
def test_no_half_of_a_letter_is_kept_or_shown(half: str) -> None:
    text = f"an{half}binh"
    paper = TicketFacts(number="A001", service=text, free_line=text).texts().values()
    for kept in (clean(text), harmless(text), spelled_out(text), in_a_cell(text), *paper):
        assert kept.encode("utf-8").decode() == kept


@pytest.mark.parametrize("written", [ESCAPED, "\\U0000DC00"])
def test_config_toml_with_half_a_letter_is_refused_by_its_line(
    tmp_path: Path, written: str
) -> None:
    path = config_with(tmp_path, ('timezone = "', f'timezone = "{written}'))
    with pytest.raises(Mistakes) as refused:
        read(path)
    assert "line" in str(refused.value)


def test_a_name_that_is_no_text_is_told_in_letters(tmp_path: Path) -> None:
    name = "hall\udcff.toml"  # a byte that is none, as Python hands it on
    assert "hall\\udcff.toml" in run("check", "--config", name, cwd=tmp_path).err
