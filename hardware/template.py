"""The rows of a ticket, read from a TOML file that an installer may change; every mistake in it.

Draws nothing. `ticket.toml` beside this file is the one that is used where nobody wrote another.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args, get_type_hints

from msgspec import Meta, Struct, ValidationError, convert

from hardware.facts import NAMES, clean

if TYPE_CHECKING:
    from PIL import Image

SHIPPED: Final = Path(__file__).with_name("ticket.toml")
FIRST_LANGUAGE: Final = "vi"
LEAST_NUMBER_MM: Final = 14.0  # so that it is read at arm's length without glasses
LARGEST: Final = 100_000  # bytes of a template
MOST_ROWS: Final = 100

Weight = Literal["regular", "semibold", "bold"]
Align = Literal["left", "center", "right"]
Texts = Annotated[
    str | dict[str, str],
    Meta(description='a text, or texts by language such as { vi = "...", en = "..." }'),
]
Words = Annotated[Weight, Meta(description='"regular", "semibold" or "bold"')]
Place = Annotated[Align, Meta(description='"left", "center" or "right"')]
FactName = Annotated[str, Meta(description="the name of a fact")]
LetterMm = Annotated[float, Meta(ge=1.2, le=30, description="a height of 1.2 to 30 mm")]
NumberMm = Annotated[
    float, Meta(ge=LEAST_NUMBER_MM, le=40, description=f"a height of {LEAST_NUMBER_MM:g} to 40 mm")
]
SideMm = Annotated[float, Meta(ge=2, le=72, description="a length of 2 to 72 mm")]
GapMm = Annotated[float, Meta(ge=0, le=50, description="a gap of 0 to 50 mm")]
Dots = Annotated[int, Meta(ge=4, le=16, description="a whole number of dots from 4 to 16")]


class Row(Struct, frozen=True, kw_only=True):
    """One row; with `only_if` it is printed only where that fact is known."""

    only_if: FactName = ""


class TextRow(Row, frozen=True, kw_only=True):
    """A text, wrapped as needed. With a label, all labels of the ticket form a column."""

    text: Texts
    label: Texts = ""
    height_mm: LetterMm = 2.2  # of a capital letter without its marks
    weight: Words = "regular"
    align: Place = "center"
    frame: Annotated[bool, Meta(description="true or false")] = False


class NumberRow(Row, frozen=True, kw_only=True):
    """One short text, as high as asked for or as fits, but never below 14 mm."""

    number: Texts
    height_mm: NumberMm = 18
    weight: Words = "bold"


class PictureRow(Row, frozen=True, kw_only=True):
    """A picture file, in a path from the template's folder."""

    picture: Annotated[str, Meta(min_length=1, description="the name of a picture file")]
    width_mm: SideMm = 40
    height_mm: SideMm = 20
    align: Place = "center"


class QrRow(Row, frozen=True, kw_only=True):
    qr: Texts
    box: Dots = 5  # a side of one module at most; where there is less room, down to 4
    align: Place = "center"


class LineRow(Row, frozen=True, kw_only=True):
    line: Annotated[
        Literal["thin", "thick", "dashed"], Meta(description='"thin", "thick" or "dashed"')
    ]


class GapRow(Row, frozen=True, kw_only=True):
    """Gaps that meet, because what stood between them is not printed, count as the largest."""

    gap: GapMm


AnyRow = TextRow | NumberRow | PictureRow | QrRow | LineRow | GapRow
KINDS: Final[Mapping[str, type[AnyRow]]] = {
    "text": TextRow,
    "number": NumberRow,
    "picture": PictureRow,
    "qr": QrRow,
    "line": LineRow,
    "gap": GapRow,
}


@dataclass(frozen=True, slots=True)
class Template:
    """The rows, the pictures they name, and what the technician should mend: `troubles`."""

    rows: tuple[AnyRow, ...]
    pictures: Mapping[str, Image.Image]
    troubles: tuple[str, ...] = ()


class TemplateMistakes(Exception):  # noqa: N818 - it carries mistakes, and is read out as such
    """Everything that is wrong with a template, one line each."""


def fill(texts: str | Mapping[str, str], language: str, known: Mapping[str, str]) -> str:
    """The text in the ticket's language; empty where it names facts and none of them is known."""
    if not isinstance(texts, str):
        first = next(iter(texts.values()), "")
        texts = texts.get(language) or texts.get(FIRST_LANGUAGE) or first
    named = list(placeholders(texts))
    if named and not any(known[name] for name in named):
        return ""
    return clean(texts.format_map(known))


# --- Reading -------------------------------------------------------------------------------------


def read(path: Path = SHIPPED) -> Template:
    """The template in this file. Raises TemplateMistakes, with all of them.

    A picture that cannot be used is no mistake: the ticket is printed without it, and `troubles`
    says so.
    """
    tables = _tables(path)
    found = list(_mistakes(tables))
    if found:
        raise TemplateMistakes("\n".join(f"{path.name}: {one}" for one in found))
    rows = tuple(_row(table) for table in tables["row"])
    return _with_pictures(path, rows)


