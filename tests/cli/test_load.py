"""`motcua load`: real servers for tests are loaded, and every other one is left alone."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.request import urlopen

import pytest

from config import read
from load.boards import last_shown
from tests.cli.commands import ROOT, Ended, run, served
from tests.waiting import PATIENCE_S

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ALL_DAY = '[{ opens = "00:00", closes = "23:59", numbers_from = "00:00", numbers_to = "23:59" }]'
SIZE = ("--kiosks", "1", "--counters", "2", "--displays", "3")
SHORT = ("--seconds", "3", "--tickets", "60", "--desk", "0.5")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))


def hall(folder: Path, code: str) -> Path:
    """The shipped hall under this code, open at all times."""
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    week = "".join(f"{day} = {ALL_DAY}\n" for day in DAYS)
    text, times = re.subn(r"(?s)(\[hours\.week\]\n).*?\n\n", rf"\g<1>{week}\n", text, count=1)
    assert times == 1
    text = re.sub(r"(?m)^    2\d{3}-\d\d-\d\d,.*\n", "", text)
    path = folder / "hall.toml"
    path.write_text(text.replace('code = "an-binh"', f'code = "{code}"'), encoding="utf-8")
    return path


def with_what_it_lacks(config: Path, folder: Path) -> Path:
    """What the command prints is what the file needs."""
    lacks = run("load", "--config", config, *SIZE, cwd=folder)
    assert lacks.code == 2
    with config.open("a", encoding="utf-8") as file:
        file.write(lacks.out)
    return config


def loaded(config: Path, port: int, folder: Path, *more: str) -> Ended:
    return run("load", "--config", config, "--port", str(port), *SIZE, *SHORT, *more, cwd=folder)


def tickets(port: int) -> str:
    figures = urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE_S).read().decode()
    return str(re.findall(r"(?m)^motcua_tickets_today (\d+)$", figures)[0])


def test_a_test_server_is_loaded_and_the_table_says_what_it_took(tmp_path: Path) -> None:
    config = with_what_it_lacks(hall(tmp_path, "an-binh-test"), tmp_path)
    assert {"load-kiosk-1", "load-counter-2", "load-board-3"} <= set(read(config).devices)
    with served("--config", config, cwd=tmp_path) as server:
        done = loaded(config, server.port, tmp_path)
        assert int(tickets(server.port)) > 0
    assert done.code == 0, done
    assert re.search(r"P1 +request, asked to answered +ms +\d", done.out)
    assert re.search(r"P3 +asked until the last of 3 boards has the view", done.out)
    assert "take_ticket" in done.out


def test_a_hall_that_is_called_as_real_ones_are_is_left_alone(tmp_path: Path) -> None:
    config = with_what_it_lacks(hall(tmp_path, "an-binh"), tmp_path)
    with served("--config", config, cwd=tmp_path) as server:
        said = loaded(config, server.port, tmp_path).refused()
        assert tickets(server.port) == "0"
    assert 'code = "an-binh-test"' in said


def test_a_server_that_knows_no_such_devices_lets_none_in(tmp_path: Path) -> None:
    real = hall(tmp_path, "an-binh-test")
    with served("--config", real, cwd=tmp_path) as server:
        config = with_what_it_lacks(real, tmp_path)  # the server read it before
        said = loaded(config, server.port, tmp_path).refused()
    assert "load-kiosk-1: unknown_device" in said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--host", "192.0.2.9"), "--yes-this-is-a-test-server"),
        (("--host", "192.0.2.9", "--yes-this-is-a-test-server"), "--pin, of six digits"),
        (("--displays", "100000"), "--displays is a number from 0 to 1000"),
        (("--tickets", "10000"), "--tickets is a number from 1 to 60 for each kiosk"),
        (("--seconds", "99999"), "--seconds is a number from 1 to 3600"),
        (("--desk", "0"), "--desk is at least 0.5 seconds"),
        (("--counters", "40"), "has 9 counters"),
    ],
)
def test_it_is_bounded(tmp_path: Path, asked: tuple[str, ...], said: str) -> None:
    assert said in run("load", *asked, cwd=tmp_path).refused()


def test_a_call_is_on_every_board_when_the_last_of_them_has_it_or_a_newer_one() -> None:
    first, second = [(1, 10.0), (2, 20.0), (3, 30.0)], [(1, 11.0), (3, 31.0)]
    assert last_shown(1, [first, second]) == 11.0
    assert last_shown(2, [first, second]) == 31.0
    assert last_shown(4, [first, second]) is None
    assert last_shown(1, []) is None
