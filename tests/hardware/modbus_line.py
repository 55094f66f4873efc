"""Modbus modules on a serial line: a server of somebody else's make, on one of two pseudo-terminals
that are joined. Judges nothing.
"""

from __future__ import annotations

import asyncio
import os
import pty
import select
import threading
import time
import tty
from collections import defaultdict
from typing import Any, Final, Self

from pymodbus.pdu import ModbusPDU
from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

from hardware.addresses import SerialLine
from tests.waiting import until_now as until

SHOW_ASCII: Final = 0x0070
REGISTERS: Final = 8
UNITS: Final = range(1, 10)
STOP_S: Final = 10.0


class ModbusLine:
    """Nine modules. `shown` is what each was told to show; those that are `dead` hear nothing."""

    def __init__(self) -> None:
        self.shown: defaultdict[int, list[str]] = defaultdict(list)
        self.shown_at: dict[int, float] = {}  # monotonic, of the newest
        self.asked: list[int] = []  # units, also dead ones
        self.dead: set[int] = set()
        self.noise = b""  # comes before every answer
        self._ours, self._theirs = pty.openpty(), pty.openpty()
        for _, end in (self._ours, self._theirs):
            tty.setraw(end)
        self.address = SerialLine(os.ttyname(self._ours[1]), 9600)
        self._loop = asyncio.new_event_loop()
        self._server: ModbusSerialServer | None = None
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=one) for one in (self._join, self._serve)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        until(lambda: self._server)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        ending: Any = self._server.shutdown()  # type: ignore[no-untyped-call]
        asyncio.run_coroutine_threadsafe(ending, self._loop).result(STOP_S)
        self._ended.set()
        for thread in self._threads:
            thread.join(STOP_S)
        for end in (*self._ours, *self._theirs):
            os.close(end)

    def text(self, unit: int) -> str | None:
        """What this module shows now; None: it was told nothing."""
        return self.shown[unit][-1] if self.shown[unit] else None

    def _join(self) -> None:
        """Carry the bytes of each end to the other; those of dead modules nowhere."""
        ours, theirs = self._ours[0], self._theirs[0]
        while not self._ended.is_set():
            for end in select.select([ours, theirs], [], [], 0.02)[0]:
                data = os.read(end, 4096)
                if end == ours:
                    os.write(theirs, data)
                elif data[0] not in self.dead:
                    os.write(ours, self.noise + data)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._until_shut_down())
        self._loop.close()

    async def _until_shut_down(self) -> None:
        registers = [SimData(SHOW_ASCII, count=REGISTERS, datatype=DataType.REGISTERS)]
        server = ModbusSerialServer(
            [SimDevice(id=unit, simdata=registers) for unit in UNITS],
            port=os.ttyname(self._theirs[1]),
            baudrate=9600,
            trace_pdu=self._told,
        )
        await server.serve_forever(background=True)
        self._server = server
        await server.serving

    def _told(self, sending: bool, pdu: ModbusPDU) -> ModbusPDU:
        request: Any = pdu
        if not sending:
            self.asked.append(pdu.dev_id)
        if not sending and pdu.dev_id not in self.dead and pdu.function_code == 0x10:
            letters = b"".join(one.to_bytes(2, "big") for one in request.registers)
            self.shown[pdu.dev_id].append(letters.decode("latin-1").strip())
            self.shown_at[pdu.dev_id] = time.monotonic()
        return pdu
