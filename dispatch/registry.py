"""What the records keep of devices and accounts, asked and changed. Every call takes its time.

For a thread. Knows who may come in; who tries how often, the porter counts. Raises NotRecorded.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import Engine

from dispatch.one_time import GOOD_FOR, GOOD_FOR_ACCOUNTS, canonical, new_code
from dispatch.permissions import AccountRole
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
    """Of one hall. `engine` writes, `readers` read."""

    def __init__(self, engine: Engine, readers: Engine, hall: str, hashing: Hashing) -> None:
        self._engine, self._readers, self._hall = engine, readers, hall
        self._hashing = hashing

    # --- Devices ---------------------------------------------------------------------------------

    def standing(self, device: str, role: str, token: str) -> Standing:
        """What the token is worth that the device shows."""
        return pairing.standing(self._readers, self._hall, device, role, token)

    def redeem(self, device: str, role: str, code: str, token: str, now: datetime) -> bool:
        """Pair the device with the token, if this is its code."""

        def matches(code_hash: str) -> bool:
            return self._hashing.matches(canonical(code), code_hash)

        return pairing.redeem(
            self._engine, self._hall, (device, role), token, now=now, matches=matches
        )

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

    def code_is_right(self, officer: Officer | None, typed: str, now: datetime) -> bool:
        """Is this the account's one-time code? Only what looks like one uses up a try, or time."""
        code = canonical(typed)
        if not code:
            return False
        known = officer and codes.code_of(self._readers, self._hall, "sign_in", officer.code)
        good = known if known and known.is_good(now) else None
        if self._hashing.matches(code, good.code_hash if good else self._nobodys):
            return good is not None
        if officer and good:
            codes.count_wrong(self._engine, self._hall, "sign_in", officer.code)
        return False

    @cached_property
    def _nobodys(self) -> str:
        """A hash to compare with where there is none: how long it takes tells nothing then."""
        return self._hashing.hash(secrets.token_urlsafe())

    def keep_pin(self, officer: Officer, pin: str, now: datetime) -> None:
        """From now on this is the officer's PIN."""
        pins.keep_pin(self._engine, self._hall, officer.code, self._hashing.hash(pin), now)

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
        if chosen or offered or admin.pin_hash:
            return None
        return self._offer("sign_in", admin.code, now + GOOD_FOR_ACCOUNTS)

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
