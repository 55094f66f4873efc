"""Every figure once more, worked out by another program: DuckDB, from the rows as they stand there.

What it is told is the page of definitions put into SQL, and nothing of our code.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest
from sqlalchemy import select

from figures.document import Cell
from records import tables
from tests.records.reports.asking import ask, rows, total, values
from tests.records.reports.conftest import DAYS, Busy

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
TABLES = (tables.turns, tables.ratings, tables.counter_spans)

VIEWS = """
CREATE VIEW t AS SELECT *, strftime(issued_at + INTERVAL 7 HOUR, '%H:') ||
    CASE WHEN minute(issued_at) < 30 THEN '00' ELSE '30' END AS half_hour,
    isodow(day) - 1 AS weekday,
    stage IN ('done', 'transferred') AND called_at IS NOT NULL AS attended
  FROM turns WHERE day BETWEEN DATE '2026-11-01' AND DATE '2026-11-30';
CREATE VIEW v AS SELECT day, ticket, any_value(half_hour) AS half_hour,
    any_value(weekday) AS weekday, any_value(channel) AS channel,
    any_value(group_code) AS group_code,
    arg_max(stage, turn) AS stage, bool_or(clock_stepped) AS stepped,
    sum(wait_target_s) AS wait, sum(wait_s) AS felt,
    epoch(max(ended_at) - min(issued_at)) AS whole
  FROM t GROUP BY day, ticket;
"""

OF_VISITS = """
    count(*) AS visits,
    count(*) FILTER (stage = 'done') AS visits_served,
    count(*) FILTER (stage = 'no_show') AS visits_no_show,
    count(*) FILTER (stage = 'left_over') AS visits_left_over,
    count(*) FILTER (stage = 'no_show') / nullif(count(*) FILTER (stage IN ('done', 'no_show')), 0)
        AS visits_no_show_rate,
    avg(wait) FILTER (stage = 'done') AS visit_wait_mean,
    quantile_disc(wait, 0.5) FILTER (stage = 'done') AS visit_wait_median,
    quantile_disc(wait, 0.9) FILTER (stage = 'done') AS visit_wait_p90,
    avg((wait <= 900)::INT) FILTER (stage = 'done') AS visits_within_15,
    avg((wait <= 1800)::INT) FILTER (stage = 'done') AS visits_within_30,
    avg(felt) FILTER (stage = 'done') AS visit_felt_mean,
    avg(whole) FILTER (stage = 'done') AS visit_total_mean
"""

OF_TURNS = """
    count(*) FILTER (stage = 'done') AS served,
    count(*) FILTER (stage = 'no_show') AS no_shows,
    count(*) FILTER (stage = 'no_show') / nullif(count(*) FILTER (stage IN ('done', 'no_show')), 0)
        AS no_show_rate,
    count(*) FILTER (stage = 'transferred') AS transferred,
    avg(wait_target_s) FILTER (attended) AS wait_mean,
    quantile_disc(wait_target_s, 0.5) FILTER (attended) AS wait_median,
    quantile_disc(wait_target_s, 0.9) FILTER (attended) AS wait_p90,
    avg((wait_target_s <= 900)::INT) FILTER (attended) AS within_15,
    avg((wait_target_s <= 1800)::INT) FILTER (attended) AS within_30,
    avg(wait_s) FILTER (attended) AS felt_mean,
    avg(service_s) FILTER (stage = 'done') AS service_mean,
    quantile_disc(service_s, 0.5) FILTER (stage = 'done') AS service_median,
    quantile_disc(service_s, 0.9) FILTER (stage = 'done') AS service_p90,
    count(jump_reason) FILTER (called_at IS NOT NULL) AS jumps
"""

HALLS_ORDER = ["CT01", "HT01", "A", "C", "UBND", "Công an", "1", "2", "cb1", "cb2", None]
RATED = "t JOIN ratings USING (hall, day, ticket, turn)"


@pytest.fixture(scope="module")
def oracle(busy: Busy) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with the tables as they are."""
    with duckdb.connect() as connection, busy.engine.connect() as source:
        for table in TABLES:
            found = [dict(row) for row in source.execute(select(table)).mappings()]
            columns = ", ".join(f'"{one.name}" {_type(one)}' for one in table.columns)
            connection.execute(f"CREATE TABLE {table.name} ({columns})")
            marks = ", ".join("?" for _ in table.columns)
            lines = [[_plain(value) for value in row.values()] for row in found]
            connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", lines)
        connection.execute(VIEWS)
        yield connection


