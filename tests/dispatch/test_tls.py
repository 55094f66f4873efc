"""The whole hall behind TLS: who comes in, who does not, and a certificate that ends soon."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config import check
from config.certificates import CA, CA_KEY, SERVER, SERVER_KEY, make, renew
from config.values import Config
from dispatch.identity import DEVICE, Identity
from link.trust import trusting
from server import CannotStart, OpenHall
from tests.dispatch.conftest import OpenFor
from tests.dispatch.halls import config
from tests.dispatch.screens import screen, stranger
from tests.link.test_trust import end_on
from tests.waiting import PATIENCE_S, until


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make(tmp_path / "tls", "an-binh", ["hall.local"], datetime.now(UTC), force=False)
    return tmp_path / "tls"


@pytest.fixture
def encrypted(folder: Path) -> Config:
    return replace(config(), server=replace(config().server, tls=folder))


@pytest.fixture
async def secret_hall(opened: OpenFor, encrypted: Config) -> AsyncIterator[OpenHall]:
    async with opened(encrypted) as hall:
        yield hall


async def test_a_screen_works_behind_tls(secret_hall: OpenHall, folder: Path) -> None:
    assert secret_hall.url.startswith("wss://127.0.0.1:")
    async with screen(secret_hall.url, "kiosk", "kiosk-1", ssl=trusting(folder / CA)) as kiosk:
        taken = await kiosk.ok("take_ticket", services=["CT01"])
        assert taken["ticket"] == "A001"
        transport = kiosk.connection.transport
        assert transport.get_extra_info("ssl_object").version() == "TLSv1.3"


async def test_older_tls_is_not_spoken(secret_hall: OpenHall, folder: Path) -> None:
    old = trusting(folder / CA)
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2
    with pytest.raises((OSError, EOFError)):
        async with stranger(secret_hall.url, ssl=old):
            pass


@pytest.mark.parametrize("said", [b"GET /health HTTP/1.1\r\n\r\n", b"\x00\x01\x02" * 10])
async def test_whoever_does_not_encrypt_is_closed_at_once(
    secret_hall: OpenHall, said: bytes
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", secret_hall.port)
    writer.write(said)
    async with asyncio.timeout(PATIENCE_S):
        assert b"HTTP" not in await reader.read()
    writer.close()
    await until(lambda: len(secret_hall.doors.porch) == 0)


async def test_a_handshake_that_never_goes_on_has_a_place_that_others_may_take(
    secret_hall: OpenHall, folder: Path
) -> None:
    silent = [await asyncio.open_connection("127.0.0.1", secret_hall.port) for _ in range(30)]
    await until(lambda: secret_hall.doors.porch.unannounced == 30)
    async with screen(secret_hall.url, "kiosk", "kiosk-1", ssl=trusting(folder / CA)):
        pass
    for _, writer in silent:
        writer.close()
    await until(lambda: len(secret_hall.doors.porch) == 0)


async def test_a_key_that_others_can_read_is_not_used(
    opened: OpenFor, encrypted: Config, folder: Path
) -> None:
    (folder / SERVER_KEY).chmod(0o644)
    with pytest.raises(CannotStart, match=r"server\.key can be read or written by others"):
        async with opened(encrypted):
            pass


async def test_what_is_missing_is_said(opened: OpenFor, encrypted: Config, folder: Path) -> None:
    (folder / SERVER).unlink()
    with pytest.raises(CannotStart, match=r"server\.pem.*`motcua tls` makes what is missing"):
        async with opened(encrypted):
            pass


@pytest.mark.parametrize(
    ("days", "said"), [(61, None), (43, "ends in 43 days"), (-3, "HAS ENDED: no screen comes in")]
)
def test_whoever_checks_is_reminded(
    encrypted: Config, folder: Path, days: int, said: str | None
) -> None:
    end_on(folder, datetime.now(UTC) + timedelta(days=days, hours=1))
    advice = [one.text for one in check(encrypted) if one.key == "server.tls"]
    assert len(advice) == (said is not None)
    assert all(said in text for text in advice if said)


async def test_a_renewed_certificate_is_taken_up_while_the_hall_is_open(folder: Path) -> None:
    identity = Identity(folder / SERVER, folder / SERVER_KEY, lambda _: datetime.now(UTC))
    before = identity.until
    renew(folder, folder / CA_KEY, ["other.local"], datetime.now(UTC))
    identity.look()
    assert identity.until > before
    (folder / SERVER).write_text("half a cert")
    identity.look()  # what cannot be read is logged, and the old one stays in use


@pytest.mark.parametrize(
    ("days", "trouble"), [(60, None), (59, "certificate_ends:59"), (-1, "certificate_ended")]
)
async def test_the_manager_is_told_before_it_ends_and_for_as_long_as_it_is_used(
    opened: OpenFor, encrypted: Config, folder: Path, days: int, trouble: str | None
) -> None:
    end_on(folder, datetime.now(UTC) + timedelta(days=days, hours=1))
    async with opened(encrypted) as hall:
        await until(lambda: trouble_of(hall) == trouble)
        for _ in range(3):
            await one_more_batch(hall)
            assert trouble_of(hall) == trouble
        assert (DEVICE in hall.dispatcher.hall.devices) == (trouble is not None)
    async with opened() as hall:  # nothing is encrypted any more
        await one_more_batch(hall)
        await until(lambda: trouble_of(hall) is None)


def trouble_of(hall: OpenHall) -> str | None:
    known = hall.dispatcher.hall.devices.get(DEVICE)
    return known.trouble if known else None


async def one_more_batch(hall: OpenHall) -> None:
    before = hall.dispatcher.batches
    hall.dispatcher.wake()
    await until(lambda: hall.dispatcher.batches > before)
