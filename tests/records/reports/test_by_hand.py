"""The reports of one day against what docs/figures.md works out by hand; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from hall.model import Setup
from records.engine import connect_readonly
from records.journal import Journal
from tests.records.reports.asking import ask, chart, figures, rows, table, text, total, values
from tests.records.reports.monday import DAY, write_monday

MINUTE = 60.0


@pytest.fixture
def monday(journal: Journal, setup: Setup, url: str) -> Iterator[Engine]:
    write_monday(journal, setup)
    reader = connect_readonly(url)
    yield reader
    reader.dispose()


def test_visits(monday: Engine, setup: Setup) -> None:
    main = values(ask(monday, setup, "day_sheet", DAY))
    assert main["visits"] == 7  # A001 to A007
    assert main["visits_served"] == 4
    assert main["visits_no_show"] == main["visits_cancelled"] == main["visits_left_over"] == 1
    assert main["visits_open"] == 0
    assert main["visits_no_show_rate"] == 1 / 5  # of 4 served and 1 who did not come
    # they waited 10, 20 (twice 10), 45 and 15 minutes
    assert main["visit_wait_mean"] == 22.5 * MINUTE
    assert main["visit_wait_median"] == 15 * MINUTE  # the 2nd of four
    assert main["visit_wait_p90"] == main["visit_wait_max"] == 45 * MINUTE  # the 4th of four
    assert main["visits_within_15"] == 2 / 4
    assert main["visits_within_30"] == 3 / 4
    # by the clock on the wall: 30, 20, 45 and, over the break, 105
    assert main["visit_felt_mean"] == 50 * MINUTE
    # from the number to the end: 36, 35, 53, 110
    assert main["visit_total_mean"] == 58.5 * MINUTE
    assert main["service_mean"] == 7 * MINUTE  # 6, 10, 8, 4


def test_the_wait_is_held_against_its_target(monday: Engine, setup: Setup) -> None:
    (wait,) = [f for f in figures(ask(monday, setup, "waits", DAY)).figures if f.target]
    assert (wait.key, wait.target, wait.met) == ("visit_wait_mean", 15 * MINUTE, False)


def test_turns_by_counter(monday: Engine, setup: Setup) -> None:
    by_counter = rows(ask(monday, setup, "day_sheet", DAY), "by_counter")
    first, second, none = by_counter
    # counter 1: 10 (A001), 10 (A002), 45, 15; counter 2: 10
    assert first["wait_mean"] == 20 * MINUTE
    assert (first["served"], first["transferred"], first["no_shows"]) == (3, 1, 1)
    assert first["service_mean"] == 6 * MINUTE  # 6, 8, 4: what was transferred is not served
    assert second["wait_mean"] == 10 * MINUTE
    assert (none["counter"], none["served"]) == ("Không ở quầy nào", 0)
    whole = total(ask(monday, setup, "day_sheet", DAY), "by_counter")
    assert whole["wait_mean"] == 18 * MINUTE  # (10 + 10 + 10 + 45 + 15) / 5
    assert whole["wait_median"] == 10 * MINUTE  # the 3rd of five
    assert whole["wait_p90"] == 45 * MINUTE
    assert whole["within_15"] == 4 / 5
    assert (whole["service_median"], whole["service_p90"]) == (6 * MINUTE, 10 * MINUTE)


def test_counters_that_were_open_and_paused(monday: Engine, setup: Setup) -> None:
    answer = ask(monday, setup, "counters", DAY)
    first, second = rows(answer, "use_of_counter")
    assert (first["open"], first["paused"]) == (7.5 * 3600, 1800)
    assert first["busy"] == 21 * MINUTE  # 6 + 3 + 8 + 4
    assert first["use"] == 21 / 450
    assert first["productivity"] == 3 / 7.5
    assert (second["open"], second["use"]) == (8 * 3600, 10 / 480)
    assert rows(answer, "pauses") == [
        {"counter": "Quầy 1", "pause_reason": "Họp", "paused": 1800.0}
    ]


def test_officers_sat_at_the_counters_and_have_no_percentage_of_so_few(
    monday: Engine, setup: Setup
) -> None:
    answer = ask(monday, setup, "officers", DAY)
    assert [row["use"] for row in rows(answer, "use_of_officer")] == [21 / 450, 10 / 480]
    shares = [row["satisfied_share_of_officer"] for row in rows(answer, "by_officer")]
    assert shares == [None, None, None]
    counters = rows(ask(monday, setup, "satisfaction", DAY, by="counter"), "by_counter")
    assert [row["satisfied_share_of_officer"] for row in counters] == [None, None, None]


def test_satisfaction(monday: Engine, setup: Setup) -> None:
    answer = ask(monday, setup, "satisfaction", DAY)
    main = values(answer)
    # rated 5, 4 and 2 of 5; four turns were served
    assert (main["ratings"], main["response_rate"]) == (3, 3 / 4)
    assert main["satisfied_share"] == 2 / 3
    assert main["mean_score"] == 11 / 15
    assert main["unsatisfied"] == 1
    assert main["satisfied_low"] == pytest.approx(0.2077, abs=1e-4)
    assert main["satisfied_high"] == pytest.approx(0.9385, abs=1e-4)
    assert values(answer, "sample") == {"required_sample": 4, "ratings": 3, "enough": False}
    # A003 got a result, and was not satisfied; A001 and A002 were
    factors = rows(answer, "factors")
    assert [row["satisfied_share"] for row in factors] == [1.0, 0.0]
    assert total(answer, "factors")["satisfied_share"] == 0.5
    assert [(row["tag"], row["ratings"]) for row in rows(answer, "tags")] == [("unclear", 1)]
    levels = {row["level"]: row["ratings"] for row in rows(answer, "levels")}
    assert levels == {5: 1, 4: 1, 3: 0, 2: 1, 1: 0}


def test_results_and_the_letter_for_the_late_one(monday: Engine, setup: Setup) -> None:
    answer = ask(monday, setup, "results", DAY)
    main = values(answer)
    assert (main["due"], main["late"], main["on_time_share"]) == (2, 1, 1 / 2)
    assert (main["apology_share"], main["late_without_apology"]) == (0.0, 1)
    (late,) = rows(answer, "late_list")
    assert (late["ticket"], late["due_on"], late["days_late"]) == ("A003", "2026-11-20", 3)
    letter = text(answer, "apology_1")
    assert "Mã số hồ sơ: H99-261101-0001" in letter
    assert "Ngày hẹn trả kết quả: 20/11/2026" in letter
    assert "Kết quả được trả ngày 23/11/2026" in letter


def test_r3_counts_the_one_dossier_that_was_late_and_not_satisfied(
    monday: Engine, setup: Setup
) -> None:
    answer = ask(monday, setup, "r3", DAY)
    assert values(answer, "r3") == {
        "dossiers": 1,
        "dossiers_unsatisfied": 1,
        "dossiers_late": 1,
        "dossiers_bad": 1,
        "r3": 0.0,
    }
    assert rows(answer, "dossiers_bad") == [
        {"dossier": "H99-261101-0001", "unsatisfied_mark": True, "late_mark": True}
    ]
    assert "mặc định là hài lòng" in text(answer, "r3_rule")


def test_the_spread_of_waits(monday: Engine, setup: Setup) -> None:
    answer = ask(monday, setup, "waits", DAY)
    spread = {row["wait_range"]: row["visits_served"] for row in rows(answer, "waits_table")}
    assert {name: count for name, count in spread.items() if count} == {
        "5–10": 1,
        "10–15": 1,
        "15–20": 1,
        "40–45": 1,
    }
    assert rows(answer, "waits_table")[-1]["share_up_to"] == 1.0
    assert sum(value or 0 for value in chart(answer, "waits").series[0].values) == 4


def test_a_visit_belongs_to_the_half_hour_in_which_its_number_was_taken(
    monday: Engine, setup: Setup
) -> None:
    answer = ask(monday, setup, "period", DAY, by="half_hour")
    waits = {row["half_hour"]: row["visit_wait_mean"] for row in rows(answer, "by_half_hour")}
    assert waits == {
        "07:00": 10 * MINUTE,
        "07:30": 20 * MINUTE,
        "08:00": 45 * MINUTE,
        "09:00": None,  # cancelled
        "11:00": 15 * MINUTE,
        "16:00": None,  # left over
    }


def test_what_was_before_stands_beside(monday: Engine, setup: Setup) -> None:
    tuesday = DAY + timedelta(days=1)
    answer = ask(monday, setup, "waits", tuesday, tuesday + timedelta(days=1))
    assert "Không có lượt khách" in text(answer, "no_records")
    week = ask(monday, setup, "period", DAY, tuesday, by="counter")
    compared = {figure.key: figure for figure in figures(week).figures}
    assert (compared["visits"].value, compared["visits"].before) == (7, 0)
    assert compared["visit_wait_mean"].year_ago is None
    assert rows(week, "by_counter")[0]["wait_mean_before"] is None


def test_a_week_is_compared_with_the_one_before(monday: Engine, setup: Setup) -> None:
    week = ask(monday, setup, "period", DAY + timedelta(days=7), DAY + timedelta(days=13))
    assert "Không có lượt khách" in text(week, "no_records")
    two = ask(monday, setup, "period", DAY, DAY + timedelta(days=6), by="service")
    assert "kỳ trước (16/11/2026–22/11/2026)" in figures(two).notes[0]
    assert "cùng kỳ năm trước (24/11/2025–30/11/2025)" in figures(two).notes[0]


def test_the_public_sheet_names_nobody_and_no_row_tells_of_one_person(
    monday: Engine, setup: Setup
) -> None:
    answer = ask(monday, setup, "public_month", date(2026, 11, 1), date(2026, 11, 30))
    assert values(answer)["visits"] == 7
    assert not {"satisfied_share", "on_time_share"} & values(answer).keys()  # of three, of two
    said = str(answer)
    for name in ("cb1", "Cán bộ", "Quầy", "A003", "H99"):
        assert name not in said
    fields = rows(answer, "by_field")
    # the one turn of civil status cannot be worked out from a row of the others
    assert [(row["field"], row["served"]) for row in fields] == [("Các lĩnh vực ít lượt", 4)]
    assert table(answer, "by_field").total is not None


def test_the_long_wait_has_the_number_and_its_time(monday: Engine, setup: Setup) -> None:
    answer = ask(monday, setup, "long_waits", DAY)
    (only,) = rows(answer, "long_waits_list")
    assert (only["ticket"], only["wait"], only["stage"]) == ("A003", 45 * MINUTE, "đã phục vụ")
    assert only["called_at"] == "2026-11-23T08:45:00+07:00"
    assert values(answer, "long_waits") == {"long_waits": 1, "long_waits_share": 1 / 6}


def test_the_nine_criteria_have_room_for_points_and_what_the_queue_knows(
    monday: Engine, setup: Setup
) -> None:
    sheet = rows(ask(monday, setup, "nine_criteria", DAY), "nine")
    assert [row["criterion"] for row in sheet] == list(range(1, 10))
    assert {row["self_points"] for row in sheet} == {None}
    assert sheet[2]["evidence"] == (
        "1 hồ sơ có mã; trung bình 1,00 lần đến; 0,0 % phải đến từ 3 lần trở lên"
    )
    assert sheet[3]["evidence"] == "Trung bình 0,14 lần chuyển mỗi lượt khách"  # 1 of 7
    assert str(sheet[4]["evidence"]).startswith("Các quầy mở 15,5 giờ")
    assert sheet[6]["evidence"] == "66,7 % hài lòng tại quầy (3 phiếu, thang 5 mức)"
    classes = rows(ask(monday, setup, "nine_criteria", DAY), "nine_classes")
    assert (classes[0]["from_points"], classes[0]["class"]) == (15, "Xuất sắc")
