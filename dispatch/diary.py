"""What the log tells of those who come and ask: who signed in, what was refused, what was wanted.

Nothing that anybody typed: kinds, reasons and names of the configuration alone. What happened to
tickets stands in the records.
"""

from __future__ import annotations

import logging
from typing import Final

import msgspec

from dispatch.answers import Visitor
from link import messages as m

DENIED: Final = frozenset(
    {"not_allowed", "not_signed_in", "bad_pin", "locked_out", "suspended", "wrong_code"}
)

log = logging.getLogger(__name__)


class Reason(msgspec.Struct):
    reason: str


class Verdict(msgspec.Struct):
    """As much of an answer as is noted."""

    refused: Reason | None = None


_verdict: Final = msgspec.json.Decoder(Verdict)


def came(device: m.DeviceInfo) -> None:
    log.info("%s came", device.device, extra={"event": "came", "role": device.role})


def went(device: str) -> None:
    log.info("%s went", device, extra={"event": "went"})


def not_let_in(hello: m.Hello, why: str, *, known: bool) -> None:
    """A name that no device has may be a secret in the wrong place: not said."""
    who = hello.device if known else "an unknown device"
    log.warning("%s as %s: %s", who, hello.role, why, extra={"event": "not_let_in", "reason": why})


def not_paired(device: str, why: str, *, known: bool) -> None:
    who = device if known else "an unknown device"
    log.warning("%s was not paired: %s", who, why, extra={"event": "not_paired", "reason": why})


def sent_away(address: object, reason: str) -> None:
    """Somebody who is not let in, or no longer. `address`: of the other end, if it is known."""
    host = address[0] if isinstance(address, tuple) else None
    about = {"event": "sent_away", "address": host, "reason": reason}
    log.warning("sent away: %s", reason, extra=about)


def not_understood(device: m.DeviceInfo) -> None:
    about = {"event": "not_understood"}
    log.warning("%s sent what is no message", device.device, extra=about)


def answered(visitor: Visitor, do: m.AnyDo, answer: bytes) -> None:
    """Note what deserves it; most of a day's work does not."""
    refused = _verdict.decode(answer).refused
    if refused is not None:
        _refused(visitor, do, refused.reason)
    elif isinstance(do, m.SignIn):
        about = {"event": "signed_in", "officer": do.officer, "took_over": do.take_over}
        log.info("%s signed in at %s", do.officer, visitor.device.device, extra=about)
    elif isinstance(do, m.SignOut):
        log.info("signed out at %s", visitor.device.device, extra={"event": "signed_out"})
    elif isinstance(do, m.Report) and do.part == 1:
        about = {"event": "report", "report": do.report, "first": do.from_, "last": do.to}
        log.info("%s asked for a report", visitor.device.device, extra=about)
    elif isinstance(do, m.WhatIf | m.Staffing):
        about = {"event": "trial", "kind": str(do.__struct_config__.tag), "runs": do.runs}
        log.info("%s began a trial", visitor.device.device, extra=about)


def _refused(visitor: Visitor, do: m.AnyDo, reason: str) -> None:
    kind, device = str(do.__struct_config__.tag), visitor.device.device
    about = {"event": "refused", "kind": kind, "reason": reason, "device": device}
    level = logging.WARNING if reason in DENIED else logging.INFO
    log.log(level, "%s was refused: %s", device, reason, extra=about)
