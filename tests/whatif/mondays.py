"""The shipped hall on one crowded Monday, driven once for all who look at it."""

from __future__ import annotations

from datetime import date
from functools import cache

from config import read
from demo.day import LIFE, TEXTBOOK
from figures.document import Report, Table
from hall.model import Setup
from tests.architecture.sources import ROOT
from tests.whatif.driven import DrivenDay

MONDAY, LATER = date(2026, 11, 2), date(2026, 11, 9)


@cache
def shipped() -> Setup:
    return read(ROOT / "config.toml").setup


@cache
def driven(counters: int, seed: int = 7, textbook: bool = False) -> DrivenDay:
    """250 visits at so many counters."""
    habits = TEXTBOOK if textbook else LIFE
    return DrivenDay(shipped(), MONDAY, counters=counters, seed=seed, habits=habits)


def keys_of(report: Report) -> list[str]:
    """Of the report, its blocks and the columns of its tables."""
    tables = [block for block in report.blocks if isinstance(block, Table)]
    columns = [column.key for table in tables for column in table.columns]
    return [report.name, *(block.key for block in report.blocks), *columns]
