"""A screen and the servers it must not believe: real certificates, real sockets, clear words."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509 import CertificateBuilder, load_pem_x509_certificate
from websockets.asyncio.server import serve

from config.certificates import CA, CA_KEY, SERVER, SERVER_KEY, make
from link.client import Link
from link.trust import problem_word, trusting
from terminal.words import load
from tests.link.test_client import HELLO, answer_everything, port_of
from tests.waiting import until

NOW = datetime.now(UTC)
ENDED = datetime(2025, 6, 1, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make(tmp_path / "tls", "an-binh", ["hall.local"], NOW, force=False)
    return tmp_path / "tls"


def identity(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / SERVER, folder / SERVER_KEY)
    return context


def end_on(folder: Path, day: datetime) -> None:
    """The same certificate, if it had been made long ago."""
    certificate = load_pem_x509_certificate((folder / SERVER).read_bytes())
    key = load_pem_private_key((folder / CA_KEY).read_bytes(), password=None)
    assert isinstance(key, EllipticCurvePrivateKey)
    builder = CertificateBuilder(
        certificate.issuer,
        certificate.subject,
        certificate.public_key(),
        certificate.serial_number,
        certificate.not_valid_before_utc.replace(tzinfo=None),
        day.replace(tzinfo=None),
        list(certificate.extensions),
    )
    (folder / SERVER).write_bytes(builder.sign(key, SHA256()).public_bytes(Encoding.PEM))


@asynccontextmanager
async def told(url: str, ca: Path | None) -> AsyncIterator[list[tuple[bool, str]]]:
    """What a screen that goes on trying is told of its link."""
    heard: list[tuple[bool, str]] = []
    link = Link(
        url,
        HELLO,
        on_welcome=lambda welcome: None,
        on_view=lambda view: None,
        on_online=lambda online, why: heard.append((online, why)),
        on_goodbye=lambda goodbye: None,
        tls=None if ca is None else trusting(ca),
    )
    running = asyncio.create_task(link.run())
    try:
        yield heard
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def first_word(url: str, ca: Path | None) -> str:
    async with told(url, ca) as heard:
        await until(lambda: heard)
        online, why = heard[0]
        assert not online
        assert load("vi").link_problem(why) != why
        assert load("en").link_problem(why) != why
        return why


@asynccontextmanager
async def hall(tls: ssl.SSLContext | None, port: int = 0) -> AsyncIterator[int]:
    async with serve(answer_everything, "127.0.0.1", port, ssl=tls, close_timeout=0.2) as server:
        yield port_of(server)


async def test_a_screen_believes_the_hall_s_own_server(folder: Path) -> None:
    async with (
        hall(identity(folder)) as port,
        told(f"wss://127.0.0.1:{port}", folder / CA) as heard,
    ):
        await until(lambda: heard)
    assert heard[0] == (True, "")


async def test_a_stranger_s_server_is_not_trusted(folder: Path, tmp_path: Path) -> None:
    make(tmp_path / "other", "an-binh", ["hall.local"], NOW, force=False)
    async with hall(identity(tmp_path / "other")) as port:
        why = await first_word(f"wss://127.0.0.1:{port}", folder / CA)
    assert problem_word(why) == "certificate_untrusted"


async def test_a_server_under_a_wrong_name_is_named(folder: Path) -> None:
    async with serve(answer_everything, "127.0.0.2", 0, ssl=identity(folder)) as server:
        why = await first_word(f"wss://127.0.0.2:{port_of(server)}", folder / CA)
    assert why == "certificate_wrong_name: 127.0.0.2"


async def test_of_a_certificate_that_has_ended_both_dates_are_said(folder: Path) -> None:
    end_on(folder, ENDED)
    async with hall(identity(folder)) as port:
        why = await first_word(f"wss://127.0.0.1:{port}", folder / CA)
    assert why == f"certificate_dates: 1970-01-01 – 2025-06-01 ({datetime.now(UTC):%Y-%m-%d})"


async def test_a_server_that_does_not_encrypt_is_not_spoken_to(folder: Path) -> None:
    async with hall(None) as port:
        url = f"wss://127.0.0.1:{port}"
        assert await first_word(url, folder / CA) == f"server_is_plain: {url}"


async def test_a_screen_without_the_ca_says_that_it_needs_it(folder: Path) -> None:
    async with hall(identity(folder)) as port:
        url = f"ws://127.0.0.1:{port}"
        assert await first_word(url, None) == f"server_is_encrypted: {url}"


async def test_it_goes_on_trying_and_what_was_mended_is_no_longer_said(
    folder: Path, tmp_path: Path
) -> None:
    make(tmp_path / "other", "an-binh", ["hall.local"], NOW, force=False)
    async with hall(identity(tmp_path / "other")) as port:
        opened = told(f"wss://127.0.0.1:{port}", folder / CA)
        heard = await opened.__aenter__()
        await until(lambda: heard)
    try:
        async with hall(identity(folder), port):
            await until(lambda: heard[-1] == (True, ""))
    finally:
        await opened.__aexit__(None, None, None)
    assert problem_word(heard[0][1]) == "certificate_untrusted"
