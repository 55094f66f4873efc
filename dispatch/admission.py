"""Who may come in: which device with which token, which officer with which PIN."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from link.messages import PROTOCOL, DeviceInfo, Hello

PIN_THREADS = 2  # hashing a PIN is slow on purpose; no more than this at once


@dataclass(frozen=True, slots=True)
class Officer:
    """Who may sign in, and as what."""

    code: str
    pin_hash: str
    role: Literal["officer", "manager"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The hall's doors as configured."""

    devices: Mapping[str, DeviceInfo]
    officers: Mapping[str, Officer]
    pin_is_right: Callable[[str, str], bool]  # pin, hash; slow on purpose
    token_is_right: Callable[[str, str], bool] | None  # device, token; None: no token is needed


class Porter:
    """Answers the doors' two questions; the slow half of each in a thread."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._threads = ThreadPoolExecutor(PIN_THREADS, thread_name_prefix="porter")

    async def device(self, hello: Hello) -> DeviceInfo | str:
        """The device that says hello, or why it may not come in."""
        if hello.protocol != PROTOCOL:
            return "protocol"
        device = self._admission.devices.get(hello.device)
        if device is None:
            return "unknown_device"
        if device.role != hello.role:
            return "wrong_role"
        token_is_right = self._admission.token_is_right
        if token_is_right is None:
            return device
        loop = asyncio.get_running_loop()
        right = await loop.run_in_executor(self._threads, token_is_right, hello.device, hello.token)
        return device if right else "bad_token"

    async def officer(self, code: str, pin: str, role: str) -> bool:
        """Is there such an officer, with this PIN, who may sit at such a screen?"""
        officer = self._admission.officers.get(code)
        if officer is None or (role == "manager" and officer.role != "manager"):
            return False
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._threads, self._admission.pin_is_right, pin, officer.pin_hash
        )

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
