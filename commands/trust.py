"""The commands about trust: whether the records are what was written, and erasing what could lead
to a person.
"""

from __future__ import annotations

import argparse
import getpass
import os
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from commands.foresight import Progress
from commands.shared import MISTAKES, OK, cannot, config_of, place

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from config import Config
    from records.erasable import Erasure
    from records.verify import Fault, Proof
    from terminal.words import Words

FEWEST_DIGITS: Final = 16  # of a head that somebody gives: fewer are found by chance
PATIENCE_S: Final = 60.0  # until the server has erased what it was asked to
STEP_S: Final = 0.2


# --- motcua verify -------------------------------------------------------------------------------


def verify(arguments: argparse.Namespace) -> int:
    from records.engine import connect_readonly
    from records.errors import NotRecorded, RecordsError
    from records.heads import public_keys
    from records.recount import miscounts
    from records.verify import verify

    config = config_of(arguments)
    if config is None:
        return MISTAKES
    words = _words(arguments, config)
    known = "".join((arguments.head or "").split()).lower()
    if known and not _is_head(known):
        return cannot(words("verify.not_a_head", digits=FEWEST_DIGITS))
    try:
        keys = public_keys(arguments.public_key) if arguments.public_key else []
        engine = connect_readonly(place(arguments, config)[2])
        if not _is_current(engine):
            return cannot(words("verify.old"))
        day = arguments.day
        with Progress() as told:
            proof = verify(engine, config.setup.hall, day=day, known=known, keys=keys, told=told)
            if arguments.figures:
                for fault in miscounts(engine, config.setup, day, told):
                    proof.found(fault)
    except (RecordsError, NotRecorded) as error:
        return cannot(str(error))
    if proof.events == 0 and proof.wrong == 0:
        return cannot(words("verify.nothing"))
    print("\n".join(told_of(proof, words, with_keys=bool(keys), figures=arguments.figures)))
    return MISTAKES if proof.wrong else OK


def _is_head(digits: str) -> bool:
    return FEWEST_DIGITS <= len(digits) <= 64 and set(digits) <= set("0123456789abcdef")


def _is_current(engine: Engine) -> bool:
    from records.migrate import is_current

    return is_current(engine)


def told_of(
    proof: Proof, words: Words, *, with_keys: bool = False, figures: bool = False
) -> Iterator[str]:
    """The whole of it, the worst last, where it is read."""
    from records.chain import SHORT, in_groups

    if proof.events:
        period = {"first": proof.first_day, "last": proof.last_day}
        yield words("verify.looked", events=f"{proof.events:,}".replace(",", " "), **period)
        yield words("verify.last", seq=proof.seq, head=in_groups(proof.hash.hex(), SHORT))
        yield words("verify.hash", hash=in_groups(proof.hash.hex()))
        yield words("verify.heads", heads=proof.heads)
    for name, since in proof.keys:
        yield words("verify.key", name=name, day=since)
    if proof.keys and not with_keys:
        yield words("verify.believed")
    if proof.known_at is not None:
        yield words("verify.known", seq=proof.known_at[0], at=_local(proof.known_at[1], words))
    yield words("verify.texts", texts=proof.texts, erased=proof.erased)
    yield from _erasures(proof, words)
    if figures and not any(one.what == "miscounted" for one in proof.faults):
        yield words("verify.counted")
    for fault in proof.faults:
        yield _fault(fault, words)
    if proof.wrong > len(proof.faults):
        yield words("verify.more", more=proof.wrong - len(proof.faults))
    yield words("verify.wrong", wrong=proof.wrong) if proof.wrong else words("verify.right")


def _erasures(proof: Proof, words: Words) -> Iterator[str]:
    for at, one in proof.asked:
        many = _many(one.texts, words)
        if one.before is not None:
            old = {"before": one.before, "many": many, "by": one.by, "at": _local(at, words)}
            yield words("verify.erased_old", **old)
        else:
            of = {"number": one.number, "day": one.of, "many": many, "by": one.by}
            yield words("verify.erased", at=_local(at, words), **of)
    if proof.retired:
        yield words("verify.retired", many=_many(proof.retired, words))


