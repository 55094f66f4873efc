"""The units for systemd: it understands them, and they start commands that there are."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from cli import _parser
from tests.cli.commands import ROOT

UNITS = sorted((ROOT / "docs" / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
MOTCUA = "/opt/motcua/.venv/bin/motcua"
EXPOSED_AT_MOST = 30  # of 100, as systemd counts


def settings(unit: Path) -> dict[str, str]:
    """The last value of each."""
    lines = unit.read_text(encoding="utf-8").splitlines()
    parts = (line.partition("=") for line in lines if not line.startswith("#"))
    return {name: value for name, equals, value in parts if equals}


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_that_there_is_as_nobody_special(unit: Path) -> None:
    said = settings(unit)
    program, *arguments = said["ExecStart"].replace("%i", "kiosk-1").split()
    assert program == MOTCUA
    assert callable(_parser().parse_args(arguments).run)
    assert said["User"] in {"motcua", "motcua-screen"}
    assert (said["NoNewPrivileges"], said["ProtectSystem"], said["PrivateTmp"]) == (
        *("yes", "strict"),
        "yes",
    )


def test_the_server_is_watched_and_started_again_whatever_happens() -> None:
    said = settings(ROOT / "docs" / "systemd" / "motcua.service")
    assert (said["Type"], said["Restart"], said["StartLimitIntervalSec"]) == (
        "notify",
        "always",
        "0",
    )
    assert int(said["WatchdogSec"]) >= 15


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_the_unit_and_finds_it_well_locked_in(
    unit: Path, tmp_path: Path
) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd on this machine")
    for each in UNITS:  # a timer looks for its service
        text = each.read_text(encoding="utf-8").replace(MOTCUA, "/bin/true")
        (tmp_path / each.name.replace("@.", "@kiosk-1.")).write_text(text, encoding="utf-8")
    copy = tmp_path / unit.name.replace("@.", "@kiosk-1.")
    done = subprocess.run(
        [analyze, "verify", "--man=no", copy], capture_output=True, text=True, check=False
    )
    assert [line for line in done.stderr.splitlines() if copy.name in line] == []
    if unit.suffix == ".service":
        exposed = ("security", "--offline=true", f"--threshold={EXPOSED_AT_MOST}")
        done = subprocess.run(
            [analyze, *exposed, copy], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
