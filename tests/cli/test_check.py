"""`motcua check`: mistakes are named before anybody waits."""

from __future__ import annotations

from pathlib import Path

from tests.cli.commands import ROOT, config_with, run


def test_the_shipped_configuration_has_no_mistakes_and_is_counted(tmp_path: Path) -> None:
    done = run("check", cwd=tmp_path)
    assert done.code == 0
    assert done.out.startswith(str(ROOT / "config.toml"))
    assert "21 services, 9 counters, 13 devices. No mistakes." in done.out
    assert "demo PIN" in done.err


def test_a_configuration_in_the_folder_is_the_one_that_is_read(tmp_path: Path) -> None:
    config_with(tmp_path, ("recalls = 3", "recalls = 2")).rename(tmp_path / "config.toml")
    assert run("check", cwd=tmp_path).out.startswith("config.toml: ")


def test_a_mistake_is_named_with_its_file_its_key_and_the_nearest_spelling(tmp_path: Path) -> None:
    done = run("check", "--config", config_with(tmp_path, ("recalls", "recals")), cwd=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert "hall.toml: calling.recals: " in done.err
    assert 'Did you mean "recalls"?' in done.err


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    broken = config_with(tmp_path, ("recalls = 3", "recalls = -3"), ("port = 8765", 'port = "x"'))
    done = run("check", "--config", broken, cwd=tmp_path)
    assert done.code == 1
    assert {"calling.recalls", "server.port"} <= {line.split(": ")[1] for line in lines(done.err)}


def test_a_missing_file_is_said_with_the_place_where_it_was_looked_for(tmp_path: Path) -> None:
    done = run("check", "--config", "nowhere.toml", cwd=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert "nowhere.toml: cannot be read" in done.err
    assert str(tmp_path / "nowhere.toml") in done.err


def test_a_server_and_a_demo_do_not_start_on_a_broken_configuration(tmp_path: Path) -> None:
    broken = config_with(tmp_path, ("recalls", "recals"))
    for command in (("server",), ("demo", "--headless"), ("pair", "kiosk-1")):
        done = run(*command, "--config", broken, cwd=tmp_path)
        assert (done.code, done.out) == (1, "")
        assert "calling.recals" in done.err


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if ": " in line]
