"""Whatever strangers say: the server goes on, the hall does not change, and nothing is left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.strangers.hostile import nothing_comes_of

SEED = int(os.environ.get("SEED", "1"))


async def test_nothing_comes_of_what_strangers_say(tmp_path: Path) -> None:
    found = await nothing_comes_of(10_000, tmp_path, SEED)
    assert min(found.kinds.values()) > 0


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_nothing_comes_of_a_million_frames(tmp_path: Path) -> None:
    frames = int(os.environ.get("FRAMES", "1000000"))
    print(f"seed {SEED}: {await nothing_comes_of(frames, tmp_path, SEED)}")
