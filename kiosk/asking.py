"""The number that is being asked for, in a small file: a kiosk that loses power in that moment asks
again under the same id, and shows the number that would else be called for nobody.
"""

from __future__ import annotations

import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from link.messages import TakeTicket

STALE_S: Final = 120.0  # whoever waited longer than that for a kiosk to come back has gone

log = logging.getLogger(__name__)


class Asked(Struct, frozen=True):
    """One request. Nothing of a person is in it. `at`: seconds since 1970 by this machine."""

    id: str
    do: TakeTicket
    at: float


@dataclass(frozen=True, slots=True)
class Asking:
    """The file. What cannot be written or read is logged, and stops nobody."""

    file: Path

    def remember(self, request_id: str, do: TakeTicket) -> None:
        """On the disk when it returns; takes as long as the disk."""
        asked = Asked(request_id, msgspec.structs.replace(do, person=None), time.time())
        new = self.file.with_suffix(".new")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with new.open("wb") as file:
                file.write(msgspec.json.encode(asked))
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.file)
        except OSError as error:
            log.warning("%s cannot be written: %s", self.file, error)

    def forget(self) -> None:
        """The number was shown, and its ticket is with the printer."""
        try:
            self.file.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s cannot be removed: %s", self.file, error)

    def unanswered(self) -> Asked | None:
        """What was asked for just before the kiosk ended, if nobody has been told."""
        try:
            asked = msgspec.json.decode(self.file.read_bytes(), type=Asked)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            log.warning("%s cannot be used: %s", self.file, error)
            return None
        return asked if 0 <= time.time() - asked.at <= STALE_S else None
