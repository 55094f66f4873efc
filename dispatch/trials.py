"""The manager's trials: what if, and how many counters. Each runs in processes of its own, so that
the hall waits for none of them; a screen asks how far its own is, and takes the report in parts.
"""

from __future__ import annotations

import logging
import math
import os
import secrets
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from threading import Lock, Thread
from typing import Any, Final

from dispatch.report_process import Source
from dispatch.reporting import Finished
from dispatch.trial_process import Asked, work
from hall.commands import Refused
from link import messages as m

KINDS: Final = (m.WhatIf, m.Staffing, m.Trial, m.StopTrial)
LOOK_S: Final = 0.5  # whether a trial that says nothing was stopped long ago

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialLimits:
    """How much is put up with."""

    at_once: int = 2  # in the whole hall
    within_s: float = 600.0  # one trial; what takes longer is for `motcua what-if`
    kept_s: float = 600.0  # since it was last asked for
    kept: int = 5_000_000  # characters of one report
    stops_within_s: float = 3.0  # runs that have begun; then it is not asked any more


class Trials:
    """Every screen's newest trial. `now`: the hall's time; `steady_s`: a clock nobody can set."""

    def __init__(
        self,
        source: Source,
        now: Callable[[], datetime],
        steady_s: Callable[[], float],
        limits: TrialLimits | None = None,
    ) -> None:
        self._source, self._now, self._steady_s = source, now, steady_s
        self._limits = limits or TrialLimits()
        self._trials: dict[str, Running] = {}  # device -> its newest

    def answer(
        self, asked: Asked | m.Trial | m.StopTrial, device: str, request: str
    ) -> dict[str, Any] | Refused:
        """The trial that begins, how far it is, a part of its report, or why there is none."""
        self._forget_the_old()
        match asked:
            case m.Trial(trial=name, part=part):
                running = self._known(device, name)
                return running.told(part) if running else Refused("unknown_trial")
            case m.StopTrial(trial=name):
                if name is None or self._known(device, name):
                    self.forget(device)
                return {}
            case _:
                return self._begin(asked, device, request)

    def forget(self, device: str) -> None:
        """Nobody there waits for anything any more."""
        running = self._trials.pop(device, None)
        if running is not None:
            running.stop()

    def close(self) -> None:
        """End all of them, and wait until they have ended."""
        trials = list(self._trials.values())
        for device in list(self._trials):
            self.forget(device)
        for running in trials:
            running.wait()

    # --- Small parts -----------------------------------------------------------------------------

    def _begin(self, asked: Asked, device: str, request: str) -> dict[str, Any] | Refused:
        if isinstance(asked, m.WhatIf) and not _is_day(asked.day):
            return Refused("trial_impossible", problem="no_such_day", given=asked.day)
        before = self._trials.get(device)
        if before is not None and before.request == request:  # asked again after a lost answer
            return {"trial": before.name}
        self.forget(device)
        if sum(not one.is_over for one in self._trials.values()) >= self._limits.at_once:
            return Refused("busy")
        running = Running(request, self._limits, self._steady_s())
        running.begin(self._source, asked, self._now())
        self._trials[device] = running
        return {"trial": running.name}

    def _known(self, device: str, name: str) -> Running | None:
        running = self._trials.get(device)
        if running is None or running.name != name:
            return None
        running.asked_at_s = self._steady_s()
        return running

    def _forget_the_old(self) -> None:
        """Also those that run, where nobody has asked for so long."""
        now_s = self._steady_s()
        for device, running in list(self._trials.items()):
            if now_s - running.asked_at_s > self._limits.kept_s:
                self.forget(device)


class Running:
    """One trial: its process, how far it is, and what came of it.

    A thread of its own begins, hears and ends the process, for all of that may take a while.
    """

    def __init__(self, request: str, limits: TrialLimits, asked_at_s: float) -> None:
        self.request, self.asked_at_s = request, asked_at_s
        self.name = secrets.token_hex(8)
        self._limits = limits
        self._progress = (0, 0)
        self._result: Finished | Refused | None = None
        self._thread: Thread | None = None
        self._number: int | None = None  # the process's, for as long as it lives
        self._stopped_s = math.inf  # when it was asked to end
        self._lock = Lock()  # over the two above

    @property
    def is_over(self) -> bool:
        return self._result is not None

    def told(self, part: int) -> dict[str, Any] | Refused:
        """So much of so much; or a part of the report."""
        match self._result:
            case None:
                done, of = self._progress
                return {"trial": self.name, "done": done, "of": of}
            case Refused() as refused:
                return refused
            case finished if part > finished.parts:
                return Refused("unknown_trial", parts=finished.parts)
            case finished:
                return {"trial": self.name, **finished.part(part)}

    def begin(self, source: Source, asked: Asked, now: datetime) -> None:
        facts = (source, asked, now)
        self._thread = Thread(
            target=self._watch, args=facts, name=f"trial {self.name}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Ask the process to end; its thread sees to it that it does."""
        with self._lock:
            self._stopped_s = min(self._stopped_s, time.monotonic())
            if self._number is not None:
                with suppress(ProcessLookupError):
                    os.kill(self._number, signal.SIGTERM)

    def wait(self) -> None:
        if self._thread is not None:
            self._thread.join()

    # --- In the thread ---------------------------------------------------------------------------

    def _watch(self, source: Source, asked: Asked, now: datetime) -> None:
        spawn = get_context("spawn")
        ours, theirs = spawn.Pipe(duplex=False)
        process = spawn.Process(target=work, args=(source, asked, now, theirs), name="trial")
        try:
            process.start()
        except OSError:
            log.exception("a trial's process does not start")
            self._result = Refused("trial_failed", problem="not_started")
            return
        finally:
            theirs.close()
        assert process.pid is not None
        with self._lock:
            self._number = process.pid
            if self._is_stopped:
                process.terminate()
        self._result = result = self._heard(ours)
        if isinstance(result, Refused) and result.reason == "trial_failed" and not self._is_stopped:
            log.error("a trial failed: %s", result.facts["problem"])
        ours.close()
        process.join(self._limits.stops_within_s)
        with self._lock:
            self._number = None
        _kill_all(process)

    def _heard(self, pipe: Connection) -> Finished | Refused:
        """What the process says in the end."""
        deadline_s = time.monotonic() + self._limits.within_s
        try:
            while (rest_s := self._patience_ends_s(deadline_s) - time.monotonic()) > 0:
                if not pipe.poll(min(rest_s, LOOK_S)):
                    continue
                match pipe.recv():
                    case (int() as done, int() as of):
                        self._progress = (done, of)
                    case str() as text if len(text) > self._limits.kept:
                        return Refused("trial_failed", problem="too_large")
                    case str() as text:
                        return Finished(text, 0.0)
                    case Refused() as refused:
                        return refused
        except (EOFError, OSError):  # it has ended without an answer
            return Refused("trial_failed", problem="ended")
        return Refused("trial_failed", problem="too_long")

    def _patience_ends_s(self, deadline_s: float) -> float:
        """When it is listened to no longer: soon, where it was asked to end."""
        return min(deadline_s, self._stopped_s + self._limits.stops_within_s)

    @property
    def _is_stopped(self) -> bool:
        return self._stopped_s < math.inf


def _is_day(text: str) -> bool:
    """Does any calendar have it? No process is begun for one that none has."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _kill_all(process: SpawnProcess) -> None:
    """Whatever is left of the process and its group."""
    assert process.pid is not None
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()  # it may have begun no group yet
    process.join()
    process.close()
