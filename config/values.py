"""What config.toml comes to: frozen values, read once and handed to whoever needs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from hall.model import Setup
from link.messages import DeviceInfo, HallInfo, VoiceInfo


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server listens and what it writes to.

    `tokens_always`: also on this machine alone, where otherwise only paired devices need theirs.

    `database` is an SQLAlchemy URL, with its password. `log`: a file for the log, beside stderr.
    `tls`: the folder with the certificate; None: nothing is encrypted. `standby`: a second file
    with the same records; None: there is none.
    """

    host: str
    port: int
    database: str = field(repr=False)
    plain_text_on_lan: bool
    log: Path | None = None
    tls: Path | None = None
    standby: Path | None = None
    standby_every_s: float = 1.0
    tokens_always: bool = False


@dataclass(frozen=True, slots=True)
class Officer:
    """Who may sign in. `pin_hash` empty: a one-time code first, and then what they choose."""

    code: str
    names: Mapping[str, str]
    pin_hash: str
    role: Literal["officer", "coordinator", "manager", "auditor", "administrator"]


@dataclass(frozen=True, slots=True)
class SignIn:
    """How many digits a new PIN has at least, and how long a sign-in lasts; 0: for ever."""

    pin_digits: int = 6
    session_h: float = 0.0


@dataclass(frozen=True, slots=True)
class Reports:
    """Which reports the server writes by itself, in which formats. `folder` None: none."""

    folder: Path | None = None
    day_sheet: tuple[str, ...] = ()
    month: tuple[str, ...] = ()
    language: str = "vi"


@dataclass(frozen=True, slots=True)
class Privacy:
    """How many days texts that could lead to a person are kept after theirs; and the file of the
    key that signs the days, None: beside the records.
    """

    keep_texts_days: int = 365
    signing_key: Path | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """One hall: for the rules, for the screens, and for the server itself."""

    path: Path
    setup: Setup
    hall_info: HallInfo
    devices: Mapping[str, DeviceInfo]
    officers: Mapping[str, Officer]
    server: Server
    tickets_per_person: int = 0  # a day; 0: as many as anybody likes
    reports: Reports = field(default_factory=Reports)
    privacy: Privacy = field(default_factory=Privacy)
    sign_in: SignIn = field(default_factory=SignIn)
    voice: VoiceInfo = field(default_factory=partial(VoiceInfo, "default"))  # of the whole hall
