"""The small door beside the big one: plain HTTP on the same port, for health and figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from websockets.datastructures import Headers
from websockets.http11 import Response

CLOCK_BEHIND_S: Final = 5.0  # a wall clock this far behind the records is worth a word


def health(trouble: str | None, clock_behind_s: float) -> Response:
    """200, or 503 with the reasons in words a supervisor can log."""
    reasons = [] if trouble is None else [f"not_recorded: {trouble}"]
    if clock_behind_s > CLOCK_BEHIND_S:
        reasons.append(f"clock_behind: {clock_behind_s:.0f} s behind the last record")
    status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
    body = {"status": "trouble" if reasons else "ok", "reasons": reasons}
    return response(status, json.dumps(body), "application/json")


def metrics(figures: Mapping[str, float]) -> Response:
    """Every figure as one line of Prometheus text."""
    lines = [f"motcua_{name} {value:g}\n" for name, value in figures.items()]
    return response(HTTPStatus.OK, "".join(lines), "text/plain; version=0.0.4")


def response(status: HTTPStatus, text: str, kind: str = "text/plain") -> Response:
    """A whole answer; the connection closes after it."""
    body = text.encode()
    headers = Headers(
        {
            "Content-Type": f"{kind}; charset=utf-8",
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "Connection": "close",
        }
    )
    return Response(status.value, status.phrase, headers, body)
