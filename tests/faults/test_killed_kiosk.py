"""A kiosk that is killed with a number in its hands: no paper without a number, no first one twice,
and none that is said to be printed and is not.
"""

from __future__ import annotations

import pytest

from tests.faults.killed_kiosk import kill_the_kiosk

KILLS = 6


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_kiosk_that_is_killed_before_the_paper_loses_nothing() -> None:
    seen = kill_the_kiosk(1, KILLS)
    print(seen)
    assert seen["tickets"] == KILLS
