"""What may stand in config.toml: every table and key, what a value must be, what it refers to.

A table's `faults` are the rules that need more than one of its keys, asked once everything in the
table is sound. Opens no file and builds nothing.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Literal

from msgspec import Meta
from msgspec import field as key

from config import leaves
from config.boards import faults_of_zones
from config.kinds import (
    UNIQUE,
    Age,
    Clock,
    Code,
    Colour,
    Day,
    Few,
    FieldRef,
    FileName,
    Flag,
    Folder,
    Language,
    LanguageRef,
    Letter,
    LongNames,
    Minutes,
    MinutesOrZero,
    Names,
    PinHash,
    SecondsOrZero,
    ServiceOrField,
    SheetFormats,
    Some,
    Text,
    Word,
    declares,
    refers,
    sound,
)
from config.plates import Plate, faults_of_plates
from config.screens import Devices
from config.table import Fault, Table
from config.voice import Voice

# --- The server and the hall ---------------------------------------------------------------------


class Server(Table, kw_only=True):
    host: Annotated[
        str, sound(leaves.fault_of_host), Meta(description="a host's name or address")
    ] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535, description="a port from 1 to 65535")] = 8765
    database: Annotated[
        str,
        Meta(
            max_length=500,
            pattern=r"^(sqlite|postgresql(\+psycopg)?)://\S+\Z",
            description='a database such as "sqlite:///motcua.db"',
        ),
        sound(leaves.fault_of_address),
    ] = "sqlite:///motcua.db"
    database_password_file: FileName | None = None
    log: FileName | None = None
    standby: FileName | None = None
    standby_every_s: Annotated[
        float, Meta(ge=0.1, le=3600, description="a number of seconds from 0.1 to 3600")
    ] = 1.0
    tls: Folder | None = None
    ca: FileName | None = None  # for screens, which read it by themselves
    plain_text_on_lan: Flag = False
    tokens: Annotated[
        Literal["beyond_this_machine", "always"],
        Meta(description='"beyond_this_machine" or "always"'),
    ] = "beyond_this_machine"

    def faults(self) -> Iterator[Fault]:
        if not (leaves.is_loopback(self.host) or self.tls or self.plain_text_on_lan):
            yield (
                "host",
                f'"{self.host}" is open to the network, and nothing encrypts what travels:'
                " make certificates (motcua tls) and name their folder as tls, or say"
                " plain_text_on_lan = true.",
            )
        if self.standby and not self.database.startswith("sqlite"):
            yield "standby", "is for an SQLite file; PostgreSQL keeps a standby server by itself."


class Colours(Table, kw_only=True):
    primary: Colour
    secondary: Colour | None = None
    accent: Colour | None = None
    background: Colour | None = None
    surface: Colour | None = None
    panel: Colour | None = None
    foreground: Colour | None = None


class TheHall(Table, kw_only=True):
    code: Code
    languages: Annotated[
        list[Annotated[Language, declares("language")]],
        Meta(min_length=1, description="a list of at least one language"),
    ]
    names: LongNames
    unit: Names
    address: LongNames
    logo: Text | None = None
    ticket_line: LongNames = {}
    colours: Colours


# --- When it is open -----------------------------------------------------------------------------


class Window(Table, kw_only=True):
    """Times written HH:MM sort as they pass."""

    from_: Clock = key(name="from")
    to: Clock

    def faults(self) -> Iterator[Fault]:
        yield from leaves.in_order("from", self.from_, "to", self.to)


class Session(Table, kw_only=True):
    opens: Clock
    closes: Clock
    numbers_from: Clock
    numbers_to: Clock

    def faults(self) -> Iterator[Fault]:
        yield from leaves.in_order("opens", self.opens, "closes", self.closes)
        yield from leaves.in_order("numbers_from", self.numbers_from, "numbers_to", self.numbers_to)
        if self.numbers_to > self.closes:
            yield (
                "numbers_to",
                f'"{self.numbers_to}" is after closes, "{self.closes}".',
            )


def overlaps(name: str, sessions: list[Session]) -> Iterator[Fault]:
    """Sessions that begin, or issue numbers, before the one above them has ended."""
    for index, (one, other) in enumerate(pairwise(sessions), start=2):
        if other.opens < one.closes or other.numbers_from < one.numbers_to:
            yield f"{name}[{index}]", "begins before the session above it has ended."


class Week(Table, kw_only=True):
    monday: list[Session] = []
    tuesday: list[Session] = []
    wednesday: list[Session] = []
    thursday: list[Session] = []
    friday: list[Session] = []
    saturday: list[Session] = []
    sunday: list[Session] = []

    def days(self) -> list[list[Session]]:
        """Monday first."""
        return [getattr(self, name) for name in self.__struct_fields__]

    def faults(self) -> Iterator[Fault]:
        for name, sessions in zip(self.__struct_fields__, self.days(), strict=True):
            yield from overlaps(name, sessions)


class SpecialDay(Table, kw_only=True):
    date: Annotated[Day, UNIQUE]
    sessions: list[Session]

    def faults(self) -> Iterator[Fault]:
        yield from overlaps("sessions", self.sessions)


class Hours(Table, kw_only=True):
    timezone: Annotated[
        str, sound(leaves.fault_of_timezone), Meta(description="the name of a time zone")
    ] = "Asia/Ho_Chi_Minh"
    holidays: list[Annotated[Day, UNIQUE]] = []
    week: Week
    special: list[SpecialDay] = []


# --- What the hall does, and who does it ---------------------------------------------------------


class Field(Table, kw_only=True):
    letter: Letter
    names: Names


class Service(Table, kw_only=True):
    code: Annotated[Code, declares("service")]
    field: FieldRef
    names: Names
    minutes: Minutes
    same_day: Flag = False
    daily_limit: (
        Annotated[int, Meta(ge=1, le=9999, description="a whole number from 1 to 9999")] | None
    ) = None
    issuing: (
        Annotated[list[Window], Meta(min_length=1, description="a list of at least one window")]
        | None
    ) = None
    weekdays: (
        Annotated[
            list[
                Annotated[
                    Literal[
                        "monday",
                        "tuesday",
                        "wednesday",
                        "thursday",
                        "friday",
                        "saturday",
                        "sunday",
                    ],
                    UNIQUE,
                    Meta(description="a day of the week"),
                ]
            ],
            Meta(min_length=1, description="a list of at least one day"),
        ]
        | None
    ) = None
    papers: LongNames


class Agency(Table, kw_only=True):
    code: Annotated[Code, declares("agency")]
    names: Names


class Counter(Table, kw_only=True):
    code: Annotated[Code, declares("counter")]
    number: Annotated[int, UNIQUE, Meta(ge=1, le=999, description="a whole number from 1 to 999")]
    names: Names
    zone: Names
    floor: Annotated[
        str,
        sound(leaves.fault_of_text),
        Meta(max_length=8, description="a text of up to 8 characters"),
    ] = ""
    agency: Annotated[str, Meta(description="the code of an agency"), refers("agency")]
    accessible: Flag = False
    serves: Annotated[
        list[Annotated[ServiceOrField, UNIQUE]],
        Meta(min_length=1, description="a list of at least one service or field"),
    ]
    helps: dict[ServiceOrField, Minutes] = {}

    def faults(self) -> Iterator[Fault]:
        for name in self.helps:
            if name in self.serves:
                yield f"helps.{name}", "is also in serves: it does one or the other."


class Group(Table, kw_only=True):
    code: Annotated[Code, declares("group")]
    names: Names
    proof: LongNames
    from_age: Age | None = None
    head_start: Annotated[
        Annotated[int, Meta(ge=0, le=480)] | Literal["first", "interleave"],
        Meta(description='whole minutes from 0 to 480, "first" or "interleave"'),
    ]


class Choice(Table, kw_only=True):
    """A word people choose from."""

    code: Word
    names: Names


Choices = Annotated[list[Choice], Meta(min_length=1, description="a list of at least one choice")]


class Outcome(Choice, kw_only=True):
    """How a visit to the counter ended."""

    returns_result: Flag = False


Outcomes = Annotated[list[Outcome], Meta(min_length=1, description="a list of at least one choice")]


class Reasons(Table, kw_only=True):
    pause: Choices
    hold: Choices
    jump: Choices
    cancel: Choices


class Rating(Table, kw_only=True):
    levels: Annotated[Literal[3, 5], Meta(description="3 or 5")] = 5
    tags: list[Choice] = []


class Calling(Table, kw_only=True):
    no_show_after_s: SecondsOrZero = 120
    recalls: Few = 3
    undo_within_s: SecondsOrZero = 10
    put_backs: Few = 1
    interleave: Some = 3
    tickets_per_person: Few = 0
    booking: Annotated[
        Literal["slot", "registration"], Meta(description='"slot" or "registration"')
    ] = "slot"
    walking_s: SecondsOrZero = 30
    left_over_after_min: Minutes = 60
    same_day_until: Clock = "15:00"
    wait_target_min: Minutes = 15
    wait_limit_min: Minutes = 30

    def faults(self) -> Iterator[Fault]:
        if self.wait_limit_min < self.wait_target_min:
            yield (
                "wait_limit_min",
                f"{self.wait_limit_min:g} is less than wait_target_min, {self.wait_target_min:g}.",
            )


class Alarms(Table, kw_only=True):
    """What the manager is told of, and from when on. 0: never."""

    pause_min: MinutesOrZero = 15
    service_factor: Annotated[float, Meta(ge=0, le=20, description="a number from 0 to 20")] = 2
    service_min: MinutesOrZero = 10
    mean_from: Annotated[int, Meta(ge=0, le=1000, description="a whole number from 0 to 1000")] = 10
    silent_s: SecondsOrZero = 60


class Reports(Table, kw_only=True):
    """Files that are written by themselves."""

    folder: Folder | None = None
    day_sheet: SheetFormats = key(default_factory=lambda: ["pdf"])
    month: SheetFormats = key(default_factory=lambda: ["pdf", "xlsx"])
    language: LanguageRef | None = None


class Privacy(Table, kw_only=True):
    """What the hall keeps of people, and the key it signs its days with."""

    keep_texts_days: Annotated[
        int, Meta(ge=0, le=3650, description="a whole number of days from 0 to 3650")
    ] = 365
    signing_key: FileName | None = None


# --- People ---------------------------------------------------------------------------------------


class SignIn(Table, kw_only=True):
    """How people sign in, and for how long. 0: never locked, and no end."""

    pin_digits: Annotated[int, Meta(ge=6, le=12, description="a whole number from 6 to 12")] = 6
    lock_after_min: MinutesOrZero = 10
    session_h: Annotated[float, Meta(ge=0, le=24, description="a number from 0 to 24")] = 10


class Officer(Table, kw_only=True):
    code: Annotated[Code, declares("officer")]
    names: Names
    role: Annotated[
        Literal["officer", "coordinator", "manager", "auditor", "administrator"],
        Meta(
            description='"officer", "coordinator", "manager", "auditor" or "administrator"',
        ),
    ] = "officer"
    pin_hash: PinHash | None = None


class File(Table, kw_only=True):
    """The whole of config.toml."""

    server: Server
    hall: TheHall
    hours: Hours
    calling: Calling
    alarms: Alarms = key(default_factory=Alarms)
    reports: Reports = key(default_factory=Reports)
    sign_in: SignIn = key(default_factory=SignIn)
    privacy: Privacy = key(default_factory=Privacy)
    fields: list[Field]
    services: list[Service]
    agencies: list[Agency]
    counters: list[Counter]
    groups: list[Group]
    outcomes: Outcomes
    reasons: Reasons
    rating: Rating
    voice: Voice = key(default_factory=Voice)
    devices: Devices
    plates: list[Plate] = []
    officers: list[Officer]

    def faults(self) -> Iterator[Fault]:
        served = Tally(
            name for counter in self.counters for name in (*counter.serves, *counter.helps)
        )
        for index, service in enumerate(self.services, start=1):
            if not (served[service.code] or served[service.field]):
                yield f"services[{index}].code", f'"{service.code}" is served by no counter.'
        for index, screen in enumerate(self.devices.rating, start=1):
            if any(int(code[-1]) > self.rating.levels for code in screen.pad_codes):
                problem = f"has a level above {self.rating.levels}: see rating.levels."
                yield f"devices.rating[{index}].pad_codes", problem
        yield from faults_of_zones(self.devices.display, self.counters)
        yield from faults_of_plates(self)
