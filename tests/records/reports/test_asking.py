"""What may be asked, what is answered to wrong questions, and who may know what."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from figures.document import Report
from figures.errors import BadPeriod, NoRecords, UnknownReport
from hall.model import Setup
from records.engine import connect
from records.reports import NAMES
from tests.records.reports.asking import ask, rows, text, values
from tests.records.reports.conftest import DAYS, Busy
from tests.records.small import small_hall

MONDAY = date(2026, 11, 2)
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_every_report_is_plain_data_in_both_languages(name: str, language: str, busy: Busy) -> None:
    for by in NAMES[name] or (None,):
        report = ask(busy.engine, busy.setup, name, *NOVEMBER, by=by, language=language)
        encoded = msgspec.json.encode(report)
        assert msgspec.json.decode(encoded, type=Report) == report
        assert report.language == language
        assert len(report.blocks) > (0 if name == "data" else 1)


def test_a_report_says_of_whom_and_when_it_is(busy: Busy) -> None:
    now = datetime(2026, 11, 2, 10, 30, tzinfo=UTC)
    report = ask(busy.engine, busy.setup, "waits", MONDAY, now=now)
    assert (report.name, report.title) == ("waits", "Phân bố thời gian chờ")
    assert (report.hall, report.place) == (
        "Trung tâm Phục vụ hành chính công phường An Bình",
        "An Bình",
    )
    assert (report.first, report.last) == ("2026-11-02", "2026-11-02")
    assert report.made_at == "2026-11-02T17:30:00+07:00"
    assert report.made_by.startswith("motcua")
    assert "Kỳ báo cáo chưa kết thúc: số liệu đến 17:30 02/11/2026." in report.notes


def test_a_period_that_is_over_has_no_such_note(busy: Busy) -> None:
    assert "chưa kết thúc: số liệu" not in str(ask(busy.engine, busy.setup, "waits", MONDAY).notes)


def test_a_wrong_name_is_answered_with_the_right_ones(busy: Busy) -> None:
    with pytest.raises(UnknownReport) as refused:
        ask(busy.engine, busy.setup, "weather", MONDAY)
    assert refused.value.facts["report"] == "weather"
    assert "day_sheet" in refused.value.facts["possible"]


def test_a_wrong_split_is_answered_with_the_possible_ones(busy: Busy) -> None:
    with pytest.raises(UnknownReport) as refused:
        ask(busy.engine, busy.setup, "period", MONDAY, by="moon")
    assert refused.value.facts["by"] == "moon"
    assert "half_hour" in refused.value.facts["possible"]
    with pytest.raises(UnknownReport):
        ask(busy.engine, busy.setup, "heat", MONDAY, by="day")


def test_an_unknown_language_is_refused(busy: Busy) -> None:
    with pytest.raises(UnknownReport) as refused:
        ask(busy.engine, busy.setup, "waits", MONDAY, language="fr")
    assert refused.value.facts == {"language": "fr", "possible": "en, vi"}


@pytest.mark.parametrize(
    ("first", "last", "problem"),
    [
        (date(2026, 11, 3), date(2026, 11, 2), "backwards"),
        (date(2031, 1, 1), date(2031, 1, 31), "future"),
    ],
)
def test_an_impossible_period_is_refused(first: date, last: date, problem: str, busy: Busy) -> None:
    with pytest.raises(BadPeriod) as refused:
        ask(busy.engine, busy.setup, "waits", first, last)
    assert refused.value.facts["problem"] == problem


@pytest.mark.parametrize("name", [name for name in NAMES if name != "outages"])
def test_a_period_without_visits_says_so_and_where_there_are_some(name: str, busy: Busy) -> None:
    report = ask(busy.engine, busy.setup, name, date(2025, 3, 1), date(2025, 3, 31))
    assert text(report, "no_records").splitlines() == [
        "Không có lượt khách nào trong kỳ 01/03/2025–31/03/2025.",
        "Hệ thống có dữ liệu trong khoảng 30/10/2026–06/11/2026.",
    ]
    assert len(report.blocks) == 1


def test_another_hall_has_no_records_here(busy: Busy) -> None:
    report = ask(busy.engine, small_hall("hoa-binh"), "waits", *NOVEMBER)
    assert "Hệ thống có dữ liệu" not in text(report, "no_records")


def test_an_empty_database_is_no_database_of_this_program(tmp_path: Path, setup: Setup) -> None:
    engine = connect(str(tmp_path / "empty.db"))
    with pytest.raises(NoRecords) as refused:
        ask(engine, setup, "waits", MONDAY)
    engine.dispose()
    assert refused.value.facts == {"problem": "no_tables_of_this_version"}


# --- Officers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in NAMES if name != "officers"])
def test_nobody_but_who_may_is_told_of_officers(name: str, busy: Busy) -> None:
    for by in NAMES[name] or (None,):
        if by != "officer":
            report = ask(busy.engine, busy.setup, name, *NOVEMBER, by=by, officers_named=False)
            said = str(report)
            assert [word for word in ("cb1", "cb2", "Cán bộ thứ") if word in said] == []


def test_reports_of_officers_are_not_there_without_that_right(busy: Busy) -> None:
    for name, by in (("officers", None), ("period", "officer"), ("satisfaction", "officer")):
        with pytest.raises(UnknownReport) as refused:
            ask(busy.engine, busy.setup, name, *NOVEMBER, by=by, officers_named=False)
        assert "officer" not in refused.value.facts["possible"]


def test_officers_are_named_to_the_manager(busy: Busy) -> None:
    officers = rows(ask(busy.engine, busy.setup, "officers", *NOVEMBER), "use_of_officer")
    assert [row["officer"] for row in officers] == ["Cán bộ thứ nhất", "Cán bộ thứ hai"]
    jumps = rows(ask(busy.engine, busy.setup, "fairness", *NOVEMBER), "jumps_list")
    assert {row["officer"] for row in jumps} == {"Cán bộ thứ nhất", "Cán bộ thứ hai"}
    assert all(row["longest"] for row in jumps if row["overtook"])


# --- Periods -------------------------------------------------------------------------------------


def test_a_period_has_both_its_ends(busy: Busy) -> None:
    def visits(first: date, last: date) -> int:
        return int(values(ask(busy.engine, busy.setup, "day_sheet", first, last))["visits"] or 0)

    first, second, third = (visits(day, day) for day in DAYS)
    assert visits(DAYS[0], DAYS[2]) == first + second + third
    assert visits(DAYS[1], DAYS[2]) == second + third
    assert visits(DAYS[1], DAYS[2] - timedelta(days=1)) == second
