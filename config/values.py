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
    """Where the server listens and what it writes to. `database` is an SQLAlchemy URL."""

    host: str
    port: int
    database: str
    plain_text_on_lan: bool


@dataclass(frozen=True, slots=True)
class Officer:
    """Who may sign in."""

    code: str
    names: Mapping[str, str]
    pin_hash: str
    role: Literal["officer", "manager"]


@dataclass(frozen=True, slots=True)
class Reports:
    """Which reports the server writes by itself, in which formats. `folder` None: none."""

    folder: Path | None = None
    day_sheet: tuple[str, ...] = ()
    month: tuple[str, ...] = ()
    language: str = "vi"


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
    voice: VoiceInfo = field(default_factory=partial(VoiceInfo, "default"))  # of the whole hall
