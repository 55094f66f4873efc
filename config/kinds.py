"""What a single value of config.toml may be. Descriptions are read out in mistakes.

A value "is not <description>": that is how they are worded. Which key takes which value is not
said here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from config import keypad, leaves


def declares(kind: str) -> Meta:
    """The value is the name of a new thing: no other thing of this kind may have it."""
    return Meta(extra={"declares": kind})


def refers(*kinds: str) -> Meta:
    """The value must be the name of something that stands elsewhere in the file."""
    return Meta(extra={"refers": kinds})


def sound(fault: Callable[[str], str | None]) -> Meta:
    """A text that this function finds nothing wrong with."""
    return Meta(extra={"fault": fault})


UNIQUE = Meta(extra={"unique": True})  # within its list
SECRET = Meta(extra={"secret": True})  # what is wrong with it is said without it
IN_EVERY_LANGUAGE = Meta(extra={"every": "language"})

CODE = Meta(
    min_length=2,
    max_length=32,
    pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z",
    description="a code of 2 to 32 letters, digits, dots, - or _",
)
Code = Annotated[str, CODE]
Word = Annotated[
    str,
    UNIQUE,
    Meta(
        max_length=40,
        pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*\Z",
        description="a word in snake_case of up to 40 characters",
    ),
]
Letter = Annotated[
    str,
    declares("field"),
    Meta(
        pattern=r"^[A-HJ-NP-RT-Z]\Z",
        description="one letter A-Z, and not I, O or S, which look like 1, 0 and 5",
    ),
]
Text = Annotated[
    str,
    sound(leaves.fault_of_text),
    Meta(min_length=1, max_length=80, description="a text of 1 to 80 characters"),
]
LongText = Annotated[
    str,
    sound(leaves.fault_of_text),
    Meta(min_length=1, max_length=200, description="a text of 1 to 200 characters"),
]
Colour = Annotated[
    str, Meta(pattern=r"^#[0-9A-Fa-f]{6}\Z", description='a colour such as "#0B5394"')
]
Clock = Annotated[
    str,
    Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z", description='a time of day such as "07:30"'),
]
Day = Annotated[date, Meta(description="a date such as 2026-09-02, without quotes")]
Flag = Annotated[bool, Meta(description="true or false")]
Language = Annotated[
    str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,8})?\Z", description='a language such as "vi"')
]
LanguageRef = Annotated[Language, refers("language")]
FieldRef = Annotated[str, Meta(description="the letter of a field"), refers("field")]
CounterRef = Annotated[str, Meta(description="the code of a counter"), refers("counter")]
OfficerRef = Annotated[str, Meta(description="the code of an officer"), refers("officer")]
ServiceOrField = Annotated[
    str, Meta(description="a service's code or a field's letter"), refers("service", "field")
]
Names = Annotated[dict[LanguageRef, Text], IN_EVERY_LANGUAGE]
LongNames = Annotated[dict[LanguageRef, LongText], IN_EVERY_LANGUAGE]

Minutes = Annotated[
    float, Meta(gt=0, le=480, description="a number of minutes, above 0 and up to 480")
]
MinutesOrZero = Annotated[
    int, Meta(ge=0, le=480, description="a whole number of minutes from 0 to 480")
]
Seconds = Annotated[
    int, Meta(ge=1, le=3600, description="a whole number of seconds from 1 to 3600")
]
SecondsOrZero = Annotated[
    int, Meta(ge=0, le=3600, description="a whole number of seconds from 0 to 3600")
]
Few = Annotated[int, Meta(ge=0, le=9, description="a whole number from 0 to 9")]
Stay = Annotated[  # on a page: the kiosk hurries nobody more than this
    int, Meta(ge=20, le=3600, description="a whole number of seconds from 20 to 3600")
]
Age = Annotated[int, Meta(ge=1, le=120, description="a whole number of years from 1 to 120")]
DEVICE = r"(tcp://\S+|serial:///\S+|file:///\S+)"
Printer = Annotated[
    str,
    UNIQUE,
    sound(leaves.fault_of_device),
    Meta(
        max_length=200,
        pattern=rf"^{DEVICE}\Z",
        description="a printer's address such as tcp://192.168.1.20:9100,"
        " serial:///dev/ttyUSB0?baud=115200 or file:///dev/usb/lp0",
    ),
]
Scanner = Annotated[
    str,
    sound(leaves.fault_of_device),
    Meta(
        max_length=200,
        pattern=rf"^(keyboard|{DEVICE})\Z",
        description='"keyboard" or an address such as serial:///dev/ttyACM0',
    ),
]
Keypad = Annotated[
    str,
    sound(leaves.fault_of_device),
    Meta(
        max_length=200,
        pattern=rf"^(keyboard|{DEVICE})\Z",
        description='"keyboard" or an address such as serial:///dev/ttyUSB0?baud=9600',
    ),
]
KeyCode = Annotated[
    str,
    sound(keypad.fault_of_code),
    Meta(max_length=80, description='a code and what it does, such as "N=call_next"'),
]
LevelCode = Annotated[
    str,
    Meta(
        max_length=80,
        pattern=r"^[\u0001-\u00ff]+=[1-5]\Z",
        description='a code and its level, such as "A=5"',
    ),
]
PlateLine = Annotated[
    str,
    sound(leaves.fault_of_device),
    Meta(
        max_length=200,
        pattern=r"^(tcp://\S+:\d+|serial:///[^\s?]+\?baud=\d{3,7}(&format=[78][NEO][12])?)\Z",
        description="a line with its speed, such as serial:///dev/ttyUSB1?baud=9600,"
        " or tcp://192.168.1.30:4001",
    ),
]
PlateFrame = Annotated[
    str,
    sound(leaves.fault_of_frame),
    Meta(min_length=1, max_length=200, description="a frame such as '{unit} {number} {sum8}'"),
]
PlateText = Annotated[
    str,
    Meta(
        max_length=40,
        pattern=r"^[ -~]*(\n[ -~]*)?\Z",
        description="up to 40 letters, digits and signs without accents",
    ),
]
FileName = Annotated[
    str, sound(leaves.fault_of_text), Meta(min_length=1, max_length=200, description="a file")
]
Folder = Annotated[
    str, sound(leaves.fault_of_text), Meta(min_length=1, max_length=200, description="a folder")
]
SheetFormats = Annotated[
    list[
        Annotated[
            Literal["pdf", "xlsx", "csv", "html", "json"],
            UNIQUE,
            Meta(description='"pdf", "xlsx", "csv", "html" or "json"'),
        ]
    ],
    Meta(description="a list of formats"),
]
PinHash = Annotated[
    str, SECRET, sound(leaves.fault_of_hash), Meta(max_length=200, description="an argon2id hash")
]
Some = Annotated[int, Meta(ge=1, le=20, description="a whole number from 1 to 20")]
