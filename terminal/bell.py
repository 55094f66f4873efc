"""An event that a thread waits for together with a terminal, a line or a socket."""

from __future__ import annotations

import os
from threading import Event


class Bell(Event):
    """For `select`, it can be read from while it is set."""

    def __init__(self) -> None:
        super().__init__()
        self._heard, self._rope = os.pipe()

    def fileno(self) -> int:
        return self._heard

    def set(self) -> None:
        if not self.is_set():
            super().set()
            os.write(self._rope, b"!")

    def clear(self) -> None:
        if self.is_set():
            super().clear()
            os.read(self._heard, 1)
