"""Which counters a board is for."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.mistakes import Mistakes
from tests.config import shipped

KEY = "recent_calls = 8\n"
ZONE_A = ["Q1", "Q2", "Q3", "Q4", "Q9"]


@pytest.mark.parametrize(
    ("keys", "counters"),
    [
        ("", []),
        ('counters = ["Q3", "Q2"]', ["Q2", "Q3"]),
        ('zones = ["Khu A"]', ZONE_A),
        ('zones = ["Zone A"]', ZONE_A),
        ('counters = ["Q1", "Q5"]\nzones = ["Khu A"]', [*ZONE_A[:4], "Q5", "Q9"]),
        ('counters = ["Q7"]', ["Q7"]),
    ],
)
def test_a_board_is_for_the_counters_and_zones_it_names(
    keys: str, counters: list[str], tmp_path: Path
) -> None:
    board = shipped.read_text(tmp_path, shipped.changed((KEY, f"{KEY}{keys}\n"))).devices["board-1"]
    assert board.counters == counters
    assert not {"counters", "zones"} & board.settings.keys()


def test_a_zone_that_no_counter_is_in_is_a_mistake_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(Mistakes) as raised:
        shipped.read_text(tmp_path, shipped.changed((KEY, f'{KEY}zones = ["Khu A", "Khu D"]\n')))
    assert str(raised.value) == (
        'config.toml: devices.display[1].zones: "Khu D" is no counter\'s zone.'
        ' Did you mean "Khu B"?'
    )


def test_a_counter_that_is_not_there_is_a_mistake_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(Mistakes) as raised:
        shipped.read_text(tmp_path, shipped.changed((KEY, f'{KEY}counters = ["Q1", "Q77"]\n')))
    assert 'devices.display[1].counters[2]: "Q77" is no counter.' in str(raised.value)
