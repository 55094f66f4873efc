"""The thread that prints tickets: it takes jobs, hands them to printers, and tells what became of
them and what troubles the printers. How one printer is spoken to is said elsewhere.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hardware.addresses import Address
from hardware.device import Device, Limits, Moved
from hardware.print_job import PrintJob, Standing, State
from hardware.status import Trouble

if TYPE_CHECKING:
    from hardware.jobs import PrintJobs

log = logging.getLogger(__name__)

WAITING_MAX: Final = 1000  # requests that the thread has not looked at yet
IDLE_S: Final = 0.1  # between two looks at a printer that has nothing to do
STOP_S: Final = 10.0

Request = Callable[["PrintJobs"], Standing | None]


@dataclass(frozen=True)
class JobChanged:
    """How a job stands now. `trouble`: why it cannot be sent, or waits in the printer."""

    job: str
    number: str
    state: State
    copies: int
    created_at: float
    printer: str = ""
    trouble: Trouble | None = None


@dataclass(frozen=True)
class TroubleChanged:
    """What troubles a printer now; None: nothing does. Told first when it is first known."""

    printer: str
    trouble: Trouble | None


Told = JobChanged | TroubleChanged


class Printer:
    """Prints on the first of its printers that can. Each method may be called from any thread.

    `tell` is called in the printer's own thread, and must not block.
    """

    def __init__(
        self,
        printers: Sequence[Address],
        jobs: Path,
        tell: Callable[[Told], None],
        *,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._limits = limits or Limits()
        self._devices = [Device(address, self._limits) for address in printers]
        self._path = jobs
        self._tell_caller = tell
        self._clock = clock
        self._requests: queue.Queue[Request] = queue.Queue(WAITING_MAX)
        self._in_hand: Request | None = None
        self._stopping = threading.Event()
        self._told: dict[str, Trouble | None] = {}  # by printer
        self._blocked: dict[str, Trouble | None] = {}  # by job
        self._thread = threading.Thread(target=self._run, name="printer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread. A ticket in a printer is unknown when the next one starts."""
        self._stopping.set()
        self._thread.join(STOP_S)

    # --- What can be asked of it (raises queue.Full when it has not looked for very long) ---------

    def print(self, job: PrintJob) -> None:
        """Print a ticket. The same id a second time changes nothing, and nothing is told."""
        self._requests.put_nowait(lambda jobs: jobs.add(job))

    def print_again(self, job: str) -> None:
        """Another copy, because a person asks for it: also of a ticket that was given up.

        Told as queued, and from then on like a new one; nothing where the ticket is not known or
        is in a printer, from which it may still come.
        """
        self._requests.put_nowait(lambda jobs: jobs.print_again(job, self._clock()))

    def received(self, job: str) -> None:
        """A person has the ticket of which nobody could say whether it printed.

        Told as printed; nothing where it does not stand so, or its second copy is on the way.
        """
        self._requests.put_nowait(lambda jobs: jobs.move_from(job, ("unknown",), "printed"))

    def withdraw(self, job: str) -> None:
        """The ticket was called or cancelled: no copy of it is sent any more.

        Told as expired, at once where it waits. What is in a printer cannot be called back: it is
        told as printed when it comes out, and as unknown and then expired where it may be lost.
        """
        self._requests.put_nowait(lambda jobs: jobs.withdraw(job))

    # --- The thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                from hardware.jobs import open_jobs  # a database: not for a kiosk without a printer

                with closing(open_jobs(self._path)) as jobs:
                    self._work(jobs)
            except Exception:  # a full disk or a mistake of ours must not end printing for the day
                log.exception("printing stopped, and begins anew")
                for device in self._devices:
                    self._tell_trouble(device, "error")
                self._stopping.wait(self._limits.retry_s)
            finally:
                for device in self._devices:
                    device.close()

    def _work(self, jobs: PrintJobs) -> None:
        for job in jobs.recover(self._clock()):
            self._tell_job(job)
        for device in self._devices:  # also what was given up long ago may hang out of the printer
            device.broken_off = device.broken_off or jobs.in_doubt()
        while not self._stopping.is_set():
            self._take_request(jobs)
            for device in self._devices:
                self._step(jobs, device)
            for job in jobs.expire(self._clock() - self._limits.expires_s):
                self._tell_job(job)
            self._hand_out(jobs)

    def _take_request(self, jobs: PrintJobs) -> None:
        """Do what is asked. What failed is tried once more, when the jobs have been opened anew."""
        request, self._in_hand = self._in_hand, None
        if request is None:
            request = self._in_hand = self._next_request()
        changed = request(jobs) if request is not None else None
        self._in_hand = None
        if changed is not None:
            self._tell_job(changed)

    def _next_request(self) -> Request | None:
        busy = any(device.busy for device in self._devices)
        with suppress(queue.Empty):
            return self._requests.get(block=not busy, timeout=IDLE_S)
        return None

    def _step(self, jobs: PrintJobs, device: Device) -> None:
        self._tell_moved(jobs, device, device.step())
        if device.known:
            self._tell_trouble(device, device.trouble)

    def _hand_out(self, jobs: PrintJobs) -> None:
        for job in jobs.to_print(self._clock() - self._limits.reprint_within_s):
            device = next((device for device in self._devices if device.ready()), None)
            if device is not None:
                sent = jobs.send(job)  # before the first byte
                device.take(sent, jobs.content(sent))
                moved = device.step()  # whoever is told may keep the processor to himself
                self._tell_job(sent, device)
                self._tell_moved(jobs, device, moved)
            elif all(device.blocked for device in self._devices):
                self._tell_blocked(job)

    # --- What it tells ---------------------------------------------------------------------------

    def _tell_moved(self, jobs: PrintJobs, device: Device, moved: Sequence[Moved]) -> None:
        for one in moved:
            self._tell_job(jobs.move(one.job, one.state), device)

    def _tell_job(self, job: Standing, device: Device | None = None) -> None:
        self._blocked.pop(job.id, None)
        name, trouble = (device.name, device.trouble) if device else ("", None)
        told = trouble if job.state == "held" else None
        self._tell(_changed(job, name, told))

    def _tell_blocked(self, job: Standing) -> None:
        """Say once, and again when it changes, why a ticket cannot be sent."""
        trouble = next((device.blocked for device in self._devices), None)
        if self._blocked.get(job.id) != trouble:
            self._blocked[job.id] = trouble
            self._tell(_changed(job, "", trouble))

    def _tell_trouble(self, device: Device, trouble: Trouble | None) -> None:
        if device.name not in self._told or self._told[device.name] != trouble:
            self._told[device.name] = trouble
            self._tell(TroubleChanged(device.name, trouble))

    def _tell(self, told: Told) -> None:
        with suppress(RuntimeError):  # the caller's loop has ended
            self._tell_caller(told)


def _changed(job: Standing, printer: str, trouble: Trouble | None) -> JobChanged:
    return JobChanged(job.id, job.number, job.state, job.copies, job.created_at, printer, trouble)
