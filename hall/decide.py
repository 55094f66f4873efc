"""What comes of a command: events, or Refused. Changes nothing; `evolve` does.

The rules stand where they belong: intake (the citizen), counters (the officer), turns (the ticket
at the counter), undo (what was pressed by mistake), tick (time). What is left to the manager and
the devices stands here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, assert_never

from hall import commands as c
from hall import counters, intake, turns
from hall import events as e
from hall.commands import Command, Decision, Refused
from hall.model import Hall
from hall.tick import tick
from hall.undo import undo

MAX_DEVICES: Final = 200  # beside all screens together; every view of a counter lists the troubled


def decide(hall: Hall, command: Command, now: datetime) -> Decision:  # noqa: PLR0912
    """The consequences of a command at `now`, which is never before the hall's last event."""
    match command:
        case c.TakeTicket():
            return intake.take(hall, command, now)
        case c.Printed():
            return intake.printed(hall, command)
        case c.Rate():
            return intake.rate(hall, command)
        case c.SignIn():
            return counters.sign_in(hall, command)
        case c.SignOut():
            return counters.sign_out(hall, command)
        case c.Open():
            return counters.open_(hall, command)
        case c.Pause():
            return counters.pause(hall, command)
        case c.Close():
            return counters.close(hall, command)
        case c.SetService():
            return _set_service(hall, command)
        case c.SetNotice():
            return () if command.text == hall.notice else (e.NoticeSet(command.text),)
        case c.Announced():
            return _announced(hall, command)
        case c.ReportDevice():
            return _report_device(hall, command)
        case c.StepClock():
            return (e.ClockStepped(command.by_s),)
        case c.Tick():
            return tick(hall, now)
        case _:
            return _of_a_turn(hall, command, now)


def _of_a_turn(  # noqa: PLR0912 - one case a kind
    hall: Hall, command: turns.OfATurn | c.Undo, now: datetime
) -> Decision:
    match command:
        case c.CallNext():
            return turns.call_next(hall, command)
        case c.CallTicket():
            return turns.call_ticket(hall, command)
        case c.Recall():
            return turns.recall(hall, command)
        case c.Start():
            return turns.start(hall, command)
        case c.Finish():
            return turns.finish(hall, command, now)
        case c.NoShow():
            return turns.no_show(hall, command)
        case c.Undo():
            return undo(hall, command, now)
        case c.AddService():
            return turns.add_service(hall, command)
        case c.Postpone():
            return turns.postpone(hall, command, now)
        case c.Transfer():
            return turns.transfer(hall, command)
        case c.Hold():
            return turns.hold(hall, command)
        case c.Resume():
            return turns.resume(hall, command)
        case c.PutBack():
            return turns.put_back(hall, command)
        case c.Cancel():
            return turns.cancel(hall, command)
        case _:
            assert_never(command)


def _set_service(hall: Hall, command: c.SetService) -> Decision:
    if command.service not in hall.setup.services:
        return Refused("unknown_service", service=command.service)
    if command.open == (command.service not in hall.closed_services):
        return ()
    return (e.ServiceSet(command.service, command.open),)


def _announced(hall: Hall, command: c.Announced) -> Decision:
    if command.call > hall.call:
        return Refused("unknown_call", call=command.call)
    return (e.CallAnnounced(command.call, command.device),)


def _report_device(hall: Hall, command: c.ReportDevice) -> Decision:
    known = hall.devices.get(command.device)
    if known is not None and known.trouble == command.trouble:
        return ()
    if known is None and len(hall.devices) >= MAX_DEVICES:
        return Refused("too_many_devices", limit=MAX_DEVICES)
    return (e.DeviceReported(command.device, command.trouble),)
