"""`motcua story`: a ticket's own story on paper, for whoever asks why others went before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config import read
from hall import commands as c
from hall import events as e
from hall.commands import Command
from hall.waits import Told
from records.engine import connect
from records.journal import Entry, Journal
from records.migrate import upgrade
from terminal.story import PAPER, story_lines
from terminal.words import languages, load
from tests.cli.commands import ROOT, Ended, run, served
from tests.records.days import Day
from tests.records.stories import before_as_told, before_by_the_books, stories

EIGHT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
INFO = read(ROOT / "config.toml").hall_info
SETUP = read(ROOT / "config.toml").setup


@contextmanager
def journal(folder: Path) -> Iterator[Journal]:
    engine = connect(str(folder / "hall.db"))
    upgrade(engine)
    journal = Journal(engine, SETUP)
    yield journal
    journal.close()


def take(service: str, group: str | None = None) -> c.TakeTicket:
    return c.TakeTicket((service,), "t", "vi", group, told=Told(0, 300))


EVERYTHING: list[tuple[float, Command]] = [
    *((0, c.SignIn(counter, f"cb{counter[1]}")) for counter in ("Q1", "Q4", "Q5")),
    *((0, c.Open(counter)) for counter in ("Q1", "Q4", "Q5")),
    (1, take("CT01")),
    (1.05, c.Printed("A001", True)),
    (2, take("CT01", "elderly")),
    (3, take("CT02")),
    (4, take("HT01")),
    (5, c.CallNext("Q1")),
    (6, c.CallTicket("Q4", "A003", "urgent_health")),
    (6.2, c.Spoken(1, "board-1", EIGHT + timedelta(minutes=5.1))),
    (6.5, c.Start("Q1")),
    (6.5, c.Start("Q4")),
    (7, c.Hold("Q1", "copies")),
    (8, c.Resume("Q1", "A002")),
    (8.2, c.Spoken(3, "board-1", EIGHT + timedelta(minutes=8.1), "left")),
    (8.3, c.Spoken(3, "board-2", EIGHT + timedelta(minutes=8.1), "no_voice")),
    (8.5, c.Start("Q1")),
    (9, c.Finish("Q1", "accepted")),
    (9.1, c.CallNext("Q1")),
    (10, c.Recall("Q1")),
    (11, c.NoShow("Q1")),
    (11.1, c.Undo("Q1")),
    (11.5, c.Start("Q1")),
    (12, c.AddService("Q1", "HT05")),
    (14, c.Finish("Q1", "accepted")),
    (14, c.Finish("Q4", "guidance")),
    (14.5, c.Rate("A003", 1, 5)),
    (15, c.CallNext("Q5")),
    (16, c.Start("Q5")),
    (17, c.Transfer("Q5", to_counter="Q4")),
    (19, c.CallNext("Q4")),
    (19.5, c.PutBack("Q4")),
    (20, c.CallNext("Q4")),
    (20.5, c.Postpone("Q4")),
    (21, take("HT02")),
    (22, c.MoveTicket("C002", "leader_decision", "CT02")),
    (23, c.MoveTicket("C002", "other", "HT01", "Q5")),
    (310, c.Cancel("Q4", "A001", "left")),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the records of an eventful day."""
    folder = tmp_path_factory.mktemp("story")
    with journal(folder) as records:
        day = Day(records, SETUP, EIGHT)
        for minutes, command in EVERYTHING:
            day.at(minutes, command)
    return folder


DAY = "--day=2026-11-24"


def story(folder: Path, *arguments: str) -> Ended:
    return run("story", f"--database=sqlite:///{folder / 'hall.db'}", *arguments, cwd=folder)


def in_one_line(text: str) -> str:
    return " ".join(text.split())


def test_a_whole_story_is_told_in_vietnamese(folder: Path) -> None:
    done = story(folder, "A001", DAY)
    assert (done.code, done.err) == (0, "")
    assert done.out == WHOLE_STORY


