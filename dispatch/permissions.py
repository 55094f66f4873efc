"""Who may ask what: one table, deny by default. Every message is held against it.

By the device's role, the role of the account that is signed in there (None: nobody is, or nobody
can be), and the kind of request. Some may act for their own counter alone, some for any.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal, get_args

from link import messages as m

AccountRole = Literal["officer", "coordinator", "manager", "auditor", "administrator"]
Reach = Literal["own", "any"]  # which counters: their own, if they have one, or whichever they name
Kinds = frozenset[type[m.Do]]

OF_A_COUNTER: Final[Kinds] = frozenset(
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
OF_ONESELF: Final[Kinds] = frozenset({m.SignOut, m.ChangePin, m.Here})
OF_THE_FLOOR: Final[Kinds] = frozenset(  # what whoever walks the hall does for citizens
    {
        *(m.Transfer, m.PutBack, m.Cancel, m.MoveTicket),
        *(m.SendWord, m.Notice, m.SetService, m.Acknowledge),
    }
)
OF_FIGURES: Final[Kinds] = frozenset({m.Report, m.WhatIf, m.Staffing, m.Trial, m.StopTrial})
OF_ACCESS: Final[Kinds] = frozenset(
    {
        *(m.Access, m.PairDevice, m.UnpairDevice),
        *(m.SuspendOfficer, m.RestoreOfficer, m.ResetPin),
    }
)
UNASKED: Final[Kinds] = frozenset(  # by screens, not by people, or before they prove who they are
    {m.DeviceState, m.Trial, m.Access, m.SignIn}
)


def _of(own: Iterable[type[m.Do]], every: Iterable[type[m.Do]] = ()) -> dict[type[m.Do], Reach]:
    return {**dict.fromkeys(own, "own"), **dict.fromkeys(every, "any")}


AT_A_COUNTER: Final = _of(OF_A_COUNTER | OF_ONESELF | {m.SignIn, m.ReadWord, m.DeviceState})
BEFORE_SIGNING_IN: Final = _of({m.SignIn, m.DeviceState})

TABLE: Final[Mapping[tuple[m.Role, AccountRole | None], Mapping[type[m.Do], Reach]]] = {
    ("kiosk", None): _of({m.TakeTicket, m.Printed, m.DeviceState, m.Rate}),
    ("display", None): _of({m.Announced, m.Spoken, m.DeviceState}),
    ("rating", None): _of({m.Rate, m.DeviceState}),
    ("ticket", None): {},
    ("counter", None): BEFORE_SIGNING_IN,
    ("counter", "officer"): AT_A_COUNTER,
    ("counter", "coordinator"): AT_A_COUNTER,
    ("counter", "manager"): AT_A_COUNTER,
    ("manager", None): BEFORE_SIGNING_IN,
    ("manager", "coordinator"): _of(OF_ONESELF, OF_THE_FLOOR) | BEFORE_SIGNING_IN,
    ("manager", "manager"): _of(OF_ONESELF, OF_THE_FLOOR | OF_A_COUNTER | OF_FIGURES)
    | BEFORE_SIGNING_IN,
    ("manager", "auditor"): _of(OF_ONESELF | {m.Report}) | BEFORE_SIGNING_IN,
    ("manager", "administrator"): _of(OF_ONESELF | OF_ACCESS) | BEFORE_SIGNING_IN,
}


def reach(device: m.Role, account: AccountRole | None, kind: type[m.Do]) -> Reach | None:
    """For which counters this may be asked; None: not at all."""
    return TABLE.get((device, account), {}).get(kind)


def kinds_of(device: m.Role, account: AccountRole) -> list[str]:
    """Every kind of request, as it travels, that may be asked there with such an account."""
    return sorted(str(kind.__struct_config__.tag) for kind in TABLE.get((device, account), {}))


def may_sit(device: m.Role, account: AccountRole) -> bool:
    """May an account of this role sign in there?"""
    return (device, account) in TABLE


def anybody_may(device: m.Role, kind: type[m.Do]) -> bool:
    """Is there somebody who may ask this there, once signed in?"""
    return any(reach(device, one, kind) for one in (None, *get_args(AccountRole)))
