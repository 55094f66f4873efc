"""What would two more counters have done? The figures, and the report that shows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from config import read
from config.names import names_of
from figures.document import Chart, Report, Table, Text
from hall.model import Setup
from records.engine import connect, connect_readonly
from records.journal import Journal
from records.migrate import upgrade
from tests.architecture.sources import ROOT
from tests.whatif.driven import mean_wait_min
from tests.whatif.mondays import LATER, MONDAY, driven, keys_of
from whatif.compare import what_if
from whatif.day import Lived, lived
from whatif.errors import WhatIfError
from whatif.model import Day
from whatif.outcome import outcome_of
from whatif.plan import Plan, applied, parsed
from whatif.run import run
from whatif.runs import Case, Comparison, Crew
from whatif.spread import differences, quantile, spread
from whatif.times import lognormal, times_of

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
TWO_MORE = ("Q7@07:30", "Q8@07:30")


def with_times(setup: Setup, day: Lived) -> Day:
    times = {code: lognormal(service) for code, service in setup.services.items()}
    return replace(day.day, times=times)


# --- The figures ---------------------------------------------------------------------------------


@pytest.mark.parametrize("textbook", [True, False])
def test_two_more_counters_on_a_crowded_day_bring_the_wait_to_that_of_nine(
    setup: Setup, textbook: bool
) -> None:
    seven, nine = driven(7, 1, textbook), driven(9, 1, textbook)
    day = with_times(setup, lived(setup, MONDAY, seven.recorded(), LATER))
    planned = outcome_of(setup, run(*applied(parsed(setup, opens=TWO_MORE), setup, day)))
    assert planned.wait_mean_s is not None
    assert mean_wait_min(seven.hall) > 15
    assert mean_wait_min(nine.hall) < 0.7 * mean_wait_min(seven.hall)
    assert planned.wait_mean_s / 60 == pytest.approx(mean_wait_min(nine.hall), abs=0.6)


def test_the_same_seed_gives_the_same_days_and_each_case_the_same_citizens(
    setup: Setup, crowded: Lived
) -> None:
    day = with_times(setup, crowded)
    work = Comparison((Case(setup, day), Case(setup, day)), seed=3)
    first, again, other = work(None, 0), work(None, 0), work(None, 1)
    assert first == again
    assert first[0] == first[1]
    assert first != other


def test_several_processes_say_what_one_says(setup: Setup, crowded: Lived) -> None:
    work, told = Comparison((Case(setup, with_times(setup, crowded)),), seed=3), []
    with Crew(work) as crew, Crew(work, alone=True) as alone:
        several = crew.results(None, range(4), lambda *so_far: told.append(so_far), at_once=2)
        assert several == alone.results(None, range(4))
    assert told == [(2, 4), (4, 4)]


def test_runs_can_be_called_off(setup: Setup, crowded: Lived) -> None:
    def call_off(done: int, of: int) -> None:
        raise KeyboardInterrupt

    work = Comparison((Case(setup, with_times(setup, crowded)),), seed=3)
    with pytest.raises(KeyboardInterrupt), Crew(work) as crew:
        crew.results(None, range(1000), call_off)


def test_more_citizens_wait_longer_and_fewer_shorter(setup: Setup, crowded: Lived) -> None:
    day = with_times(setup, crowded)
    work = Comparison(tuple(Case(setup, day, factor) for factor in (0.7, 1.0, 1.3)), seed=1)
    fewer, same, more = work(None, 0)
    assert fewer.visits < same.visits < more.visits
    assert fewer.visits == pytest.approx(0.7 * same.visits, rel=0.1)
    assert more.visits == pytest.approx(1.3 * same.visits, rel=0.1)
    waits = [one.wait_mean_s or 0.0 for one in (fewer, same, more)]
    assert 0 < waits[0] < waits[1] < waits[2]


def test_strict_priority_shortens_the_wait_of_those_who_have_it(
    setup: Setup, crowded: Lived
) -> None:
    def mean_min(hall_setup: Setup, day: Day) -> float:
        rolls = run(hall_setup, day).hall.tickets.values()
        waits = [
            (ticket.turns[0].called_at - ticket.issued_at).total_seconds()
            for roll in rolls
            for ticket in roll
            if ticket.group and ticket.turns[0].called_at
        ]
        return sum(waits) / len(waits) / 60

    day = with_times(setup, crowded)
    plan = parsed(setup, priority=["all=first"])
    assert mean_min(*applied(plan, setup, day)) < mean_min(setup, day) - 2


def test_a_counter_that_closes_early_leaves_its_citizens_to_others(
    setup: Setup, crowded: Lived
) -> None:
    day = with_times(setup, crowded)
    closed = applied(parsed(setup, closes=["Q2@09:00"]), setup, day)
    before, after = outcome_of(setup, run(setup, day)), outcome_of(closed[0], run(*closed))
    assert after.open_s["Q2"] < before.open_s["Q2"] / 3
    assert after.served == before.served
    assert (after.wait_mean_s or 0.0) > (before.wait_mean_s or 0.0) > 0


def test_an_interval_holds_the_middle_of_the_runs() -> None:
    hundred = spread(float(n) for n in range(101))
    assert tuple(hundred) == (50.0, 2.5, 97.5)
    assert tuple(spread([None, None])) == (None, None, None)
    assert differences([1.0, None], [3.0, 4.0]) == [2.0, None]
    assert quantile([1.0, 2.0], 0.25) == 1.25


def test_the_catalogues_times_have_the_catalogues_mean(setup: Setup) -> None:
    for service in setup.services.values():
        times = lognormal(service)
        assert sum(times) / len(times) == pytest.approx(service.mean_s)
        assert list(times) == sorted(times)


# --- The report ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def records(tmp_path_factory: pytest.TempPathFactory, setup: Setup) -> Engine:
    """The crowded Monday, written down; the engine only reads."""
    file = Path(tmp_path_factory.mktemp("records"), "hall.db")
    engine = connect(str(file))
    upgrade(engine)
    driven(7).write(Journal(engine, setup))
    engine.dispose()
    return connect_readonly(str(file))


def asked(
    records: Engine, plan: Plan, day: date = MONDAY, language: str = "en", runs: int = 6
) -> Report:
    config = read(ROOT / "config.toml")
    names = names_of(config)[language]
    return what_if(records, config.setup, names, day, plan, runs=runs, now=NOW)


def test_the_report_puts_the_day_beside_itself_with_the_plan(records: Engine, setup: Setup) -> None:
    report = asked(records, parsed(setup, opens=TWO_MORE, priority=["elderly=first"]))
    answer, table, chart, services, use, uses, agreement = report.blocks
    assert isinstance(answer, Text)
    assert "Counter 8 is open besides, from 07:30 to the end of the day." in answer.lines
    assert isinstance(table, Table)
    rows = {str(row[0]): row[1:] for row in table.rows}
    wait = [column.key for column in table.columns].index("visit_wait_mean") - 1
    assert rows["The day as it was"] == pytest.approx(rows["Replayed unchanged"], abs=1e-6)
    recorded = rows["The day as it was"][wait]
    assert recorded == pytest.approx(60 * mean_wait_min(driven(7).hall))
    low, mean, high = (
        rows[case][wait] for case in ("Unchanged: from", "Unchanged", "Unchanged: to")
    )
    assert low < mean < high  # type: ignore[operator]
    assert rows["With the plan"][wait] < mean  # type: ignore[operator]
    change = rows["With the plan"][wait] - mean  # type: ignore[operator]
    assert rows["Difference"][wait] == pytest.approx(change)
    assert isinstance(chart, Chart)
    assert [series.title for series in chart.series] == [
        "The day as it was",
        "Unchanged",
        "With the plan",
    ]
    assert isinstance(services, Table)
    assert len(services.rows) > 15
    assert isinstance(use, Table)
    assert len(use.rows) == 9
    assert isinstance(uses, Chart)
    assert isinstance(agreement, Text)
    assert "all 2" in agreement.lines[0]


def test_the_report_is_written_in_the_languages_of_the_hall(records: Engine, setup: Setup) -> None:
    report = asked(records, parsed(setup, opens=TWO_MORE), language="vi", runs=2)
    assert report.title == "Nếu làm khác đi thì sao?"
    assert isinstance(report.blocks[0], Text)
    assert report.blocks[0].lines[1] == "Quầy 7 mở thêm từ 07:30 đến hết ngày."


def test_a_day_that_no_longer_agrees_lists_where_and_why(records: Engine, setup: Setup) -> None:
    config = read(ROOT / "config.toml")
    groups = {code: replace(group, head_start_s=86400.0) for code, group in setup.groups.items()}
    changed = replace(setup, groups=groups)
    report = what_if(records, changed, names_of(config)["en"], MONDAY, Plan(), runs=1, now=NOW)
    table = report.blocks[-1]
    assert isinstance(table, Table)
    assert table.rows[0][-1] == "By the rules of today it was somebody else's turn"
    assert table.rows[1][-1] == "Follows from those above"


def test_services_without_enough_times_of_their_own_take_the_catalogues(
    records: Engine, setup: Setup
) -> None:
    times, few = times_of(records, setup, MONDAY)
    assert "CT01" not in few
    assert few
    done = [
        (turn.ended_at - turn.started_at).total_seconds()
        for roll in driven(7).hall.tickets.values()
        for turn in (turn for ticket in roll for turn in ticket.turns)
        if turn.service == "CT01" and turn.stage == "done" and turn.started_at and turn.ended_at
    ]
    assert times["CT01"] == pytest.approx(tuple(sorted(done)))
    rare = min(few)
    assert times[rare] == lognormal(setup.services[rare])


def test_a_day_that_is_not_there_is_refused_with_those_that_are(records: Engine) -> None:
    with pytest.raises(WhatIfError, match=r"no records of 01/11/2026; there are from 02/11/2026"):
        asked(records, Plan(), day=MONDAY - timedelta(days=1))


def test_so_many_runs_are_refused(records: Engine) -> None:
    with pytest.raises(WhatIfError, match="from 1 to"):
        asked(records, Plan(), runs=0)


def test_an_empty_database_is_refused(tmp_path: Path) -> None:
    engine = connect(str(tmp_path / "hall.db"))
    with pytest.raises(WhatIfError, match="no records of this version"):
        asked(engine, Plan())
    upgrade(engine)
    with pytest.raises(WhatIfError, match="no records of this version"):
        asked(engine, Plan())


def test_every_key_of_the_report_is_explained(records: Engine, setup: Setup) -> None:
    page = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
    groups = {code: replace(group, head_start_s=86400.0) for code, group in setup.groups.items()}
    names = names_of(read(ROOT / "config.toml"))["en"]
    changed = replace(setup, groups=groups)
    report = what_if(records, changed, names, MONDAY, Plan(), runs=1, now=NOW)
    assert [key for key in keys_of(report) if f"`{key}`" not in page] == []
