"""The websocket client of `motcua load`, which the benchmarks ask with."""

from __future__ import annotations

from load.wire import FIN, HOST, MASKED, TEXT, Asking, Json, SentAway, Wire, frame

__all__ = ["FIN", "HOST", "MASKED", "TEXT", "Asking", "Json", "SentAway", "Wire", "frame"]
