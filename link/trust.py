"""What a screen believes of a server that speaks in secret, and why it does not believe one.

A screen believes the hall's own authority and no other. What it does not believe is said as one
word and its facts, such as `certificate_dates: ...`; words for people are found by that word.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from websockets.exceptions import InvalidMessage

UNTRUSTED: Final = "certificate_untrusted"
WRONG_NAME: Final = "certificate_wrong_name"
DATES: Final = "certificate_dates"
PLAIN_SERVER: Final = "server_is_plain"
ENCRYPTED_SERVER: Final = "server_is_encrypted"
PROBLEMS: Final = frozenset({UNTRUSTED, WRONG_NAME, DATES, PLAIN_SERVER, ENCRYPTED_SERVER})

LOOK_WITHIN_S: Final = 3.0
# X509_V_ERR_... of OpenSSL
DATE_CODES: Final = frozenset({9, 10})  # not valid yet, and no longer
NAME_CODES: Final = frozenset({62, 64})  # of a host, and of an address


def trusting(ca: Path) -> ssl.SSLContext:
    """Believes servers of this authority. Raises OSError (ssl.SSLError for a file that is none)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(ca)
    return context


async def problem(url: str, lost: BaseException, *, look: bool = True) -> str | None:
    """What is wrong with the way a server speaks, or None: it is lost for another reason.

    `look`: where nothing else tells, try whether it is encrypted; no need to once it was not.
    """
    match lost:
        case ssl.SSLCertVerificationError(verify_code=code) if code in DATE_CODES:
            return f"{DATES}: {await asyncio.to_thread(_dates, url)}"
        case ssl.SSLCertVerificationError(verify_code=code) if code in NAME_CODES:
            return f"{WRONG_NAME}: {urlsplit(url).hostname}"
        case ssl.SSLCertVerificationError():
            return f"{UNTRUSTED}: {lost.verify_message}"
        case InvalidMessage() | ConnectionResetError() | ssl.SSLError() if look:
            return await asyncio.to_thread(_other_way, url)
        case _:
            return None


def problem_word(why: str) -> str:
    """The word of a problem that was told; empty: it was another one."""
    word = why.partition(":")[0]
    return word if word in PROBLEMS else ""


def _other_way(url: str) -> str | None:
    """Whether the server speaks, only not as this screen does."""
    if url.startswith("ws:"):
        return None if _certificate(url) is None else f"{ENCRYPTED_SERVER}: {url}"
    return f"{PLAIN_SERVER}: {url}" if _answers_in_plain(url) else None


def _answers_in_plain(url: str) -> bool:
    try:
        with socket.create_connection(_place(url), LOOK_WITHIN_S) as server:
            server.sendall(b"GET /health HTTP/1.1\r\nHost: hall\r\n\r\n")
            return server.recv(5) == b"HTTP/"
    except (OSError, ValueError):
        return False


def _dates(url: str) -> str:
    """From when until when the certificate is valid, and what this machine takes today for."""
    today, certificate = f"{datetime.now(UTC):%Y-%m-%d}", _certificate(url)
    if certificate is None:
        return f"? ({today})"
    from cryptography.x509 import load_pem_x509_certificate  # slow, and nearly never needed

    found = load_pem_x509_certificate(certificate.encode())
    since, until = found.not_valid_before_utc, found.not_valid_after_utc
    return f"{since:%Y-%m-%d} – {until:%Y-%m-%d} ({today})"


def _certificate(url: str) -> str | None:
    """What the server shows, believed or not; None: it shows nothing."""
    try:
        return ssl.get_server_certificate(_place(url), timeout=LOOK_WITHIN_S)
    except (OSError, ValueError):
        return None


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 443
