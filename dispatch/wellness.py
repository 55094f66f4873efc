"""How the server is: why the hall cannot work, what deserves a look, and figures for charts.

Looks only; what is done about it is others' affair. Names devices, never people.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Final

from dispatch.dispatcher import Dispatcher
from dispatch.forecaster import Forecaster
from dispatch.wicket import Figure

CLOCK_BEHIND_S: Final = 5.0  # a wall clock this far behind the records is worth a word
HANGING_S: Final = 5.0  # a disk that has not answered for so long
FORECAST_OLD_S: Final = 60.0  # it is made anew every quarter of a minute at least
DISK_LOW: Final = 500_000_000  # bytes


class Wellness:
    """`disk`: the folder whose disk has the records, if it is on this machine. `behind`: how many
    events the standby file lacks; None: there is none. `own`: what of the
    server itself may be in trouble: reports, standby, certificate.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        forecaster: Forecaster,
        disk: Path | None = None,
        behind: Callable[[], int] | None = None,
        own: Collection[str] = (),
    ) -> None:
        self.own = own

        self._dispatcher, self._forecaster = dispatcher, forecaster
        self._disk, self._behind = disk, behind

    def reasons(self) -> Iterator[str]:
        """Why the hall cannot work as it should; none: it does."""
        if self._dispatcher.trouble is not None:
            yield f"not_recorded: {self._dispatcher.trouble}"
        if (hanging_s := self._dispatcher.hanging_s()) > HANGING_S:
            yield f"not_recorded: the disk has not answered for {hanging_s:.0f} s"
        if (behind_s := self._clock_behind_s()) > CLOCK_BEHIND_S:
            yield f"clock_behind: {behind_s:.0f} s behind the last record"

    def warnings(self) -> Iterator[str]:
        """What works no longer, though the hall does."""
        for device, state in self._dispatcher.hall.devices.items():
            if state.trouble is not None:
                yield f"{device}: {state.trouble}"
        if self._forecaster.age_s() > FORECAST_OLD_S:
            yield f"forecast: {self._forecaster.age_s():.0f} s old"
        if (free := self._disk_free()) is not None and free < DISK_LOW:
            yield f"disk_low: {free / 1e6:.0f} MB left"

    def figures(self) -> Iterator[Figure]:
        """Those of the hall and its records."""
        dispatcher, hall = self._dispatcher, self._dispatcher.hall
        waiting = sum(map(len, hall.queues.values()))
        troubles = sum(state.trouble is not None for state in hall.devices.values())
        up = not any(self.reasons())
        yield Figure("up", "gauge", "1 if /health has no reason to complain", up)
        yield Figure("batches_total", "counter", "Batches carried out", dispatcher.batches)
        yield Figure("last_event", "gauge", "Number of the last event", dispatcher.seq)
        yield Figure("tickets_today", "gauge", "Numbers given today", hall.issued)
        yield Figure("tickets_waiting", "gauge", "Numbers in the queues", waiting)
        yield Figure("devices_in_trouble", "gauge", "Devices in trouble", troubles)
        yield Figure("clock_behind_seconds", "gauge", "Behind the records", self._clock_behind_s())
        age_s = self._forecaster.age_s()
        yield Figure("forecast_age_seconds", "gauge", "Age of the waits foretold", age_s)
        if (free := self._disk_free()) is not None:
            yield Figure("disk_free_bytes", "gauge", "Room left on the records' disk", free)
        if self._behind is not None:
            yield Figure("standby_behind_events", "gauge", "Not in the standby", self._behind())
        asked = "From a request to its answer, on the server"
        yield Figure("request_seconds", "histogram", asked, dispatcher.answered)
        yield Figure("commit_seconds", "histogram", "Writing a batch down", dispatcher.committed)

    def _clock_behind_s(self) -> float:
        return self._dispatcher.timekeeper.behind_s(self._dispatcher.hall.at)

    def _disk_free(self) -> int | None:
        """Bytes; asking a disk for it never waits for the disk."""
        if self._disk is None or not self._disk.exists():
            return None
        return shutil.disk_usage(self._disk).free