def _fault(fault: Fault, words: Words) -> str:
    where = words("verify.of_day", day=fault.day) if fault.day else ""
    if fault.seq is not None and fault.at is not None:
        at = _local(fault.at, words)
        where = words("verify.at", seq=fault.seq, day=fault.day, at=at)
    elif fault.seq is not None:
        where = words("verify.at_seq", seq=fault.seq)
    said = words(f"verify.{fault.what}", **fault.facts)
    return f"✗ {where}{said}"


def _local(at: str, words: Words) -> str:
    """The hall's clock then; what is there where no moment can be read."""
    try:
        return datetime.fromisoformat(at).astimezone(words.timezone).strftime("%d/%m/%Y %H:%M:%S")
    except ValueError:
        return at


# --- motcua erase --------------------------------------------------------------------------------


def erase(arguments: argparse.Namespace) -> int:
    from records.engine import connect, connect_readonly
    from records.erasable import count
    from records.errors import NotRecorded, RecordsError

    config = config_of(arguments)
    if config is None:
        return MISTAKES
    words, database = _words(arguments, config), place(arguments, config)[2]
    if arguments.ticket is not None and arguments.day is None:
        return cannot(words("erase.which_day"))
    try:
        readers = connect_readonly(database)
        if not _is_current(readers):
            return cannot(words("verify.old"))
        wanted = _wanted(arguments, config, readers)
        many = [(one, count(readers, config.setup.hall, one)) for one in wanted]
        there = [(one, texts) for one, texts in many if texts]
        if not there:
            return cannot(words("erase.nothing"))
        for one, texts in there:
            of = {"number": one.number, "day": one.of, "before": one.before}
            which = "erase.old" if one.before else "erase.visit"
            print(words(which, many=_many(texts, words), **of))
        if not arguments.yes:
            print(words("erase.say_yes"))
            return MISTAKES
        return _erase(connect(database), config, [one for one, _ in there], words)
    except (RecordsError, NotRecorded) as error:
        return cannot(str(error))


def _wanted(arguments: argparse.Namespace, config: Config, readers: Engine) -> list[Erasure]:
    from hall.hours import business_day
    from records.erasable import Erasure, visits_of

    by = f"command:{arguments.by or _user()}"
    if arguments.older_than is not None:
        today = business_day(config.setup.hours, datetime.now(UTC))
        return [Erasure(by, before=today - timedelta(days=arguments.older_than))]
    if arguments.dossier is not None:
        visits: Sequence[tuple[date, str]] = visits_of(
            readers, config.setup.hall, arguments.dossier
        )
        return [Erasure(by, of=day, number=number) for day, number in visits]
    return [Erasure(by, of=arguments.day, number=arguments.ticket)]


def _erase(engine: Engine, config: Config, wanted: list[Erasure], words: Words) -> int:
    """By ourselves, or by the server that is running: one alone may write what happens."""
    from records.engine import own
    from records.erasable import order, scrub
    from records.erase_alone import erase_alone
    from records.errors import AlreadyRunning

    now, hall = datetime.now(UTC), config.setup.hall
    try:
        with own(engine, hall):
            erase_alone(engine, config.setup, wanted, now)
            in_file = scrub(engine)
    except AlreadyRunning:
        return _wait(engine, hall, {order(engine, hall, one, now) for one in wanted}, words)
    print(words("erase.done") if in_file else words("erase.read_meanwhile"))
    return OK


def _wait(engine: Engine, hall: str, ids: set[str], words: Words) -> int:
    from records.erasable import orders

    until = time.monotonic() + PATIENCE_S
    while ids & {one.id for one in orders(engine, hall)}:
        if time.monotonic() > until:
            return cannot(words("erase.ordered"))
        time.sleep(STEP_S)
    print(words("erase.done"))
    return OK


# --- What both need ------------------------------------------------------------------------------


def _words(arguments: argparse.Namespace, config: Config) -> Words:
    from terminal.words import load

    info = config.hall_info
    return load(arguments.language or info.languages[0], info.timezone)


def _many(texts: object, words: Words) -> str:
    """How many texts, by what they are."""
    assert isinstance(texts, dict)
    return ", ".join(f"{count} {words(f'erase.{field}')}" for field, count in texts.items())


def _user() -> str:
    """Whoever gives the command on this machine."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
