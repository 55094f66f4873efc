"""How long a page of the kiosk stays, untouched. Seconds; looks at no clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kiosk.visit import Page, Taken

IDLE_S: Final = 45.0
SHOW_NUMBER_S: Final = 20.0
PRINTED_S: Final = 10.0  # the number stays when the paper is out
LEAST_S: Final = 20.0  # nobody is hurried more than this, whatever the settings say
WARN_S: Final = 15.0  # of the countdown before a page is left


def stays_s(page: Page, settings: Mapping[str, object]) -> float:
    """For how long nobody needs to touch this page."""
    if isinstance(page, Taken) and page.paper.state == "printed":
        return PRINTED_S
    taken = isinstance(page, Taken)
    name, usual_s = ("show_number_s", SHOW_NUMBER_S) if taken else ("idle_s", IDLE_S)
    setting = settings.get(name)
    return max(LEAST_S, setting if isinstance(setting, int | float) else usual_s)
