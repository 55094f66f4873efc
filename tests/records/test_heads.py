"""The hall's own key, and what it signs."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_public_key,
)
from sqlalchemy import Engine, select

from hall.events import CounterOpened, DayClosed, DayOpened
from hall.model import Setup
from records import heads, tables
from records.errors import RecordsError
from records.heads import Head, is_signed, key_file, last_key, public_keys, signer_of
from records.journal import Entry, Journal

HALL = "an-binh"
DAY = date(2026, 11, 23)
FIVE = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HEAD = Head(DAY, 3, FIVE, bytes(range(32)))


def test_the_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "hall.key"
    made = signer_of(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert signer_of(path).public_key == made.public_key
    assert public_keys(tmp_path / "hall.key.pub") == [made.public_key]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "hall.key"
    signer_of(path)
    path.chmod(mode)
    with pytest.raises(RecordsError, match=r"others can read the signing key .*: chmod 600"):
        signer_of(path)


def test_a_key_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "hall.key"
    rsa = generate_private_key(65537, 2048)
    for text, why in (
        (b"nothing", "is no signing key"),
        (rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), "of another kind"),
    ):
        path.write_bytes(text)
        path.chmod(0o600)
        with pytest.raises(RecordsError, match=why):
            signer_of(path)
    with pytest.raises(RecordsError, match="No such file or directory"):
        signer_of(tmp_path / "nowhere" / "hall.key")


def test_public_keys_are_read_from_a_file_and_anything_else_is_refused(tmp_path: Path) -> None:
    one, other = signer_of(tmp_path / "1.key"), signer_of(tmp_path / "2.key")
    both = tmp_path / "both.pub"
    both.write_text(heads.pem_of([one.public_key, other.public_key]), encoding="ascii")
    assert public_keys(both) == [one.public_key, other.public_key]
    for text in ("", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"):
        both.write_text(text, encoding="ascii")
        with pytest.raises(RecordsError, match="public key"):
            public_keys(both)
    with pytest.raises(RecordsError, match="No such file"):
        public_keys(tmp_path / "nowhere.pub")


def test_a_signature_can_be_checked_by_a_program_of_somebody_else(tmp_path: Path) -> None:
    signed = signer_of(tmp_path / "hall.key").signed(HALL, HEAD)
    key = load_pem_public_key((tmp_path / "hall.key.pub").read_bytes())
    assert isinstance(key, Ed25519PublicKey)
    assert signed.signature is not None
    message = f"motcua head an-binh 2026-11-23 3 {bytes(range(32)).hex()}"
    key.verify(signed.signature, message.encode())


def test_a_signature_is_of_one_head_of_one_hall(tmp_path: Path) -> None:
    signed = signer_of(tmp_path / "hall.key").signed(HALL, HEAD)
    stranger = signer_of(tmp_path / "other.key")
    assert is_signed(HALL, signed)
    assert not is_signed("hoa-binh", signed)
    assert not is_signed(HALL, HEAD)
    for other in (
        signed._replace(seq=4),
        signed._replace(day=date(2026, 11, 24)),
        signed._replace(hash=bytes(32)),
        signed._replace(public_key=stranger.public_key),
        signed._replace(public_key=b"short"),
        signed._replace(signature=bytes(64)),
    ):
        assert not is_signed(HALL, other), other


def test_a_head_is_written_when_a_day_is_closed_in_the_same_moment(
    engine: Engine, setup: Setup, tmp_path: Path
) -> None:
    signer = signer_of(tmp_path / "hall.key")
    journal = Journal(engine, setup, signer)
    assert last_key(engine, HALL) is None
    journal.append(1, [Entry(FIVE, DAY, (DayOpened(DAY), CounterOpened("1")))], [])
    journal.append(3, [Entry(FIVE, DAY, (DayClosed(0), CounterOpened("1")))], [])
    with engine.connect() as connection:
        (head,) = heads.all_heads(connection, HALL)
        event = tables.events.c
        hashed = connection.execute(select(event.hash).where(event.seq == 3)).scalar_one()
    assert (head.day, head.seq, head.at, head.hash) == (DAY, 3, FIVE, hashed)
    assert is_signed(HALL, head)
    assert last_key(engine, HALL) == signer.public_key
    journal.close()


def test_the_key_lies_beside_the_records_with_their_name(tmp_path: Path) -> None:
    assert key_file(f"sqlite:///{tmp_path}/motcua.db", HALL) == tmp_path / "motcua.key"
    assert key_file(str(tmp_path / "hall.db"), HALL) == tmp_path / "hall.key"
    beside = key_file("postgresql://somebody@host/halls", HALL)
    assert beside == Path(os.getcwd()) / "an-binh.key"
