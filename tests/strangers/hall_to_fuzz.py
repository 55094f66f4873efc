"""A hall's server in a process of its own, for strangers; its argument is a file for the records.

Whoever was let in may hurry; every other limit is the usual one. Its clock stands at a Monday
morning.
"""

from __future__ import annotations

import asyncio
import logging
import sys

from dispatch.limits import NO_HURRY
from server import open_hall
from tests.dispatch.halls import Clocks, config


async def serve(database: str) -> None:
    place = (config(), database, "127.0.0.1", 0, Clocks().new_timekeeper())
    async with open_hall(*place, limits=NO_HURRY) as hall:
        print(hall.url, flush=True)
        await hall.running


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    logging.getLogger("dispatch.diary").setLevel(logging.ERROR)
    asyncio.run(serve(sys.argv[1]))
