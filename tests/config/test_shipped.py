"""The shipped hall is the one that is described, and config.toml explains all it may contain."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from config import Config, check, read
from config.pins import pin_is_right
from config.shape import File
from config.walk import all_keys
from hall.model import AlarmLimits, Session
from tests.config import shipped

COMMENTED_OUT = re.compile(r"^# (?=[a-z_]+ = |\[\[?[a-z_.]+\]\]?$)", re.MULTILINE)
HEADER = re.compile(r"^(?:# )?\[\[?([a-z_.]+)\]\]?$")
SESSION = re.compile(r"(?<=week\.)\w+\[\]")  # the same on each day, and Sunday has none
KEY = re.compile(r"^(?:# )?([a-z_]+) = ")


@pytest.fixture(scope="module")
def config() -> Config:
    return read(shipped.PATH)


def test_the_shipped_hall_is_the_commune_hall_of_an_binh(config: Config) -> None:
    letters = [field.code for field in config.hall_info.fields]
    assert letters == ["A", "C", "H", "K", "L", "M", "T", "X"]
    services = {code: (one.field, one.mean_s / 60) for code, one in config.setup.services.items()}
    assert services == {
        "CT01": ("A", 7),
        "CT02": ("A", 9),
        "CT03": ("A", 22),
        "HT01": ("C", 14),
        "HT02": ("C", 18),
        "HT03": ("C", 12),
        "HT04": ("C", 11),
        "HT05": ("C", 7),
        "HT06": ("C", 16),
        "DD01": ("H", 17),
        "DD02": ("H", 18),
        "XD01": ("H", 14),
        "KD01": ("K", 13),
        "KD02": ("K", 10),
        "BT01": ("L", 13),
        "BT02": ("L", 10),
        "NC01": ("L", 15),
        "YG01": ("L", 10),
        "CU01": ("M", 9),
        "TR00": ("T", 3.5),
        "HD00": ("X", 5),
    }


def test_each_counter_serves_its_fields_and_helps_nowhere(config: Config) -> None:
    fields = {
        code: "".join(sorted({config.setup.services[one].field for one in counter.lag}))
        for code, counter in config.setup.counters.items()
    }
    assert fields == {
        "Q1": "AT",
        "Q2": "AT",
        "Q3": "AT",
        "Q4": "AC",
        "Q5": "CL",
        "Q6": "HK",
        "Q7": "HK",
        "Q8": "LM",
        "Q9": "MTX",
    }
    assert {lag for one in config.setup.counters.values() for lag in one.lag.values()} == {0.0}


def test_a_result_is_returned_with_the_outcome_that_says_so(config: Config) -> None:
    assert config.setup.result_outcomes == {"result_returned"}
    assert config.hall_info.result_outcomes == ["result_returned"]
    assert config.setup.result_outcomes < config.setup.outcomes


def test_the_manager_is_told_of_what_the_file_says(config: Config) -> None:
    assert config.setup.alarms == AlarmLimits(
        pause_s=900, service_factor=2, service_s=600, mean_from=10, silent_s=60
    )
    assert (config.setup.wait_target_s, config.setup.wait_limit_s) == (900, 1800)


def test_a_file_of_before_there_were_alarms_has_those_of_the_shipped_hall(
    config: Config, tmp_path: Path
) -> None:
    without = re.sub(r"(?ms)^\[alarms\]$.*?(?=^# ---)", "", shipped.text())
    assert "silent_s" not in without
    assert shipped.read_text(tmp_path, without).setup.alarms == config.setup.alarms


def test_the_hall_is_open_all_week_and_on_saturday_morning(config: Config) -> None:
    morning = Session(time(7, 30), time(11, 30), time(7, 0), time(11, 0))
    afternoon = Session(time(13, 0), time(17, 0), time(12, 45), time(16, 15))
    hours = config.setup.hours
    assert hours.week == (*[(morning, afternoon)] * 5, (morning,), ())
    assert date(2026, 9, 2) in hours.holidays
    assert hours.timezone.key == "Asia/Ho_Chi_Minh"
    assert config.setup.same_day_until == time(15, 0)


def test_the_demo_has_its_screens_and_people_and_one_pin(config: Config) -> None:
    counters = {one.device: one.counter for one in config.devices.values() if one.counter}
    assert counters == {f"counter-{n}": f"Q{n}" for n in range(1, 10)} | {"rating-1": "Q1"}
    settings = config.devices["kiosk-1"].settings
    assert settings["idle_s"] == 45
    assert settings["show_number_s"] == 20
    assert settings["fields"] == settings["printers"] == []
    others = ["manager", "coordinator", "auditor", "administrator"]
    assert [one.role for one in config.officers.values()] == ["officer"] * 9 + others
    assert isinstance(settings["technician_pin_hash"], str)
    officers = {one.pin_hash for one in config.officers.values()}
    (pin_hash,) = officers | {settings["technician_pin_hash"]}
    assert pin_is_right("1234", pin_hash)
    assert not pin_is_right("4321", pin_hash)


def test_the_shipped_hall_deserves_a_word_on_its_pin_only(config: Config) -> None:
    (advice,) = check(config)
    assert (advice.key, advice.loud) == ("officers", False)
    assert "ANYBODY" in " ".join(str(one) for one in check(config, "192.168.1.5") if one.loud)


def test_what_is_commented_out_is_right_too(tmp_path: Path) -> None:
    config = shipped.read_text(tmp_path, uncommented())
    assert config.setup.hours.special == {
        date(2026, 12, 31): (Session(time(7, 30), time(11, 30), time(7, 0), time(10, 30)),)
    }
    certified = config.setup.services["CT01"]
    assert certified.daily_limit == 200
    assert certified.issuing == ((time(7), time(10, 30)), (time(12, 45), time(15, 30)))
    assert certified.weekdays == frozenset(range(6))
    assert config.setup.counters["Q1"].lag == {
        **dict.fromkeys(["CT01", "CT02", "CT03", "TR00"], 0.0),
        **dict.fromkeys(["HT01", "HT02", "HT03", "HT04", "HT05", "HT06"], 600.0),
        "HD00": 300.0,
    }


def test_every_key_the_reader_knows_stands_in_the_file() -> None:
    there = {SESSION.sub("a_day[]", path) for path in paths_in(tomllib.loads(uncommented()))}
    known = [SESSION.sub("a_day[]", key) for key in all_keys(File)]
    assert [key for key in known if key not in there] == []


def test_every_key_has_a_comment_where_it_first_stands() -> None:
    assert [where for where, comment in first_keys() if not re.match(r"# \S.{5,}", comment)] == []


def test_keys_within_a_line_are_explained_above_it() -> None:
    comments = [line for line in shipped.text().splitlines() if line.startswith("# ")]
    for key in ("opens", "closes", "numbers_from", "numbers_to", "from", "to", "code", "names"):
        assert any(re.search(rf"\b{key}\b", comment) for comment in comments), key


def test_no_line_of_comment_is_wider_than_a_page() -> None:
    comments = [line for line in shipped.text().splitlines() if line.startswith("# ")]
    assert [line for line in comments if len(line) > 100] == []


def uncommented() -> str:
    """The shipped text with its examples in force."""
    return COMMENTED_OUT.sub("", shipped.text())


def first_keys() -> Iterator[tuple[str, str]]:
    """Each key at the place where it first stands, and the line above it."""
    table, above, seen = "", "", set()
    for line in shipped.text().splitlines():
        if header := HEADER.match(line):
            table = header[1]
        elif (key := KEY.match(line)) and f"{table}.{key[1]}" not in seen:
            seen.add(f"{table}.{key[1]}")
            yield f"{table}.{key[1]}", "" if KEY.match(above) else above
        above = line


def paths_in(value: Any, under: str = "") -> Iterator[str]:
    """Every key path in parsed TOML, with [] for a place in a list."""
    match value:
        case dict():
            for name, one in value.items():
                path = f"{under}.{name}" if under else name
                yield path
                yield from paths_in(one, path)
        case list():
            for one in value:
                yield from paths_in(one, f"{under}[]")
