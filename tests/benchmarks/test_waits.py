"""How right the expected wait is can be measured on any recorded database."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import waits
from records.engine import connect
from records.journal import Journal
from records.migrate import upgrade
from tests.architecture.sources import ROOT
from tests.records.untouched import prints
from tests.whatif.driven import DrivenDay
from tests.whatif.mondays import LATER, MONDAY, shipped


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two Mondays of the shipped hall."""
    file = Path(tmp_path_factory.mktemp("waits"), "hall.db")
    engine = connect(str(file))
    upgrade(engine)
    for day in (MONDAY, LATER):
        DrivenDay(shipped(), day, 120, counters=7, seed=day.day).write(Journal(engine, shipped()))
    engine.dispose()
    return file


def test_every_rule_is_measured_on_a_recorded_database_which_stays_as_it_is(
    recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = prints(recorded)
    config = str(ROOT / "config.toml")
    waits.main(["--config", config, "--database", str(recorded)])
    out = capsys.readouterr().out
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in out.splitlines()]
    assert [line[1] for line in lines[2:]] == ["forecast", "naive", "ZMS"]
    assert lines[2][0].startswith("recorded; mean wait")
    assert all(line[2].endswith("%") for line in lines[2:])
    assert prints(recorded) == before


def test_a_simulated_day_is_measured_by_the_same_rules() -> None:
    measured = waits.simulated(shipped(), 0.5, 0.1, days=1, seed=1)
    assert len(measured) > 50
    assert waits.score(measured, "forecast").error < waits.score(measured, "ZMS").error
