"""Whatever somebody writes: what comes through the door steers nothing and nobody."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
import wave
from io import BytesIO
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta
from rich.cells import cell_len

from config.leaves import fault_of_text
from dispatch.translate import at_counter, elsewhere
from hall import commands as c
from hall.waits import Forecast
from hardware.facts import TicketFacts
from link import messages as m
from link.text import FREE_TEXT, MARKS, MOST_MARKS, NAME, clean, spelled_out
from sheets.plain import harmless as in_a_cell
from terminal.harmless import harmless
from tests.cli.commands import ROOT
from tests.strangers.corpus import ORDERS, PLAIN

ANY_TEXT: Final = st.text(max_size=80) | st.sampled_from([*ORDERS.values(), *PLAIN.values()])
SEEN: Final = {"L", "N", "P", "S", "M"}  # categories, by their first letter


def is_harmless(text: str) -> bool:
    """Letters, digits, signs, marks on letters, and spaces between them."""
    marks = MOST_MARKS
    for character in text:
        kind = unicodedata.category(character)
        if character != " " and kind[0] not in SEEN:
            return False
        marks = marks + 1 if kind in MARKS else 0
        if marks > MOST_MARKS:
            return False
    return True


@given(ANY_TEXT)
def test_what_was_cleaned_is_harmless_and_stays_as_it_is(text: str) -> None:
    kept = clean(text)
    assert is_harmless(kept)
    assert unicodedata.is_normalized("NFC", kept)
    assert kept == kept.strip()
    assert sum(unicodedata.category(one) not in MARKS for one in kept) <= FREE_TEXT
    assert clean(kept) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Kính gửi Ủy ban nhân dân", "Kính gửi Ủy ban nhân dân"),
        ("Chu\u031b\u0301ng thu\u031b\u0323c", "Chứng thực"),
        ("a\x1b[2Jb\u202ec\ud800d\ne\u00a0f ", "a[2Jbcd e f"),
        ("một\u2028hai\u3000ba\tbốn", "một hai ba bốn"),
        ("e" + "\u0335" * 9, "e" + "\u0335" * 3),
        ("\u0301x", "x"),
        ("\u200b\ufe0f\u3164", ""),
    ],
)
def test_what_is_kept(text: str, kept: str) -> None:
    assert clean(text) == kept


def test_a_text_that_is_too_long_ends_with_a_whole_letter() -> None:
    assert clean("x\u0335\u0336" * 70, NAME) == "x\u0335\u0336" * NAME
    assert clean("Ở" * 500) == "Ở" * FREE_TEXT


@given(ANY_TEXT)
def test_a_row_that_a_screen_paints_keeps_its_width(text: str) -> None:
    shown = harmless(text)
    assert cell_len(shown) == cell_len(text)
    assert all(one.isprintable() or unicodedata.category(one) == "Zs" for one in shown)


@given(ANY_TEXT)
def test_what_a_log_spells_out_is_seen_and_complete(text: str) -> None:
    told = spelled_out(text)
    assert all(one.isprintable() or one == "\n" for one in told)


@given(ANY_TEXT)
def test_a_cell_of_a_table_is_no_formula(text: str) -> None:
    cell = in_a_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert all(unicodedata.category(one)[0] != "C" for one in cell)


@given(ANY_TEXT)
def test_a_ticket_has_letters_and_lines_alone(text: str) -> None:
    for fact in TicketFacts(number="A001", service=text, free_line=text).texts().values():
        assert all(one == "\n" or unicodedata.category(one)[0] != "C" for one in fact)


@pytest.mark.parametrize("kind", [kind for kind in ORDERS if kind != "more than there is room for"])
def test_config_toml_takes_no_orders(kind: str) -> None:
    assert fault_of_text(f"an{ORDERS[kind]}binh") is not None


def test_a_text_that_is_spoken_gives_the_voice_no_orders() -> None:
    said = b'en 200\n<speak>one <break time="60s"/> two [[h@l@U]]</speak>'
    done = subprocess.run(
        [sys.executable, "-m", "hardware.espeak"],
        input=said,
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=60,
    )
    with wave.open(BytesIO(done.stdout)) as sound:
        assert 0.5 < sound.getnframes() / sound.getframerate() < 30


# --- Every field of every request ----------------------------------------------------------------

CLEANED: Final = {  # texts of people -> letters that are kept
    "finish.dossier": NAME,
    "finish.apology_no": NAME,
    "rate.text": FREE_TEXT,
    "notice.text": FREE_TEXT,
    "send_word.text": FREE_TEXT,
    "acknowledge.alarm": FREE_TEXT,
}
NEVER_SHOWN: Final = {
    *("sign_in.pin", "sign_in.new_pin", "change_pin.pin", "change_pin.new_pin", "rate.token"),
}
READ: Final = {"what_if.opens", "what_if.closes", "what_if.skills", "what_if.priority"}


def loose_texts() -> set[str]:
    """Every field of a request that may be any text whatever."""
    return {
        f"{do.__struct_config__.tag}.{name}"
        for do in get_args(m.AnyDo)
        for name, kind in get_type_hints(do, include_extras=True).items()
        if is_loose(kind)
    }


def is_loose(kind: Any, metas: tuple[Any, ...] = ()) -> bool:
    if get_origin(kind) is Annotated:
        return is_loose(get_args(kind)[0], (*metas, *get_args(kind)[1:]))
    if kind is str:
        return not any(isinstance(meta, Meta) and meta.pattern for meta in metas)
    return any(is_loose(one) for one in get_args(kind) if one is not type(None))


def test_every_text_of_a_request_is_a_code_or_cleaned_or_never_shown() -> None:
    known = {*CLEANED, *NEVER_SHOWN, *READ}
    assert loose_texts() - known == set()
    assert known - loose_texts() - READ == set()


@pytest.mark.parametrize("kind", [*ORDERS, *PLAIN])
def test_the_door_cleans_what_people_write(kind: str) -> None:
    text = (ORDERS | PLAIN)[kind]
    finish = at_counter(m.Finish("received", dossier=text, apology_no=text), "Q1")
    assert isinstance(finish, c.Finish)
    assert finish.dossier == finish.apology_no == (clean(text, NAME) or None)
    for do, command in (
        (m.Notice(text), c.SetNotice(clean(text))),
        (m.SendWord(text), c.SendWord(clean(text), None)),
        (m.Acknowledge(text), c.Acknowledge(clean(text))),
    ):
        assert elsewhere(do, "manager-1", "", "vi", no_forecast()) == command


def no_forecast() -> Forecast:
    return None  # type: ignore[return-value]  # of these wishes none asks for one
