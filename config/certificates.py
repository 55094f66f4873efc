"""The hall's own certificates: made, renewed and read. Listens to nobody and trusts nobody.

One authority (CA) for one hall, which the screens trust and nothing else; one certificate of the
server. Names are not constrained: its screens trust this authority for this server alone, and a
server that moves to another address shall not need a new authority on every screen.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CA, CA_KEY = "ca.pem", "ca.key"
SERVER, SERVER_KEY = "server.pem", "server.key"
# The clock of a cheap PC without a battery begins here, and its screen shall work all the same.
VALID_FROM: Final = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST_NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)  # a clock before it was never set
YEAR: Final = timedelta(days=365)
CA_YEARS: Final = 20  # longer than a hall keeps its screens
SERVER_YEARS: Final = 5  # longer than a cheap PC lasts; renewing touches no screen
RENEW_BEFORE: Final = timedelta(days=60)  # from then on whoever can renew it is reminded
HERE: Final = ("localhost", "127.0.0.1", "::1")  # a screen may run on the server's machine

Address = IPv4Address | IPv6Address
Key = ec.EllipticCurvePrivateKey


class BadCertificates(Exception):  # noqa: N818 - said to whoever asked for them
    """What cannot be made or used: what, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is said of a certificate. `until`: from then on no screen believes it."""

    names: tuple[str, ...]
    until: datetime
    issuer: str

    def days_left(self, now: datetime) -> int:
        """Whole days; below 0: it has ended."""
        return (self.until - now) // timedelta(days=1)


# --- Making --------------------------------------------------------------------------------------


def make(folder: Path, hall: str, names: Sequence[str], now: datetime, *, force: bool) -> None:
    """A new authority and the server's certificate. Raises BadCertificates, and OSError."""
    _require_set_clock(now)
    there = [name for name in (CA, CA_KEY, SERVER, SERVER_KEY) if (folder / name).exists()]
    if there and not force:
        raise BadCertificates(
            f"{folder} has {', '.join(there)} already. --renew makes a new certificate of the same"
            " authority; --force makes a new authority, which every screen must be given anew."
        )
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = _authority(ca_key, hall, now + CA_YEARS * YEAR)
    certificate = _certificate(ca, ca_key, key.public_key(), names, now + SERVER_YEARS * YEAR)
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    _write(folder / CA_KEY, _pem(ca_key), secret=True)
    _write(folder / SERVER_KEY, _pem(key), secret=True)
    _write(folder / CA, ca.public_bytes(Encoding.PEM))
    _write(folder / SERVER, certificate.public_bytes(Encoding.PEM))


def renew(folder: Path, ca_key_file: Path, names: Sequence[str], now: datetime) -> None:
    """A new certificate for the key the server has, so that one file alone is replaced.

    `names`: instead of those it has. Raises BadCertificates, and OSError.
    """
    _require_set_clock(now)
    ca, ca_key = _certificate_in(folder / CA), _key_in(ca_key_file)
    if ca.public_key() != ca_key.public_key():
        raise BadCertificates(f"{ca_key_file} is not the key of {folder / CA}.")
    until = min(now + SERVER_YEARS * YEAR, ca.not_valid_after_utc)
    if until - now < RENEW_BEFORE:
        raise BadCertificates(f"{folder / CA} ends on {until:%Y-%m-%d}: make anew with --force.")
    key = _key_in(folder / SERVER_KEY).public_key()
    names = names or read(folder / SERVER).names
    certificate = _certificate(ca, ca_key, key, names, until)
    _write(folder / SERVER, certificate.public_bytes(Encoding.PEM))


def _require_set_clock(now: datetime) -> None:
    if now < EARLIEST_NOW:
        raise BadCertificates(f"this machine's clock says {now:%Y-%m-%d}: set it first.")


def _authority(key: Key, hall: str, until: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"motcua {hall}")])
    public = key.public_key()
    return (
        _begun(name, name, until)
        .public_key(public)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, SHA256())
    )


def _certificate(
    ca: x509.Certificate,
    ca_key: Key,
    public: ec.EllipticCurvePublicKey,
    names: Sequence[str],
    until: datetime,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    known = [_general_name(name) for name in dict.fromkeys((*names, *HERE))]
    return (
        _begun(subject, ca.subject, until)
        .public_key(public)
        .add_extension(x509.SubjectAlternativeName(known), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
        )
        .sign(ca_key, SHA256())
    )


def _begun(subject: x509.Name, issuer: x509.Name, until: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID_FROM)
        .not_valid_after(until)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _address(name: str) -> Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None


# --- Reading -------------------------------------------------------------------------------------


def read(file: Path) -> Certificate:
    """What is said of the first certificate in a file. Raises BadCertificates, and OSError."""
    found = _certificate_in(file)
    names: tuple[str, ...] = ()
    with suppress(x509.ExtensionNotFound):
        known = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        own = known.get_values_for_type(x509.DNSName)
        names = (*own, *map(str, known.get_values_for_type(x509.IPAddress)))
    return Certificate(names, found.not_valid_after_utc, found.issuer.rfc4514_string())


def require_own(file: Path) -> None:
    """A key that others can read is no secret any more. Raises BadCertificates, and OSError."""
    mode = file.stat().st_mode & 0o777
    if mode & 0o077:
        raise BadCertificates(
            f"{file} can be read or written by others (mode {mode:o}). chmod 600 {file} if nobody"
            " else was there; otherwise make new ones: motcua tls --force."
        )


def _certificate_in(file: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(file.read_bytes())
    except ValueError:
        raise BadCertificates(f"{file} is no certificate in the form PEM.") from None


def _key_in(file: Path) -> Key:
    require_own(file)
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError):
        raise BadCertificates(f"{file} is no key in the form PEM, or has a password.") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BadCertificates(f"{file} is no key that `motcua tls` made.")
    return key


# --- Files ---------------------------------------------------------------------------------------


def _pem(key: Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(file: Path, content: bytes, *, secret: bool = False) -> None:
    """The whole file or nothing of it, and of a secret not a moment for others."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.fchmod(descriptor, 0o600 if secret else 0o644)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)  # it is there only if something went wrong
