"""Every rule of the hall as a story: tests/scenarios/*.txt, played and compared as whole files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.hall.scenario import play

SCENARIOS = sorted((Path(__file__).parent.parent / "scenarios").glob("*.txt"))
WRITE = "MOTCUA_WRITE_SCENARIOS"  # set it to have the files say what happens now


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_hall_does_what_the_scenario_says(path: Path) -> None:
    story = path.read_text(encoding="utf-8")
    played = play(story)
    if os.environ.get(WRITE) == "1":
        path.write_text(played, encoding="utf-8")
        return
    assert played == story, f"{path.name} is not what happens; {WRITE}=1 writes what does"


def test_every_scenario_begins_with_a_sentence() -> None:
    assert SCENARIOS
    first_lines = [path.read_text(encoding="utf-8").splitlines()[0] for path in SCENARIOS]
    assert [line for line in first_lines if not line.startswith("# ")] == []


def test_a_changed_rule_shows_in_the_played_file() -> None:
    told = "# Somebody comes.\n08:00:00  kiosk  take CT01 -> TicketTaken A002\n"
    assert play(told) == told.replace("A002", "A001")


def test_what_time_alone_does_is_written_into_the_story() -> None:
    told = "# Nobody comes.\n08:00:00  kiosk  take CT01\n08:00:00  counter 1  next\n"
    assert "08:05:00  clock      tick      -> NoShow A001, put back" in play(
        told + "08:05:00  kiosk  take CT01\n"
    )


def test_a_line_nobody_can_carry_out_is_named() -> None:
    with pytest.raises(ValueError, match="counter 1 cannot 'sing'"):
        play("# Nonsense.\n08:00:00  counter 1  sing\n")


def test_a_setting_nobody_knows_is_named() -> None:
    with pytest.raises(ValueError, match="not a setting: 'weather: fine'"):
        play("# Nonsense.\nweather: fine\n08:00:00  clock  tick\n")
