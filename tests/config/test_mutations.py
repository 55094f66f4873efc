"""Whatever is done to the file, it is read or its mistakes are told: nothing else can happen."""

from __future__ import annotations

import copy
import datetime
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import convert

from config import Config, Mistakes
from config.build import config_of
from config.shape import File
from config.walk import mistakes_in
from tests.config import shipped
from tests.config.test_shipped import uncommented

WHOLE: Final = tomllib.loads(uncommented())
STRANGE: Final = st.one_of(
    st.integers(),
    st.floats(),
    st.booleans(),
    st.text(max_size=8),
    st.sampled_from(["A", "CT01", "Q1", "vi", "07:00", "first", "$argon2id$v=19$m=1,t=1,p=1$a$b"]),
    st.dates(),
    st.times(),
    st.datetimes(timezones=st.sampled_from([None, datetime.UTC])),
    st.lists(st.text(max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """The shipped tables with a few things dropped, changed, doubled, or put where they are not."""
    tables = copy.deepcopy(WHOLE)
    for _ in range(draw(st.integers(1, 4))):
        box = draw(st.sampled_from(boxes_in(tables)))
        place = draw(st.sampled_from(list(box) if isinstance(box, dict) else range(len(box))))
        match draw(st.sampled_from(["drop", "change", "swap", "add"])):
            case "drop":
                del box[place]
            case "change":
                box[place] = draw(STRANGE)
            case "swap":
                box[place] = copy.deepcopy(draw(st.sampled_from(boxes_in(tables))))
            case "add" if isinstance(box, dict):
                box[draw(st.text(max_size=5))] = draw(STRANGE)
            case "add":
                box.append(copy.deepcopy(box[place]))
    return tables


def boxes_in(value: Any) -> list[Any]:
    """Every table and list that holds something."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value] * bool(inside) + [box for one in inside for box in boxes_in(one)]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_mutated_tables_give_mistakes_or_a_hall(tables: dict[str, Any]) -> None:
    found = mistakes_in(tables, File)
    if found:
        assert all(one.key.isprintable() and one.problem.isprintable() for one in found)
        return
    assert isinstance(config_of(Path("config.toml"), convert(tables, File)), Config)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, len(shipped.text())), st.integers(0, 40), st.text(max_size=6))
def test_mutated_text_gives_mistakes_or_a_hall(
    tmp_path: Path, start: int, dropped: int, put: str
) -> None:
    whole = shipped.text()
    text = (whole[:start] + put + whole[start + dropped :]).encode(errors="replace")
    with suppress(Mistakes):
        assert isinstance(shipped.read_text(tmp_path, text), Config)
