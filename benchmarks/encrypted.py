"""What TLS takes of the server's memory for each connection, in both event loops.

python -m benchmarks.encrypted
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import ssl
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import uvloop
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from config.certificates import CA, SERVER, SERVER_KEY, make
from dispatch.guarded import GuardedConnection
from dispatch.limits import Limits
from dispatch.porch import Porch
from link.trust import trusting
from load.calibrate import heading, table

HOST: Final = "127.0.0.1"
CONNECTIONS: Final = 500
WAYS: Final = (("plain", False, False), ("TLS", True, False), ("TLS, uvloop", True, True))


async def stay(connection: ServerConnection) -> None:
    await connection.wait_closed()


async def listen(folder: Path, tls: bool, told: Connection) -> None:
    """Say the port, then its memory whenever asked."""
    identity = None
    if tls:
        identity = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        identity.load_cert_chain(folder / SERVER, folder / SERVER_KEY)
        identity.num_tickets = 0
    limits = Limits(unannounced=10 * CONNECTIONS)
    porch = Porch(limits, asyncio.get_running_loop().time)
    made = partial(GuardedConnection, porch=porch, limits=limits, tls=identity, handshake_s=30.0)
    how = {"compression": None, "ping_interval": None}
    async with serve(stay, HOST, 0, create_connection=made, **how) as server:  # type: ignore[arg-type]
        told.send(server.sockets[0].getsockname()[1])
        while await asyncio.to_thread(told.recv):
            gc.collect()
            told.send(memory_kb())


def memory_kb() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def listening(folder: str, tls: bool, fast: bool, told: Connection) -> None:
    factory = uvloop.new_event_loop if fast else None
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(listen(Path(folder), tls, told))


async def filled(port: int, ca: Path | None, ask: Connection) -> float:
    """KB of the server for each connection."""
    trust = None if ca is None else trusting(ca)
    url = f"{'ws' if trust is None else 'wss'}://{HOST}:{port}/"
    open_one = partial(connect, url, ssl=trust, compression=None, ping_interval=None, proxy=None)
    warm = [await open_one() for _ in range(50)]
    before = await asked(ask)
    many = [await open_one() for _ in range(CONNECTIONS)]
    after = await asked(ask)
    for one in (*warm, *many):
        one.transport.abort()
    return (after - before) / CONNECTIONS


async def asked(ask: Connection) -> int:
    ask.send(True)
    answer: int = await asyncio.to_thread(ask.recv)
    return answer


def measured(folder: Path, tls: bool, fast: bool) -> float:
    spawn = get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=listening, args=(str(folder), tls, fast, there), daemon=True)
    with ExitStack() as stack:
        process.start()
        stack.callback(process.kill)
        port = here.recv()
        return asyncio.run(filled(port, folder / CA if tls else None, here))


def main(arguments: list[str] | None = None) -> int:
    argparse.ArgumentParser(prog="python -m benchmarks.encrypted", description=__doc__).parse_args(
        arguments
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(heading(folder))
        make(folder / "tls", "benchmark", ["localhost"], datetime.now(UTC), force=False)
        rows = [(way, measured(folder / "tls", tls, fast)) for way, tls, fast in WAYS]
    print(table([f"{CONNECTIONS} connections", "kB each"], rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
