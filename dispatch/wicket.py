"""The small door beside the big one: plain HTTP on the same port, for health and figures. How they
are written; what they say stands in wellness.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus
from typing import Final, Literal, NamedTuple

from websockets.datastructures import Headers
from websockets.http11 import Response

from dispatch.durations import Durations

PROMETHEUS: Final = "text/plain; version=0.0.4"


class Figure(NamedTuple):
    """One figure for a collector. Names stay what they are: somebody's charts are made of them."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    meaning: str
    value: float | Durations


def health(reasons: Sequence[str], warnings: Sequence[str]) -> Response:
    """503 with the reasons why the hall cannot work, or 200, with what else deserves a look."""
    status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
    word = "trouble" if reasons else "warning" if warnings else "ok"
    body = {"status": word, "reasons": reasons, "warnings": warnings}
    return response(status, json.dumps(body), "application/json")


def metrics(figures: Iterable[Figure]) -> Response:
    """Every figure as Prometheus text: what it means, its type, its value."""
    lines = (line for figure in figures for line in _lines(figure))
    return response(HTTPStatus.OK, "\n".join([*lines, ""]), PROMETHEUS)


def _lines(figure: Figure) -> Iterator[str]:
    name = f"motcua_{figure.name}"
    yield f"# HELP {name} {figure.meaning}"
    yield f"# TYPE {name} {figure.kind}"
    if not isinstance(figure.value, Durations):
        yield f"{name} {figure.value:.15g}"
        return
    for step_s, count in figure.value.up_to():
        yield f'{name}_bucket{{le="{step_s:g}"}} {count}'
    yield f'{name}_bucket{{le="+Inf"}} {figure.value.count}'
    yield f"{name}_sum {figure.value.total_s:.6f}"
    yield f"{name}_count {figure.value.count}"


def response(status: HTTPStatus, text: str, kind: str = "text/plain") -> Response:
    """A whole answer; the connection closes after it."""
    body = text.encode()
    headers = Headers(
        {
            "Content-Type": f"{kind}; charset=utf-8",
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",  # no page takes it for a script
            "Connection": "close",
        }
    )
    return Response(status.value, status.phrase, headers, body)
