"""Long rows that change in one place at a time. Knows nothing of what stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final, Generic, TypeVar

Value = TypeVar("Value")

PART: Final = 128  # values


class Roll(Generic[Value]):
    """A frozen row of values. One made from another shares all of it but the part that differs."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[tuple[Value, ...], ...] = ()) -> None:
        self.parts = parts  # all but the last are full

    def __len__(self) -> int:
        parts = self.parts
        return PART * (len(parts) - 1) + len(parts[-1]) if parts else 0

    def __iter__(self) -> Iterator[Value]:
        return chain.from_iterable(self.parts)

    def __getitem__(self, index: int) -> Value:
        """The value at this place; below 0, counted from the end."""
        if index < 0:
            index += len(self)
            if index < 0:
                raise IndexError(index)
        return self.parts[index // PART][index % PART]

    def __eq__(self, other: object) -> bool:
        return self.parts == other.parts if isinstance(other, Roll) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.parts)

    def __repr__(self) -> str:
        return f"Roll({list(self)!r})"

    def having(self, index: int, value: Value) -> Roll[Value]:
        """The roll with this value at a place that it has, or at the one after its last."""
        if not 0 <= index <= len(self):
            raise IndexError(index)
        which, place = divmod(index, PART)
        part = self.parts[which] if which < len(self.parts) else ()
        part = (*part[:place], value, *part[place + 1 :])
        return Roll((*self.parts[:which], part, *self.parts[which + 1 :]))
