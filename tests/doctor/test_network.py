"""What the doctor finds where something else than the hall's server listens."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from doctor.network import _how_it_is
from terminal.words import load


@contextmanager
def listening(status: int, body: bytes) -> Iterator[str]:
    """The address of a server that says this to everything."""

    class Says(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Says) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"ws://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("status", "body", "found"),
    [
        (200, b"<html>a printer</html>", ["health_unknown"]),
        (502, b"<html>bad gateway</html>", ["health_unknown"]),
        (200, b"[1, 2]", ["health_unknown"]),
        (200, b'{"reasons": 7}', ["health_unknown"]),
        (200, b'{"reasons": [], "warnings": []}', ["hall_well"]),
        (503, b'{"reasons": ["disk_full"], "warnings": []}', ["hall_cannot_work"]),
    ],
)
async def test_whatever_listens_there_is_told_in_words(
    status: int, body: bytes, found: list[str]
) -> None:
    with listening(status, body) as url:
        findings = await asyncio.to_thread(
            lambda: list(_how_it_is(url, None, load("en", "Asia/Ho_Chi_Minh")))
        )
    assert [finding.word for finding in findings] == found
