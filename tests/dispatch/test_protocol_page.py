"""docs/protocol.md and its schema say what the code says."""

from __future__ import annotations

import re
from typing import get_args

import msgspec
import pytest

from docs.generate_protocol import (
    GOODBYES,
    PAGE,
    REFUSALS,
    SCHEMA,
    goodbyes_in_the_code,
    page,
    refusals_in_the_code,
    schema,
)
from link import messages as m
from link.client import FINAL_GOODBYES

OUTDATED = "run: python docs/generate_protocol.py"


def example(arrow: str) -> list[str]:
    """The frames of the worked sessions; what was cut out of them is put back as nothing."""
    lines = re.findall(rf"^{arrow} (.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [line for line in lines if "{…}" not in line]


def test_the_page_is_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, OUTDATED


def test_the_schema_is_up_to_date() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema(), OUTDATED


def test_every_refusal_is_explained_and_no_other() -> None:
    assert set(REFUSALS) == set(refusals_in_the_code())


def test_every_goodbye_is_explained_and_no_other() -> None:
    assert set(GOODBYES) == goodbyes_in_the_code()


def test_our_own_client_stays_away_only_where_the_page_says_so() -> None:
    final = {reason for reason, (_, todo) in GOODBYES.items() if "do not connect" in todo}
    assert final >= FINAL_GOODBYES


def test_every_kind_of_request_is_described() -> None:
    assert [do.__name__ for do in get_args(m.AnyDo) if not do.__doc__] == []


@pytest.mark.parametrize("frame", example("→"))
def test_what_a_screen_says_in_the_examples_is_right(frame: str) -> None:
    assert msgspec.json.decode(frame, type=m.FromScreen)


@pytest.mark.parametrize("frame", example("←"))
def test_what_the_server_says_in_the_examples_is_right(frame: str) -> None:
    assert msgspec.json.decode(frame, type=m.FromServer)
