"""The way to the server: whether it answers, how fast, what gets lost, whether it is believed, what
its clock says, and what it says of itself. Says no hello, so that no screen loses its place.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from statistics import median
from typing import Final
from urllib.parse import urlsplit

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from doctor.finding import Finding, look, mend, ok
from link.trust import problem, trusting
from terminal.words import Words

OPEN_S: Final = 3.0
ECHOES: Final = 20  # the server bears so many at once, and no more
ECHO_S: Final = 1.0
GAP_S: Final = 0.05
SLOW_MS: Final = 50.0
CLOCK_LOOK_S: Final = 5.0
CLOCK_MEND_S: Final = 3600.0
SOON_DAYS: Final = 60

TOTAL_RETRANSMITTED: Final = 100  # where Linux has it in its struct tcp_info
LAST_BYTE: Final = TOTAL_RETRANSMITTED + 4


@dataclass(frozen=True, slots=True)
class Echoes:
    """Milliseconds of those that came back, how many did not, and what TCP had to send again."""

    times: list[float]
    missing: int
    again: int
    clock_off_s: float | None
    certificate_until: datetime | None


def server(url: str, ca: Path | None, words: Words, *, here: bool) -> Iterator[Finding]:
    """`here`: it may not have been started yet."""
    place = urlsplit(url).netloc
    try:
        echoes = asyncio.run(_echoes(url, None if ca is None else trusting(ca)))
    except (OSError, WebSocketException, TimeoutError) as lost:
        why = asyncio.run(problem(url, lost))
        yield _not_reached(lost, why, place, words, here=here)
        return
    yield from _of_echoes(echoes, place)
    if ca is None and not here:
        yield look("plain_text")
    yield from _how_it_is(url, ca, words)


def _not_reached(
    lost: BaseException, why: str | None, place: str, words: Words, *, here: bool
) -> Finding:
    if why is not None:
        return mend("not_believed", place=place, why=words.link_problem(why))
    match lost:
        case ConnectionRefusedError() if here:
            return look("server_stopped", place=place)
        case ConnectionRefusedError():
            return mend("server_refuses", place=place)
        case TimeoutError():
            return mend("server_silent", place=place)
        case socket.gaierror():
            return mend("server_unknown", place=place)
        case _:
            return mend("server_lost", place=place, why=f"{type(lost).__name__}: {lost}")


def _of_echoes(echoes: Echoes, place: str) -> Iterator[Finding]:
    if not echoes.times:
        yield mend("server_deaf", place=place)
        return
    facts: dict[str, str | int | float] = {
        "place": place,
        "p50": median(echoes.times),
        "most": max(echoes.times),
        "asked": len(echoes.times) + echoes.missing,
        "lost": echoes.missing + echoes.again,
    }
    if echoes.missing or echoes.again:
        yield look("network_loses", **facts)
    elif facts["p50"] > SLOW_MS:  # type: ignore[operator]  # a number, as all but the place
        yield look("network_slow", **facts)
    else:
        yield ok("network", **facts)
    if echoes.clock_off_s is not None:
        yield _of_clocks(echoes.clock_off_s)
    if echoes.certificate_until is not None:
        yield _of_certificate(echoes.certificate_until)


def _of_clocks(off_s: float) -> Finding:
    """A screen shows the server's time, whatever its own; its log and its ratings do not."""
    if abs(off_s) > CLOCK_MEND_S:
        return mend("clock_differs", seconds=round(off_s))
    if abs(off_s) > CLOCK_LOOK_S:
        return look("clock_differs", seconds=round(off_s))
    return ok("clock_agrees")


def _of_certificate(until: datetime) -> Finding:
    days = (until - datetime.now(UTC)).days
    word = "certificate_ends" if days < SOON_DAYS else "certificate"
    facts: dict[str, str | int] = {"file": "server.pem", "until": f"{until:%Y-%m-%d}", "days": days}
    return look(word, **facts) if days < SOON_DAYS else ok(word, **facts)


async def _echoes(url: str, tls: ssl.SSLContext | None) -> Echoes:
    async with connect(
        url, ssl=tls, proxy=None, compression=None, open_timeout=OPEN_S, close_timeout=1.0
    ) as connection:
        off_s, until = _clock_off_s(connection), _until(connection)
        times, missing = list[float](), 0
        for _ in range(ECHOES):
            began = time.perf_counter()
            try:
                async with asyncio.timeout(ECHO_S):
                    await (await connection.ping())
            except (TimeoutError, WebSocketException):
                missing += 1
                if missing == 3:
                    break
            else:
                times.append(1000 * (time.perf_counter() - began))
            await asyncio.sleep(GAP_S)
        return Echoes(times, missing, _sent_again(connection), off_s, until)


def _clock_off_s(connection: ClientConnection) -> float | None:
    """How far this clock is ahead of the server's, to a second; None: it does not say its time."""
    response = connection.response
    said = None if response is None else response.headers.get("Date")
    if said is None:
        return None
    return (datetime.now(UTC) - parsedate_to_datetime(said)).total_seconds()


def _until(connection: ClientConnection) -> datetime | None:
    """Until when its certificate is good; None: nothing is encrypted."""
    secured = connection.transport.get_extra_info("ssl_object")
    if secured is None:
        return None
    ends = ssl.cert_time_to_seconds(secured.getpeercert()["notAfter"])
    return datetime.fromtimestamp(ends, UTC)


def _sent_again(connection: ClientConnection) -> int:
    """How many packets of ours the network lost: TCP sent them once more, and echoes hide it."""
    found: socket.socket = connection.transport.get_extra_info("socket")
    said = found.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    if len(said) < LAST_BYTE:
        return 0
    (again,) = struct.unpack_from("=I", said, TOTAL_RETRANSMITTED)
    return int(again)


class Health(msgspec.Struct):
    """What stands in /health: why the hall cannot work, and what else is wrong."""

    reasons: list[str]
    warnings: list[str]


def _how_it_is(url: str, ca: Path | None, words: Words) -> Iterator[Finding]:
    """What the server says of itself; anything may listen in its place."""
    try:
        said = msgspec.json.decode(_body_of_health(url, ca), type=Health)
    except (OSError, ValueError, msgspec.DecodeError) as error:
        yield look("health_unknown", why=f"{type(error).__name__}")
        return
    for reason in said.reasons:
        yield mend("hall_cannot_work", why=reason)
    for warning in said.warnings:
        device, _, trouble = warning.partition(": ")
        yield look("hall_warns", what=words.device(device), why=words.trouble(trouble))
    if not said.reasons and not said.warnings:
        yield ok("hall_well")


def _body_of_health(url: str, ca: Path | None) -> bytes:
    """As it came, whatever the status. Raises OSError or ValueError."""
    tls = None if ca is None else trusting(ca)
    health = f"{'http' if ca is None else 'https'}://{urlsplit(url).netloc}/health"
    handlers = [urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls)]
    try:
        with urllib.request.build_opener(*handlers).open(health, timeout=OPEN_S) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        return error.read()
