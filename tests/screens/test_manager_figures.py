"""The manager's page of the figures: what is asked for, how it comes, what it looks like."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion
from textual.widgets import DataTable

from figures.document import Series
from figures.periods import Period, period_of
from link import messages as m
from manager import periods
from manager.catalogue import SHEETS, Sheet, digit
from manager.charts import Plotted, beam_rows, every, heat_rows, runs, steps
from manager.reading import NoReport, read_report
from records.reports import NAMES
from sheets.wording import load as wording
from terminal.words import load
from tests.screens.made_reports import BARS, CAUSES, HEAT, MAIN, OVERVIEW, report
from tests.screens.managers import Office, office, refused
from tests.waiting import until

VI = load("vi")


def reports_asked(desk: Office) -> list[m.Report]:
    return [do for do in desk.asked if isinstance(do, m.Report)]


async def figures(desk: Office, *keys: str) -> None:
    """Turn to the figures, with every report there is."""
    desk.reports.update(OVERVIEW)
    for name in NAMES:
        desk.reports.setdefault(name, report(name, [MAIN, CAUSES]))
    await desk.press("s", *keys)


# --- How long did people wait last month, where, and why -----------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 70)])
async def test_one_key_answers_how_long_people_waited_last_month_where_and_why(
    size: tuple[int, int], screen: SnapshotAssertion
) -> None:
    async with office(size=size) as desk:
        await figures(desk)
        await desk.says("Thời gian chờ trung bình")
        await until(lambda: desk.app.query(Plotted) or size[1] < 70)
        await desk.pilot.pause()
        assert desk.text() == screen
        asked = reports_asked(desk)
        assert {(do.report, do.by) for do in asked} == {
            ("waits", None),
            ("period", "field"),
            ("period", "half_hour"),
            ("long_waits", None),
        }
        assert {(do.from_, do.to, do.language) for do in asked} == {
            ("2026-10-01", "2026-10-31", "vi")
        }


async def test_the_page_goes_on_by_keyboard_to_the_causes() -> None:
    async with office() as desk:
        await figures(desk)
        await desk.says("Thời gian chờ trung bình")
        await desk.press("end")
        await desk.says("Ít quầy mở")


@pytest.mark.parametrize("sheet", [sheet for sheet in SHEETS if digit(sheet)], ids=lambda s: s.code)
async def test_every_report_with_a_digit_is_two_keys_away(sheet: Sheet) -> None:
    async with office() as desk:
        await figures(desk, digit(sheet))
        names = {part.report for part in sheet.parts}
        await until(lambda: names <= {do.report for do in reports_asked(desk)})
        await desk.says("motcua 0.1.0, lập lúc")


def test_every_report_that_the_records_answer_is_on_the_screen_split_as_they_can() -> None:
    shown = {part.report: set(sheet.bys) for sheet in SHEETS for part in sheet.parts}
    for sheet in SHEETS:
        if len(sheet.parts) == 1:
            shown[sheet.parts[0].report] = set(sheet.bys)
    assert shown == {name: set(by) for name, by in NAMES.items()}


async def test_a_report_is_chosen_from_the_list_of_all() -> None:
    async with office() as desk:
        await figures(desk, "b", *"cong khai", "enter", "enter")
        await until(lambda: reports_asked(desk)[-1].report == "public_month")


# --- Coming ---------------------------------------------------------------------------------------


async def test_a_report_that_takes_long_says_so_and_shows_how_far_it_is() -> None:
    async with office() as desk:
        desk.may_answer.clear()
        await figures(desk, "2")
        await desk.says("Máy chủ đang lập báo cáo…")
        await until(lambda: "stop" in desk.bright())
        assert "save" not in desk.bright()
        desk.may_answer.set()
        await desk.says("Vì sao chờ lâu")
        assert "đang lập" not in desk.text()
        assert [do.part for do in reports_asked(desk) if do.report == "long_waits"] == [1, 2, 3]


async def test_what_is_being_made_is_waited_for_no_longer_after_escape() -> None:
    async with office() as desk:
        desk.may_answer.clear()
        await figures(desk)
        await desk.press("escape")
        await desk.says("Đã dừng. Bấm R để lập lại.")
        desk.may_answer.set()
        await desk.press("r")
        await desk.says("Thời gian chờ trung bình")
        assert "Đã dừng" not in desk.text()


async def test_the_other_page_is_there_while_a_report_is_made() -> None:
    async with office() as desk:
        desk.may_answer.clear()
        await figures(desk)
        await desk.press("h")
        await desk.says("A012 phục vụ")
        desk.may_answer.set()
        await desk.press("s")
        await desk.says("Thời gian chờ trung bình")
        assert len({do.report for do in reports_asked(desk)}) == 3


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("bad_period", "Khoảng thời gian không hợp lệ."),
        ("unknown_report", "Không có báo cáo này."),
        ("no_answer", "Máy chủ chưa trả lời."),
        ("busy", "Hệ thống đang bận."),
    ],
)
async def test_why_there_is_no_report_is_said_in_words(reason: str, says: str) -> None:
    async with office() as desk:
        desk.answers.append(refused(reason))
        await figures(desk)
        await desk.says(says)
        await desk.press("r")
        await desk.says("Thời gian chờ trung bình")


async def test_a_server_that_began_anew_asks_to_sign_in_and_the_report_comes_then() -> None:
    async with office() as desk:
        desk.answers.append(refused("not_signed_in"))
        await figures(desk)
        await desk.says("Xin đăng nhập lại")
        await desk.press(*"1234", "enter")
        await desk.says("Xin đăng nhập trước.")
        await desk.press("r")
        await desk.says("Thời gian chờ trung bình")


async def test_what_is_no_report_is_no_crash() -> None:
    async def answers(do: m.AnyDo, patience_s: float) -> m.Answer:
        return m.Answer(id="", ok=given.pop(0))

    asked = m.Report(report="waits", from_="2026-10-01", to="2026-10-31")
    answered: list[list[dict[str, Any]]] = [
        [{"part": 1, "parts": 1, "text": "{"}],
        [{"part": 1}],
        [{"part": 1, "parts": 2, "text": '{"name"'}, {"part": 2, "parts": 2, "text": ":3}"}],
    ]
    for pieces in answered:
        given = list(pieces)
        with pytest.raises(NoReport):
            await read_report(answers, asked, lambda part, parts: None)


# --- Which period, split by what ------------------------------------------------------------------


async def test_arrows_go_to_the_period_before_and_after() -> None:
    async with office() as desk:
        await figures(desk, "2", "left")
        await desk.says("◀ Tháng 9/2026 ▶")
        await until(lambda: reports_asked(desk)[-1].from_ == "2026-09-01")
        await desk.press("right", "full_stop")
        await desk.says("◀ Tháng 11/2026 ▶")
        await until(lambda: reports_asked(desk)[-1].to == "2026-11-30")
        assert "later" not in desk.bright()
        await desk.press("right")
        assert "Tháng 11/2026" in desk.text()


async def test_arrows_are_clicked_as_well() -> None:
    async with office() as desk:
        await figures(desk, "2")
        await desk.pilot.click("#choice > Touch")
        await desk.says("◀ Tháng 9/2026 ▶")


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("1", "Ngày 23/11/2026"),
        ("2", "Tuần 47/2026 (16/11/2026 – 22/11/2026)"),
        ("3", "Tháng 10/2026"),
        ("4", "Quý 3/2026"),
        ("5", "6 tháng đầu năm 2026"),
        ("6", "Năm 2025"),
    ],
)
async def test_a_kind_of_period_begins_with_the_newest_that_is_over(key: str, title: str) -> None:
    async with office() as desk:
        await figures(desk, "2", "k", key)
        await desk.says(f"◀ {title} ▶")


async def test_any_two_dates_are_typed() -> None:
    async with office() as desk:
        await figures(desk, "2", "k", "7")
        await desk.says("Từ ngày đến ngày")
        erase = ("backspace",) * 10
        await desk.press(*erase, *"5/11", "enter", *erase, *"1/11", "enter")
        await desk.says("Ngày bắt đầu sau ngày kết thúc.")
        await desk.press(*erase, *"31/12/9999", "enter")
        await desk.says("Ngày kết thúc sau năm 2026.")
        await desk.press(*erase, *"31/2", "enter")
        await desk.says("Không có ngày “31/2”.")
        await desk.press(*erase, *"9/11", "enter")
        await desk.says("◀ 05/11/2026 – 09/11/2026 ▶")
        await until(lambda: (reports_asked(desk)[-1].from_) == "2026-11-05")
        await desk.press("left")
        await desk.says("◀ 31/10/2026 – 04/11/2026 ▶")


async def test_a_report_is_split_as_chosen_and_stays_so() -> None:
    async with office() as desk:
        await figures(desk, "9", "p", "4")
        await desk.says("Phân theo: Quầy")
        await until(lambda: reports_asked(desk)[-1].by == "counter")
        await desk.press("2")
        await until(lambda: "Phân theo: Quầy" not in desk.text())
        await desk.press("9")
        await desk.says("Phân theo: Quầy")


async def test_a_day_sheet_has_a_period_of_its_own() -> None:
    async with office() as desk:
        await figures(desk, "0")
        await desk.says("◀ Ngày 23/11/2026 ▶")
        await desk.press("2")
        await desk.says("◀ Tháng 10/2026 ▶")


async def test_a_period_that_is_over_is_asked_for_once_and_one_that_goes_on_anew() -> None:
    async with office() as desk:
        await figures(desk, "2")
        await desk.says("Vì sao chờ lâu")
        await desk.press("3", "2")
        await desk.says("Vì sao chờ lâu")
        assert [do.part for do in reports_asked(desk) if do.report == "long_waits"].count(1) <= 2
        desk.asked.clear()
        await desk.press("3", "2", "r")
        await until(lambda: "long_waits" in {do.report for do in reports_asked(desk)})
        await desk.press("0")
        await until(lambda: "day_sheet" in {do.report for do in reports_asked(desk)})
        await desk.says("motcua 0.1.0")
        desk.asked.clear()
        await desk.press("2", "0")
        await until(lambda: "day_sheet" in {do.report for do in reports_asked(desk)})


async def test_another_language_asks_for_the_report_in_it() -> None:
    async with office() as desk:
        await figures(desk, "2", "left")
        await desk.says("Tháng 9/2026")
        await desk.press("f12")
        await desk.says("◀ Month 9/2026 ▶")
        await until(lambda: reports_asked(desk)[-1].language == "en")


# --- What it looks like ---------------------------------------------------------------------------


async def test_a_heat_map_has_figures_and_shades(screen: SnapshotAssertion) -> None:
    async with office(size=(140, 30)) as desk:
        await figures(desk, "7")
        await desk.says("Thứ Sáu")
        assert desk.text() == screen


async def test_a_table_is_entered_by_tab_and_scrolls() -> None:
    rows = [[f"Nguyên nhân {n}", n] for n in range(60)]
    long = report("fairness", [CAUSES, replace(CAUSES, rows=rows)])
    async with office(size=(100, 40)) as desk:
        desk.reports["fairness"] = long
        await desk.press("s", "3")
        await desk.says("Nguyên nhân 3")
        await desk.press("tab", "tab")
        table = desk.app.query(DataTable).last()
        assert table.has_focus
        await desk.press("ctrl+end")
        await desk.says("Nguyên nhân 59")


async def test_arrows_scroll_a_table_that_is_entered_and_comma_turns_the_page() -> None:
    wide = replace(CAUSES, rows=[["Nguyên nhân " + "rất dài " * 20, 1]])
    async with office(size=(80, 24)) as desk:
        desk.reports["fairness"] = report("fairness", [wide])
        await desk.press("s", "3")
        await desk.says("Nguyên nhân rất dài")
        await desk.press("tab")
        table = desk.app.query_one(DataTable)
        assert table.has_focus
        await desk.press("right")
        await until(lambda: table.scroll_offset.x > 0)
        await desk.says("◀ Tháng 10/2026 ▶")
        await desk.press("comma")
        await desk.says("◀ Tháng 9/2026 ▶")


def test_a_heat_map_goes_on_below_where_its_columns_have_no_room() -> None:
    rows = ["".join(text for text, _ in row) for row in heat_rows(HEAT, wording("vi"), 80)]
    assert rows[0].split()[0] == "7:00"
    assert rows[7].split()[-1] == "16:30"
    assert all(len(row) <= 80 for row in rows)


def test_bars_with_long_names_lie_and_show_the_target() -> None:
    rows = [list(row) for row in beam_rows(BARS, wording("vi"), 60)]
    texts = ["".join(text for text, _ in row) for row in rows]
    assert texts[0].startswith("Hộ tịch ")
    assert texts[0].endswith(" 22,0")
    assert len({text.index("│") for text in texts}) == 1  # both at the same place
    assert [kind for _, kind in rows[0]] == [0, 1, 0, 2, 0]
    assert 2 not in [kind for _, kind in rows[1]]


def test_a_line_has_a_gap_where_there_is_nothing_to_count() -> None:
    series = Series(title="", values=[None, 1.0, 2.0, None, 3.0])
    assert list(runs(series)) == [[(2, 1.0), (3, 2.0)], [(5, 3.0)]]


@pytest.mark.parametrize(
    ("top", "said"),
    [(0, "0 0,1"), (15, "0 5 10 15"), (22, "0 5 10 15 20 25"), (61, "0 20 40 60 80")],
)
def test_the_steps_of_an_axis_are_round_and_reach_the_top(top: float, said: str) -> None:
    assert " ".join(f"{step:g}".replace(".", ",") for step in steps(top)) == said


def test_so_many_labels_are_shown_as_have_room() -> None:
    assert every(["7:00", "7:30", "8:00"], 60) == 1
    assert every([f"{hour}:00" for hour in range(10, 30)], 70) == 2


# --- Periods --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "day", "first", "last", "title"),
    [
        ("day", "2026-02-28", "2026-03-01", "2026-03-01", "Ngày 01/03/2026"),
        ("week", "2026-12-31", "2027-01-04", "2027-01-10", "Tuần 1/2027 (04/01/2027 – 10/01/2027)"),
        ("month", "2026-01-31", "2026-02-01", "2026-02-28", "Tháng 2/2026"),
        ("quarter", "2026-11-23", "2027-01-01", "2027-03-31", "Quý 1/2027"),
        ("half_year", "2026-03-01", "2026-07-01", "2026-12-31", "6 tháng cuối năm 2026"),
        ("year", "2027-06-01", "2028-01-01", "2028-12-31", "Năm 2028"),
    ],
)
def test_the_period_after_another(kind: str, day: str, first: str, last: str, title: str) -> None:
    period = period_of(kind, date.fromisoformat(day))
    after = periods.later(period)
    assert after == Period(date.fromisoformat(first), date.fromisoformat(last))
    assert periods.earlier(after) == period
    assert periods.title(after, VI) == title


def test_there_is_an_end_to_the_past() -> None:
    oldest = period_of("year", date(2000, 1, 1))
    assert periods.earlier(oldest) == oldest


@pytest.mark.parametrize("first", [date(1, 1, 1), date(2026, 11, 1), date(9999, 12, 31)])
def test_there_is_nothing_after_the_last_of_all_days(first: date) -> None:
    far = Period(first, date.max)
    assert periods.later(far) == far
    assert periods.earlier(Period(first, date.max)).last <= date.max


# --- Files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "name", "begins"),
    [
        ("1", "long_waits-2026-10-01-2026-10-31.xlsx", b"PK"),
        ("2", "long_waits-2026-10-01-2026-10-31.pdf", b"%PDF"),
        ("4", "long_waits-2026-10-01-2026-10-31.csv", b"\xef\xbb\xbf"),
    ],
)
async def test_a_report_is_saved_into_the_managers_folder(
    key: str, name: str, begins: bytes, tmp_path: Path
) -> None:
    async with office(size=(140, 30), settings={"folder": str(tmp_path / "saved")}) as desk:
        await figures(desk, "2")
        await desk.says("Vì sao chờ lâu")
        await desk.press("l", key)
        await desk.says(f"saved/{name}")
        assert (tmp_path / "saved" / name).read_bytes().startswith(begins)


async def test_why_a_file_was_not_saved_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    async with office(size=(140, 30), settings={"folder": str(tmp_path / "file" / "in")}) as desk:
        await figures(desk, "2")
        await desk.says("Vì sao chờ lâu")
        await desk.press("l", "1")
        await desk.says("Chưa lưu được: không có hoặc không tạo được thư mục để ghi.")


async def test_a_report_without_charts_is_no_picture(tmp_path: Path) -> None:
    async with office(size=(140, 30), settings={"folder": str(tmp_path)}) as desk:
        await figures(desk, "2")
        await desk.says("Vì sao chờ lâu")
        await desk.press("l", "5")
        await desk.says("Báo cáo này không có biểu đồ để vẽ.")
        assert list(tmp_path.iterdir()) == []


async def test_what_is_split_otherwise_has_another_name(tmp_path: Path) -> None:
    async with office(size=(140, 30), settings={"folder": str(tmp_path)}) as desk:
        await figures(desk, "9", "p", "4")
        await until(lambda: reports_asked(desk)[-1].by == "counter")
        await desk.says("motcua 0.1.0")
        await desk.press("l", "1")
        await desk.says("period-counter-2026-10-01-2026-10-31.xlsx")


async def test_the_whole_answer_is_saved_as_one_report(tmp_path: Path) -> None:
    async with office(size=(140, 30), settings={"folder": str(tmp_path)}) as desk:
        await figures(desk)
        await desk.says("Thời gian chờ trung bình")
        await desk.press("l", "7")
        await desk.says("overview-2026-10-01-2026-10-31.json")
        text = (tmp_path / "overview-2026-10-01-2026-10-31.json").read_text()
        assert "Người dân chờ bao lâu, ở đâu và vì sao" in text
        assert "Ít quầy mở" in text
