"""Who may ask what: one table, deny by default. A counter acts for itself, a manager for any."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from link import messages as m

COUNTER_KINDS: Final[frozenset[type[m.Do]]] = frozenset(
    {
        m.SignOut,
        m.Open,
        m.Pause,
        m.Close,
        m.CallNext,
        m.CallTicket,
        m.Recall,
        m.Start,
        m.Finish,
        m.NoShow,
        m.Undo,
        m.AddService,
        m.Postpone,
        m.Transfer,
        m.Hold,
        m.Resume,
        m.PutBack,
        m.Cancel,
    }
)

MANAGER_KINDS: Final[frozenset[type[m.Do]]] = frozenset(
    {m.SetService, m.Notice, m.MoveTicket, m.SendWord, m.Acknowledge, m.Report}
)

MAY_ASK: Final[Mapping[m.Role, frozenset[type[m.Do]]]] = {
    "kiosk": frozenset({m.TakeTicket, m.Printed, m.DeviceState, m.Rate}),
    "counter": COUNTER_KINDS | {m.SignIn, m.ChangePin, m.ReadWord, m.DeviceState},
    "rating": frozenset({m.Rate, m.DeviceState}),
    "display": frozenset({m.Announced, m.Spoken, m.DeviceState}),
    "manager": COUNTER_KINDS | MANAGER_KINDS | {m.SignIn, m.ChangePin, m.DeviceState},
    "ticket": frozenset(),
}

WITHOUT_SIGN_IN: Final[frozenset[type[m.Do]]] = frozenset({m.SignIn, m.DeviceState})


def may_ask(role: m.Role, do: m.Do) -> bool:
    """Does the table allow this kind to this role?"""
    return type(do) in MAY_ASK[role]
