"""The hall's certificates: who believes them, how long, and what happens to the files."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.certificates import (
    CA,
    CA_KEY,
    SERVER,
    SERVER_KEY,
    BadCertificates,
    make,
    read,
    renew,
    require_own,
)
from link.trust import trusting

NOW = datetime(2026, 11, 23, tzinfo=UTC)
NAMES = ("hall.local", "192.0.2.10")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make(tmp_path / "tls", "an-binh", NAMES, NOW, force=False)
    return tmp_path / "tls"


def meet(folder: Path, name: str, ca: Path | None = None) -> str | None:
    """A real handshake under this name: the version spoken. Raises what the screen says."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / SERVER, folder / SERVER_KEY)
    screen = trusting(ca or folder / CA)
    ours, theirs = socket.socketpair()

    def answer() -> None:
        try:
            with server.wrap_socket(theirs, server_side=True):
                pass
        except OSError:
            theirs.close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        with ours, screen.wrap_socket(ours, server_hostname=name) as secured:
            return secured.version()
    finally:
        thread.join()


@pytest.mark.parametrize("name", [*NAMES, "localhost", "127.0.0.1", "::1"])
def test_a_screen_believes_the_server_under_each_of_its_names(folder: Path, name: str) -> None:
    assert meet(folder, name) == "TLSv1.3"


@pytest.mark.parametrize("name", ["other.local", "192.0.2.11", "hall.local.evil.vn"])
def test_under_no_other_name(folder: Path, name: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        meet(folder, name)


def test_a_server_of_another_hall_is_not_believed(folder: Path, tmp_path: Path) -> None:
    make(tmp_path / "other", "an-binh", NAMES, NOW, force=False)
    with pytest.raises(ssl.SSLCertVerificationError):
        meet(folder, "hall.local", tmp_path / "other" / CA)


def test_the_server_s_certificate_makes_no_further_ones(folder: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        meet(folder, "hall.local", folder / SERVER)


def test_it_is_valid_for_clocks_that_were_never_set_and_for_years(folder: Path) -> None:
    certificate, ca = read(folder / SERVER), read(folder / CA)
    assert (certificate.days_left(NOW), ca.days_left(NOW)) == (5 * 365, 20 * 365)
    assert certificate.days_left(certificate.until + timedelta(hours=1)) == -1
    assert certificate.issuer == "CN=motcua an-binh"


def test_a_clock_that_was_never_set_makes_no_certificate(tmp_path: Path) -> None:
    with pytest.raises(BadCertificates, match="clock says 1970-01-01: set it first"):
        make(tmp_path, "an-binh", NAMES, datetime(1970, 1, 1, tzinfo=UTC), force=False)
    assert list(tmp_path.iterdir()) == []


def test_keys_are_for_their_owner_and_nothing_is_left_lying_about(folder: Path) -> None:
    modes = {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}
    assert modes == {CA: 0o644, CA_KEY: 0o600, SERVER: 0o644, SERVER_KEY: 0o600}


def test_nothing_is_written_over_unless_it_is_meant(folder: Path) -> None:
    before = (folder / CA).read_bytes()
    with pytest.raises(BadCertificates, match=r"--force makes a new authority"):
        make(folder, "an-binh", NAMES, NOW, force=False)
    assert (folder / CA).read_bytes() == before
    make(folder, "an-binh", NAMES, NOW, force=True)
    assert (folder / CA).read_bytes() != before
    assert meet(folder, "hall.local") == "TLSv1.3"


def test_renewed_with_the_key_from_the_safe_it_is_believed_by_the_same_screens(
    folder: Path, tmp_path: Path
) -> None:
    safe = tmp_path / "stick.key"
    (folder / CA_KEY).rename(safe)
    kept = {name: (folder / name).read_bytes() for name in (CA, SERVER_KEY)}
    later = NOW + timedelta(days=1800)
    renew(folder, safe, (), later)
    assert read(folder / SERVER).days_left(later) == 5 * 365
    assert {name: (folder / name).read_bytes() for name in kept} == kept
    assert meet(folder, "hall.local") == "TLSv1.3"


def test_renewed_for_another_address_it_is_believed_there(folder: Path) -> None:
    renew(folder, folder / CA_KEY, ["192.0.2.77"], NOW)
    assert meet(folder, "192.0.2.77") == "TLSv1.3"
    with pytest.raises(ssl.SSLCertVerificationError):
        meet(folder, "hall.local")


def test_it_never_outlives_its_authority(folder: Path) -> None:
    late = NOW + timedelta(days=18 * 365)
    renew(folder, folder / CA_KEY, (), late)
    assert read(folder / SERVER).until == read(folder / CA).until
    with pytest.raises(BadCertificates, match="make anew with --force"):
        renew(folder, folder / CA_KEY, (), NOW + timedelta(days=20 * 365 - 30))


def test_the_key_of_another_authority_renews_nothing(folder: Path, tmp_path: Path) -> None:
    make(tmp_path / "other", "an-binh", NAMES, NOW, force=False)
    before = (folder / SERVER).read_bytes()
    with pytest.raises(BadCertificates, match="is not the key of"):
        renew(folder, tmp_path / "other" / CA_KEY, (), NOW)
    assert (folder / SERVER).read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622])
def test_a_key_that_others_can_read_is_refused(folder: Path, mode: int) -> None:
    (folder / SERVER_KEY).chmod(mode)
    with pytest.raises(BadCertificates, match=f"by others \\(mode {mode:o}\\)"):
        require_own(folder / SERVER_KEY)


@pytest.mark.parametrize("content", [b"", b"no certificate", b"\xff\x00" * 50])
def test_what_is_no_certificate_is_named(folder: Path, content: bytes) -> None:
    (folder / SERVER).write_bytes(content)
    with pytest.raises(BadCertificates, match=r"server\.pem is no certificate"):
        read(folder / SERVER)
