"""What is worked out of a value that never changes is worked out once. Knows no value itself."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import TypeVar, TypeVarTuple

Value = TypeVar("Value")
Beside = TypeVarTuple("Beside")
Found = TypeVar("Found")


def remembered(
    most: int,
) -> Callable[[Callable[[Value, *Beside], Found]], Callable[[Value, *Beside], Found]]:
    """For a function of one frozen value, and of hashable ones beside it: keeps what it found.

    The value is known by being the very same, so that one as large as a hall is found at once. It
    is kept with what was found; before there are more than `most` findings all begin anew.
    """

    def remembering(
        work: Callable[[Value, *Beside], Found],
    ) -> Callable[[Value, *Beside], Found]:
        found: dict[tuple[Hashable, ...], tuple[Value, Found]] = {}

        @wraps(work)
        def once(value: Value, *beside: *Beside) -> Found:
            key = (id(value), *beside)
            known = found.get(key)
            if known is None:
                if len(found) >= most:
                    found.clear()
                # The value is kept, too: nothing else can come to have its id.
                known = found[key] = (value, work(value, *beside))
            return known[1]

        return once

    return remembering
