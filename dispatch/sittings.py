"""Who sits at which screen, since when, and when a key was pressed there last.

In memory: a server that starts anew has forgotten who signed in at a manager's screen; at counters
the hall knows who sits there, and their time begins anew. A limit of 0: never.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from hall.commands import SendAway
from hall.model import Hall
from link import messages as m


@dataclass(slots=True)
class Sitting:
    """Somebody sits there. Times are the clock's seconds."""

    account: str
    since: float
    used: float


class Sittings:
    """At counters and managers' screens. `clock`: seconds that nobody can set back.

    `session_s`: how long one may last. Without a key for a while (the device's setting
    `lock_after_min`) a manager's sitting is over, and a counter is locked until the PIN is typed.
    `on_end` is told at which screen a sitting is over, or is another's now; `on_change` also where
    one began.
    """

    def __init__(
        self, devices: Mapping[str, m.DeviceInfo], session_s: float, clock: Callable[[], float]
    ) -> None:
        self._devices, self._session_s, self._clock = devices, session_s, clock
        self._at: dict[str, Sitting] = {}
        self._counters = [
            (code, one.counter) for code, one in devices.items() if one.role == "counter"
        ]
        self.turned_out = 0  # how often an account was suspended
        self.on_end: Callable[[str], None] = lambda _device: None
        self.on_change: Callable[[str], None] = lambda _device: None

    def began(self, device: str, account: str) -> None:
        """The PIN was right."""
        now = self._clock()
        before = self._at.get(device)
        same = before is not None and before.account == account and not self._is_over(before)
        since = before.since if before is not None and same else now
        if before is not None and before.account != account:
            self.ended(device)
        self._at[device] = Sitting(account, since, now)
        self.on_change(device)

    def ended(self, device: str) -> None:
        if self._at.pop(device, None) is not None:
            self.on_end(device)
            self.on_change(device)

    def ended_of(self, account: str) -> None:
        """The account is suspended: wherever they sit, and whoever is about to sit down."""
        self.turned_out += 1
        for device in [one for one, sitting in self._at.items() if sitting.account == account]:
            self.ended(device)

    def used(self, device: str) -> None:
        """Somebody pressed a key there."""
        if device in self._at:
            self._at[device].used = self._clock()

    def manager_at(self, device: str) -> str | None:
        """Who sits at a manager's screen; nobody, where it was left alone for too long."""
        sitting = self._at.get(device)
        if sitting is not None and (self._is_over(sitting) or self._is_idle(device, sitting)):
            self.ended(device)
            return None
        return sitting.account if sitting else None

    def managers(self) -> dict[str, str]:
        """Who sits at which manager's screen; whose time is over sits there no longer."""
        screens = [code for code in self._at if self._devices[code].role == "manager"]
        return {code: account for code in screens if (account := self.manager_at(code))}

    def is_locked(self, device: str, officer: str, *, serving: bool) -> bool:
        """Must this officer of a counter type the PIN again? Not in the middle of a service."""
        sitting = self._known(device, officer)
        return not serving and (self._is_idle(device, sitting) or self._is_over(sitting))

    def over(self, hall: Hall) -> Iterator[SendAway]:
        """Officers who have sat for too long, and are with no citizen; managers just go."""
        self.managers()
        for device, counter in self._counters:
            staffing = hall.staffing.get(counter or "")
            if counter is None or staffing is None or staffing.officer is None:
                continue
            if staffing.ticket is None and self._is_over(self._known(device, staffing.officer)):
                yield SendAway(counter, staffing.officer, "session_over")

    def _known(self, device: str, officer: str) -> Sitting:
        sitting = self._at.get(device)
        if sitting is None or sitting.account != officer:
            sitting = self._at[device] = Sitting(officer, self._clock(), self._clock())
        return sitting

    def _is_idle(self, device: str, sitting: Sitting) -> bool:
        minutes = self._devices[device].settings.get("lock_after_min", 0)
        limit_s = minutes * 60 if isinstance(minutes, int | float) else 0
        return bool(limit_s) and self._clock() - sitting.used >= limit_s

    def _is_over(self, sitting: Sitting) -> bool:
        return bool(self._session_s) and self._clock() - sitting.since >= self._session_s