def test_the_same_story_in_english_has_the_same_facts_and_no_gap(folder: Path) -> None:
    done = story(folder, "a001", DAY, "--language=en")
    assert done.out.splitlines()[1] == "The story of number A001 on 24/11/2026"
    assert [line[:8] for line in done.out.splitlines() if line[:1] == "0"] == [
        line[:8] for line in WHOLE_STORY.splitlines() if line[:1] == "0"
    ]
    assert "…" not in done.out
    assert "A003 stood behind but was called before, to counter 4, officer cb4." in done.out


def test_who_went_before_is_told_why(folder: Path) -> None:
    said = story(folder, "A002", DAY).out
    assert "Ưu tiên: Người từ 75 tuổi trở lên." in in_one_line(said)
    assert "Nhóm ưu tiên được tính sớm hơn; vượt 1 số, chờ lâu nhất là A001." in in_one_line(said)
    assert "08:07:00  Tạm giữ tại quầy 1: Đi chụp, in giấy tờ." in said
    assert said.splitlines()[-1] == "Không có số nào đứng sau mà được gọi trước."


def test_whether_a_call_was_spoken_is_told_and_why_it_was_not(folder: Path) -> None:
    said = story(folder, "A002", DAY).out
    assert "08:05:06  Loa của board-1 đã đọc lượt gọi." in said
    assert "Loa của board-1 không đọc lượt gọi: số này không còn ở quầy." in said
    assert "Loa của board-2 không đọc lượt gọi: không đọc được câu gọi số." in said


def test_who_was_moved_by_the_manager_is_told_where_and_why(folder: Path) -> None:
    said = in_one_line(story(folder, "C002", DAY).out)
    assert "sang thủ tục: Chứng thực chữ ký. Lý do: Theo quyết định của lãnh đạo." in said
    assert "đến quầy 5: Đăng ký khai sinh. Lý do: Khác. Giữ nguyên thứ tự ban đầu." in said
    english = in_one_line(story(folder, "C002", DAY, "--language=en").out)
    assert "The manager sent it to counter 5 while it waited" in english


def test_a_ticket_that_still_waits_is_told_so_far_without_the_noon_break(folder: Path) -> None:
    *_, standing, waited, ahead, behind = story(folder, "C001", DAY).out.splitlines()
    assert standing == "Đến 13:10:00, số này đang chờ."
    assert waited == "Thời gian chờ: 216 phút. Không tính 90 phút ngoài giờ phục vụ."
    assert ahead == "Đứng trước và được gọi trước: 2 số."
    assert behind == "Không có số nào đứng sau mà được gọi trước."


def test_programs_get_the_story_as_json(folder: Path) -> None:
    told = json.loads(story(folder, "A001", DAY, "--json").out)
    assert (told["number"], told["day"], told["stage"]) == ("A001", "2026-11-24", "cancelled")
    assert told["facts"][2]["what"] == "went_before"
    assert told["facts"][2]["facts"]["rule"] == "head_start"
    assert told["went_before"][1] == {"rule": "chosen", "reason": "urgent_health", "count": 1}


def test_an_unknown_number_or_day_is_answered_with_what_there_is(folder: Path) -> None:
    assert story(folder, "A047", DAY).refused() == (
        "motcua: Ngày 2026-11-24 không có số A047. Ngày đó đã phát: A001–A003, C001–C002."
    )
    assert story(folder, "A001", "--day=2026-11-23", "--language=en").refused() == (
        "motcua: There are no records of 2026-11-23. There are some from 2026-11-24 to 2026-11-24; "
        "choose with --day."
    )


def test_without_records_that_is_said(tmp_path: Path) -> None:
    assert "there are no records at" in story(tmp_path, "A001").refused()


