"""Every event is a link of a chain; nobody changes the records without being found out."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from hall import commands as c
from hall.events import CounterOpened, DayClosed, DayOpened
from hall.model import Setup
from records import tables
from records.chain import in_groups
from records.engine import connect, connect_readonly
from records.heads import Signer, signer_of
from records.journal import Entry, Journal
from records.migrate import upgrade
from records.recount import miscounts
from records.verify import Proof, verify
from tests.records.attacker import all_events, chained_anew, without_guards
from tests.records.busy import BusyDays
from tests.records.days import Day
from tests.records.small import small_hall

HALL = "an-binh"
FIRST = date(2026, 11, 23)
DAYS = [FIRST + timedelta(days=day) for day in range(3)]
EIGHT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return signer_of(tmp_path / "hall.key")


@pytest.fixture
def lived(engine: Engine, setup: Setup, signer: Signer) -> Iterator[Journal]:
    """Three days written by a server; the last goes on."""
    journal = Journal(engine, setup, signer)
    played = BusyDays(journal, setup)
    for day in DAYS:
        played.play(day)
    yield journal
    journal.close()


@pytest.fixture
def short(journal: Journal) -> Journal:
    """A day with hardly anything in it."""
    day = DayOpened(FIRST), CounterOpened("1"), DayClosed(0)
    journal.append(1, [Entry(EIGHT, FIRST, day)], [])
    return journal


def told(proof: Proof) -> list[tuple[str, int | None]]:
    return [(fault.what, fault.seq) for fault in proof.faults]


# --- The chain is what it is said to be ----------------------------------------------------------


def test_the_chain_can_be_checked_by_a_program_of_somebody_else(
    tmp_path: Path, setup: Setup
) -> None:
    """Only from what records/chain.py says, with nothing of ours."""
    journal = Journal(connect(str(tmp_path / "hall.db")), setup)
    upgrade(journal._engine)
    BusyDays(journal, setup).play(FIRST)
    journal.close()

    def piece(value: object) -> str:
        return "-," if value is None else f"{len(str(value))}:{value},"

    rows = sqlite3.connect(tmp_path / "hall.db").execute(
        "SELECT hash, hall, seq, day, at, kind, ticket, counter, data, request FROM events"
        " ORDER BY seq"
    )
    before, count = hashlib.sha256(b"motcua hall an-binh").digest(), 0
    for hashed, *values in rows:
        before = hashlib.sha256(before + "".join(map(piece, values)).encode()).digest()
        assert before == hashed, values
        count += 1
    assert count > 500


def test_both_databases_have_the_same_chain(journal: Journal, engine: Engine) -> None:
    at = EIGHT + timedelta(microseconds=250_001)
    journal.append(1, [Entry(at, FIRST, (CounterOpened("1"),))], [])
    journal.append(2, [Entry(EIGHT, FIRST, (CounterOpened("2"), CounterOpened("1")))], [])
    with engine.connect() as connection:
        hashes = [row["hash"].hex()[:16] for row in all_events(connection)]
    assert hashes == ["0bd9436e55d7e143", "07250bb50deb3eab", "afee6e9e52ee1428"]


def test_a_server_that_starts_anew_goes_on_with_the_chain(
    lived: Journal, engine: Engine, setup: Setup
) -> None:
    seq = lived.last_day()[0]
    for place in range(3):
        again = Journal(engine, setup)
        at = datetime(2026, 11, 25, 12, place, tzinfo=UTC)
        again.append(seq + 1 + place, [Entry(at, DAYS[-1], (CounterOpened("1"),))], [])
        again.close()
    proof = verify(engine, HALL)
    assert (told(proof), proof.seq) == ([], seq + 3)


def test_halls_that_share_a_database_have_chains_of_their_own(
    lived: Journal, engine: Engine
) -> None:
    other = small_hall("hoa-binh")
    journal = Journal(engine, other)
    BusyDays(journal, other, seed=2).play(FIRST)
    assert told(verify(engine, HALL)) == []
    proof = verify(engine, "hoa-binh")
    assert (told(proof), proof.heads, proof.keys) == ([], 1, [])
    journal.close()


def test_the_last_days_are_proven_from_the_head_before_them_on(
    lived: Journal, engine: Engine
) -> None:
    everything = verify(engine, HALL)
    for place, day in enumerate(DAYS):
        proof = verify(engine, HALL, since=day)
        assert (told(proof), proof.seq, proof.hash) == ([], everything.seq, everything.hash)
        assert proof.heads == min(len(DAYS), len(DAYS) - place + 1)
        assert proof.first_day == str(DAYS[max(0, place - 1)])
    assert verify(engine, HALL, since=DAYS[-1]).events < everything.events / 2
    first, last = lived.events(DAYS[0])[5].seq, lived.events(DAYS[-1])[5].seq
    with engine.begin() as connection:
        without_guards(connection)
        change = text("UPDATE events SET data = '{}' WHERE hall = :hall AND seq IN (:one, :other)")
        connection.execute(change, {"hall": HALL, "one": first, "other": last})
    assert told(verify(engine, HALL, since=DAYS[-1])) == [("changed", last)]
    assert told(verify(engine, HALL)) == [("changed", first), ("changed", last)]


# --- The database itself refuses -----------------------------------------------------------------


@pytest.mark.parametrize("table", ["events", "heads"])
@pytest.mark.parametrize("change", ["UPDATE {} SET hall = 'x'", "DELETE FROM {}"])
def test_what_happened_cannot_be_changed_or_deleted(
    short: Journal, engine: Engine, table: str, change: str
) -> None:
    with pytest.raises(DBAPIError, match="never changed"), engine.begin() as connection:
        connection.exec_driver_sql(change.format(table))
    assert told(verify(engine, HALL)) == []


def test_sqlite_refuses_to_replace_an_event_and_postgresql_to_empty_the_table(
    short: Journal, engine: Engine
) -> None:
    replacing = "INSERT OR REPLACE INTO events SELECT * FROM events WHERE seq = 2"
    emptying = "TRUNCATE events"
    change = replacing if engine.dialect.name == "sqlite" else emptying
    with pytest.raises(DBAPIError, match="never changed"), engine.begin() as connection:
        connection.exec_driver_sql(change)


# --- Whoever drops the triggers is found out -----------------------------------------------------


def test_records_that_nobody_touched_are_whole(lived: Journal, engine: Engine) -> None:
    proof = verify(engine, HALL)
    assert told(proof) == []
    with engine.connect() as connection:
        events = connection.execute(select(func.count()).select_from(tables.events)).scalar_one()
        texts = connection.execute(select(func.count()).select_from(tables.erasable)).scalar_one()
    assert (proof.events, proof.texts, proof.erased) == (events, texts, 0)
    assert (proof.heads, proof.first_day, proof.last_day) == (3, str(DAYS[0]), str(DAYS[2]))
    assert events > 1000 < texts * 100


OTHER: dict[str, Any] = {
    "hall": "elsewhere",
    "day": "2026-11-20",
    "at": "2026-11-23T01:00:00.000001+00:00",
    "kind": "CounterClosed",
    "ticket": "Z999",
    "counter": "99",
    "data": "{}",
    "request": "another",
    "hash": b"\0" * 32,
}


@pytest.fixture
def small(tmp_path: Path, setup: Setup, signer: Signer) -> Path:
    """A day short enough to change every row of it in every way; closed, and its head signed."""
    file = tmp_path / "hall.db"
    engine = connect(str(file))
    upgrade(engine)
    journal = Journal(engine, setup, signer)
    day = Day(journal, setup, EIGHT)
    for minute, counter in enumerate("12"):
        day.at(minute, c.SignIn(counter, f"cb{counter}"), c.Open(counter))
    for place in range(6):
        counter = "12"[place % 2]
        day.at(5 + 4 * place, c.TakeTicket(("CT01",), f"token{place}"))
        day.at(6 + 4 * place, c.CallNext(counter), c.Start(counter))
        day.at(7 + 4 * place, c.Finish(counter, "received", f"H99-261123-000{place}"))
        day.at(8 + 4 * place, c.Rate(f"A00{place + 1}", 1, 2, ("quick",), f"Chờ lâu {place}"))
    day.time_passes(14 * 60)
    with engine.begin() as connection:
        without_guards(connection)
    journal.close()
    return file


class Tampered:
    """Changes that are looked at and taken back."""

    def __init__(self, file: Path) -> None:
        self.connection = sqlite3.connect(file, isolation_level=None)
        self._readers = connect_readonly(str(file))
        self.seqs = [seq for (seq,) in self.connection.execute("SELECT seq FROM events")]
        rows = self.connection.execute("SELECT seq, day, at FROM events").fetchall()
        self.when = {seq: (day, at) for seq, day, at in rows}

    def by(self, *changes: tuple[str, tuple[Any, ...]]) -> Proof:
        """What is found after these changes; they are taken back."""
        kept = {
            table: self.connection.execute(f"SELECT * FROM {table}").fetchall()
            for table in ("events", "heads", "erasable")
        }
        for sql, values in changes:
            self.connection.execute(sql, values)
        try:
            return verify(self._readers, HALL)
        finally:
            self.connection.execute("BEGIN")
            for table, rows in kept.items():
                self.connection.execute(f"DELETE FROM {table}")
                marks = ", ".join("?" * len(rows[0]))
                self.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
            self.connection.execute("COMMIT")


def test_every_column_of_every_row_that_is_changed_is_found_where_it_is(small: Path) -> None:
    tampered = Tampered(small)
    assert len(tampered.seqs) > 30
    assert told(tampered.by()) == []
    for seq in tampered.seqs:
        for column, other in OTHER.items():
            proof = tampered.by((f"UPDATE events SET {column} = ? WHERE seq = ?", (other, seq)))
            what, place = told(proof)[0]
            last = seq == tampered.seqs[-1] and column == "hall"
            assert place == seq, (seq, column, proof.faults)
            expected = "cut_off" if last else "missing" if column == "hall" else "changed"
            assert what == expected, (seq, column)
        proof = tampered.by(("UPDATE events SET seq = seq + 1000 WHERE seq = ?", (seq,)))
        assert told(proof)[0][1] == seq
        assert told(proof)[0][0] in {"missing", "cut_off"}


def test_what_somebody_left_out_of_a_row_is_found(small: Path) -> None:
    """A value that was there is null, or one that was null is there."""
    tampered = Tampered(small)
    for seq in tampered.seqs:
        for column in ("ticket", "counter", "request"):
            swap = f"UPDATE events SET {column} = CASE WHEN {column} IS NULL THEN '' END"
            assert told(tampered.by((f"{swap} WHERE seq = ?", (seq,))))[0] == ("changed", seq)


def test_the_place_is_told_with_its_day_and_time(small: Path) -> None:
    tampered = Tampered(small)
    proof = tampered.by(("UPDATE events SET data = '{}' WHERE seq = 7", ()))
    fault = proof.faults[0]
    assert (fault.what, fault.seq, (fault.day, fault.at)) == ("changed", 7, tampered.when[7])


def test_every_row_that_is_deleted_is_missed(small: Path) -> None:
    tampered = Tampered(small)
    for seq in tampered.seqs:
        proof = tampered.by(("DELETE FROM events WHERE seq = ?", (seq,)))
        expected = "missing" if seq < tampered.seqs[-1] else "cut_off"
        assert told(proof)[0] == (expected, seq)


def test_every_row_that_is_deleted_is_missed_though_the_others_move_up(small: Path) -> None:
    tampered = Tampered(small)
    for seq in tampered.seqs[:-1]:
        move = "UPDATE events SET seq = seq - 1 WHERE seq = ?"
        later = [(move, (other,)) for other in tampered.seqs if other > seq]
        proof = tampered.by(("DELETE FROM events WHERE seq = ?", (seq,)), *later)
        assert told(proof)[0] == ("changed", seq)


def test_a_row_that_is_put_in_anywhere_is_found(small: Path) -> None:
    tampered = Tampered(small)
    for seq in tampered.seqs:
        later = [
            ("UPDATE events SET seq = seq + 1 WHERE seq = ?", (other,))
            for other in reversed(tampered.seqs)
            if other > seq
        ]
        copy = (
            "INSERT INTO events SELECT hall, seq + 1, day, at, kind, ticket, counter, data,"
            " request, hash FROM events WHERE seq = ?"
        )
        proof = tampered.by(*later, (copy, (seq,)))
        assert told(proof)[0] == ("changed", seq + 1)


def test_a_row_with_no_number_for_a_place_is_found(small: Path) -> None:
    copy = (
        "INSERT INTO events SELECT hall, 'x', day, at, kind, ticket, counter, data, request, hash"
        " FROM events WHERE seq = 5"
    )
    assert told(Tampered(small).by((copy, ()))) == [("put_in", None)]


def test_any_two_rows_that_change_places_are_found(small: Path) -> None:
    tampered = Tampered(small)
    swap = "UPDATE events SET seq = ? WHERE seq = ?"
    for one in tampered.seqs[:-1]:
        for other in (one + 1, tampered.seqs[-1]):
            changes = [(swap, (-1, one)), (swap, (one, other)), (swap, (other, -1))]
            assert told(tampered.by(*changes))[0] == ("changed", one)


def test_records_cut_off_anywhere_are_found_by_the_head(small: Path) -> None:
    tampered = Tampered(small)
    for seq in tampered.seqs[1:]:
        cuts = (f"DELETE FROM {table} WHERE seq >= ?" for table in ("events", "erasable"))
        proof = tampered.by(*((cut, (seq,)) for cut in cuts))
        assert told(proof) == [("cut_off", seq)]
        assert proof.faults[0].facts == {"until": tampered.seqs[-1], "closed": str(FIRST)}


def test_texts_that_are_changed_taken_away_or_put_in_are_found(small: Path) -> None:
    tampered = Tampered(small)
    texts = tampered.connection.execute("SELECT seq, field FROM erasable").fetchall()
    assert {field for _, field in texts} == {"dossier", "text"}
    for seq, field in texts:
        this = " WHERE seq = ? AND field = ?"
        for change in ("value = 'x'", "salt = x'00'", "salt = 5", "day = '2026-11-24'"):
            proof = tampered.by((f"UPDATE erasable SET {change}{this}", (seq, field)))
            assert told(proof) == [("text_changed", seq)]
        assert told(tampered.by((f"DELETE FROM erasable{this}", (seq, field)))) == [
            ("text_missing", seq)
        ]
    for seq in (0, 1, 3, 10_000):
        put = "INSERT INTO erasable SELECT hall, ?, 'note', day, salt, value FROM erasable LIMIT 1"
        assert told(tampered.by((put, (seq,)))) == [("text_put_in", seq)]


def test_every_column_of_a_head_that_is_changed_is_found(small: Path) -> None:
    tampered = Tampered(small)
    for column in ("hash", "public_key", "signature"):
        proof = tampered.by((f"UPDATE heads SET {column} = x'{'00' * 32}'", ()))
        assert told(proof), column
    for change in ("day = '2026-11-22'", "at = '2026-11-23T01:00:00.000000+00:00'"):
        proof = tampered.by((f"UPDATE heads SET {change}", ()))
        assert told(proof)[0][0] == "other_history"


# --- Whoever computes the chain anew is found out by the heads -----------------------------------


@pytest.fixture
def rewritten(lived: Journal, engine: Engine) -> Engine:
    """On the second day somebody made a call by another officer, and computed every hash again."""
    with engine.begin() as connection:
        without_guards(connection)
        change = text(
            "UPDATE events SET data = REPLACE(data, 'cb1', 'cb2')"
            " WHERE kind = 'OfficerSignedIn' AND day = :day"
        )
        assert connection.execute(change, {"day": str(DAYS[1])}).rowcount > 0
        chained_anew(connection, HALL)
    return engine


def test_a_history_written_anew_is_found_by_the_heads_and_where_it_begins(
    rewritten: Engine,
) -> None:
    proof = verify(rewritten, HALL)
    found = [(one.what, one.day, one.facts["good"]) for one in proof.faults]
    good = str(DAYS[0])
    assert found == [("other_history", str(DAYS[1]), good), ("other_history", str(DAYS[2]), good)]
    assert told(verify(rewritten, HALL, day=DAYS[0])) == []
    assert told(verify(rewritten, HALL, day=DAYS[1]))[0][0] == "other_history"


def test_heads_written_anew_too_have_no_right_signature(rewritten: Engine) -> None:
    with rewritten.begin() as connection:
        connection.execute(
            text(
                "UPDATE heads SET hash = (SELECT hash FROM events"
                " WHERE events.hall = heads.hall AND events.seq = heads.seq)"
            )
        )
    assert [what for what, _ in told(verify(rewritten, HALL))] == ["badly_signed"] * 2
    with rewritten.begin() as connection:
        connection.execute(
            text("UPDATE heads SET signature = NULL, public_key = NULL WHERE day > :day"),
            {"day": str(DAYS[0])},
        )
    assert [what for what, _ in told(verify(rewritten, HALL))] == ["unsigned"] * 2


def test_heads_signed_by_somebody_else_are_not_those_of_the_hall(
    rewritten: Engine, signer: Signer, tmp_path: Path
) -> None:
    """Who has the records and makes a key can sign all; not with the hall's key."""
    stranger = signer_of(tmp_path / "stranger.key")
    with rewritten.begin() as connection:
        sign_all(connection, stranger)
    proof = verify(rewritten, HALL)
    assert told(proof) == []
    assert [name for name, _ in proof.keys] == [stranger.name]
    proof = verify(rewritten, HALL, keys=[signer.public_key])
    assert [what for what, _ in told(proof)] == ["other_key"] * 3


