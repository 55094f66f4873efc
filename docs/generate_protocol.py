"""Writes the tables of docs/protocol.md and all of docs/protocol.schema.json from the code.

The prose between the tables is written by hand. `python docs/generate_protocol.py` brings both
files up to date; a test fails while they are not.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dispatch.limits import Limits, Rate  # noqa: E402 - a script finds its own house first
from dispatch.permissions import TABLE  # noqa: E402
from link import messages as m  # noqa: E402

PAGE: Final = ROOT / "docs" / "protocol.md"
SCHEMA: Final = ROOT / "docs" / "protocol.schema.json"

REFUSALS: Final = {
    "already_rated": "this turn has a rating",
    "bad_booking": "the booked slot is not on this day",
    "bad_date": "no calendar has this day, or an apology is of a day to come",
    "bad_dossier": "the dossier code (mã số hồ sơ) is not well formed",
    "bad_level": "the rating is not between 1 and `levels`",
    "bad_message": "a field is missing, unknown, of a wrong type or too large; `problem` names it",
    "bad_period": "a date of the report does not exist, has not come, or is before the first",
    "bad_pin": "no such account, a wrong PIN or password, or its role does not sign in here",
    "busy": "too many requests wait; ask again in a few seconds",
    "counter_busy": "the counter has a ticket",
    "counter_closed": "the counter must be opened first",
    "counter_has_no_officer": "nobody is signed in at the counter",
    "counter_paused": "the counter must be opened again first",
    "counter_taken": "another officer is signed in there; `take_over` replaces that one",
    "daily_limit_reached": "all numbers of this service are given out for today",
    "hall_closed": "the day is over, or has not begun",
    "locked_out": "wrong PINs in a row; nothing was tried: ask again after `wait_s` seconds",
    "new_pin_needed": "the one-time code is right: the same again, with `new_pin`",
    "no_later_session": "no later session opens today: nothing to postpone to",
    "no_records": "the database has no tables, or those of an older version",
    "no_ticket_at_counter": "there is nothing to do this with",
    "nobody_signed_in": "no counter has an officer who could read it",
    "nobody_waiting": "nobody waits for what this counter serves",
    "not_a_result": "with this outcome no result was returned, so none was due",
    "not_allowed": "whoever asks may not ask this, or not for that counter",
    "not_late": "an apology, but the result is not late, or `due_on` is missing",
    "not_rateable": "the turn has not ended, or there is none",
    "not_recorded": "it could not be written down, so it did not happen; ask again",
    "not_served_here": "the counter does not serve the service",
    "not_signed_in": "somebody signs in first, or again: nobody pressed a key for too long",
    "nothing_said": "the text is empty, or nothing of it could be kept",
    "nothing_to_undo": "nothing was finished or missed here just now, or something came of it",
    "officer_elsewhere": "the officer sits at another counter; `take_over` ends that",
    "own_account": "nobody suspends the own account",
    "person_limit_reached": "this person has `limit` numbers of today already",
    "recall_limit": "called again as often as the hall allows",
    "report_failed": "the report could not be made; `problem` says what is in the way: ask again",
    "same_service": "the ticket is there, or waits, for that service already",
    "server_error": "the server's own mistake with this request; nothing happened, others go on",
    "service_closed": "no numbers for this service now; `opens_at` where that is known",
    "still_serving": "the counter's ticket must be finished first",
    "suspended": "nobody signs in with this account at present",
    "too_many_devices": "`limit` devices are watched already",
    "too_many_services": "a ticket has at most `limit` services",
    "trial_failed": "the trial was broken off; `problem` says by what: begin it again",
    "trial_impossible": "nothing can be said: `problem` says why, with facts such as `day`, `code`",
    "unknown_alarm": "no such alarm holds, or holds any longer",
    "unknown_call": "no such call was made, or not today",
    "unknown_counter": "no such counter; a manager must name one",
    "unknown_device": "the hall has no such device",
    "unknown_group": "no such priority group",
    "unknown_kind": "no such kind of request",
    "unknown_language": "the hall does not have this language",
    "unknown_officer": "the hall has no such account",
    "unknown_outcome": "no such outcome",
    "unknown_reason": "no such reason word",
    "unknown_report": "no such report, language or part, or it cannot be split like that",
    "unknown_service": "no such service",
    "unknown_tag": "no such rating tag",
    "unknown_ticket": "no such ticket today",
    "unknown_trial": "no such trial of this screen, or no longer; or it has only `parts` parts",
    "unknown_word": "no such word was sent today",
    "weak_pin": "the new PIN or password is known, common, or shorter than `shortest`",
    "wrong_code": "the code is not the one beside this ticket's number",
    "wrong_stage": "the ticket's stage does not allow it",
}

AGAIN: Final = "connect again"
STOP: Final = "do not connect again by yourself: tell the technician"
AGAIN_LATER: Final = "connect again, later"
GOODBYES: Final = {
    "bad_code": ("the one-time code is wrong, used, or no longer good", STOP),
    "bad_token": ("the token is not this device's", STOP),
    "no_hello": ("no hello came in time", AGAIN),
    "not_recorded": ("the records cannot be read or written", AGAIN),
    "paired": ("the device was paired anew: its token may be another", AGAIN),
    "protocol": ("a frame that cannot be read, or another protocol; `detail` says what", STOP),
    "restart": ("the server goes down", AGAIN),
    "server_error": ("the server's own mistake", AGAIN),
    "taken_over": ("the same device said hello on another connection", STOP),
    "too_fast": ("asked faster than it may, all the time", AGAIN),
    "too_many": ("too many people look at their tickets", AGAIN_LATER),
    "too_slow": ("does not take its answers", AGAIN),
    "unknown_device": ("the hall has no such device", STOP),
    "unknown_ticket": ("no ticket of today has this token", STOP),
    "unpaired": ("the device is let in no more, until it is paired again", STOP),
    "wrong_role": ("the device has another role", STOP),
}

VALUES: Final[dict[str, Any]] = {
    "code": m.Code,
    "ticket number": m.Number,
    "word": m.Word,
    "line": m.Line,
    "id": m.RequestId,
    "token": m.Token,
    "trial": m.TrialId,
    "date": m.LocalDate,
    "time": m.Moment,
}


def main() -> None:
    """Bring both files up to date."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    SCHEMA.write_text(schema(), encoding="utf-8")


