"""Who may come in: which device with which token, who with which PIN; and other PINs and tokens."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from dispatch.guessable import SHORTEST_PASSWORD, is_guessable
from dispatch.lockout import Lockout
from dispatch.permissions import may_sit
from dispatch.registry import Officer
from dispatch.sittings import Sittings
from hall.commands import ChangeAccess, Refused
from hall.model import Hall
from link.messages import PROTOCOL, ChangePin, DeviceInfo, Hello, Pair, SignIn
from records.errors import NotRecorded
from records.pairing import Standing

PIN_THREADS = 2  # hashing a PIN is slow on purpose; no more than this at once
MAX_REMEMBERED = 1_000  # changes of a PIN whose repetition is recognised

T = TypeVar("T")

log = logging.getLogger(__name__)


class Kept(Protocol):
    """What the porter asks of the registry. Each takes its time, and may raise NotRecorded."""

    def standing(self, device: str, role: str, token: str) -> Standing: ...
    def redeem(
        self, device: tuple[str, str], code: str, token: str, now: datetime, place: str
    ) -> bool: ...
    def pin_is_right(self, officer: Officer | None, pin: str) -> bool: ...
    def code_is_right(
        self, officer: Officer | None, typed: str, now: datetime, place: str
    ) -> bool: ...
    def keep_pin(self, officer: Officer, pin: str, now: datetime) -> None: ...
    def is_suspended(self, officer: str) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The hall's doors as configured. `tokens_always`: also of a device that was never paired."""

    devices: Mapping[str, DeviceInfo]
    officers: Mapping[str, Officer]
    kept: Kept
    tokens_always: bool
    pin_digits: int = 6  # the least of a new PIN
    hall_names: tuple[str, ...] = ()  # what no password may be
    session_s: float = 0.0  # how long somebody may be signed in; 0: for ever


