"""The table of stages is what really happens: for each pair that stands in it, and for no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hall import commands as c
from hall.commands import Command, Refused
from hall.decide import decide
from hall.model import Hall, Stage
from hall.turns import STAGES
from tests.hall.halls import SETUP, after, local, opened, take

SETUP_WITHOUT_PUT_BACKS = replace(SETUP, put_backs=0)
NOW = local("08:05")

WAYS: dict[Stage, tuple[Command, ...]] = {
    Stage.WAITING: (),
    Stage.CALLED: (c.CallNext("1"),),
    Stage.SERVING: (c.CallNext("1"), c.Start("1")),
    Stage.HELD: (c.CallNext("1"), c.Hold("1", "form")),
    Stage.DONE: (c.CallNext("1"), c.Start("1"), c.Finish("1", "received")),
    Stage.NO_SHOW: (c.CallNext("1"), c.NoShow("1")),
    Stage.CANCELLED: (c.Cancel("1", "A001", "left"),),
}

COMMANDS: tuple[Command, ...] = (
    c.CallNext("1"),
    c.CallTicket("1", "A001", "urgent"),
    c.Recall("1"),
    c.Start("1"),
    c.Finish("1", "received"),
    c.NoShow("1"),
    c.Transfer("1", service="HT01"),
    c.AddService("1", "HT01"),
    c.Hold("1", "form"),
    c.Postpone("1"),
    c.Resume("1", "A001"),
    c.PutBack("1"),
    c.Cancel("1", "A001", "left"),
    c.MoveTicket("A001", "urgent", service="HT01"),
)


def hall_with_a_turn(stage: Stage) -> Hall:
    if stage is Stage.LEFT_OVER:
        hall = after(opened(SETUP_WITHOUT_PUT_BACKS), take(), at=NOW)
        return after(hall, c.SignIn("1", "lan"), c.Open("1"), at=local("18:00"))
    return after(opened(SETUP_WITHOUT_PUT_BACKS), take(), *WAYS[stage], at=NOW)


def stage_of_first_turn(hall: Hall) -> Stage:
    return hall.known("A001").turns[0].stage


def name(command: Command) -> str:
    return type(command).__name__


@pytest.mark.parametrize("command", COMMANDS, ids=name)
@pytest.mark.parametrize("stage", [*WAYS, Stage.LEFT_OVER])
def test_a_stage_and_a_command_lead_where_the_table_says_or_nowhere(
    stage: Stage, command: Command
) -> None:
    hall = hall_with_a_turn(stage)
    assert stage_of_first_turn(hall) is stage
    if (stage, type(command)) in STAGES:
        hall = after(hall, command, at=hall.at)
        assert stage_of_first_turn(hall) is STAGES[stage, type(command)]
    else:
        assert isinstance(decide(hall, command, hall.at), Refused)


def test_the_table_speaks_of_no_other_command() -> None:
    assert {command for _, command in STAGES} == {type(command) for command in COMMANDS}


def test_a_missed_turn_waits_again_where_the_hall_puts_back() -> None:
    hall = after(opened(), take(), c.CallNext("1"), c.NoShow("1"), at=NOW)
    assert stage_of_first_turn(hall) is Stage.WAITING


def test_a_transferred_turn_is_over_and_its_ticket_waits_in_another() -> None:
    hall = after(opened(), take(), c.CallNext("1"), c.Transfer("1", service="HT01"), at=NOW)
    assert [turn.stage for turn in hall.known("A001").turns] == [Stage.TRANSFERRED, Stage.WAITING]
    with pytest.raises(AssertionError, match="wrong_stage"):
        after(hall, c.Resume("1", "A001"), at=NOW)