def page(text: str) -> str:
    """The page with its tables as the code has them now."""
    tables = {
        "values": _values(),
        "messages": _messages(),
        "requests": _requests(),
        "permissions": _permissions(),
        "views": _views(),
        "parts": _parts(),
        "refusals": _refusals(),
        "goodbyes": _goodbyes(),
        "limits": _limits(),
    }
    for name, table in tables.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        assert text.count(begin) == text.count(end) == 1, name
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}{table}{end}{rest.partition(end)[2]}"
    return text


def schema() -> str:
    """The JSON Schema of every message."""
    whole = msgspec.json.schema(m.FromScreen | m.FromServer)
    return msgspec.json.format(msgspec.json.encode(whole), indent=1).decode() + "\n"


# --- The tables ----------------------------------------------------------------------------------


def _table(*rows: Iterable[str]) -> str:
    head, *body = [f"| {' | '.join(row)} |\n" for row in rows]
    return head + "|---" * (head.count("|") - 1) + "|\n" + "".join(body)


def _values() -> str:
    return _table(("value", "what it is"), *((name, _bounds(of)) for name, of in VALUES.items()))


def _bounds(of: Any) -> str:
    (meta,) = of.__metadata__
    if meta.tz:
        return "ISO 8601 with its offset, of the years 1970 to 2999: `2026-11-23T08:00:00+07:00`"
    pattern = meta.pattern and f"`{meta.pattern.removesuffix(m.END)}$`"
    length = meta.max_length and f"{meta.min_length or 0} to {meta.max_length} characters"
    return ", ".join(part for part in (length, pattern) if part)


def _messages() -> str:
    rows = [
        (direction, f"`{_tag(message)}`", _fields(message))
        for direction, union in (("→", m.FromScreen), ("←", m.FromServer))
        for message in get_args(union)
    ]
    return _table(("", "type", "fields"), *rows)


def _requests() -> str:
    rows = [(f"`{_tag(do)}`", _meaning(do), _fields(do)) for do in get_args(m.AnyDo)]
    return _table(("kind", "what is asked", "fields"), *rows)


def _permissions() -> str:
    """Who may ask what; columns that say the same are one."""
    columns: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for (device, account), kinds in TABLE.items():
        if kinds:
            cells = tuple(_may(kinds.get(do), do) for do in get_args(m.AnyDo))
            columns[cells].append(_sits(device, account))
    heads = [", ".join(dict.fromkeys(names)) for names in columns.values()]
    rows = zip((f"`{_tag(do)}`" for do in get_args(m.AnyDo)), *columns, strict=True)
    return _table(("kind", *heads), *rows)


def _sits(device: str, account: str | None) -> str:
    if account is None:
        return "before signing in" if device in ("counter", "manager") else device
    return "signed in at a counter" if device == "counter" else account


def _may(reach: str | None, do: type[m.Do]) -> str:
    if reach is None:
        return ""
    return "any" if reach == "any" and "counter" in do.__struct_fields__ else "✓"


def _views() -> str:
    rows = [(f"`{_tag(view)}`", _meaning(view), _fields(view)) for view in get_args(m.AnyView)]
    return _table(("kind", "what it shows", "fields"), *rows)


def _parts() -> str:
    parts = dict.fromkeys(
        part
        for message in (*get_args(m.FromServer), *get_args(m.AnyView), *get_args(m.AnyDo))
        for part in _parts_of(message)
    )
    rows = [(f"*{part.__name__}*", _fields(part)) for part in parts]
    return _table(("part", "fields"), *rows)


def _refusals() -> str:
    facts = refusals_in_the_code()
    rows = [
        (f"`{reason}`", ", ".join(f"`{fact}`" for fact in sorted(facts[reason])), meaning)
        for reason, meaning in REFUSALS.items()
    ]
    return _table(("reason", "facts", "what it says"), *rows)