class Porter:
    """Answers the doors' questions; the slow part of each in a thread.

    `clock`: seconds that nobody can set back. At each device one PIN is tried after another, so
    that nobody gets more tries by asking over many connections at once.
    """

    def __init__(self, admission: Admission, clock: Callable[[], float]) -> None:
        self._admission, self._kept = admission, admission.kept
        self._threads = ThreadPoolExecutor(PIN_THREADS, thread_name_prefix="porter")
        self._lockout = Lockout(admission.officers, clock)
        self.sittings = Sittings(admission.devices, admission.session_s, clock)
        self._trying: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # by device
        # Request ids, each with who asked, and where.
        self._changed: deque[tuple[str, str, str]] = deque(maxlen=MAX_REMEMBERED)

    @property
    def devices(self) -> Mapping[str, DeviceInfo]:
        """Every screen of the configuration."""
        return self._admission.devices

    @property
    def officers(self) -> Mapping[str, Officer]:
        """Everybody who may sign in somewhere."""
        return self._admission.officers

    def news(self, hall: Hall) -> Iterator[ChangeAccess]:
        """What the hall should be told of screens where PINs are guessed, or are no longer."""
        guessed = set(self._lockout.guessed())
        yield from (ChangeAccess(one, "guessed") for one in sorted(guessed - hall.guessed))
        yield from (ChangeAccess(one, "guessed_no_more") for one in sorted(hall.guessed - guessed))

    # --- Devices ---------------------------------------------------------------------------------

    async def device(self, hello: Hello) -> DeviceInfo | str:
        """The device that says hello, or why it may not come in."""
        if hello.protocol != PROTOCOL:
            return "protocol"
        device = self._admission.devices.get(hello.device)
        if device is None:
            return "unknown_device"
        if device.role != hello.role:
            return "wrong_role"
        try:
            standing = await self._in_thread(
                lambda: self._kept.standing(hello.device, hello.role, hello.token)
            )
        except NotRecorded as error:
            log.error("a token cannot be looked up: %s", error)  # noqa: TRY400 - the disk's fault
            return "not_recorded"
        match standing:
            case "right":
                return device
            case "unpaired":
                return "unpaired"
            case "never_paired" if not self._admission.tokens_always:
                return device
            case _:
                return "bad_token"

    async def pair(self, wanted: Pair, now: datetime, place: str) -> DeviceInfo | str:
        """The device that is paired now, or why it is not. `place`: whence it is asked."""
        if wanted.protocol != PROTOCOL:
            return "protocol"
        device = self._admission.devices.get(wanted.device)
        if device is None:
            return "unknown_device"
        async with self._trying[f"pair {wanted.device}"]:
            try:
                right = await self._in_thread(lambda: self._redeemed(wanted, device, now, place))
            except NotRecorded as error:
                log.error("%s was not paired: %s", wanted.device, error)  # noqa: TRY400
                return "not_recorded"
            return device if right else "bad_code"

    def _redeemed(self, wanted: Pair, device: DeviceInfo, now: datetime, place: str) -> bool:
        own = (device.device, device.role)
        return self._kept.redeem(own, wanted.code, wanted.token, now, place)

    # --- PINs and passwords ----------------------------------------------------------------------

    async def officer(
        self, do: SignIn, request_id: str, device: DeviceInfo, now: datetime
    ) -> Refused | None:
        """Why the officer may not sit down there with this PIN; None: they may.

        With a one-time code instead of it, and the PIN that is to count afterwards.
        """
        async with self._trying[device.device]:
            if do.new_pin is not None and self._is_repeated(request_id, do.officer, device):
                return await self._proven(do.officer, do.new_pin, device)
            refused = await self._unproven(do.officer, do.pin, device)
            if refused is None or refused.reason != "bad_pin":
                return refused
            if not await self._has_code(do, device, now):
                self._note_wrong(do.officer, device.device)
                return refused
            self._lockout.was_right(do.officer, device.device)
            if do.new_pin is None:
                return Refused("new_pin_needed")
            refused = await self._changed_to(do.officer, do.new_pin, do.pin, now)
            if refused is None:
                self._changed.append((request_id, do.officer, device.device))
            return refused

    async def change_pin(
        self, code: str, do: ChangePin, request_id: str, device: DeviceInfo, now: datetime
    ) -> Refused | None:
        """Give the officer another PIN; None: that is done, now or when it was asked before.

        Only changes that were carried out are remembered, and only until the server ends.
        """
        async with self._trying[device.device]:
            if self._is_repeated(request_id, code, device):
                return await self._proven(code, do.new_pin, device)
            refused = await self._proven(code, do.pin, device)
            if refused is not None:
                return refused
            refused = await self._changed_to(code, do.new_pin, do.pin, now)
            if refused is None:
                self._changed.append((request_id, code, device.device))
            return refused

    def _is_repeated(self, request_id: str, code: str, device: DeviceInfo) -> bool:
        """Was this change carried out, for the same officer at the same device? An id alone proves
        nothing: whoever shows it must know the PIN that counts since then."""
        return (request_id, code, device.device) in self._changed

    async def _proven(self, code: str, pin: str, device: DeviceInfo) -> Refused | None:
        """None: it is the officer. A wrong PIN is counted."""
        refused = await self._unproven(code, pin, device)
        if refused is not None and refused.reason == "bad_pin":
            self._note_wrong(code, device.device)
        return refused

    async def _unproven(self, code: str, pin: str, device: DeviceInfo) -> Refused | None:
        """Why it is not proven that this is the officer, who may sit there; None: it is."""
        wait_s = self._lockout.wait_s(code, device.device)
        if wait_s:
            return Refused("locked_out", wait_s=wait_s)
        officer = self._who(code, device)
        try:
            right = await self._in_thread(lambda: self._kept.pin_is_right(officer, pin))
            suspended = right and await self._in_thread(lambda: self._kept.is_suspended(code))
        except NotRecorded as error:
            log.error("a PIN cannot be looked up: %s", error)  # noqa: TRY400 - the disk's fault
            return Refused("not_recorded")
        if not right:
            return Refused("bad_pin")
        self._lockout.was_right(code, device.device)
        return Refused("suspended") if suspended else None

    def _who(self, code: str, device: DeviceInfo) -> Officer | None:
        """The account, if it may sit there. Nobody is tried for as long as somebody is."""
        officer = self._admission.officers.get(code)
        return officer if officer and may_sit(device.role, officer.role) else None

    async def _has_code(self, do: SignIn, device: DeviceInfo, now: datetime) -> bool:
        """Was it a one-time code that was typed instead of a PIN? Not for a suspended account."""
        officer = self._who(do.officer, device)
        try:
            return await self._in_thread(
                lambda: (
                    self._kept.code_is_right(officer, do.pin, now, device.device)
                    and not self._kept.is_suspended(do.officer)
                )
            )
        except NotRecorded as error:
            log.error("a code cannot be looked up: %s", error)  # noqa: TRY400 - the disk's fault
            return False

    async def _changed_to(
        self, code: str, new_pin: str, old_pin: str, now: datetime
    ) -> Refused | None:
        officer = self._admission.officers[code]
        of_officers = officer.role == "officer"
        shortest = self._admission.pin_digits if of_officers else SHORTEST_PASSWORD
        known = (old_pin, code, *officer.names, *self._admission.hall_names)
        if is_guessable(new_pin, shortest, known):
            return Refused("weak_pin", shortest=shortest)
        try:
            await self._in_thread(lambda: self._kept.keep_pin(officer, new_pin, now))
        except NotRecorded as error:
            log.error("a PIN was not recorded: %s", error)  # noqa: TRY400 - the disk's fault
            return Refused("not_recorded")
        log.info("%s has another PIN", code, extra={"event": "pin_changed", "officer": code})
        return None

    def _note_wrong(self, code: str, device: str) -> None:
        """Count it and say so. A name that nobody has may be a PIN in the wrong place: not said."""
        who = code if code in self._admission.officers else "an unknown officer"
        wait_s = self._lockout.was_wrong(code, device)
        if wait_s:
            log.warning("%s at %s: wrong PIN, locked out for %d s", who, device, wait_s)
        else:
            log.warning("%s at %s: wrong PIN", who, device)

    # --- Small parts -----------------------------------------------------------------------------

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
