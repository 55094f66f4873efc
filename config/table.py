"""A table of config.toml: what all of them have in common."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

Fault = tuple[str, str]  # key within the table, what is wrong


class Table(Struct, forbid_unknown_fields=True, kw_only=True):
    """A table of the file. A key without a default must be there."""

    def faults(self) -> Iterator[Fault]:
        """What is wrong between its keys."""
        return iter(())
