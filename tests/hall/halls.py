"""A commune hall in small, for the tests of the rules to change as they need it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from hall.commands import Command, Open, Refused, SignIn, TakeTicket
from hall.decide import decide
from hall.evolve import evolve
from hall.model import Counter, Hall, Hours, Service, Session, Setup, empty_hall
from hall.tick import tick

TIMEZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = date(2026, 11, 23)
MORNING = Session(time(7, 30), time(11, 30), time(7, 0), time(11, 0))
AFTERNOON = Session(time(13, 0), time(17, 0), time(13, 0), time(16, 30))
WORKING_DAY = (MORNING, AFTERNOON)
HOURS = Hours(timezone=TIMEZONE, week=(WORKING_DAY,) * 5 + ((), ()))

SERVICES = {
    service.code: service
    for service in (
        Service(code="CT01", field="A", mean_s=420, same_day=True),
        Service(code="CT02", field="A", mean_s=540, same_day=True),
        Service(code="HT01", field="C", mean_s=840),
        Service(code="DD01", field="H", mean_s=1020),
    )
}

SETUP = Setup(
    hall="an-binh",
    hours=HOURS,
    services=SERVICES,
    groups={},
    counters={"1": Counter(code="1", lag=dict.fromkeys(SERVICES, 0.0), agency="ubnd")},
    rating_tags=frozenset({"quick", "polite"}),
    outcomes=frozenset({"received", "returned"}),
    result_outcomes=frozenset({"returned"}),
    pause_reasons=frozenset({"meeting", "lunch"}),
    hold_reasons=frozenset({"form", "copy"}),
    jump_reasons=frozenset({"urgent", "mistake"}),
    cancel_reasons=frozenset({"left", "wrong_service"}),
)


def local(clock: str, day: date = MONDAY) -> datetime:
    """This time of the hall's day, in UTC."""
    return datetime.combine(day, time.fromisoformat(clock), TIMEZONE).astimezone(UTC)


def opened(setup: Setup = SETUP, at: datetime | None = None) -> Hall:
    """A hall at eight, or at another time, with an officer at every open counter."""
    hall = empty_hall(setup)
    for code in setup.counters:
        hall = after(hall, SignIn(code, f"officer-{code}"), Open(code), at=at or local("08:00"))
    return hall


def after(hall: Hall, *commands: Command, at: datetime) -> Hall:
    """The hall after what is due at `at` and these commands, of which none may be refused."""
    for command in commands:
        while events := tick(hall, at):
            for event in events:
                hall = evolve(hall, event, at)
        decision = decide(hall, command, at)
        assert not isinstance(decision, Refused), (command, decision)
        for event in decision:
            hall = evolve(hall, event, at)
    return hall


def take(*services: str, group: str | None = None) -> TakeTicket:
    """Somebody without a name wants a number."""
    return TakeTicket(services or ("CT01",), "secret-token", group=group)
