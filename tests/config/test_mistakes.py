"""Broken files, each with every line the technician is told."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from config import Mistakes, check, read
from tests.config import shipped

Row = tuple[tuple[str, str], tuple[str, ...]]

KIOSK: Final = 'code = "kiosk-1"'
LAST_HOURS: Final = 'closes = "11:30", numbers_from = "07:00", numbers_to = "11:00" },'

BROKEN: Final[dict[str, Row]] = {
    "levels of a pad that nobody can choose": (
        ('code = "rating-1"\n', 'code = "rating-1"\npad = "keyboard"\npad_codes = ["1=6", "2"]\n'),
        (
            'devices.rating[1].pad_codes[1]: "1=6" is not a code and its level, such as "A=5".',
            'devices.rating[1].pad_codes[2]: "2" is not a code and its level, such as "A=5".',
        ),
    ),
    "two levels for one key of a pad": (
        (
            'code = "rating-1"\n',
            'code = "rating-1"\npad = "keyboard"\npad_codes = ["1=5", "1=4"]\n',
        ),
        ('devices.rating[1].pad_codes[2]: "1" stands at pad_codes[1] already.',),
    ),
    "a pad without codes": (
        ('code = "rating-1"\n', 'code = "rating-1"\npad = "keyboard"\n'),
        ("devices.rating[1].pad_codes: and pad need each other.",),
    ),
    "addresses that no port could open": (
        (
            "printers = []",
            'printers = ["serial:///dev/ttyUSB0?baud=9600&format=9N1", "tcp://printer:99999"]\n'
            'scanner = "serial:///dev/ttyACM0?speed=9600"',
        ),
        (
            "devices.kiosk[1].printers[1]: is no address:"
            " in 'serial:///dev/ttyUSB0?baud=9600&format=9N1',"
            " format is one of 7E1, 7O1, 8E1, 8N1, 8N2, 8O1.",
            "devices.kiosk[1].printers[2]: is no address: the address 'tcp://printer:99999'"
            " cannot be read: Port out of range 0-65535.",
            "devices.kiosk[1].scanner: is no address: the address"
            " 'serial:///dev/ttyACM0?speed=9600' has no option 'speed';"
            " it may have: baud, rtscts, format.",
        ),
    ),
    "a line so slow that nothing comes": (
        ('code = "counter-1"\n', 'code = "counter-1"\nkeypad = "serial:///dev/ttyUSB0?baud=9"\n'),
        (
            "devices.counter[1].keypad: is no address:"
            " in 'serial:///dev/ttyUSB0?baud=9', baud is at least 50.",
        ),
    ),
    "an unknown key": (
        ("recalls = 3", "recall = 3"),
        ('calling.recall: "recall" is no key of this table. Did you mean "recalls"?',),
    ),
    "an unknown table": (
        ("[rating]", "[ratings]"),
        (
            'ratings: "ratings" is no key of this table. Did you mean "rating"?',
            "rating: is missing.",
        ),
    ),
    "a missing key": (("minutes = 22\n", ""), ("services[3].minutes: is missing.",)),
    "an unknown service": (
        ('serves = ["H", "K"]', 'serves = ["CT1", "H", "K"]'),
        ('counters[6].serves[1]: "CT1" is no service or field. Did you mean "CT01"?',),
    ),
    "an unknown field": (
        ('code = "CU01"\nfield = "M"', 'code = "CU01"\nfield = "N"'),
        ('services[19].field: "N" is no field.',),
    ),
    "an unknown agency": (
        ('agency = "cong-an"', 'agency = "công-an"'),
        ('counters[8].agency: "công-an" is no agency. Did you mean "cong-an"?',),
    ),
    "an unknown counter": (
        ('code = "counter-2"\ncounter = "Q2"', 'code = "counter-2"\ncounter = "Q22"'),
        ('devices.counter[2].counter: "Q22" is no counter. Did you mean "Q2"?',),
    ),
    "an unknown role of a screen": (
        ("[[devices.kiosk]]", "[[devices.kisok]]"),
        ('devices.kisok: "kisok" is no key of this table. Did you mean "kiosk"?',),
    ),
    "an unknown role of a person": (
        ('role = "manager"', 'role = "manger"'),
        (
            'officers[10].role: "manger" is not "officer", "coordinator", "manager", "auditor" or'
            ' "administrator". Did you mean "manager"?',
        ),
    ),
    "an unknown day of the week": (
        ("tuesday = [", "tusday = ["),
        ('hours.week.tusday: "tusday" is no key of this table. Did you mean "tuesday"?',),
    ),
    "a service on an unknown day": (
        ('# weekdays = ["monday",', 'weekdays = ["mondy",'),
        ('services[1].weekdays[1]: "mondy" is not a day of the week. Did you mean "monday"?',),
    ),
    "an unknown language": (
        ('en = "Certification" }', 'en = "Certification", eng = "x" }'),
        ('fields[1].names.eng: "eng" is no language. Did you mean "en"?',),
    ),
    "a name missing in a language": (
        ('vi = "Hộ tịch", en', "en"),
        ("fields[2].names.vi: is missing.",),
    ),
    "a letter like a digit": (
        ('letter = "X"', 'letter = "O"'),
        (
            'fields[8].letter: "O" is not one letter A-Z, and not I, O or S,'
            " which look like 1, 0 and 5.",
            'services[21].field: "X" is no field.',
            'counters[9].serves[2]: "X" is no service or field.',
        ),
    ),
    "a letter twice": (
        ('letter = "X"', 'letter = "T"'),
        (
            'fields[8].letter: "T" stands at fields[7].letter already.',
            'services[21].field: "X" is no field.',
            'counters[9].serves[2]: "X" is no service or field.',
        ),
    ),
    "a code twice": (
        ('code = "CT02"', 'code = "CT01"'),
        ('services[2].code: "CT01" stands at services[1].code already.',),
    ),
    "a device's code twice": (
        ('code = "board-1"', KIOSK),
        ('devices.display[1].code: "kiosk-1" stands at devices.kiosk[1].code already.',),
    ),
    "a number over two counters": (
        ("number = 2\n", "number = 1\n"),
        ("counters[2].number: 1 stands at counters[1].number already.",),
    ),
    "a text for a number": (
        ("port = 8765", 'port = "8765"'),
        ('server.port: "8765" is not a port from 1 to 65535.',),
    ),
    "a number out of bounds": (
        ("levels = 5", "levels = 4"),
        ("rating.levels: 4 is not 3 or 5.",),
    ),
    "a negative number": (
        ("walking_s = 30", "walking_s = -1"),
        ("calling.walking_s: -1 is not a whole number of seconds from 0 to 3600.",),
    ),
    "a value for a table": (
        ("[hall.colours]", "[hall.colour]"),
        (
            'hall.colour: "colour" is no key of this table. Did you mean "colours"?',
            "hall.colours: is missing.",
        ),
    ),
    "a head start in words": (
        ("head_start = 30", 'head_start = "interleaved"'),
        (
            'groups[1].head_start: "interleaved" is not whole minutes from 0 to 480,'
            ' "first" or "interleave". Did you mean "interleave"?',
        ),
    ),
    "a session that closes before it opens": (
        ('opens = "13:00", closes = "17:00"', 'opens = "17:00", closes = "13:00"'),
        (
            'hours.week.monday[2].closes: "13:00" is not after opens, "17:00".',
            'hours.week.monday[2].numbers_to: "16:15" is after closes, "13:00".',
        ),
    ),
    "numbers after closing": (
        ('numbers_to = "16:15"', 'numbers_to = "17:15"'),
        ('hours.week.monday[2].numbers_to: "17:15" is after closes, "17:00".',),
    ),
    "sessions that overlap": (
        ('opens = "13:00"', 'opens = "11:00"'),
        ("hours.week.monday[2]: begins before the session above it has ended.",),
    ),
    "a time without its zero": (
        ('same_day_until = "15:00"', 'same_day_until = "3:00"'),
        ('calling.same_day_until: "3:00" is not a time of day such as "07:30".',),
    ),
    "an unknown time zone": (
        ('timezone = "Asia/Ho_Chi_Minh"', 'timezone = "Asia/Saigonn"'),
        ('hours.timezone: "Asia/Saigonn" is no time zone. Did you mean "Asia/Saigon"?',),
    ),
    "a service nobody serves": (
        ('serves = ["T", "X", "M"]', 'serves = ["T", "M"]'),
        ('services[21].code: "HD00" is served by no counter.',),
    ),
    "served and helped with at once": (
        ('serves = ["H", "K"]', 'serves = ["H", "K"]\nhelps = { K = 5 }'),
        ("counters[6].helps.K: is also in serves: it does one or the other.",),
    ),
    "a name with an escape sequence": (
        ('logo = "AN BÌNH"', r'logo = "\u001b[2J"'),
        ("hall.logo: has the invisible character U+001B.",),
    ),
    "a name that is not composed": (
        ('logo = "AN BÌNH"', 'logo = "AN BI\u0300NH"'),
        ("hall.logo: is not in Unicode's form NFC: type it again with composed letters.",),
    ),
    "a name too long": (
        ('logo = "AN BÌNH"', f'logo = "{"A" * 81}"'),
        (f'hall.logo: "{"A" * 58}… is not a text of 1 to 80 characters.',),
    ),
    "a PIN as it is typed": (
        ('\npin_hash = "$argon2id$v=19$m=19456', '\npin_hash = "1234" # '),
        ("officers[1].pin_hash: is no argon2id hash.",),
    ),
    "no reasons": (
        (
            "[reasons]\n# Why a counter pauses.\npause = [",
            "[reasons]\npause = []\n[old]\npause = [",
        ),
        (
            'old: "old" is no key of this table.',
            "reasons.pause: [] is not a list of at least one choice.",
            "reasons.hold: is missing.",
            "reasons.jump: is missing.",
            "reasons.cancel: is missing.",
        ),
    ),
    "a word that is not in snake_case": (
        ('code = "meeting"', 'code = "Urgent meeting"'),
        (
            'reasons.pause[2].code: "Urgent meeting" is not a word in snake_case'
            " of up to 40 characters.",
        ),
    ),
    "open to the network without the word for it": (
        ('host = "127.0.0.1"', 'host = "0.0.0.0"'),
        (
            'server.host: "0.0.0.0" is open to the network, and nothing encrypts what travels:'
            " make certificates (motcua tls) and name their folder as tls, or say"
            " plain_text_on_lan = true.",
        ),
    ),
    "a wait limit below the target": (
        ("wait_limit_min = 30", "wait_limit_min = 10"),
        ("calling.wait_limit_min: 10 is less than wait_target_min, 15.",),
    ),
    "an alarm after less than no time": (
        ("pause_min = 15", "pause_min = -1"),
        ("alarms.pause_min: -1 is not a whole number of minutes from 0 to 480.",),
    ),
    "a key that does nothing known": (
        (
            'code = "counter-1"\n',
            'code = "counter-1"\nkeypad = "serial:///dev/ttyUSB0"\n'
            'keypad_codes = ["N=call_nxt", "call_next", "ữ=recall", "\\u0001=enter"]\n',
        ),
        (
            'devices.counter[1].keypad_codes[1]: "call_nxt" is nothing that a key does.'
            ' Did you mean "call_next"?',
            'devices.counter[1].keypad_codes[2]: "call_next" is not a code and what it does,'
            ' such as "N=call_next".',
            'devices.counter[1].keypad_codes[3]: "ữ" is nothing that a keypad sends.',
        ),
    ),
    "a key with two meanings": (
        (
            'code = "counter-1"\n',
            'code = "counter-1"\nkeypad = "serial:///dev/ttyUSB0"\n'
            'keypad_codes = ["N=call_next", "1=recall", "N=recall"]\n',
        ),
        ('devices.counter[1].keypad_codes[3]: "N" stands at keypad_codes[1] already.',),
    ),
    "a keyboard that is told to type": (
        (
            'code = "counter-1"\n',
            'code = "counter-1"\nkeypad = "keyboard"\nkeypad_codes = ["plus=call_next", "a=1"]\n',
        ),
        ('devices.counter[1].keypad_codes[2]: a keyboard types without "1".',),
    ),
    "a keypad without codes": (
        ('code = "counter-1"\n', 'code = "counter-1"\nkeypad = "keyboard"\n'),
        ("devices.counter[1].keypad_codes: and keypad need each other.",),
    ),
    "an officer of a pad who is unknown": (
        ('code = "counter-1"\n', 'code = "counter-1"\nofficer = "cb11"\n'),
        ('devices.counter[1].officer: "cb11" is no officer. Did you mean "cb1"?',),
    ),
    "no languages": (
        ('languages = ["vi", "en"]', "languages = []"),
        ("hall.languages: [] is not a list of at least one language.",),
    ),
    "a time that is not quoted": (
        ('same_day_until = "15:00"', "same_day_until = 15:00"),
        (
            "not TOML: Expected newline or end of document after a statement"
            " (at line {line}, column 20).",
        ),
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_answered_with_every_mistake_in_it(what: str, tmp_path: Path) -> None:
    change, expected = BROKEN[what]
    broken = shipped.changed(change)
    line = broken.count("\n", 0, broken.index(change[1])) + 1
    with pytest.raises(Mistakes) as raised:
        shipped.read_text(tmp_path, broken)
    lines = [f"config.toml: {one.replace('{line}', str(line))}" for one in expected]
    assert str(raised.value).splitlines() == lines


def test_mistakes_in_many_tables_are_told_together(tmp_path: Path) -> None:
    broken = shipped.changed(
        *(
            BROKEN[what][0]
            for what in ("an unknown key", "an unknown service", "a number out of bounds")
        )
    )
    with pytest.raises(Mistakes) as raised:
        shipped.read_text(tmp_path, broken)
    assert [one.key for one in raised.value.mistakes] == [
        "calling.recall",
        "counters[6].serves[1]",
        "rating.levels",
    ]


def test_a_file_that_is_not_there_is_named_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(Mistakes) as raised:
        read(tmp_path / "hall.toml")
    assert str(raised.value) == (
        "hall.toml: cannot be read: No such file or directory."
        f" It was looked for at {tmp_path / 'hall.toml'}."
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("# Quầy\nhall = 'Một cửa'".encode("utf-16-le"), "not UTF-8 (at line 1)."),
        (b"# one\n# Qu\xe2y\n", "not UTF-8 (at line 2)."),
        (b"x = " + b"[" * 100_000, "nested too deep."),
        (b"#" * 1_000_001, "larger than 1000000 bytes."),
        (b"day = 2026-02-30", "not TOML: Invalid date or datetime (at line 1, column 7)."),
    ],
)
def test_what_cannot_be_parsed_is_told_in_a_line(
    content: bytes, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(Mistakes) as raised:
        shipped.read_text(tmp_path, content)
    assert str(raised.value).startswith(f"config.toml: {problem}")


def test_an_escape_sequence_in_a_key_never_reaches_the_terminal(tmp_path: Path) -> None:
    broken = '"\\u001b[2J\\u009b" = 1\n' + shipped.text()
    with pytest.raises(Mistakes) as raised:
        shipped.read_text(tmp_path, broken)
    assert str(raised.value) == (
        'config.toml: "\\u001b[2J\\u009b": "\\u001b[2J\\u009b" is no key of this table.'
    )


def test_what_runs_but_deserves_a_word_is_said(tmp_path: Path) -> None:
    config = shipped.read_text(
        tmp_path,
        shipped.changed(
            ('host = "127.0.0.1"', 'host = "0.0.0.0"'),
            ("plain_text_on_lan = false", "plain_text_on_lan = true"),
            ('[[devices.counter]]\ncode = "counter-9"\ncounter = "Q9"\n', ""),
            ('serves = ["L", "M"]', 'serves = ["L", "M", "D"]'),
            (
                '[[fields]]\nletter = "C"',
                '[[fields]]\nletter = "D"\nnames = { vi = "Đò", en = "Ferry" }\n\n'
                '[[fields]]\nletter = "C"',
            ),
            ('accessible = true\nserves = ["A", "C"]', 'serves = ["A", "C"]'),
        ),
    )
    said = [(one.loud, str(one)) for one in check(config)]
    assert said[0] == (
        True,
        "server.plain_text_on_lan: 0.0.0.0 is open to the network,"
        " and what travels can be read there, tokens and PINs too."
        " `motcua tls` makes what encrypts it.",
    )
    assert said[1][0]
    assert said[1][1].startswith("officers: ANYBODY in the network knows the demo PIN 1234")
    assert said[2:] == [
        (False, "fields: D rhymes with other letters and is misheard over a loud hall."),
        *((False, f"services: HT0{n} is served at no accessible counter.") for n in range(1, 7)),
        (False, "counters: Q9 has no screen: nobody can call from it."),
    ]
