"""Files that others can read, certificates that end, folders that are not there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from doctor import files
from doctor.finding import Finding


def words(found: list[Finding]) -> list[tuple[str, str]]:
    return [(one.state, one.word) for one in found]


def test_records_that_others_can_read_are_told_with_the_command_that_mends_it(
    tmp_path: Path,
) -> None:
    database = tmp_path / "hall.db"
    assert words([*files.records(database)]) == [("ok", "records_new")]
    database.write_bytes(b"")
    database.chmod(0o644)
    assert words([*files.records(database)]) == [("mend", "file_open")]
    database.chmod(0o600)
    assert words([*files.records(database)]) == [("ok", "records")]
    nowhere = tmp_path / "none" / "hall.db"
    assert words([*files.records(nowhere)]) == [("mend", "records_no_folder")]


def test_secrets_are_the_owners_alone(tmp_path: Path) -> None:
    key = tmp_path / "server.key"
    key.write_text("secret")
    key.chmod(0o640)
    assert words([*files.secrets([key])]) == [("mend", "file_open")]
    key.chmod(0o600)
    assert words([*files.secrets([key])]) == [("ok", "files_closed")]


def until(file: Path, when: datetime) -> Path:
    """A certificate that is good until then."""
    key, name = generate_private_key(SECP256R1()), x509.Name([])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    built = built.public_key(key.public_key()).serial_number(1)
    built = built.not_valid_before(datetime(1970, 1, 1, tzinfo=UTC)).not_valid_after(when)
    file.write_bytes(built.sign(key, SHA256()).public_bytes(Encoding.PEM))
    return file


@pytest.mark.parametrize(
    ("days", "state", "word"),
    [
        (400, "ok", "certificate"),
        (30, "look", "certificate_ends"),
        (-1, "mend", "certificate_ended"),
    ],
)
def test_a_certificate_is_good_ends_soon_or_has_ended(
    tmp_path: Path, days: int, state: str, word: str
) -> None:
    file = until(tmp_path / "server.pem", datetime.now(UTC) + timedelta(days=days, hours=1))
    assert words([*files.certificate(file)]) == [(state, word)]


def test_what_is_no_certificate_is_told(tmp_path: Path) -> None:
    torn = tmp_path / "torn.pem"
    torn.write_text("none")
    assert words([*files.certificate(torn)]) == [("mend", "certificate_none")]
    assert words([*files.certificate(tmp_path / "no.pem")]) == [("mend", "certificate_unreadable")]


def test_a_standby_file_on_the_same_disk_helps_against_nothing(tmp_path: Path) -> None:
    database = tmp_path / "hall.db"
    same, other = tmp_path / "standby.db", Path("/dev/shm/standby.db")
    assert words([*files.standby(same, database)]) == [("look", "standby_same_disk")]
    assert words([*files.standby(other, database)]) == [("ok", "standby")]
    away = tmp_path / "away" / "standby.db"
    assert words([*files.standby(away, database)]) == [("mend", "folder_missing")]


def test_a_token_is_there_is_needed_or_can_be_read_by_others(tmp_path: Path) -> None:
    file = tmp_path / "kiosk-1.token"
    assert words([*files.token(file, needed=True)]) == [("mend", "token_missing")]
    assert words([*files.token(file, needed=False)]) == [("ok", "token_not_needed")]
    file.write_text("A" * 43)
    file.chmod(0o600)
    assert words([*files.token(file, needed=True)]) == [("ok", "token")]
    file.chmod(0o644)
    assert words([*files.token(file, needed=True)]) == [("mend", "token_bad")]
