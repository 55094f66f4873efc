"""`motcua tls`, and a server and a screen that use what it made: real processes."""

from __future__ import annotations

import ssl
import urllib.error
from pathlib import Path
from urllib.request import urlopen

import pytest

from link.trust import trusting
from tests.cli.commands import Ended, config_with, run, served
from tests.dispatch.screens import screen
from tests.waiting import PATIENCE_S

PLAIN = "plain_text_on_lan = false"


def made(folder: Path, *more: str) -> Ended:
    return run("tls", "--out", "tls", "--name", "hall.local", *more, cwd=folder)


def encrypted(folder: Path) -> Path:
    assert made(folder).code == 0
    return config_with(folder, (PLAIN, f'tls = "{folder / "tls"}"'))


def test_it_says_what_goes_where(tmp_path: Path) -> None:
    done = made(tmp_path, "--address", "192.0.2.10")
    assert done.code == 0
    assert "for hall.local, localhost, 192.0.2.10, 127.0.0.1, ::1" in done.out
    assert "Copy tls/ca.pem to every screen" in done.out
    assert "Keep tls/ca.key away from the server" in done.out
    shown = run("tls", "--out", "tls", "--show", cwd=tmp_path)
    assert "days left), issued by CN=motcua an-binh" in shown.out


def test_nothing_is_made_twice_by_mistake(tmp_path: Path) -> None:
    made(tmp_path)
    assert "has ca.pem, ca.key, server.pem, server.key already" in made(tmp_path).refused()
    assert made(tmp_path, "--force").code == 0


def test_a_server_without_a_name_is_asked_for(tmp_path: Path) -> None:
    assert "which server?" in run("tls", "--out", "tls", cwd=tmp_path).refused()


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    assert "tls/server.pem: No such file" in run("tls", "--show", cwd=tmp_path).refused()
    done = run("kiosk", "--ca", "nowhere.pem", cwd=tmp_path)
    assert "nowhere.pem: No such file" in done.refused()
    (tmp_path / "letter.pem").write_text("Kính gửi")
    done = run("kiosk", "--ca", "letter.pem", cwd=tmp_path)
    assert "letter.pem: not what `motcua tls` wrote" in done.refused()


async def test_screens_work_with_an_encrypted_server(tmp_path: Path) -> None:
    with served("--config", encrypted(tmp_path), cwd=tmp_path) as server:
        trust = trusting(tmp_path / "tls" / "ca.pem")
        assert server.url.startswith("wss://")
        health = f"https://127.0.0.1:{server.port}/health"
        with urlopen(health, timeout=PATIENCE_S, context=trust) as answer:
            assert answer.status == 200
        async with screen(server.url, "kiosk", "kiosk-1", ssl=trust) as kiosk:
            assert (await kiosk.ask("take_ticket", services=["CT01"]))["type"] == "answer"
            server.process.terminate()
            assert await kiosk.farewell() == "restart"
        assert server.process.wait(PATIENCE_S) == 0


def test_a_program_that_does_not_know_the_hall_s_authority_is_warned(tmp_path: Path) -> None:
    with (
        served("--config", encrypted(tmp_path), cwd=tmp_path) as server,
        pytest.raises(urllib.error.URLError) as refused,
    ):
        urlopen(f"https://127.0.0.1:{server.port}/health", timeout=PATIENCE_S)
    assert isinstance(refused.value.reason, ssl.SSLCertVerificationError)


def test_a_server_with_tls_may_listen_to_the_network_without_another_word(tmp_path: Path) -> None:
    where = ("--config", encrypted(tmp_path), "--host", "0.0.0.0")
    with served(*where, cwd=tmp_path) as server:
        assert "can be read there" not in server.log.read_text(encoding="utf-8")


def test_plain_text_in_the_network_is_said_loudly(tmp_path: Path) -> None:
    config = config_with(tmp_path, (PLAIN, "plain_text_on_lan = true"))
    done = run("check", "--config", config, "--host", "0.0.0.0", cwd=tmp_path)
    assert "what travels can be read there, tokens and PINs too" in done.err
