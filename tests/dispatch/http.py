"""Plain HTTP, as a supervisor or a browser speaks it."""

from __future__ import annotations

import asyncio

from server import OpenHall
from tests.waiting import PATIENCE_S


async def get(hall: OpenHall, path: str, *headers: str) -> tuple[int, bytes]:
    """The status and the body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", hall.port)
    lines = [f"GET {path} HTTP/1.1", "Host: hall", *headers, "", ""]
    writer.write("\r\n".join(lines).encode())
    answer = await asyncio.wait_for(reader.read(), PATIENCE_S)
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body
