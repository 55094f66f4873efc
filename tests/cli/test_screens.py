"""The screens' commands: what is wrong with their arguments is said before a screen is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal.app import TERMINAL_GONE
from tests.cli.commands import run


def test_a_token_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = run("kiosk", "--token-file", "nowhere.token", cwd=tmp_path)
    assert "nowhere.token: No such file" in done.refused()


def test_a_token_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(b"\xff\xd8\xff\xe0")
    (tmp_path / "picture").chmod(0o600)
    done = run("kiosk", "--token-file", "picture", cwd=tmp_path)
    assert "picture: not what `motcua join` wrote" in done.refused()


@pytest.mark.parametrize("text", ['[server]\nport = "front door"\n', "server = 3\n", "[[[", ""])
def test_a_screen_leaves_the_rest_of_the_configuration_to_the_server(
    text: str, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text(text)
    assert run("display", cwd=tmp_path).code == TERMINAL_GONE
