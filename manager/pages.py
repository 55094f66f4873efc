"""The pages of the manager's screen, what an entry that is picked there is for, and which request a
key needs to be of any use. Decides no rule: who may ask what, the server says at the sign-in."""

from __future__ import annotations

from typing import Final, Literal

from link.messages import KINDS, LiveView
from manager.entrance_page import EntrancePage
from manager.figures_page import FiguresPage
from manager.hall_page import HallPage
from manager.periods import DAYS
from manager.plan_questions import OTHER_DAY
from manager.report_page import ReportPage
from manager.staffing_page import StaffingPage
from manager.what_if_page import WhatIfPage

Page = Literal["hall", "figures", "what_if", "staffing", "access"]
PAGES: Final[tuple[Page, ...]] = ("hall", "figures", "what_if", "staffing", "access")
WIDGETS: Final[dict[Page, type[HallPage | ReportPage | EntrancePage]]] = {
    "hall": HallPage,
    "figures": FiguresPage,
    "what_if": WhatIfPage,
    "staffing": StaffingPage,
    "access": EntrancePage,
}
ABOUT: Final = {  # what is done with an entry of a list that was picked
    "counters": "send_word",
    "fields": "set_service",
    "longest": "move_ticket",
    "alarms": "acknowledge",
}
GO_ON: Final = {"length": DAYS, "day": OTHER_DAY}  # what is asked when that was chosen
NEEDS: Final = {"figures": "report"}  # a key's kind -> the request's, where they differ


def is_offered(kind: str, may_ask: frozenset[str]) -> bool:
    """Whether somebody who may ask this has any use for a key of this kind."""
    needed = NEEDS.get(kind, kind)
    return needed not in KINDS or needed in may_ask


def first_page(may_ask: frozenset[str]) -> Page:
    """Where whoever signs in begins."""
    return "access" if "access" in may_ask else "hall"


def has_cause(view: LiveView, kind: object) -> bool:
    """Whether there is anything in the hall to do it with."""
    if kind == "acknowledge":
        return any(alarm.acknowledged_at is None for alarm in view.alarms)
    if kind == "send_word":
        return any(counter.officer for counter in view.counters)
    if kind == "move_ticket":
        return view.today.waiting > 0
    return True


def is_seen(view: LiveView | None, name: str) -> bool:
    alarms = view.alarms if view is not None else []
    return any(one.alarm == name and one.acknowledged_at is not None for one in alarms)
