"""A provincial centre for three thousand visits a day: its setup, and what people come for when.

Shares, desk times and the arrival profile are estimates for such a centre; its counters are two and
a half times those of one for 1,200 visits, so that most days it copes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from hall.model import Counter, Group, Hours, Service, Session, Setup

HALL: Final = "trung-tam"


class Offer(NamedTuple):
    """One service: desk time in minutes, how much it varies, its share of visits in per cent."""

    code: str
    field: str
    mean_min: float
    variation: float
    share: float
    pool: str  # the counters that serve it


OFFERS: Final = (
    Offer("DD10", "A", 14, 0.6, 26, "dat-dai"),
    Offer("DN10", "C", 10, 0.5, 12, "doanh-nghiep"),
    Offer("XD10", "H", 13, 0.6, 9, "xay-dung"),
    Offer("CA10", "K", 9, 0.5, 12, "cong-an"),
    Offer("BH10", "L", 9, 0.6, 11, "bao-hiem"),
    Offer("NV10", "M", 10, 0.5, 6, "noi-vu"),
    Offer("YT10", "N", 11, 0.5, 5, "y-te"),
    Offer("GD10", "R", 9, 0.5, 2, "y-te"),
    Offer("TP10", "G", 12, 0.5, 3, "tu-phap"),
    Offer("CG10", "Q", 9, 0.5, 3, "tu-phap"),
    Offer("NN10", "E", 10, 0.5, 3, "nong-nghiep"),
    Offer("VH10", "U", 10, 0.5, 2, "nong-nghiep"),
    Offer("TX10", "Y", 8, 0.5, 2, "nong-nghiep"),
    Offer("TR10", "T", 3.5, 0.6, 4, "tra-ket-qua"),
)
COUNTERS: Final = {  # of each pool
    "dat-dai": 36,
    "doanh-nghiep": 12,
    "xay-dung": 12,
    "cong-an": 11,
    "bao-hiem": 10,
    "noi-vu": 7,
    "y-te": 7,
    "tu-phap": 7,
    "nong-nghiep": 7,
    "tra-ket-qua": 3,
}

# Per cent of a weekday's visits that come in the half hour from this time on.
ARRIVALS: Final = (
    *((time(7, 0), 5.0), (time(7, 30), 10.0), (time(8, 0), 12.0), (time(8, 30), 12.0)),
    *((time(9, 0), 10.5), (time(9, 30), 8.5), (time(10, 0), 6.5), (time(10, 30), 4.0)),
    *((time(11, 0), 1.5), (time(13, 0), 4.0), (time(13, 30), 7.0), (time(14, 0), 7.0)),
    *((time(14, 30), 5.5), (time(15, 0), 3.5), (time(15, 30), 2.0), (time(16, 0), 0.8)),
    (time(16, 30), 0.2),
)
WEEKDAYS: Final = (1.25, 1.05, 0.95, 0.95, 0.90, 0.45)  # Saturdays: the morning
MONTHS: Final = {7: 1.1, 8: 1.15, 9: 1.1}  # school files
NEW_YEAR_REST: Final = 9  # days off from 1 February on, in place of the lunar new year
AFTER_REST: Final = 1.5

CHANNELS: Final = {"kiosk": 0.80, "booked": 0.12, "desk": 0.08}
GROUPS: Final = {
    "elderly": 0.05,
    "merit": 0.02,
    "disability": 0.01,
    "pregnancy": 0.01,
    "small_child": 0.01,
}
NO_SHOW: Final = 0.045
TRANSFER: Final = 0.05
RATED: Final = 0.35
LEVELS: Final = (0.01, 0.03, 0.07, 0.27, 0.62)  # from 1 to 5
TAGS: Final = ("long_wait", "unclear", "attitude", "many_supplements")
OUTCOMES: Final = ("accepted", "supplement", "refused", "guidance")
PAYS_BACK: Final = "result_returned"  # the outcome of whoever collects a result
JUMP_REASONS: Final = ("urgent_health", "continued", "leader_decision")

_MORNING: Final = Session(time(7, 30), time(11, 30), time(7, 0), time(11, 15))
_AFTERNOON: Final = Session(time(13, 0), time(17, 0), time(13, 0), time(16, 45))


def pools() -> dict[str, list[str]]:
    """The codes of the counters of each pool, numbered through the hall."""
    found, number = {}, 0
    for pool, count in COUNTERS.items():
        found[pool] = [f"Q{number + n:02}" for n in range(1, count + 1)]
        number += count
    return found


def setup() -> Setup:
    """The hall as it is set up."""
    working = (_MORNING, _AFTERNOON)
    return Setup(
        hall=HALL,
        hours=Hours(
            timezone=ZoneInfo("Asia/Ho_Chi_Minh"),
            week=(working,) * 5 + ((_MORNING,), ()),
        ),
        services={
            offer.code: Service(code=offer.code, field=offer.field, mean_s=60 * offer.mean_min)
            for offer in OFFERS
        },
        groups={code: Group(code=code, head_start_s=1800) for code in GROUPS},
        counters={
            code: Counter(
                code=code,
                lag={offer.code: 0.0 for offer in OFFERS if offer.pool == pool},
                agency=pool,
            )
            for pool, codes in pools().items()
            for code in codes
        },
        outcomes=frozenset({*OUTCOMES, PAYS_BACK}),
        result_outcomes=frozenset({PAYS_BACK}),
        jump_reasons=frozenset(JUMP_REASONS),
        rating_tags=frozenset(TAGS),
    )


def working_days(first: date, last: date) -> Iterator[tuple[date, float]]:
    """The days the hall works, each with how much more or less comes than on average."""
    rested = 0
    day = first
    while day <= last:
        if day.month == 2 and day.day <= NEW_YEAR_REST:
            rested = 1
        elif day.weekday() < len(WEEKDAYS):
            factor = WEEKDAYS[day.weekday()] * MONTHS.get(day.month, 1.0)
            yield day, factor * (AFTER_REST if rested else 1.0)
            rested = 0
        day += timedelta(days=1)
