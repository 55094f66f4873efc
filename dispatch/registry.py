"""What the records keep of devices and accounts, asked and changed. Every call takes its time.

For a thread. Knows who may come in; who tries how often, the porter counts. Raises NotRecorded.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine

from dispatch import first_code
from dispatch.one_time import GOOD_FOR, GOOD_FOR_ACCOUNTS, canonical, new_code
from dispatch.permissions import AccountRole
from dispatch.tries import Tries
from records import access, codes, pairing, pins
from records.codes import Purpose
from records.pairing import Standing


@dataclass(frozen=True, slots=True)
class Officer:
    """Who may sign in, and as what. `pin_hash` empty: a one-time code first, to choose a PIN."""

    code: str
    pin_hash: str
    role: AccountRole
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hashing:
    """Slow on purpose: a hash of a secret, and whether a secret is the one that was hashed."""

    hash: Callable[[str], str]
    matches: Callable[[str, str], bool]


class Registry:
    """Of one hall. `engine` writes, `readers` read. `first_code`: the file of the first
    administrator's one-time code, if there is one."""

    def __init__(
        self,
        engine: Engine,
        readers: Engine,
        hall: str,
        hashing: Hashing,
        first_code: Path | None = None,
    ) -> None:
        self._engine, self._readers, self._hall = engine, readers, hall
        self._first_code = first_code
        self._hashing, self._tries = hashing, Tries()

    # --- Devices ---------------------------------------------------------------------------------

    def standing(self, device: str, role: str, token: str) -> Standing:
        """What the token is worth that the device shows."""
        return pairing.standing(self._readers, self._hall, device, role, token)

    def redeem(
        self, device: tuple[str, str], code: str, token: str, now: datetime, place: str
    ) -> bool:
        """Pair the device, a code and a role, with the token, if this is its one-time code.

        `place`: from where; wrong codes from one place leave the others theirs.
        """

        def matches(code_hash: str) -> bool | None:
            return self._compared(("pair", device[0]), code, code_hash, place)

        return pairing.redeem(self._engine, self._hall, device, token, now=now, matches=matches)

    def offer_pairing(self, device: str, now: datetime) -> str:
        """A one-time code to pair the device with."""
        return self._offer("pair", device, now + GOOD_FOR)

    def unpair(self, device: str, by: str, now: datetime) -> bool:
        return pairing.unpair(self._engine, self._hall, device, by, now)

    def devices(self) -> Mapping[str, pairing.Paired]:
        """Every device that was ever paired."""
        return pairing.paired(self._readers, self._hall)

    def keep_seen(self, seen: Mapping[str, tuple[bool, datetime]]) -> None:
        pairing.keep_seen(self._engine, self._hall, seen)

    def nobody_online(self) -> None:
        if any(one.online for one in self.devices().values()):
            pairing.nobody_online(self._engine, self._hall)

    # --- Accounts --------------------------------------------------------------------------------

    def pin_is_right(self, officer: Officer | None, pin: str) -> bool:
        """The PIN that was chosen, or else the configured one. Of nobody none is, as slowly."""
        chosen = officer and pins.pin_hash_of(self._readers, self._hall, officer.code)
        pin_hash = chosen or (officer.pin_hash if officer else "")
        return self._hashing.matches(pin, pin_hash or self._nobodys) and bool(pin_hash)

    def code_is_right(self, officer: Officer | None, typed: str, now: datetime, place: str) -> bool:
        """Is this the account's one-time code? Only what looks like one uses up a try, or time.

        `place`: where it was typed; wrong codes at one place leave the others theirs.
        """
        code = canonical(typed)
        if not code:
            return False
        of = officer.code if officer else ""
        known = codes.code_of(self._readers, self._hall, "sign_in", of)
        if known is None or not known.is_good(now):
            self._hashing.matches(code, self._nobodys)
            return False
        right = self._compared(("sign_in", of), code, known.code_hash, place)
        if right is None:
            self._hashing.matches(code, self._nobodys)
        elif not right:
            codes.count_wrong(self._engine, self._hall, "sign_in", of)
        return bool(right)

    def _compared(
        self, of: tuple[Purpose, str], typed: str, code_hash: str, place: str
    ) -> bool | None:
        """Is it this one-time code? None: this place had all of its tries, and nothing was done."""
        if not self._tries.has_one(of, code_hash, place):
            return None
        code = canonical(typed)
        right = bool(code) and self._hashing.matches(code, code_hash)
        if right:
            self._tries.was_right(of, place)
        return right

    @cached_property
    def _nobodys(self) -> str:
        """A hash to compare with where there is none: how long it takes tells nothing then."""
        return self._hashing.hash(secrets.token_urlsafe())

    def keep_pin(self, officer: Officer, pin: str, now: datetime) -> None:
        """From now on this is the officer's PIN."""
        pins.keep_pin(self._engine, self._hall, officer.code, self._hashing.hash(pin), now)
        self._was_chosen(officer)

    def reset_pin(self, officer: Officer, by: str, now: datetime) -> str | None:
        """Let the configured PIN count again; where there is none, a one-time code instead."""
        pins.forget_pin(self._engine, self._hall, officer.code, by, now)
        if officer.pin_hash:
            return None
        return self._offer("sign_in", officer.code, now + GOOD_FOR_ACCOUNTS)

    def first_code(self, admin: Officer, now: datetime) -> str | None:
        """A one-time code for the first administrator; None: there was one, or there is a PIN."""
        chosen = pins.pin_hash_of(self._readers, self._hall, admin.code)
        offered = codes.code_of(self._readers, self._hall, "sign_in", admin.code)
        if chosen:
            self._was_chosen(admin)
        if chosen or offered or admin.pin_hash:
            return None
        return self._offer("sign_in", admin.code, now + GOOD_FOR_ACCOUNTS)

    def _was_chosen(self, officer: Officer) -> None:
        """What lay about for the first administrator is worth nothing any more, and goes."""
        if officer.role == "administrator" and self._first_code is not None:
            first_code.forget(self._first_code)

    def is_suspended(self, officer: str) -> bool:
        return access.is_suspended(self._readers, self._hall, officer)

    def suspend(self, officer: str, by: str, now: datetime) -> bool:
        return access.suspend(self._engine, self._hall, officer, by, now)

    def restore(self, officer: str, by: str, now: datetime) -> bool:
        return access.restore(self._engine, self._hall, officer, by, now)

    def suspended(self) -> Mapping[str, datetime]:
        """Which accounts are, and since when."""
        return access.suspended_since(self._readers, self._hall)

    def have_chosen(self) -> set[str]:
        """Whose PIN is one they chose."""
        return pins.have_chosen(self._readers, self._hall)

    # --- What is to be noted ---------------------------------------------------------------------

    def unnoted(self) -> list[access.Change]:
        """Changes of access that no event tells of yet, by whomever they were made."""
        return access.unnoted(self._readers, self._hall)

    def noted(self, changes: list[access.Change]) -> None:
        access.forget_changes(self._engine, self._hall, [one.id for one in changes])

    def _offer(self, purpose: Purpose, of: str, until: datetime) -> str:
        code = new_code()
        code_hash = self._hashing.hash(canonical(code))
        codes.offer(self._engine, self._hall, purpose, of, code_hash=code_hash, until=until)
        return code
