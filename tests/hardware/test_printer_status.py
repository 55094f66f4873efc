"""What a printer says of itself is told apart and put into words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.status import (
    Block,
    Completed,
    Fence,
    Realtime,
    Reply,
    cause,
    replies_in,
    words_of,
    words_of_block,
    worst,
)

HEALTHY = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}


def realtime(bits: int) -> Realtime:
    return Realtime(0x12 | bits & 0x6C)


replies = st.one_of(
    st.builds(realtime, st.integers(0, 255)),
    st.builds(
        lambda first, rest: Block(bytes([0x10 | first & 0x6C, *(byte & 0x6F for byte in rest)])),
        st.integers(0, 255),
        st.binary(min_size=3, max_size=3),
    ),
    st.builds(lambda bits: Fence(bits & 0x6F), st.integers(0, 255)),
    st.builds(Completed, st.text("ABCxyz019 ", min_size=4, max_size=4).map(str.encode)),
)


def bytes_of(reply: Reply) -> bytes:
    match reply:
        case Realtime(value) | Fence(value):
            return bytes([value])
        case Block(value):
            return value
        case Completed(mark):
            return b"\x37\x22" + mark + b"\0"


@given(st.lists(st.binary(max_size=40)))
def test_no_bytes_break_the_reader_and_it_keeps_only_a_reply_begun(chunks: list[bytes]) -> None:
    rest = b""
    for chunk in chunks:
        _, rest = replies_in(rest + chunk)
        assert len(rest) < 7


@given(st.lists(replies), st.data())
def test_replies_are_told_apart_wherever_the_line_cuts_them(
    said: list[Reply], data: st.DataObject
) -> None:
    stream = b"".join(map(bytes_of, said))
    heard: list[Reply] = []
    rest = b""
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found, rest = replies_in(rest + stream[:size])
        heard, stream = heard + found, stream[size:]
    assert (heard, rest) == (said, b"")


def test_flow_control_and_noise_between_replies_are_left_out() -> None:
    said, rest = replies_in(b"\x11\x13\xff\x12\x9a\x00\x37\x41\x1e")
    assert said == [Realtime(0x12), Fence(0x00), Fence(0x41), Realtime(0x1E)]
    assert rest == b""


def test_a_broken_report_costs_one_byte_and_not_the_answer_behind_it() -> None:
    assert replies_in(b"\x10\x00\x12") == ([Fence(0x00), Realtime(0x12)], b"")


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        ({}, None),
        ({4: 0x1E}, "paper_low"),
        ({1: 0x1E, 2: 0x32, 4: 0x7E}, "no_paper"),
        ({1: 0x1E, 2: 0x16}, "cover_open"),
        ({1: 0x1E, 2: 0x52, 3: 0x1A}, "cutter"),
        ({1: 0x1E, 2: 0x52, 3: 0x52}, "error"),
        ({1: 0x1E}, "offline"),
        ({1: 0x1E, 2: 0x36, 4: 0x7E}, "no_paper"),
    ],
)
def test_the_answers_of_a_printer_become_the_word_that_helps_most(
    answers: dict[int, int], word: str | None
) -> None:
    assert worst(words_of(HEALTHY | answers)) == word


@pytest.mark.parametrize(
    ("block", "word"),
    [
        (b"\x10\x00\x00\x00", None),
        (b"\x10\x00\x03\x00", "paper_low"),
        (b"\x18\x00\x0f\x00", "no_paper"),
        (b"\x38\x00\x00\x00", "cover_open"),
        (b"\x18\x08\x00\x00", "cutter"),
        (b"\x18\x20\x00\x00", "error"),
        (b"\x14\x00\x00\x00", None),
    ],
)
def test_a_report_of_a_change_says_the_same_in_words(block: bytes, word: str | None) -> None:
    assert worst(words_of_block(Block(block))) == word


def test_a_roll_that_runs_low_still_prints() -> None:
    assert cause(frozenset({"paper_low"})) is None
    assert cause(frozenset({"paper_low", "cutter"})) == "cutter"
