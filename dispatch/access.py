"""Changes of access: asked for by an administrator, or made by a command beside the server.

Whoever makes one notes it with the change itself, in the records. Here they are looked for once a
second: who must go is sent away, and each becomes an event of the hall, once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from dispatch.batch import Asked
from dispatch.dispatcher import Dispatcher
from dispatch.one_time import GOOD_FOR, GOOD_FOR_ACCOUNTS
from dispatch.registry import Officer, Registry
from hall.commands import ChangeAccess, Refused
from link import messages as m
from records.access import Change
from records.errors import NotRecorded
from records.pairing import Paired

LOOK_S = 1.0
MAX_REMEMBERED = 200  # answers that are given again

OfAccess = (
    m.Access | m.PairDevice | m.UnpairDevice | m.SuspendOfficer | m.RestoreOfficer | m.ResetPin
)
T = TypeVar("T")
Told = dict[str, Any] | Refused

log = logging.getLogger(__name__)


class Access:
    """Who may come in, as it changes. `now`: the hall's time.

    `on_change` is told what a change was and of whom, as soon as it is seen; hearing it twice does
    no harm.
    """

    def __init__(
        self,
        registry: Registry,
        dispatcher: Dispatcher,
        devices: Mapping[str, m.DeviceInfo],
        officers: Mapping[str, Officer],
        now: Callable[[], datetime],
    ) -> None:
        self._registry, self._dispatcher, self._now = registry, dispatcher, now
        self._devices, self._officers = devices, officers
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="access")
        self._wanted = asyncio.Event()
        self._answered: dict[str, Told] = {}  # request id -> what was told
        self._seen: dict[str, tuple[bool, datetime]] = {}  # since the server began
        self._unseen: dict[str, tuple[bool, datetime]] = {}  # not kept yet
        self.on_change: Callable[[str, str], None] = lambda _what, _of: None
        self.managers: Callable[[], Mapping[str, str]] = dict  # who sits at which manager's screen

    # --- What an administrator asks --------------------------------------------------------------

    async def answer(self, do: OfAccess, by: str, request_id: str) -> Told:
        """Do it, and what is told of it; asked again it is told again."""
        if request_id in self._answered:
            return self._answered[request_id]
        unknown = self._unknown(do)
        if unknown is not None:
            return unknown
        if isinstance(do, m.SuspendOfficer) and do.officer == by:
            return Refused("own_account", officer=by)
        where = self._where()
        try:
            told = await self._in_thread(lambda: self._done(do, by, self._now(), where))
        except NotRecorded as error:
            log.error("access was not changed: %s", error)  # noqa: TRY400 - the disk's fault
            return Refused("not_recorded")
        if not isinstance(do, m.Access):
            self._remember(request_id, told)
            self._wanted.set()
        return told

    def _unknown(self, do: OfAccess) -> Refused | None:
        match do:
            case m.PairDevice(device) | m.UnpairDevice(device) if device not in self._devices:
                return Refused("unknown_device", device=device)
            case m.SuspendOfficer(officer) | m.RestoreOfficer(officer) | m.ResetPin(officer):
                known = officer in self._officers
                return None if known else Refused("unknown_officer", officer=officer)
            case _:
                return None

    def _where(self) -> dict[str, list[str]]:
        """Account -> the screens and counters where it is signed in."""
        staffing = self._dispatcher.hall.staffing
        sat = [(one.officer, code) for code, one in staffing.items() if one.officer]
        where: dict[str, list[str]] = {}
        for device, account in self.managers().items():
            sat.append((account, device))
        for account, place in sat:
            where.setdefault(account, []).append(place)
        return where

    def _done(self, do: OfAccess, by: str, now: datetime, where: dict[str, list[str]]) -> Told:
        match do:
            case m.Access():
                return {"devices": self._device_list(), "accounts": self._account_list(where)}
            case m.PairDevice(device):
                code = self._registry.offer_pairing(device, now)
                return {"device": device, "code": code, "until": now + GOOD_FOR}
            case m.UnpairDevice(device):
                return {"changed": self._registry.unpair(device, by, now)}
            case m.SuspendOfficer(officer):
                return {"changed": self._registry.suspend(officer, by, now)}
            case m.RestoreOfficer(officer):
                return {"changed": self._registry.restore(officer, by, now)}
            case m.ResetPin(officer):
                first = self._registry.reset_pin(self._officers[officer], by, now)
                until = now + GOOD_FOR_ACCOUNTS
                return {"officer": officer} | ({"code": first, "until": until} if first else {})

    def _device_list(self) -> list[dict[str, Any]]:
        paired = self._registry.devices()
        return [
            {
                "device": code,
                "role": info.role,
                "paired": code in paired and paired[code].is_paired,
                "paired_at": paired[code].paired_at if code in paired else None,
                "online": self._last(code, paired)[0],
                "seen_at": self._last(code, paired)[1],
            }
            for code, info in self._devices.items()
        ]

    def _last(self, code: str, paired: Mapping[str, Paired]) -> tuple[bool, datetime | None]:
        """Whether the device is there, and when it came or went last."""
        before = paired[code].seen_at if code in paired else None
        return self._seen.get(code, (False, before))

    def _account_list(self, where: dict[str, list[str]]) -> list[dict[str, Any]]:
        suspended, chosen = self._registry.suspended(), self._registry.have_chosen()
        return [
            {
                "officer": code,
                "role": officer.role,
                "suspended": code in suspended,
                "has_chosen": code in chosen,
                "at": where.get(code, []),
            }
            for code, officer in self._officers.items()
        ]

    def _remember(self, request_id: str, told: Told) -> None:
        self._answered[request_id] = told
        while len(self._answered) > MAX_REMEMBERED:
            del self._answered[next(iter(self._answered))]

    async def first_code(self, account: str) -> str | None:
        """A one-time code for the hall's first administrator; None: it was given, or none needed.

        `account`: of a hall that names no administrator.
        """
        admin = self._officers.get(account)
        if admin is None or admin.role != "administrator" or admin.pin_hash:
            return None
        return await self._in_thread(lambda: self._registry.first_code(admin, self._now()))

    # --- Looking for changes ---------------------------------------------------------------------

    def saw(self, device: str, *, online: bool, at: datetime) -> None:
        """A device came or went: kept at the next look."""
        self._seen[device] = self._unseen[device] = (online, at)

    def look(self) -> None:
        """Something has changed: do not wait."""
        self._wanted.set()

    async def run(self) -> None:
        """Look again and again until cancelled."""
        with suppress(NotRecorded):
            await self._in_thread(self._registry.nobody_online)
        while True:
            self._wanted.clear()
            with suppress(NotRecorded):  # the dispatcher says so; what is noted stays noted
                await self._look()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._wanted.wait()

    async def _look(self) -> None:
        changes = await self._in_thread(self._registry.unnoted)
        for change in changes:
            self.on_change(change.what, change.of)
        written = [change for change in changes if await self._is_written(change)]
        if written:
            await self._in_thread(lambda: self._registry.noted(written))
        if self._unseen:
            seen, self._unseen = self._unseen, {}
            await self._in_thread(lambda: self._registry.keep_seen(seen))

    async def _is_written(self, change: Change) -> bool:
        """Have the event of it written down. The id is the change's own: it is written once."""
        command = ChangeAccess(change.of, change.what, change.by)
        answer = await self._dispatcher.ask(Asked(command, change.id, officer=change.by or None))
        log.info(
            "%s: %s by %s",
            *(change.of, change.what, change.by or "its code"),
            extra={"event": change.what, "of": change.of, "by": change.by},
        )
        return msgspec.json.decode(answer, type=m.Answer).ok is not None

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        self._thread.shutdown(wait=True)
