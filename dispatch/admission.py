"""Who may come in: which device with which token, which officer with which PIN; and other PINs."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar

from dispatch.guessable import is_guessable
from dispatch.lockout import Lockout
from hall.commands import Refused
from link.messages import PROTOCOL, ChangePin, DeviceInfo, Hello
from records.errors import NotRecorded

PIN_THREADS = 2  # hashing a PIN is slow on purpose; no more than this at once
MAX_REMEMBERED = 1_000  # changes of a PIN whose repetition is recognised

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Officer:
    """Who may sign in, and as what."""

    code: str
    pin_hash: str
    role: Literal["officer", "manager"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The hall's doors as configured. What is done with PINs is slow, and may raise NotRecorded."""

    devices: Mapping[str, DeviceInfo]
    officers: Mapping[str, Officer]
    pin_is_right: Callable[[Officer, str], bool]
    keep_pin: Callable[[Officer, str, datetime], None]  # from now on this is the officer's PIN
    token_is_right: Callable[[str, str], bool] | None  # device, token; None: no token is needed


class Porter:
    """Answers the doors' questions; the slow part of each in a thread.

    `clock`: seconds that nobody can set back. At each device one PIN is tried after another, so
    that nobody gets more tries by asking over many connections at once.
    """

    def __init__(self, admission: Admission, clock: Callable[[], float]) -> None:
        self._admission = admission
        self._threads = ThreadPoolExecutor(PIN_THREADS, thread_name_prefix="porter")
        self._lockout = Lockout(admission.officers, clock)
        self._trying: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # by device
        self._changed: deque[str] = deque(maxlen=MAX_REMEMBERED)  # request ids

    @property
    def devices(self) -> Mapping[str, DeviceInfo]:
        """Every screen of the configuration."""
        return self._admission.devices

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
        right = await self._in_thread(lambda: token_is_right(hello.device, hello.token))
        return device if right else "bad_token"

    async def officer(self, code: str, pin: str, device: DeviceInfo) -> Refused | None:
        """Why the officer may not sit down there with this PIN; None: they may."""
        async with self._trying[device.device]:
            return await self._unproven(code, pin, device)

    async def change_pin(
        self, code: str, do: ChangePin, request_id: str, device: DeviceInfo, now: datetime
    ) -> Refused | None:
        """Give the officer another PIN; None: that is done, now or when it was asked before.

        Only changes that were carried out are remembered, and only until the server ends.
        """
        async with self._trying[device.device]:
            if request_id in self._changed:
                return None
            refused = await self._unproven(code, do.pin, device)
            if refused is not None:
                return refused
            if is_guessable(do.new_pin, do.pin, code):
                return Refused("weak_pin")
            if not await self._kept(self._admission.officers[code], do.new_pin, now):
                return Refused("not_recorded")
            self._changed.append(request_id)
            log.info("%s changed the PIN at %s", code, device.device)
            return None

    async def _unproven(self, code: str, pin: str, device: DeviceInfo) -> Refused | None:
        """Why it is not proven that this is the officer; None: it is."""
        wait_s = self._lockout.wait_s(code, device.device)
        if wait_s:
            return Refused("locked_out", wait_s=wait_s)
        try:
            right = await self._is_right(code, pin, device)
        except NotRecorded as error:
            log.error("a PIN cannot be looked up: %s", error)  # noqa: TRY400 - the disk's fault
            return Refused("not_recorded")
        if not right:
            self._note_wrong(code, device.device)
            return Refused("bad_pin")
        self._lockout.was_right(code, device.device)
        return None

    async def _is_right(self, code: str, pin: str, device: DeviceInfo) -> bool:
        officer = self._admission.officers.get(code)
        if officer is None or (device.role == "manager" and officer.role != "manager"):
            return False
        return await self._in_thread(lambda: self._admission.pin_is_right(officer, pin))

    def _note_wrong(self, code: str, device: str) -> None:
        """Count it and say so. A name that nobody has may be a PIN in the wrong place: not said."""
        who = code if code in self._admission.officers else "an unknown officer"
        wait_s = self._lockout.was_wrong(code, device)
        if wait_s:
            log.warning("%s at %s: wrong PIN, locked out for %d s", who, device, wait_s)
        else:
            log.warning("%s at %s: wrong PIN", who, device)

    async def _kept(self, officer: Officer, pin: str, now: datetime) -> bool:
        try:
            await self._in_thread(lambda: self._admission.keep_pin(officer, pin, now))
        except NotRecorded as error:
            log.error("a PIN was not recorded: %s", error)  # noqa: TRY400 - the disk's fault
            return False
        return True

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
