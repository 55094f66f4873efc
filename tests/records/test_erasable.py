"""Texts that could lead to a person are kept apart, and go when they have to."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from sqlalchemy import Engine, select, text

from hall import commands as c
from hall.events import Event, ServiceFinished, TextsErased, TurnRated, WordSent
from hall.model import Setup
from records import codec, tables
from records.engine import connect
from records.erasable import (
    REPEATED,
    TEXTS,
    Erasure,
    carried_out,
    count,
    order,
    orders,
    scrub,
    visits_of,
)
from records.erase_alone import erase_alone
from records.journal import Entry, Journal
from records.migrate import upgrade
from records.rebuild import compare
from records.recount import miscounts
from records.verify import verify
from tests.records.busy import BusyDays
from tests.records.days import Day

HALL = "an-binh"
DAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
CODE = "H99-261123-0042"
SAID = "Chờ quá lâu, tôi là Nguyễn Văn Bình"
WORD = "Chị Lan sang quầy 2"
ASKED = Erasure("command:quản trị", of=DAY, number="A001")


@pytest.fixture
def day(journal: Journal, setup: Setup, eight: datetime) -> Day:
    """One visit with everything that can be written down of it, and one with nothing."""
    day = Day(journal, setup, eight)
    day.at(0, c.SignIn("1", "cb1"), c.Open("1"), c.SendWord(WORD))
    letter = "12/XL", DAY
    for number, dossier, words, told in (
        ("A001", CODE, SAID, letter),
        ("A002", None, "", (None, None)),
    ):
        day.at(5, c.TakeTicket(("CT01",), number))
        day.at(6, c.CallNext("1"), c.Start("1"))
        late = DAY - timedelta(days=3)
        day.at(9, c.Finish("1", "returned", dossier, late, *told))
        day.at(10, c.Rate(number, 1, 2, ("quick",), words))
    return day


def kinds_of(journal: Journal) -> dict[type[Event], Event]:
    return {type(one.event): one.event for one in reversed(journal.events(DAY))}


# --- Apart ---------------------------------------------------------------------------------------


def test_no_text_stands_in_an_event_and_none_can_be_found_by_trying(
    day: Day, engine: Engine
) -> None:
    with engine.connect() as connection:
        events = connection.execute(select(tables.events.c.data)).scalars().all()
        texts = connection.execute(select(tables.erasable)).mappings().all()
    whole = "\n".join(events)
    for secret in (CODE, SAID, "12/XL", WORD):
        assert secret not in whole
        assert hashlib.sha256(secret.encode()).hexdigest() not in whole
    assert {row["value"] for row in texts} == {CODE, SAID, "12/XL", WORD}
    assert len({row["salt"] for row in texts}) == len(texts)
    for row in texts:
        hashed = hashlib.sha256(row["salt"] + row["value"].encode()).hexdigest()
        assert len(row["salt"]) == 16
        assert hashed in events[row["seq"] - 1]


def test_whoever_reads_the_events_gets_the_texts_with_them(day: Day, journal: Journal) -> None:
    events = kinds_of(journal)
    finished, rated, sent = (events[kind] for kind in (ServiceFinished, TurnRated, WordSent))
    assert isinstance(finished, ServiceFinished)
    assert isinstance(rated, TurnRated)
    assert isinstance(sent, WordSent)
    assert (finished.dossier, finished.apology_no) == (CODE, "12/XL")
    assert (rated.text, sent.text) == (SAID, WORD)


def test_an_event_without_texts_is_written_as_it_always_was() -> None:
    nothing = TurnRated("A001", 1, 5, 5)
    assert codec.written(nothing) == (codec.encode(nothing), [])


def test_a_text_that_looks_like_a_seal_is_a_text() -> None:
    said = '","sealed":{"text":"'
    data, (kept,) = codec.written(TurnRated("A001", 1, 1, 5, (), said))
    assert set(codec.sealed(data)) == {"text"}
    event = codec.decode("TurnRated", data, {kept.field: kept.value})
    assert event == TurnRated("A001", 1, 1, 5, (), said)
    assert codec.decode("TurnRated", codec.encode(event)) == event


def test_what_may_be_erased_is_there_in_the_events_and_is_text() -> None:
    kinds = {kind.__name__: get_type_hints(kind) for kind in get_args(Event)}
    for kind, fields in TEXTS.items():
        for field in fields:
            assert kinds[kind][field] in (str, str | None), (kind, field)


# --- Erased --------------------------------------------------------------------------------------


def erase(engine: Engine, setup: Setup, *wanted: Erasure) -> None:
    erase_alone(engine, setup, wanted, NOON)


def test_of_one_visit_everything_goes_and_the_chain_holds(
    day: Day, journal: Journal, engine: Engine, setup: Setup
) -> None:
    assert count(engine, HALL, ASKED) == {"apology_no": 1, "dossier": 1, "text": 1}
    before = verify(engine, HALL)
    journal.close()
    erase(engine, setup, ASKED)
    assert count(engine, HALL, ASKED) == {}
    proof = verify(engine, HALL)
    assert (proof.faults, proof.texts, proof.erased) == ([], before.texts - 3, 3)
    ((_, event),) = proof.asked
    texts = {"apology_no": 1, "dossier": 1, "text": 1}
    assert event == TextsErased("command:quản trị", texts, DAY, "A001")
    with engine.connect() as connection:
        for column in REPEATED:
            assert set(connection.execute(select(column)).scalars()) <= {None, ""}
        assert connection.execute(select(tables.erasable.c.value)).scalars().all() == [WORD]


def test_what_was_erased_reads_as_empty_and_the_figures_stay_as_they_were(
    day: Day, journal: Journal, engine: Engine, setup: Setup
) -> None:
    day.time_passes(14 * 60)
    journal.roll_up(DAY + timedelta(days=1))
    with engine.connect() as connection:
        rolled = sorted(map(tuple, connection.execute(select(tables.rollup))))
    assert rolled
    journal.close()
    erase(engine, setup, ASKED)
    finished = kinds_of(journal)[ServiceFinished]
    assert isinstance(finished, ServiceFinished)
    assert (finished.dossier, finished.apology_no, finished.due_on) == (
        *("", ""),
        DAY - timedelta(days=3),
    )
    assert compare(journal, setup, DAY) == []
    assert list(miscounts(engine, setup)) == []
    with engine.connect() as connection:
        assert sorted(map(tuple, connection.execute(select(tables.rollup)))) == rolled


def test_a_ticket_whose_texts_were_erased_today_is_written_without_them_afterwards(
    day: Day, journal: Journal, setup: Setup
) -> None:
    day.at(12, c.EraseTexts("retention", {"dossier": 1}, DAY, "A001"))
    day.at(13, c.StepClock(5.0))
    day.time_passes(14 * 60)
    rows = {row["ticket"]: row for row in journal.turns(DAY)}
    assert (rows["A001"]["dossier"], rows["A001"]["apology_no"]) == ("", "")
    assert (rows["A002"]["dossier"], rows["A002"]["apology_no"]) == (None, None)
    assert compare(journal, setup, DAY) == []


def test_what_is_written_down_after_an_erasing_stays(
    day: Day, journal: Journal, engine: Engine
) -> None:
    """Also in the same moment."""
    seq = journal.last_day()[0]
    finished = ServiceFinished("A002", "1", "received", "H99-261123-0077")
    erased = TextsErased("command:x", {"dossier": 1}, DAY, "A002")
    journal.append(seq + 1, [Entry(NOON, DAY, (erased, finished))], [])
    assert verify(engine, HALL).faults == []
    assert count(engine, HALL, Erasure("", DAY, "A002")) == {"dossier": 1}


def test_all_days_before_one_are_erased_and_no_other(
    journal: Journal, engine: Engine, setup: Setup
) -> None:
    played, days = BusyDays(journal, setup), [DAY + timedelta(days=n) for n in range(3)]
    for one in days:
        played.play(one)
    journal.close()
    many = verify(engine, HALL).texts
    old = Erasure("retention", before=days[2])
    going = count(engine, HALL, old)
    erase(engine, setup, old)
    proof = verify(engine, HALL)
    assert proof.faults == []
    assert (proof.erased, dict(proof.retired)) == (sum(going.values()), going)
    assert proof.texts == many - proof.erased > 0
    for one in days[:2]:
        assert {row["dossier"] for row in journal.turns(one)} == {None, ""}
    assert any(row["dossier"] for row in journal.turns(days[2]))
    assert list(miscounts(engine, setup)) == []


def test_the_visits_of_a_dossier_are_found(day: Day, journal: Journal, engine: Engine) -> None:
    assert visits_of(engine, HALL, CODE) == [(DAY, "A001")]
    assert visits_of(engine, HALL, "H99-261123-9999") == []
    assert visits_of(engine, HALL, "") == []


def test_orders_wait_for_the_server_and_are_gone_when_they_are_carried_out(
    engine: Engine,
) -> None:
    first = order(engine, HALL, ASKED, NOON)
    old = Erasure("command:x", before=DAY)
    second = order(engine, HALL, old, NOON + timedelta(seconds=1))
    assert orders(engine, HALL) == [replace_id(ASKED, first), replace_id(old, second)]
    assert orders(engine, "hoa-binh") == []
    carried_out(engine, HALL, [first])
    assert [one.id for one in orders(engine, HALL)] == [second]


def replace_id(erasure: Erasure, order_id: str) -> Erasure:
    return erasure._replace(id=order_id)


# --- Really gone ---------------------------------------------------------------------------------


def holding(folder: Path, secret: str) -> list[str]:
    """The files in which these bytes stand somewhere."""
    return [path.name for path in folder.iterdir() if secret.encode() in path.read_bytes()]


def test_an_erased_text_stands_nowhere_in_the_files(tmp_path: Path, setup: Setup) -> None:
    """Every text of three days, of which pages were split and rows written over many times."""
    engine = connect(str(tmp_path / "hall.db"))
    upgrade(engine)
    journal = Journal(engine, setup)
    played = BusyDays(journal, setup)
    for place in range(3):
        played.play(DAY + timedelta(days=place))
    with engine.connect() as connection:
        texts = set(connection.execute(select(tables.erasable.c.value)).scalars())
        connection.rollback()
    dossiers = {one for one in texts if one.startswith("H99-")}
    assert len(dossiers) > 40
    assert all(holding(tmp_path, one) for one in dossiers)
    journal.close()
    erase(engine, setup, Erasure("retention", before=DAY + timedelta(days=9)))
    assert scrub(engine)
    assert {one: found for one in dossiers if (found := holding(tmp_path, one))} == {}
    engine.dispose()


def test_whoever_reads_meanwhile_is_not_disturbed_and_the_text_goes_afterwards(
    tmp_path: Path, setup: Setup, eight: datetime
) -> None:
    engine = connect(str(tmp_path / "hall.db"))
    upgrade(engine)
    journal = Journal(engine, setup)
    day = Day(journal, setup, eight)
    day.at(0, c.SignIn("1", "cb1"), c.Open("1"), c.TakeTicket(("CT01",), "t"))
    day.at(1, c.CallNext("1"), c.Start("1"), c.Finish("1", "received", CODE))
    reader = engine.raw_connection()
    reader.cursor().execute("BEGIN")
    seen = "SELECT value FROM erasable"
    assert reader.cursor().execute(seen).fetchall() == [(CODE,)]
    erase_with(journal, ASKED)
    assert not scrub(engine)
    assert reader.cursor().execute(seen).fetchall() == [(CODE,)]
    reader.close()
    assert scrub(engine)
    assert holding(tmp_path, CODE) == []


def erase_with(journal: Journal, erasure: Erasure) -> None:
    seq, recorded = journal.last_day()
    event = TextsErased(erasure.by, {"dossier": 1}, erasure.of, erasure.number)
    journal.append(seq + 1, [Entry(recorded[-1].at, DAY, (event,))], [])


# --- Old records ---------------------------------------------------------------------------------


def test_texts_of_old_events_are_moved_out_and_stand_nowhere_else(
    tmp_path: Path, setup: Setup
) -> None:
    from tests.records.test_migrations import as_before

    url = str(tmp_path / "hall.db")
    engine = connect(url)
    upgrade(engine)
    journal = Journal(engine, setup)
    BusyDays(journal, setup).play(DAY)
    events = journal.events(DAY)
    journal.close()
    as_before(engine, url)
    with engine.connect() as connection:
        plain = connection.execute(text("SELECT data FROM events")).scalars().all()
        connection.rollback()
    assert sum('"dossier":"H99-' in one for one in plain) > 10
    upgrade(engine)
    assert journal.events(DAY) == events
    proof = verify(engine, HALL)
    assert (proof.faults, proof.seq) == ([], len(events))
    journal.close()
    erase(engine, setup, Erasure("retention", before=DAY + timedelta(days=9)))
    assert scrub(engine)
    dossiers = {json.loads(one).get("dossier") for one in plain} - {None}
    assert {one for one in dossiers if holding(tmp_path, one)} == set()


def test_rows_of_the_journal_say_what_they_said(day: Day, journal: Journal) -> None:
    """Reading does not depend on whether a text is in the data or beside it."""
    for one in journal.events(DAY):
        again: Any = codec.decode(type(one.event).__name__, codec.encode(one.event))
        assert replace(again) == one.event