def _tables(path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()
    except OSError as problem:
        where = f"It was looked for at {path.absolute()}."
        raise TemplateMistakes(f"{path}: cannot be read: {problem.strerror}. {where}") from None
    if len(content) > LARGEST:
        raise TemplateMistakes(f"{path}: larger than {LARGEST} bytes.")
    try:
        return tomllib.loads(content.decode())
    except (ValueError, RecursionError) as problem:
        raise TemplateMistakes(f"{path}: not TOML in UTF-8: {problem}.") from None


def _row(table: Mapping[str, Any]) -> AnyRow:
    (kind,) = (kind for name, kind in KINDS.items() if name in table)
    row: AnyRow = convert(table, kind)
    return row


def _with_pictures(path: Path, rows: tuple[AnyRow, ...]) -> Template:
    pictures, troubles = {}, []
    for name in dict.fromkeys(row.picture for row in rows if isinstance(row, PictureRow)):
        file = path.parent / name
        try:
            pictures[name] = _picture(file)
        except (OSError, ValueError, SyntaxError) as problem:
            why = problem.strerror if isinstance(problem, OSError) and problem.strerror else problem
            troubles.append(
                f"{path.name}: the picture {file} cannot be used ({why}), so tickets are printed"
                " without it. Put a PNG, JPEG or BMP file there, or take the row out."
            )
    return Template(rows, pictures, tuple(troubles))


def _picture(file: Path) -> Image.Image:
    """Grey on white paper, without what is transparent. Raises OSError, ValueError, SyntaxError."""
    from PIL import Image

    try:
        with Image.open(file) as picture:
            ink = picture.convert("RGBA")
    except Image.DecompressionBombError as problem:
        raise ValueError(str(problem)) from problem
    return Image.alpha_composite(Image.new("RGBA", ink.size, "white"), ink).convert("L")


# --- Mistakes ------------------------------------------------------------------------------------


def _mistakes(tables: Mapping[str, Any]) -> Iterator[str]:
    for name in tables:
        if name != "row":
            yield f"{_shown(name)} is no key of a template: it is a list of [[row]]."
    rows = tables.get("row")
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_ROWS:
        yield f"needs between 1 and {MOST_ROWS} rows, each beginning with [[row]]."
        return
    for place, table in enumerate(rows, start=1):
        for problem in _mistakes_in(table):
            yield f"row[{place}]{problem}"


def _mistakes_in(table: object) -> Iterator[str]:
    if not isinstance(table, dict):
        yield f": {_shown(table)} is no row."
        return
    kinds = [name for name in KINDS if name in table]
    if len(kinds) != 1:
        hint = (
            next(filter(None, (_nearest(name, KINDS) for name in table)), "") if not kinds else ""
        )
        yield f": must have exactly one of {', '.join(KINDS)}.{hint}"
        return
    if table.get("frame") and "label" in table:
        yield ": a text with a label has no frame."
    hints = get_type_hints(KINDS[kinds[0]], include_extras=True)
    for name, value in table.items():
        if name in hints:
            yield from (f".{name}: {problem}" for problem in _faults(name, value, hints[name]))
        else:
            yield f": {_shown(name)} is no key of a {kinds[0]} row.{_nearest(name, hints)}"


def _faults(name: str, value: Any, annotated: Any) -> Iterator[str]:
    """What is wrong with one value."""
    bare, meta = annotated.__origin__, annotated.__metadata__[0]
    try:
        value = convert(value, annotated)
    except ValidationError:
        yield f"{_shown(value)} is not {meta.description}.{_nearest(value, get_args(bare))}"
        return
    if name == "only_if" and value not in NAMES:
        yield f"{_shown(value)} is no fact of a ticket.{_nearest(value, NAMES)}"
    if annotated == Texts:
        for text in [value] if isinstance(value, str) else value.values():
            yield from _faults_of_text(text)


def _faults_of_text(text: str) -> Iterator[str]:
    try:
        names = list(placeholders(text))
    except ValueError:
        yield f"{_shown(text)} has a brace that is not part of a {{fact}}; write {{{{ for one."
        return
    for name in names:
        if name not in NAMES:
            yield f"{{{name}}} is no fact of a ticket.{_nearest(name, NAMES)}"


def placeholders(text: str) -> Iterator[str]:
    """The names in braces. Raises ValueError for anything else in braces."""
    for _, name, form, conversion in Formatter().parse(text):
        if form or conversion:
            raise ValueError(text)
        if name is not None:
            yield name


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _nearest(value: object, possible: Iterable[object]) -> str:
    known = [word for word in possible if isinstance(word, str)]
    near = get_close_matches(str(value), known, n=1)
    return f" Did you mean {_shown(near[0])}?" if near else ""