def test_even_who_has_the_key_cannot_write_another_history_than_the_printed_head(
    lived: Journal, engine: Engine, signer: Signer, request: pytest.FixtureRequest
) -> None:
    printed = verify(engine, HALL).hash.hex()
    assert verify(engine, HALL, known=printed[:16]).known_at is not None
    request.getfixturevalue("rewritten")
    with engine.begin() as connection:
        sign_all(connection, signer)
    assert told(verify(engine, HALL, keys=[signer.public_key])) == []
    found = verify(engine, HALL, keys=[signer.public_key], known=printed)
    assert told(found) == [("unknown_head", None)]


def sign_all(connection: Connection, signer: Signer) -> None:
    from records.heads import all_heads, row

    anew = []
    for head in list(all_heads(connection, HALL)):
        event = tables.events.c
        hashed = connection.execute(select(event.hash).where(event.seq == head.seq)).scalar_one()
        anew.append(row(HALL, signer.signed(HALL, head._replace(hash=hashed))))
    connection.execute(tables.heads.delete())
    connection.execute(tables.heads.insert(), anew)


def test_a_day_whose_head_somebody_took_away_is_found(lived: Journal, engine: Engine) -> None:
    with engine.begin() as connection:
        without_guards(connection)
        connection.execute(tables.heads.delete().where(tables.heads.c.day == DAYS[1]))
    found = verify(engine, HALL).faults
    assert [(one.what, one.day) for one in found] == [("no_head", str(DAYS[1]))]


def test_a_head_is_short_enough_to_be_compared_by_eye() -> None:
    assert in_groups("9f86d081884c7d659a2feaa0c55ad015", 16) == "9f86 d081 884c 7d65"


# --- Figures -------------------------------------------------------------------------------------


def test_figures_that_are_not_what_the_events_say_are_found(
    lived: Journal, engine: Engine, setup: Setup
) -> None:
    assert list(miscounts(engine, setup)) == []
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE turns SET wait_s = 1 WHERE day = :day"), {"day": str(DAYS[0])}
        )
        connection.execute(text("UPDATE ratings SET level = 5 WHERE level < 5"))
    found = list(miscounts(engine, setup))
    columns = {(one.day, one.facts["table"], one.facts["column"]) for one in found}
    assert (str(DAYS[0]), "turns", "wait_s") in columns
    assert {(str(day), "ratings", "level") for day in DAYS} <= columns
    assert {table for _, table, _ in columns} == {"turns", "ratings", "rollup"}
    assert {one.day for one in miscounts(engine, setup, DAYS[1])} == {str(DAYS[1])}
