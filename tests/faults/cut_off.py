"""A drill in a network namespace of its own, started by `unshare --net`. Argument: a folder."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Final

from tests.faults.drill import Drill, set_link

STRIKES: Final = 4
FOR_S: Final = 14.0  # longer than either end takes to notice


async def main(folder: Path) -> None:
    await set_link("up")
    drill = Drill(folder, seed=1)
    try:
        await drill.run_without_a_network(STRIKES, FOR_S)
    finally:
        await drill.close()
    for what, times in sorted(drill.seen.items()):
        print(f"{times:8d}  {what}")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
