"""Which screens are connected, and since when; which of them are silent when citizens need them.

Tells the hall nothing by itself: the dispatcher asks for `news` with every batch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hall import hours
from hall.commands import ReportDevice
from hall.model import SILENT, DeviceState, Hall
from link import messages as m

LOOK: Final = timedelta(seconds=1)  # at all that are missing: they may be thousands
LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
WATCHED: Final[frozenset[m.Role]] = frozenset({"kiosk", "display"})  # nobody sits beside them


@dataclass(frozen=True, slots=True)
class Seen:
    """A screen is connected or not, since then. `since` None: it has not been, and nobody knows."""

    online: bool
    since: datetime | None


class Presence:
    """Every screen of the configuration. `now`: when the server began to look; `own`: what of the
    server itself may be in trouble.
    """

    def __init__(
        self, devices: Mapping[str, m.DeviceInfo], now: datetime, own: Collection[str] = ()
    ) -> None:
        self._devices, self._began, self._own = devices, now, own
        self._seen = dict.fromkeys(devices, Seen(online=False, since=None))
        self._missing = {  # of those that are watched
            device for device, info in devices.items() if info.role in WATCHED
        }
        self._silent, self._looked = set[str](), LONG_AGO

    def came(self, device: str, at: datetime) -> None:
        """It has said hello; if it was there already, it still is."""
        if not self._seen[device].online:
            self._seen[device] = Seen(online=True, since=at)
        self._missing.discard(device)

    def went(self, device: str, at: datetime) -> None:
        self._seen[device] = Seen(online=False, since=at)
        if self._devices[device].role in WATCHED:
            self._missing.add(device)

    def shown(self) -> list[dict[str, Any]]:
        """As the manager sees it."""
        return [
            {
                "device": device,
                "role": self._devices[device].role,
                "online": seen.online,
                "since": seen.since,
            }
            for device, seen in self._seen.items()
        ]

    def news(self, hall: Hall, now: datetime) -> list[ReportDevice]:
        """What the hall should be told of screens that are silent, or are so no longer."""
        reported = {device for device, state in hall.devices.items() if state.trouble == SILENT}
        if now - self._looked >= LOOK or now < self._looked:
            self._silent, self._looked = set(self._missed(hall, now)), now
        silent = self._silent & self._missing
        back = reported - self._missing
        back |= {device for device, state in hall.devices.items() if self._is_orphan(device, state)}
        news = dict.fromkeys(back) | dict.fromkeys(silent - reported, SILENT)
        return [ReportDevice(device, news[device]) for device in sorted(news)]

    def _missed(self, hall: Hall, now: datetime) -> Iterator[str]:
        """Screens that citizens have missed for too long; while nobody comes, none is missed."""
        limit_s, opened_at = hall.setup.alarms.silent_s, _opened_at(hall, now)
        if not limit_s or opened_at is None:
            return
        for device in self._missing:
            since = max(self._seen[device].since or self._began, opened_at)
            if now - since >= timedelta(seconds=limit_s):
                yield device

    def _is_orphan(self, device: str, state: DeviceState) -> bool:
        """Is it in trouble, and taken out of the configuration? Nobody would say that it works."""
        screen = device.partition("/")[0]
        return bool(state.trouble) and screen not in self._devices and screen not in self._own


def _opened_at(hall: Hall, now: datetime) -> datetime | None:
    """When the hall opened its doors for those who come now; None: nobody comes now."""
    if hall.closed or hall.day is None:
        return None
    windows = hours.attended(hall.setup.hours, hall.day)
    return next((start for start, end in windows if start <= now < end), None)
