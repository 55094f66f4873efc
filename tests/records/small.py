"""A hall small enough to tell of."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

from hall.model import Counter, Group, Hours, Service, Session, Setup


def small_hall(hall: str = "an-binh") -> Setup:
    """Two services, two counters, one group."""
    morning = Session(time(7, 30), time(11, 30), time(7, 0), time(11, 0))
    afternoon = Session(time(13, 0), time(17, 0), time(13, 0), time(16, 30))
    working = (morning, afternoon)
    return Setup(
        hall=hall,
        hours=Hours(timezone=ZoneInfo("Asia/Ho_Chi_Minh"), week=(working,) * 5 + ((), ())),
        services={
            "CT01": Service(code="CT01", field="A", mean_s=300),
            "HT01": Service(code="HT01", field="C", mean_s=600),
        },
        groups={"elderly": Group(code="elderly", head_start_s=1800)},
        counters={
            "1": Counter(code="1", lag={"CT01": 0.0}, agency="UBND"),
            "2": Counter(code="2", lag={"CT01": 0.0, "HT01": 0.0}, agency="Công an"),
        },
        outcomes=frozenset({"received", "returned"}),
        result_outcomes=frozenset({"returned"}),
        pause_reasons=frozenset({"meeting"}),
        hold_reasons=frozenset({"form"}),
        jump_reasons=frozenset({"deadline"}),
        cancel_reasons=frozenset({"left"}),
        rating_tags=frozenset({"quick", "polite"}),
    )