def test_a_story_is_of_today_and_is_told_while_the_server_runs(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    today = now.astimezone(SETUP.hours.timezone).date()
    taken = e.TicketTaken("A001", "token", ("CT01",), "vi", None, "kiosk", now)
    with journal(tmp_path) as records:
        records.append(1, [Entry(now, today, (e.DayOpened(today), taken))], [])
    with served(cwd=tmp_path):
        done = story(tmp_path, "A001")
    assert f"Diễn biến của số A001 ngày {today:%d/%m/%Y}" in done.out
    assert "Lấy số: Chứng thực bản sao từ bản chính." in done.out


def test_every_story_of_a_day_in_the_hall_is_true_and_told_without_a_gap(tmp_path: Path) -> None:
    kept = f"--database=sqlite:///{tmp_path / 'hall.db'}"
    done = run("demo", "--headless", "--visits=150", "--counters=7", kept, cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    with journal(tmp_path) as records:
        recorded = records.events(EIGHT.date())
    before, _ = before_by_the_books(SETUP, recorded)
    assert len(before) > 10
    for told in stories(SETUP, EIGHT.date(), recorded):
        assert before_as_told(told) == before[told.number], told.number
        for language in languages():
            lines = list(story_lines(told, INFO, load(language)))
            assert all(len(line) <= PAPER for line in lines)
            assert not any(gap in line for line in lines for gap in ("…", "story.", "None"))


WHOLE_STORY = """\
Trung tâm Phục vụ hành chính công phường An Bình
Diễn biến của số A001 ngày 24/11/2026

08:01:00  Lấy số: Chứng thực bản sao từ bản chính. Khi đó không có ai đứng
          trước. Thời gian chờ dự kiến: 1–5 phút.
08:01:03  Phiếu đã in.
08:05:00  A002 đứng sau nhưng được gọi trước, đến quầy 1, cán bộ cb1. Nhóm ưu
          tiên được tính sớm hơn.
08:06:00  A003 đứng sau nhưng được gọi trước, đến quầy 4, cán bộ cb4. Gọi ngoài
          thứ tự: Vấn đề sức khỏe.
08:08:00  A002 đứng sau nhưng được gọi trước, đến quầy 1, cán bộ cb1. Tiếp tục
          số đã tạm giữ.
08:09:06  Được gọi đến quầy 1, cán bộ cb1. Đến lượt theo thứ tự.
08:10:00  Được gọi lại đến quầy 1.
08:11:00  Cán bộ cb1 ghi chưa có mặt khi được gọi. Xếp hàng lại từ lúc này.
08:11:06  Cán bộ cb1 rút lại thao tác vừa bấm. Số trở lại quầy 1 như trước đó.
08:11:30  Bắt đầu được phục vụ tại quầy 1.
08:12:00  Thêm một thủ tục tại quầy 1: Cấp bản sao trích lục hộ tịch.
08:14:00  Kết thúc tại quầy 1: Tiếp nhận hồ sơ.
08:14:00  Chờ thủ tục tiếp theo: Cấp bản sao trích lục hộ tịch. Giữ nguyên thứ
          tự ban đầu.
08:15:00  Được gọi đến quầy 5, cán bộ cb5. Được chuyển đến, giữ nguyên thứ tự
          ban đầu.
08:16:00  Bắt đầu được phục vụ tại quầy 5.
08:17:00  Được chuyển từ quầy 5 đến quầy 4: Cấp bản sao trích lục hộ tịch. Giữ
          nguyên thứ tự ban đầu.
08:19:00  Được gọi đến quầy 4, cán bộ cb4. Được chuyển đến đúng quầy này.
08:19:30  Cán bộ cb4 trả số về hàng chờ. Giữ nguyên thứ tự ban đầu.
08:20:00  Được gọi đến quầy 4, cán bộ cb4. Được chuyển đến đúng quầy này.
08:20:30  Được hẹn trở lại hàng chờ lúc 13:00:00. Giữ nguyên thứ tự ban đầu.
13:10:00  Trở lại hàng chờ. Giữ nguyên thứ tự ban đầu.
13:10:00  Cán bộ cb4 hủy số: Công dân không chờ nữa.

Thời gian chờ: 12 phút 6 giây.
Thời gian phục vụ: 3 phút 30 giây.
  Chứng thực bản sao từ bản chính: chờ 8 phút 6 giây, phục vụ 2 phút 30 giây.
  Cấp bản sao trích lục hộ tịch: chờ 1 phút, phục vụ 1 phút.
  Cấp bản sao trích lục hộ tịch: chờ 3 phút.
Đứng sau nhưng được gọi trước: 2 số.
  1 số: Nhóm ưu tiên được tính sớm hơn.
  1 số: Gọi ngoài thứ tự: Vấn đề sức khỏe.
"""
