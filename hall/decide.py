"""What comes of a command: events, or Refused. Changes nothing; `evolve` does.

The rules stand where they belong: intake (the citizen), counters (the officer), turns (the ticket
at the counter), undo (what was pressed by mistake), manager, devices, access, tick (time).
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from hall import access, counters, devices, intake, manager, turns
from hall import commands as c
from hall.commands import Command, Decision
from hall.model import Hall
from hall.tick import tick
from hall.undo import undo

OfTheManager = c.SetService | c.SetNotice | c.MoveTicket | c.SendWord | c.ReadWord | c.Acknowledge
OfTheServer = c.ChangeAccess | c.SendAway
OfADevice = c.Announced | c.Spoken | c.ReportDevice | c.StepClock | c.EraseTexts
OfATurn = turns.OfATurn | c.Undo


def decide(hall: Hall, command: Command, now: datetime) -> Decision:
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
        case c.Tick():
            return tick(hall, now)
        case _:
            return _beside_the_line(hall, command, now)


def _beside_the_line(  # noqa: PLR0912 - one case a kind
    hall: Hall, command: OfTheManager | OfADevice | OfTheServer | OfATurn, now: datetime
) -> Decision:
    match command:
        case c.SetService():
            return manager.set_service(hall, command)
        case c.SetNotice():
            return manager.set_notice(hall, command)
        case c.MoveTicket():
            return manager.move_ticket(hall, command)
        case c.SendWord():
            return manager.send_word(hall, command)
        case c.ReadWord():
            return manager.read_word(hall, command)
        case c.Acknowledge():
            return manager.acknowledge(hall, command)
        case c.Announced():
            return devices.announced(hall, command)
        case c.Spoken():
            return devices.spoken(hall, command, now)
        case c.ReportDevice():
            return devices.report(hall, command)
        case c.StepClock():
            return devices.step_clock(command)
        case c.ChangeAccess():
            return access.change(hall, command)
        case c.SendAway():
            return access.send_away(hall, command)
        case c.EraseTexts():
            return devices.erase_texts(command)
        case _:
            return _of_a_turn(hall, command, now)


def _of_a_turn(  # noqa: PLR0912 - one case a kind
    hall: Hall, command: OfATurn, now: datetime
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
