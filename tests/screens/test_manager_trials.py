"""The manager's pages of the trials: what is tried, how it comes, what it looks like."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from link import messages as m
from manager.charts import Plotted
from manager.plan_questions import clock
from manager.plans import Change, Sketch, last_working_day
from tests.screens.made_reports import STAFFING, WHAT_IF
from tests.screens.managers import TRIAL, Office, office, refused
from tests.waiting import until

ERASE = ("backspace",) * 5


async def what_if(desk: Office, *keys: str) -> None:
    """Turn to the page that answers "what if"."""
    desk.reports.update(what_if=WHAT_IF, staffing=STAFFING)
    await desk.press("m", *keys)


def asked(desk: Office) -> m.WhatIf | m.Staffing:
    """What was tried last."""
    return [do for do in desk.asked if isinstance(do, m.WhatIf | m.Staffing)][-1]


# --- Two more counters on Monday mornings? --------------------------------------------------------


async def test_two_more_counters_on_monday_mornings_are_a_few_keys_away(
    screen: SnapshotAssertion,
) -> None:
    async with office(size=(120, 50)) as desk:
        await what_if(desk, "n", "1")
        await desk.says("Thứ Hai 16/11/2026")
        await desk.press("t", "1", "1", "enter", "enter")
        await desk.press("t", "1", "2", "enter", "enter")
        await desk.says("• Quầy 2 mở thêm từ 08:00 đến 11:30")
        await desk.press("c")
        await desk.says("Với phương án này, thời gian chờ trung bình là")
        await until(lambda: desk.app.query(Plotted))
        await desk.pilot.pause()
        assert desk.text() == screen
        assert asked(desk) == m.WhatIf(
            day="2026-11-16", opens=["Q1@08:00-11:30", "Q2@08:00-11:30"], language="vi"
        )


async def test_how_many_counters_a_weekday_needs_is_two_keys_away(
    screen: SnapshotAssertion,
) -> None:
    async with office(size=(120, 50)) as desk:
        await what_if(desk, "q", "c")
        await desk.says("Cần nhiều nhất 5 quầy cùng lúc")
        await until(lambda: desk.app.query(Plotted))
        await desk.pilot.pause()
        assert desk.text() == screen
        assert asked(desk) == m.Staffing(weekday=0, weeks=4, language="vi")


async def test_another_weekday_and_more_weeks_are_chosen() -> None:
    async with office() as desk:
        await what_if(desk, "q", "t", "5", "n", "3")
        await desk.says("Thứ Sáu")
        await desk.says("8 tuần gần đây")
        await desk.press("c")
        await desk.says("Cần nhiều nhất 5 quầy")
        assert asked(desk) == m.Staffing(weekday=4, weeks=8, language="vi")


# --- The plan -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "says", "plan"),
    [
        (("1", "1", *ERASE, *"7h30", "enter", *ERASE, "enter"), "từ 07:30 đến hết ngày",
         {"opens": ["Q1@07:30"]}),
        (("2", "2", "enter", "enter"), "Quầy 2 đóng từ 08:00 đến 11:30",
         {"closes": ["Q2@08:00-11:30"]}),
        (("2", "2", *"13:30", "enter", *"16:00", "enter"), "Quầy 2 đóng từ 13:30 đến 16:00",
         {"closes": ["Q2@13:30-16:00"]}),
        (("3", "2", "1", "1"), "Quầy 2 làm thêm", {"skills": ["Q2+HT01"]}),
        (("3", "2", "1", "3"), "Quầy 2 hỗ trợ sau 10 phút", {"skills": ["Q2+HT01@10"]}),
        (("4", "1", "1"), "Quầy 1 thôi làm", {"skills": ["Q1-HT01"]}),
        (("5", "1", "2"), "Mọi nhóm ưu tiên: Gọi xen kẽ", {"priority": ["all=interleave"]}),
        (("5", "1", "5"), "đến sớm hơn 30 phút", {"priority": ["all=30"]}),
        (("6", "5"), "Số lượt khách × 1,3", {"arrivals": 1.3}),
    ],
)  # fmt: skip
async def test_every_change_is_built_by_choosing(
    keys: tuple[str, ...], says: str, plan: dict[str, Any]
) -> None:
    async with office(size=(120, 30)) as desk:
        desk.pane.hall.counters[0].services[:] = ["HT01"]
        desk.pane.hall.counters[1].services[:] = ["CT01"]
        await what_if(desk, "t", *keys)
        await desk.says(says)
        await desk.press("c")
        await desk.says("Với phương án này")
        assert asked(desk) == m.WhatIf(day="2026-11-20", language="vi", **plan)


async def test_a_change_is_taken_out_and_without_any_nothing_runs() -> None:
    async with office() as desk:
        await what_if(desk)
        await desk.says("Bấm T để thêm thay đổi")
        assert not {"run", "drop_change"} & desk.bright()
        await desk.press("t", "6", "1", "t", "6", "2")  # of two such changes the newer one stays
        await desk.says("× 0,9")
        assert "× 0,8" not in desk.text()
        await desk.press("b", "1")
        await desk.says("Bấm T để thêm thay đổi")


async def test_escape_goes_back_question_by_question() -> None:
    async with office() as desk:
        await what_if(desk, "t", "5", "1")
        await desk.says("Luôn được gọi trước")
        await desk.press("escape")
        await desk.says("Quy tắc ưu tiên khác")
        await desk.press("escape")
        await desk.says("Thay đổi điều gì?")
        await desk.press("escape")
        await until(lambda: "Thay đổi điều gì?" not in desk.text())


async def test_times_that_are_none_are_asked_again_in_words() -> None:
    async with office() as desk:
        await what_if(desk, "t", "1", "1", *ERASE, *"25:00", "enter", "enter")
        await desk.says("“25:00” không phải là giờ.")
        await desk.press(*ERASE, *"13", "enter", "enter")
        await desk.says("Giờ kết thúc phải sau giờ bắt đầu.")
        await desk.press(*ERASE, *"14", "enter")
        await desk.says("từ 13:00 đến 14:00")


async def test_any_day_that_is_over_is_typed() -> None:
    async with office() as desk:
        await what_if(desk, "n", "8", *"31/2", "enter")
        await desk.says("Không có ngày “31/2”.")
        await desk.press(*ERASE, *"24/11", "enter")
        await desk.says("Ngày đó chưa đến.")
        await desk.press(*ERASE, *"2/11", "enter")
        await desk.says("Thứ Hai 02/11/2026")


@pytest.mark.parametrize(
    ("typed", "means"),
    [("8", "08:00"), ("8h", "08:00"), ("8h30", "08:30"), ("13:05", "13:05"), ("8.15", "08:15")],
)
def test_a_time_is_typed_in_many_ways(typed: str, means: str) -> None:
    assert clock(typed) == means


@pytest.mark.parametrize("typed", ["", "24:00", "8:60", "8:5", "ab", "-1"])
def test_what_is_no_time_is_none(typed: str) -> None:
    assert clock(typed) is None


def test_the_plan_remembers_the_times_typed_last() -> None:
    sketch = Sketch()
    sketch.add(Change("opens", {"counter": "Q1", "since": "13:00", "until": ""}))
    assert sketch.times == ("13:00", "")


def test_a_plan_begins_with_the_last_working_day() -> None:
    assert last_working_day(date(2026, 11, 23)) == date(2026, 11, 20)  # a Monday asks of Friday
    assert last_working_day(date(2026, 11, 25)) == date(2026, 11, 24)


# --- How it comes ---------------------------------------------------------------------------------


async def test_how_far_it_is_is_told_and_escape_stops_it() -> None:
    async with office() as desk:
        desk.progress = [(0, 200), (35, 200)]
        await what_if(desk, "t", "6", "1", "c")
        await desk.says("Đã chạy 35/200 lần (Esc: dừng)")
        assert {"stop"} == desk.bright() & {"stop", "run", "save", "add_change", "day"}
        await desk.press("escape")
        await desk.says("Đã dừng. Bấm C để chạy lại.")
        await until(lambda: m.StopTrial(trial=TRIAL) in desk.asked)
        desk.progress.clear()
        await desk.press("c")
        await desk.says("Với phương án này")
        assert "Đã dừng" not in desk.text()


async def test_a_trial_whose_name_has_not_come_is_stopped_as_well() -> None:
    async with office() as desk:
        desk.may_answer.clear()
        await what_if(desk, "t", "6", "1", "c")
        await desk.says("Đang đọc lại ngày đó…")
        await desk.press("escape")
        await until(lambda: m.StopTrial() in desk.asked)


async def test_the_search_for_a_staffing_is_told_in_per_cent() -> None:
    async with office() as desk:
        desk.progress = [(0, 0), (40, 100)]
        await what_if(desk, "q", "c")
        await desk.says("Đang tìm: 40 %")
        await desk.press("h")
        await desk.says("A012 phục vụ")
        desk.progress.clear()
        await desk.press("q")
        await desk.says("Cần nhiều nhất 5 quầy")


async def test_another_language_follows_what_runs_and_keeps_what_came() -> None:
    async with office() as desk:
        desk.progress = [(35, 200)]
        await what_if(desk, "t", "6", "1", "c")
        await desk.says("Đã chạy 35/200")
        await desk.press("f12")
        await desk.says("35/200 runs done")
        desk.progress.clear()
        await desk.says("Với phương án này")
        await desk.press("f12")
        await desk.says("Với phương án này")
        assert [do for do in desk.asked if isinstance(do, m.WhatIf)] == [asked(desk)]


async def test_whoever_signs_out_ends_the_trial() -> None:
    async with office() as desk:
        desk.progress = [(35, 200)]
        await what_if(desk, "t", "6", "1", "c")
        await desk.says("Đã chạy 35/200")
        await desk.press("h", "x", "1")
        await until(lambda: m.StopTrial(trial=TRIAL) in desk.asked)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (
            {"problem": "no_day_but", "day": "2026-11-17", "first": "2026-11-02"}
            | {"last": "2026-11-16"},
            "Ngày 17/11/2026 không có dữ liệu; dữ liệu có từ 02/11/2026 đến 16/11/2026.",
        ),
        ({"problem": "still_running", "day": "2026-11-23"}, "Ngày 23/11/2026 chưa kết thúc"),
        ({"problem": "already_open", "code": "Q2", "time": "08:00"}, "Quầy 2 đã mở suốt"),
        ({"problem": "gone_counter", "code": "Q9"}, "Quầy Q9 có trong dữ liệu của ngày đó"),
        (
            {"problem": "nobody_serves", "services": "HT01", "counters": ""},
            "Không còn quầy nào làm: Đăng ký khai sinh",
        ),
        ({"problem": "too_little_history", "found": 1, "least": 2}, "Chỉ có 1 ngày cùng thứ"),
        ({"problem": "of another time"}, "Rất tiếc, yêu cầu này chưa thực hiện được."),
    ],
)  # fmt: skip
async def test_why_nothing_can_be_said_stands_there_in_words(
    facts: dict[str, Any], says: str
) -> None:
    async with office(size=(140, 30)) as desk:
        await what_if(desk, "t", "6", "1")
        desk.answers += [m.Answer(id="", ok={"trial": TRIAL}), refused("trial_impossible", **facts)]
        await desk.press("c")
        await desk.says(says)
        assert "run" in desk.bright()


@pytest.mark.parametrize(
    ("reason", "says"),
    [("busy", "Hệ thống đang bận."), ("unknown_trial", "Lần chạy thử này đã dừng")],
)
async def test_a_server_that_cannot_says_why(reason: str, says: str) -> None:
    async with office() as desk:
        await what_if(desk, "t", "6", "1")
        desk.answers.append(refused(reason))
        await desk.press("c")
        await desk.says(says)


async def test_the_answer_is_saved_as_reports_are(tmp_path: Path) -> None:
    async with office(size=(140, 30), settings={"folder": str(tmp_path)}) as desk:
        await what_if(desk, "t", "6", "1", "c")
        await desk.says("Với phương án này")
        await desk.press("l", "1")
        await desk.says("what_if-2026-11-16.xlsx")
        assert (tmp_path / "what_if-2026-11-16.xlsx").read_bytes().startswith(b"PK")
