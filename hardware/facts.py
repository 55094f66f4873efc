"""What one printed ticket says, in texts ready to print. Nobody's name; draws nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final
from unicodedata import category, normalize


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFacts:
    """Texts in the citizen's language; an empty one is not known and leaves no trace on the paper.

    A text may have several lines. `service` is in the officers' language, `service_translated` in
    the citizen's where that is another one. `token` is the ticket's public token, and the only
    thing meant for the QR code; `code` stands for it where it is typed.
    """

    number: str
    language: str = "vi"
    hall: str = ""
    unit: str = ""
    address: str = ""
    service: str = ""
    service_translated: str = ""
    where: str = ""
    taken: str = ""
    serving: str = ""
    ahead: str = ""
    wait: str = ""
    papers: str = ""
    priority: str = ""
    proof: str = ""
    token: str = ""
    code: str = ""
    notices: tuple[str, ...] = ()
    free_line: str = ""
    reprint: int = 0  # which copy this is; 0: the first print

    def texts(self) -> Mapping[str, str]:
        """Every fact under the name it has in a template, in NFC and without control characters."""
        values = {name: getattr(self, name) for name in NAMES}
        values["notices"] = "\n".join(self.notices)
        values["reprint"] = str(self.reprint) if self.reprint else ""
        return {name: clean(value) for name, value in values.items()}


NAMES: Final = tuple(field.name for field in fields(TicketFacts) if field.name != "language")


def clean(text: str) -> str:
    """Composed letters, and nothing that has no shape; lines stay apart."""
    composed = normalize("NFC", text)
    if composed.isprintable():  # nearly always, and quick to say
        return composed.strip()
    return "".join(c for c in composed if c == "\n" or not category(c).startswith("C")).strip()