def _goodbyes() -> str:
    rows = [(f"`{reason}`", meaning, todo) for reason, (meaning, todo) in GOODBYES.items()]
    return _table(("reason", "what it says", "what to do"), *rows)


def _rate(rate: Rate) -> str:
    return f"{rate.per_s:g} a second, {rate.burst:g} at once"


def _limits() -> str:
    limits = Limits()
    rows = [
        ("a frame of a screen", f"{m.MAX_FRAME} bytes", "close code 1009"),
        ("the hello", f"{m.MAX_HELLO} bytes", "goodbye `protocol`"),
        ("a frame of the server", f"{m.MAX_VIEW} bytes", "be ready to take as much"),
        ("until the hello", f"{limits.hello_within_s:g} s", "goodbye `no_hello`"),
        ("connections before their hello", f"{limits.unannounced}", "closed"),
        ("requests of a counter", _rate(limits.requests["counter"]), "read later, or `too_fast`"),
        ("tickets of a kiosk", _rate(limits.tickets), "read later, or `too_fast`"),
        ("pings of a screen", _rate(limits.pings), "closed"),
        ("connections with a ticket's token", f"{limits.ticket_screens}", "goodbye `too_many`"),
    ]
    return _table(("what", "at most", "beyond it"), *rows)


# --- What the code says --------------------------------------------------------------------------


def refusals_in_the_code() -> dict[str, set[str]]:
    """Every reason for which the server refuses, and the facts it gives."""
    facts: dict[str, set[str]] = defaultdict(set)
    for path in sorted([*(ROOT / "hall").glob("*.py"), *(ROOT / "dispatch").glob("*.py")]):
        for call in _calls(path, "Refused"):
            reason = call.args[0]
            assert isinstance(reason, ast.Constant), f"{path}: a refusal without a plain word"
            facts[str(reason.value)] |= {keyword.arg for keyword in call.keywords if keyword.arg}
    return facts


def goodbyes_in_the_code() -> set[str]:
    """Every reason for which the server ends a connection."""
    rooms = ROOT / "dispatch"
    said = [call.args[0] for call in _calls(rooms / "doors.py", "Goodbye")]
    words = {str(word.value) for word in said if isinstance(word, ast.Constant)}
    porter = (rooms / "admission.py").read_text(encoding="utf-8")
    return words | set(re.findall(r'(?:return|else) "([a-z_]+)"', porter))


def _calls(path: Path, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            called = node.func
            if name == (
                called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            ):
                yield node


def _tag(message: type[m.Message]) -> str:
    return str(message.__struct_config__.tag)


def _meaning(message: type[m.Message]) -> str:
    return " ".join((message.__doc__ or "").split())


def _fields(message: type[m.Message]) -> str:
    """Every field in words; those that may be absent with a question mark."""
    hints = get_type_hints(message, include_extras=True)
    return "; ".join(
        f"`{field.encode_name}`{'' if field.required else '?'} {_words(hints[field.name])}"
        for field in msgspec.structs.fields(message)
    )


def _words(of: Any) -> str:
    """A type as a reader of this page knows it."""
    for name, value in VALUES.items():
        if of == value:
            return name
    origin, parts = get_origin(of), get_args(of)
    if hasattr(of, "__metadata__"):
        return f"{_words(parts[0])}{_range(parts[1])}"
    if origin in (Union, UnionType):
        return _union([part for part in parts if part is not NoneType])
    if origin is list:
        return f"[{_words(parts[0])}]"
    if origin is Literal:
        return " or ".join(f"`{part}`" for part in parts)
    if origin is dict:
        return f"{{{_words(parts[0])}: {_words(parts[1])}}}"
    if of is datetime:
        return "time"
    return f"*{of.__name__}*" if issubclass(of, m.Message) else PLAIN.get(of, "number")


PLAIN: Final = {str: "text", bool: "true or false", int: "whole number", Any: "any"}


def _union(parts: list[Any]) -> str:
    if set(parts) >= set(get_args(m.AnyDo)):
        return "*a request*"
    if set(parts) >= set(get_args(m.AnyView)):
        return "*a view*"
    return " or ".join(_words(part) for part in parts)


def _range(meta: msgspec.Meta) -> str:
    low, high = (meta.ge, meta.le) if meta.ge is not None else (meta.min_length, meta.max_length)
    if low is None:
        return f" (at most {high})"
    return f" (from {low})" if high is None else f" ({low} to {high})"


def _parts_of(of: Any) -> Iterator[type[m.Message]]:
    """The named parts within a message, depth first."""
    if isinstance(of, type) and get_origin(of) is None and issubclass(of, m.Message):
        for hint in get_type_hints(of, include_extras=True).values():
            for part in _within(hint):
                yield part
                yield from _parts_of(part)


def _within(of: Any) -> Iterator[type[m.Message]]:
    if isinstance(of, type) and get_origin(of) is None:
        if issubclass(of, m.Message) and not issubclass(of, m.Do | m.View):
            yield of
    else:
        for part in get_args(of):
            yield from _within(part)


if __name__ == "__main__":
    main()