def _type(column: Any) -> str:
    if isinstance(column.type, tables.Utc):
        return "TIMESTAMP"
    names = {"TEXT": "VARCHAR", "FLOAT": "DOUBLE", "BIGINT": "BIGINT"}
    plain = str(column.type)
    return names.get(plain, plain)


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=None) if hasattr(value, "tzinfo") else value


def answers(oracle: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    found = oracle.execute(sql)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def agree(ours: dict[str, Cell], theirs: dict[str, Any]) -> None:
    """On every figure that they have."""
    assert theirs.keys() <= ours.keys()
    for key, value in theirs.items():
        if value is None or isinstance(value, str):
            assert ours[key] == value, key
        else:
            assert ours[key] == pytest.approx(float(value), rel=1e-12, abs=1e-9), key


def test_the_days_have_everything_that_is_to_be_counted(oracle: duckdb.DuckDBPyConnection) -> None:
    (seen,) = answers(
        oracle,
        """SELECT count(*) AS turns, count(DISTINCT stage) AS stages, max(turn) AS turn,
                  count(jump_reason) AS jumps, count(apology_no) AS letters,
                  count(dossier) AS codes, count(slot_at) AS booked,
                  sum(held_s) AS held, sum(missed) AS missed
             FROM turns""",
    )
    assert seen["turns"] > 250
    assert seen["stages"] == 5
    assert seen["turn"] > 2
    assert all(seen[key] > 3 for key in ("jumps", "letters", "codes", "booked", "held", "missed"))


def test_visits(busy: Busy, oracle: duckdb.DuckDBPyConnection) -> None:
    (theirs,) = answers(oracle, f"SELECT {OF_VISITS} FROM v")
    agree(values(ask(busy.engine, busy.setup, "period", *NOVEMBER)), theirs)


@pytest.mark.parametrize("by", ["half_hour", "weekday", "channel", "group", "day"])
def test_visits_split(by: str, busy: Busy, oracle: duckdb.DuckDBPyConnection) -> None:
    column = {"group": "group_code"}.get(by, by)
    answer = ask(busy.engine, busy.setup, "period", *NOVEMBER, by=by)
    theirs = answers(
        oracle, f"SELECT {OF_VISITS} FROM v GROUP BY {column} ORDER BY {column} NULLS LAST"
    )
    ours = rows(answer, f"by_{by}")
    assert len(ours) == len(theirs) > 1
    for mine, other in zip(ours, theirs, strict=True):
        agree(mine, other)


@pytest.mark.parametrize("by", ["service", "field", "agency", "counter", "officer"])
def test_turns_split(by: str, busy: Busy, oracle: duckdb.DuckDBPyConnection) -> None:
    answer = ask(busy.engine, busy.setup, "period", *NOVEMBER, by=by)
    theirs = answers(oracle, f"SELECT nullif({by}, '') AS key, {OF_TURNS} FROM t GROUP BY key")
    theirs.sort(key=lambda row: HALLS_ORDER.index(row["key"]))
    ours = rows(answer, f"by_{by}")
    assert len(ours) == len(theirs) > 1
    for mine, other in zip(ours, theirs, strict=True):
        del other["key"]
        agree(mine, other)
    (whole,) = answers(oracle, f"SELECT {OF_TURNS} FROM t")
    agree(total(answer, f"by_{by}"), whole)


def test_counters(busy: Busy, oracle: duckdb.DuckDBPyConnection) -> None:
    theirs = answers(
        oracle,
        """WITH session(opens, closes) AS (VALUES (INTERVAL 30 MINUTE, INTERVAL 270 MINUTE),
                                               (INTERVAL 6 HOUR, INTERVAL 10 HOUR)),
           served AS (
               SELECT counter, state, greatest(0, epoch(
                          least(until, day + closes) - greatest(since, day + opens))) AS s
                 FROM counter_spans, session WHERE month(day) = 11),
           open AS (
               SELECT counter, sum(s) FILTER (state = 'open') AS open,
                      sum(s) FILTER (state = 'paused') AS paused
                 FROM served GROUP BY counter),
           beyond AS (
               SELECT counter, sum(epoch(ended_at - started_at) - (
                          SELECT sum(greatest(0, epoch(least(ended_at, day + closes)
                                     - greatest(started_at, day + opens)))) FROM session)) AS more
                 FROM t WHERE attended AND service_s IS NOT NULL GROUP BY counter),
           there AS (
               SELECT counter, open + coalesce(more, 0) AS open, paused
                 FROM open LEFT JOIN beyond USING (counter))
           SELECT open, paused, sum(service_s) FILTER (attended) AS busy, busy / open AS use,
                  count(*) FILTER (stage = 'done') AS served, served / (open / 3600) AS productivity
             FROM there JOIN t USING (counter) GROUP BY counter, open, paused ORDER BY counter""",
    )
    ours = rows(ask(busy.engine, busy.setup, "counters", *NOVEMBER), "use_of_counter")
    assert len(ours) == len(theirs) == 2
    for mine, other in zip(ours, theirs, strict=True):
        agree(mine, other)


def test_satisfaction(busy: Busy, oracle: duckdb.DuckDBPyConnection) -> None:
    answer = ask(busy.engine, busy.setup, "satisfaction", *NOVEMBER, by="service")
    (theirs,) = answers(
        oracle,
        f"""SELECT count(*) AS ratings, avg((level >= 4)::INT) AS satisfied_share,
                   sum(level) / (5 * count(*)) AS mean_score,
                   count(*) FILTER (level <= 2) AS unsatisfied,
                   count(*) / (SELECT count(*) FROM t WHERE stage = 'done') AS response_rate
              FROM {RATED}""",
    )
    agree(values(answer), theirs)
    by_service = answers(
        oracle,
        f"""SELECT count(*) AS ratings, avg((level >= 4)::INT) AS satisfied_share
              FROM {RATED} GROUP BY service ORDER BY service""",
    )
    for mine, other in zip(rows(answer, "by_service"), by_service, strict=True):
        agree(mine, other)
    factors = answers(
        oracle,
        f"""SELECT count(*) AS ratings, avg((level >= 4)::INT) AS satisfied_share
              FROM {RATED} GROUP BY outcome = 'returned' ORDER BY outcome = 'returned'""",
    )
    for mine, other in zip(rows(answer, "factors"), factors, strict=True):
        agree(mine, other)


def test_results(busy: Busy, oracle: duckdb.DuckDBPyConnection) -> None:
    (theirs,) = answers(
        oracle,
        """SELECT count(late) AS due, count(*) FILTER (late) AS late,
                  count(*) FILTER (NOT late) AS on_time, on_time / due AS on_time_share,
                  count(*) FILTER (late AND apology_no IS NULL) AS late_without_apology,
                  count(*) FILTER (late AND apology_no IS NOT NULL) / count(*) FILTER (late)
                      AS apology_share
             FROM t WHERE stage = 'done'""",
    )
    answer = ask(busy.engine, busy.setup, "results", *NOVEMBER)
    agree(values(answer), theirs)
    assert len(rows(answer, "late_list")) == theirs["late"]


def test_dossiers(busy: Busy, oracle: duckdb.DuckDBPyConnection) -> None:
    (theirs,) = answers(
        oracle,
        """SELECT count(*) AS dossiers, avg(visits) AS visits_per_dossier,
                  avg((visits >= 3)::INT) AS many_visits_share
             FROM (SELECT count(DISTINCT (day, ticket)) AS visits FROM t
                    WHERE stage = 'done' AND dossier IS NOT NULL GROUP BY dossier)""",
    )
    agree(values(ask(busy.engine, busy.setup, "period", *NOVEMBER), "repeats"), theirs)


def test_r3(busy: Busy, oracle: duckdb.DuckDBPyConnection) -> None:
    (theirs,) = answers(
        oracle,
        """SELECT count(*) AS dossiers, count(*) FILTER (bad) AS dossiers_unsatisfied,
                  count(*) FILTER (late) AS dossiers_late,
                  count(*) FILTER (bad OR late) AS dossiers_bad,
                  (dossiers - dossiers_bad) / dossiers AS r3
             FROM (SELECT bool_or(coalesce(level, 5) <= 2) AS bad,
                          bool_or(coalesce(late, false)) AS late
                     FROM t LEFT JOIN ratings USING (hall, day, ticket, turn)
                    WHERE stage = 'done' AND dossier IS NOT NULL GROUP BY dossier)""",
    )
    assert 0 < theirs["dossiers_bad"] < theirs["dossiers"]
    agree(values(ask(busy.engine, busy.setup, "r3", *NOVEMBER), "r3"), theirs)


def test_fairness(busy: Busy, oracle: duckdb.DuckDBPyConnection) -> None:
    answer = ask(busy.engine, busy.setup, "fairness", *NOVEMBER)
    (theirs,) = answers(
        oracle,
        """SELECT count(*) AS calls, count(*) FILTER (overtook > 0) AS overtaking,
                  sum(overtook) AS overtaken, count(jump_reason) AS jumps,
                  (SELECT count(group_code) FROM v) AS priority
             FROM t WHERE called_at IS NOT NULL""",
    )
    agree(values(answer), theirs)
    assert len(rows(answer, "jumps_list")) == theirs["jumps"]
    rules = answers(
        oracle,
        "SELECT count(*) AS n FROM t WHERE called_at IS NOT NULL GROUP BY rule ORDER BY n DESC",
    )
    assert [row["calls"] for row in rows(answer, "rules")] == [row["n"] for row in rules]


def test_the_heat_map_is_the_mean_of_the_days_of_one_name(
    busy: Busy, oracle: duckdb.DuckDBPyConnection
) -> None:
    theirs = answers(
        oracle,
        """SELECT half_hour, count(*) / count(DISTINCT day) AS arrivals,
                  count(*) AS visits, avg(wait) FILTER (stage = 'done') AS visit_wait_mean
             FROM v GROUP BY weekday, half_hour ORDER BY weekday, half_hour""",
    )
    ours = rows(ask(busy.engine, busy.setup, "heat", *NOVEMBER), "heat")
    assert {row["weekday"] for row in ours} == {"Thứ Hai", "Thứ Sáu"}
    for mine, other in zip(ours, theirs, strict=True):
        agree(mine, other)


def test_long_waits(busy: Busy, oracle: duckdb.DuckDBPyConnection) -> None:
    theirs = answers(
        oracle,
        """SELECT ticket, wait_target_s AS wait FROM t
            WHERE wait_target_s > 1800 AND called_at IS NOT NULL
            ORDER BY wait DESC, day, ticket""",
    )
    ours = rows(ask(busy.engine, busy.setup, "long_waits", *NOVEMBER), "long_waits_list")
    assert len(ours) == len(theirs) > 5
    for mine, other in zip(ours, theirs, strict=True):
        agree(mine, other)


def test_the_dump_is_the_table(busy: Busy, oracle: duckdb.DuckDBPyConnection) -> None:
    theirs = answers(
        oracle,
        "SELECT ticket, turn, stage, wait_target_s, counter FROM t ORDER BY day, ticket, turn",
    )
    ours = rows(ask(busy.engine, busy.setup, "data", *NOVEMBER), "turns")
    for mine, other in zip(ours, theirs, strict=True):
        agree(mine, other)


def test_a_long_period_has_the_same_counts_and_means_and_says_which_figures_are_rough(
    busy: Busy, oracle: duckdb.DuckDBPyConnection
) -> None:
    year = ask(busy.engine, busy.setup, "period", date(2026, 1, 1), date(2026, 12, 31))
    month = ask(busy.engine, busy.setup, "period", *NOVEMBER)
    both = ask(busy.engine, busy.setup, "period", DAYS[0], DAYS[-1])
    rough, exact = values(year), values(both)
    for key, value in exact.items():
        if not key.endswith(("median", "p90")):
            assert rough[key] == value, key
        else:
            assert rough[key] == pytest.approx(value, rel=0.008, abs=0.5), key
    assert "Kỳ dài hơn 31 ngày" in str(year)
    assert "Kỳ dài hơn 31 ngày" not in str(month)
    assert [row["month"] for row in rows(year, "by_month")] == ["Tháng 10/2026", "Tháng 11/2026"]
