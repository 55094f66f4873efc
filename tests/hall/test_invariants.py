"""Whatever anybody does in any hall at any time, the books agree with it.

MOTCUA_LONG=1 plays for half an hour instead of some seconds.
"""

from __future__ import annotations

import pytest

from tests.hall.machine import RUN, AnyHall

TestAnyHall = pytest.mark.timeout(7200)(AnyHall.TestCase)
TestAnyHall.settings = RUN
