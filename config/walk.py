"""Walks a parsed file along its shape and collects every mistake, not only the first.

Knows how shapes are described, but nothing of halls: what may stand where is `config.shape`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Any, Final, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Meta, Struct, ValidationError, convert
from msgspec.structs import FieldInfo
from msgspec.structs import fields as fields_of

from config.mistakes import did_you_mean, shown
from config.table import Table

BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,60}(\[\d+\])?(\.[A-Za-z0-9_-]+(\[\d+\])?)*")
LAST_PLACE: Final = re.compile(r"\[\d+\](?!.*\[)")

Declared = dict[str, dict[object, str]]  # kind, or path of a list -> name -> where it stands first


class Found(NamedTuple):
    """A mistake, before it is known in which file."""

    key: str
    problem: str
    hint: str = ""


class Shape(NamedTuple):
    """A type without its annotations, and what they say."""

    bare: Any
    metas: tuple[Meta, ...]

    def says(self, what: str) -> Any:
        """An extra word about the value, such as `refers`; None where nothing is said."""
        return next((m.extra[what] for m in self.metas if m.extra and what in m.extra), None)

    @property
    def description(self) -> str | None:
        return next((m.description for m in reversed(self.metas) if m.description), None)


def mistakes_in(table: Mapping[str, Any], shape: type[Table]) -> list[Found]:
    """Everything wrong in the table. Names are gathered first, as any may be used before it."""
    gathering = Walk(known=None)
    gathering.value("", table, shape)
    walk = Walk(known=gathering.declared)
    walk.value("", table, shape)
    return walk.found


class Walk:
    """One way through the file. With `known` None nothing is looked up: names are only gathered."""

    def __init__(self, known: Declared | None) -> None:
        self.known = known
        self.declared: Declared = {}
        self.found: list[Found] = []

    def value(self, key: str, value: Any, annotated: Any) -> None:
        """Look at whatever stands at this key, and at everything in it."""
        shape = unwrap(annotated)
        if isinstance(shape.bare, type) and issubclass(shape.bare, Table):
            self.table(key, value, shape.bare)
        elif get_origin(shape.bare) is list:
            self.list_of(key, value, shape)
        elif get_origin(shape.bare) is dict:
            self.names_in(key, value, shape)
        else:
            self.leaf(key, value, annotated, shape)

    def table(self, key: str, value: Any, shape: type[Table]) -> None:
        if not isinstance(value, dict):
            self.wrong(key, f"{shown(value)} is not a table.")
            return
        before = len(self.found)
        keys = keys_of(shape)
        for name in (name for name in value if name not in keys):
            problem = f"{shown(name)} is no key of this table."
            self.wrong(join(key, name), problem, did_you_mean(name, keys))
        for name, (annotated, required) in keys.items():
            if name in value:
                self.value(join(key, name), value[name], annotated)
            elif required:
                self.wrong(join(key, name), "is missing.")
        if len(self.found) == before:
            for name, problem in convert(value, shape).faults():
                self.wrong(join(key, name), problem)

    def list_of(self, key: str, value: Any, shape: Shape) -> None:
        least = max((m.min_length or 0 for m in shape.metas), default=0)
        if not isinstance(value, list) or len(value) < least:
            self.wrong(key, f"{shown(value)} is not {shape.description or 'a list'}.")
            return
        (item,) = get_args(shape.bare)
        for index, one in enumerate(value, start=1):
            self.value(f"{key}[{index}]", one, item)

    def names_in(self, key: str, value: Any, shape: Shape) -> None:
        """A table whose keys are names: languages, or services."""
        if not isinstance(value, dict):
            self.wrong(key, f"{shown(value)} is not a table.")
            return
        name_shape, item = get_args(shape.bare)
        for name, one in value.items():
            self.value(join(key, name), name, name_shape)
            self.value(join(key, name), one, item)
        for name in self.names_of(shape.says("every")):
            if name not in value:
                self.wrong(join(key, str(name)), "is missing.")

    def leaf(self, key: str, value: Any, annotated: Any, shape: Shape) -> None:
        problem = fault_of(value, annotated, shape)
        if problem is not None:
            self.wrong(key, problem, did_you_mean(value, words_in(shape.bare)))
            return
        self.note(key, value, shape)
        if kinds := shape.says("refers"):
            self.look_up(key, value, kinds)

    def look_up(self, key: str, value: str, kinds: tuple[str, ...]) -> None:
        """Find the thing of this name. Where none is known for a mistake above, that is enough."""
        names = self.names_of(*kinds)
        if self.known is None or value in names or (self.found and not names):
            return
        problem = f"{shown(value)} is no {' or '.join(kinds)}."
        self.wrong(key, problem, did_you_mean(value, map(str, names)))

    def note(self, key: str, value: Any, shape: Shape) -> None:
        """Remember a name that may stand only once."""
        scope = shape.says("declares") or (shape.says("unique") and LAST_PLACE.sub("[]", key))
        if not scope:
            return
        first = self.declared.setdefault(scope, {}).setdefault(value, key)
        if first != key:
            self.wrong(key, f"{shown(value)} stands at {first} already.")

    def names_of(self, *kinds: str | None) -> list[object]:
        known = self.known or {}
        return [name for kind in kinds if kind for name in known.get(kind, ())]

    def wrong(self, key: str, problem: str, hint: str = "") -> None:
        self.found.append(Found(key, problem, hint))


def fault_of(value: Any, annotated: Any, shape: Shape) -> str | None:
    """What is wrong with a single value."""
    try:
        convert(value, annotated)
    except ValidationError:
        what = "what stands here" if shape.says("secret") else shown(value)
        return f"{what} is not {shape.description}."
    find_fault = shape.says("fault")
    problem: str | None = find_fault(value) if find_fault else None
    return problem


def join(key: str, name: str) -> str:
    """The path of a key, quoted where TOML would need it."""
    last = name if BARE_KEY.fullmatch(name) else shown(name)
    return f"{key}.{last}" if key else last


def words_in(bare: Any) -> list[str]:
    """The words a value may be, where a type lists them."""
    if get_origin(bare) is Literal:
        return [word for word in get_args(bare) if isinstance(word, str)]
    return [word for part in get_args(bare) for word in words_in(part)]


@cache
def keys_of(shape: type[Struct]) -> dict[str, tuple[Any, bool]]:
    """Every key of a table as written in the file: what it may be, and whether it must be there."""
    hints = get_type_hints(shape, include_extras=True)
    return {f.encode_name: (hints[f.name], is_required(f)) for f in fields_of(shape)}


def is_required(field: FieldInfo) -> bool:
    return field.default is NODEFAULT and field.default_factory is NODEFAULT


def unwrap(annotated: Any) -> Shape:
    """Take off annotations and `| None`: TOML has no null, so None only means absent."""
    metas: tuple[Meta, ...] = ()
    while True:
        if hasattr(annotated, "__metadata__"):
            metas += annotated.__metadata__
            annotated = annotated.__origin__
        elif get_origin(annotated) in {Union, UnionType} and type(None) in get_args(annotated):
            (annotated,) = (part for part in get_args(annotated) if part is not type(None))
        else:
            return Shape(annotated, metas)


def all_keys(shape: type[Struct], under: str = "") -> Iterator[str]:
    """Every key path that can stand in the file, with [] for a place in a list."""
    for name, (annotated, _) in keys_of(shape).items():
        path, bare = join(under, name), unwrap(annotated).bare
        yield path
        while get_origin(bare) is list:
            path, bare = f"{path}[]", unwrap(get_args(bare)[0]).bare
        if isinstance(bare, type) and issubclass(bare, Struct):
            yield from all_keys(bare, path)
