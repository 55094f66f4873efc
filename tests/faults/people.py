"""The people of a simulated hall: what each of them does next, drawn by chance. Carries nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Final

from hall import commands as c
from hall import views
from hall.commands import Command
from hall.hours import business_day
from hall.model import Booking, Hall, Stage
from tests.faults.halls import OFFICERS, SERVED
from tests.hall.halls import SERVICES

# How often an officer who may do several things does each of them.
WEIGHTS: Final = {
    "sign_in": 30, "open": 30, "call_next": 60, "start": 30, "finish": 20, "recall": 8,
    "no_show": 2, "transfer": 3, "hold": 3, "put_back": 2, "cancel": 1, "call_ticket": 2,
    "resume": 10, "pause": 1, "close": 0.3, "sign_out": 0.3, "undo": 60,
    "add_service": 2, "postpone": 8,
}  # fmt: skip
NOTHING: Final = 10
ACCESS: Final = (  # of whom, and what is different
    *((officer, "suspended") for officer in OFFICERS),
    ("an", "pin_changed"),
    ("counter-1", "guessed"),
    ("counter-1", "guessed_no_more"),
)
OUT_OF_PLACE: Final = 0.04  # how often somebody presses what is not offered


def wish_of_citizen(chance: Random, hall: Hall) -> c.TakeTicket:
    """One service or two, now and then with priority or a booking."""
    services = chance.sample(sorted(SERVICES), 2 if chance.random() < 0.1 else 1)
    group = "elderly" if chance.random() < 0.25 else None
    booking = None
    if chance.random() < 0.1:
        slot = hall.at + timedelta(minutes=chance.randrange(-30, 30))
        booking = Booking(slot, slot - timedelta(days=2))
    token = f"{chance.getrandbits(64):x}"  # a new one each time the request comes in
    return c.TakeTicket(tuple(services), token, "vi", group, booking=booking)


def wish_of_officer(chance: Random, hall: Hall, counter: str) -> Command | None:
    """Something the counter's screen offers, and now and then something else."""
    kinds = views.may(hall, counter, hall.at)
    if chance.random() < OUT_OF_PLACE:
        kinds = sorted(WEIGHTS)
    weights = [WEIGHTS[kind] for kind in kinds]
    [kind] = chance.choices([*kinds, None], [*weights, NOTHING])
    return None if kind is None else WISHES[kind](chance, hall, counter)


def wish_of_manager(chance: Random, hall: Hall) -> Command:
    """Whatever else may be asked of a hall."""
    number = _any_ticket(chance, hall)
    wishes: list[Command] = [
        c.SetNotice(f"notice {chance.randrange(3)}"),
        c.SetService(chance.choice(sorted(SERVICES)), chance.random() < 0.8),
        c.MoveTicket(
            _any_ticket(chance, hall, Stage.WAITING),
            "urgent",
            chance.choice(sorted(SERVICES)),
            chance.choice([None, *sorted(SERVED)]),
        ),
        c.SendWord(f"word {chance.randrange(3)}", chance.choice([None, *sorted(SERVED)])),
        c.ReadWord(chance.choice(sorted(SERVED)), max(1, hall.word)),
        c.Acknowledge(chance.choice(["mean_over_target", *hall.alarms])),
        c.ReportDevice("kiosk-1/printer", chance.choice([None, "paper_out", "offline"])),
        c.Announced(max(1, hall.call), "board-1"),
        c.Spoken(max(1, hall.call), "board-1", hall.at, chance.choice([None, "left"])),
        c.Rate(number, 1, chance.randrange(1, 6), ("quick",)),
        c.ChangeAccess(*chance.choice(ACCESS), by="manager"),
        c.SendAway(chance.choice(sorted(SERVED)), chance.choice(OFFICERS), "session_over"),
    ]
    return chance.choice(wishes)


def _any_ticket(chance: Random, hall: Hall, *stages: Stage) -> str:
    """A number of today, in one of these stages if there is one."""
    tickets = [ticket for roll in hall.tickets.values() for ticket in roll]
    fit = [ticket.number for ticket in tickets if ticket.turn.stage in stages]
    return chance.choice(fit or [ticket.number for ticket in tickets] or ["A001"])


def _sign_in(chance: Random, _hall: Hall, counter: str) -> Command:
    own = OFFICERS[sorted(SERVED).index(counter)]
    officer = own if chance.random() < 0.9 else chance.choice(OFFICERS)
    return c.SignIn(counter, officer, take_over=chance.random() < 0.5)


def _finish(chance: Random, hall: Hall, counter: str) -> Command:
    """Now and then a result is returned, on its day or late."""
    if chance.random() < 0.7:
        return c.Finish(counter, "received")
    today = business_day(hall.setup.hours, hall.at)
    if chance.random() < 0.5:
        return c.Finish(counter, "returned", due_on=today)
    return c.Finish(counter, "returned", None, today - timedelta(days=3), "12/XL", today)


def _resume(chance: Random, hall: Hall, counter: str) -> Command:
    """Whoever is expected back only after the break is rarely called before."""
    parked = [number for number in hall.held if hall.known(number).turn.held_until is None]
    if parked and chance.random() < 0.95:
        return c.Resume(counter, chance.choice(parked))
    return c.Resume(counter, _any_ticket(chance, hall))


def _transfer(chance: Random, _hall: Hall, counter: str) -> Command:
    to_counter = chance.choice([None, None, *sorted(SERVED)])
    return c.Transfer(counter, chance.choice(sorted(SERVICES)), to_counter)


WISHES: Final[dict[str, Callable[[Random, Hall, str], Command]]] = {
    "sign_in": _sign_in,
    "sign_out": lambda _, __, counter: c.SignOut(counter),
    "open": lambda _, __, counter: c.Open(counter),
    "pause": lambda _, __, counter: c.Pause(counter, "meeting"),
    "close": lambda _, __, counter: c.Close(counter),
    "call_next": lambda _, __, counter: c.CallNext(counter),
    "call_ticket": lambda chance, hall, counter: c.CallTicket(
        counter, _any_ticket(chance, hall, Stage.WAITING), "urgent"
    ),
    "recall": lambda _, __, counter: c.Recall(counter),
    "start": lambda _, __, counter: c.Start(counter),
    "finish": _finish,
    "no_show": lambda _, __, counter: c.NoShow(counter),
    "undo": lambda _, __, counter: c.Undo(counter),
    "add_service": lambda chance, _, counter: c.AddService(
        counter, chance.choice(sorted(SERVICES))
    ),
    "postpone": lambda _, __, counter: c.Postpone(counter),
    "transfer": _transfer,
    "hold": lambda _, __, counter: c.Hold(counter, "form"),
    "resume": _resume,
    "put_back": lambda _, __, counter: c.PutBack(counter),
    "cancel": lambda chance, hall, counter: c.Cancel(
        counter, _any_ticket(chance, hall, Stage.WAITING, Stage.CALLED), "left"
    ),
}
