"""The sheets that the manager's screen knows: of which reports each is made, and how it is split.

The first one is put together here from several reports: how long people waited, where, and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from msgspec.structs import replace as replace_in

from figures.document import Block, Figures, Report, Table
from figures.words import load
from terminal.words import Words

OF_TURNS: Final = ("service", "field", "agency", "counter", "officer")
ANY_BY: Final = (*OF_TURNS, "half_hour", "weekday", "channel", "group", "day", "month")
HOW_LONG: Final = (
    *("visits_served", "visit_wait_mean", "visit_wait_p90", "visit_wait_max"),
    *("visits_within_15", "visits_within_30"),
)
NO_RECORDS: Final = "no_records"  # the block that says so; it always stays


@dataclass(frozen=True, slots=True)
class Part:
    """Of one report the blocks with these keys, in its own order, and of their tables and lists
    of figures these columns and figures; none named: all of them."""

    report: str
    by: str | None = None
    keys: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    def taken_from(self, report: Report) -> list[Block]:
        kept = (*self.keys, NO_RECORDS)
        blocks = (block for block in report.blocks if not self.keys or block.key in kept)
        return [self._narrowed(block) for block in blocks]

    def _narrowed(self, block: Block) -> Block:
        if self.columns and isinstance(block, Figures):
            figures = [figure for figure in block.figures if figure.key in self.columns]
            return replace_in(block, figures=figures)
        if not self.columns or not isinstance(block, Table):
            return block
        places = [at for at, one in enumerate(block.columns) if one.key in self.columns]
        total = None if block.total is None else [block.total[at] for at in places]
        columns = [block.columns[at] for at in places]
        rows = [[row[at] for at in places] for row in block.rows]
        return replace_in(block, columns=columns, rows=rows, total=total, notes=[])


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is shown together. `bys`: by what it can be split; `kind`: of period it begins with."""

    code: str
    parts: tuple[Part, ...]
    bys: tuple[str, ...] = ()
    kind: str = "month"

    def asked(self, by: str | None) -> tuple[Part, ...]:
        """Its parts, split as chosen where it can be."""
        if not self.bys:
            return self.parts
        return tuple(replace(part, by=by) for part in self.parts)


def _whole(code: str, *bys: str, kind: str = "month") -> Sheet:
    """One report as it is."""
    return Sheet(code, (Part(code),), bys, kind)


SHEETS: Final[Sequence[Sheet]] = (
    Sheet(
        "overview",
        (
            Part("waits", None, ("main",), HOW_LONG),
            Part(
                "period",
                "field",
                ("by_field", "wait_mean_by_field"),
                ("field", "served", "wait_mean", "wait_p90", "within_15", "wait_mean_before"),
            ),
            Part("period", "half_hour", ("visit_wait_mean_by_half_hour",)),
            Part("long_waits", None, ("long_waits", "causes", "long_waits_by_service")),
        ),
    ),
    _whole("long_waits"),
    _whole("fairness"),
    _whole("satisfaction", *OF_TURNS, "channel", "group"),
    _whole("results"),
    _whole("outages"),
    _whole("heat"),
    Sheet("staff", (Part("counters"), Part("officers"))),
    _whole("period", *ANY_BY),
    _whole("day_sheet", kind="day"),
    _whole("waits"),
    _whole("accuracy"),
    _whole("public_month"),
    _whole("r3"),
    _whole("nine_criteria"),
    _whole("data", kind="day"),
)
BY_CODE: Final = {sheet.code: sheet for sheet in SHEETS}
FIRST: Final = SHEETS[0]
KEYED: Final = 10  # the first ten have a digit: 1 to 9, and 0


def digit(sheet: Sheet) -> str:
    """The key of a sheet; nothing where there is none left."""
    place = SHEETS.index(sheet) + 1
    return str(place % 10) if place <= KEYED else ""


def with_digit(number: int) -> Sheet:
    return SHEETS[(number or 10) - 1]


def title(sheet: Sheet, words: Words) -> str:
    """What it is called: as its report is, or in words of our own where it is of several."""
    if len(sheet.parts) > 1:
        return words(f"manager.title_{sheet.code}")
    return load(words.language)(f"report.{sheet.parts[0].report}")


def split_title(by: str, words: Words) -> str:
    return load(words.language)(f"by.{by}")


def together(sheet: Sheet, title: str, parts: Sequence[tuple[Part, Report]]) -> Report:
    """One report of all parts; notes that several have stand once."""
    first = parts[0][1]
    if len(parts) == 1:
        return first
    blocks: list[Block] = []
    for part, report in parts:
        blocks += [block for block in part.taken_from(report) if block not in blocks]
    notes = list(dict.fromkeys(note for _, report in parts for note in report.notes))
    return Report(
        name=sheet.code,
        title=title,
        language=first.language,
        hall=first.hall,
        unit=first.unit,
        place=first.place,
        first=first.first,
        last=first.last,
        made_at=first.made_at,
        made_by=first.made_by,
        blocks=blocks,
        notes=notes,
    )
