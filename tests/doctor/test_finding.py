"""No check may hang: what does is left behind, and the next one has its turn."""

from __future__ import annotations

import threading

from doctor.finding import Check, findings, look, mend, ok
from doctor.told import line, todo
from terminal.words import load


def test_a_check_that_hangs_is_told_and_the_next_one_has_its_turn() -> None:
    for_ever = threading.Event()

    def hangs() -> list[object]:
        for_ever.wait()
        return []

    checks = [Check("disk", hangs, 0.05), Check("clock", lambda: [ok("clock", now="07:00")])]  # type: ignore[arg-type]
    first, second = findings(checks)
    for_ever.set()
    assert (first.state, first.word, first.subject) == ("mend", "hangs", "disk")
    assert (second.state, second.subject) == ("ok", "clock")


def test_a_finding_is_one_line_that_says_what_to_do() -> None:
    (found,) = findings([Check("disk", lambda: [mend("disk_slow", p50=41.4, p99=1.5)])])
    told = line(found, load("vi"))
    assert told.startswith("✗ CẦN SỬA   đĩa: ghi chắc một lần mất 41 ms (chậm nhất 1 %: 1,50 ms)")
    assert " → Dùng ổ SSD" in told
    assert "\n" not in told


def test_where_all_is_well_there_is_nothing_to_do() -> None:
    assert todo(ok("certificate", file="a", until="b"), load("en")) == ""
    assert todo(look("plain_text"), load("en")) != ""


def test_what_a_device_says_of_itself_steers_no_terminal() -> None:
    (found,) = findings([Check("speaker", lambda: [mend("speaker_none", name="x", why="\x1b[2J")])])
    assert "\x1b" not in line(found, load("en"))
