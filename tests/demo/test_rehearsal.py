"""A recorded day played again over the link: the same day, with a place in it for somebody real."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from config import Config, read
from config.values import Reports
from demo.play import Links
from demo.recorded import RecordedDay, recorded_day
from demo.rehearsal import Rehearsal, Script, stand_ins
from demo.run import cast_of, demo_hall, run
from demo.stage import AS_FAST_AS_IT_GOES, Stage
from dispatch.batch import Asked, prepare
from hall import commands as c
from hall import events as e
from hall.hours import serving_windows
from hall.model import Setup
from link import messages as m
from tests.cli.commands import ROOT
from tests.demo.rehearsals import events, felt, journal
from tests.records.busy import BusyDays
from tests.records.days import Day as WrittenDay
from tests.records.small import small_hall
from tests.waiting import until
from tests.whatif.driven import DrivenDay
from tests.whatif.mondays import MONDAY, shipped

SMALL = small_hall()
PATIENT = replace(SMALL, no_show_after_s=0.0)  # in which the officer decides


def config_of(setup: Setup) -> Config:
    """The shipped hall's people, in a smaller hall."""
    config = read(ROOT / "config.toml")
    counters = [
        m.CounterInfo(code, place, services=list(counter.lag))
        for place, (code, counter) in enumerate(setup.counters.items(), start=1)
    ]
    return replace(
        config,
        setup=setup,
        hall_info=msgspec.structs.replace(config.hall_info, counters=counters),
        devices={d.device: d for d in config.devices.values() if not d.counter},
    )


async def rehearsed(config: Config, source: Path, day: date = MONDAY) -> Path:
    """The records of a rehearsal of that day, played as fast as it goes."""
    own = source.with_name("own.db")
    how = {"database": f"sqlite:///{own}", "headless": True, "speed": None, "port": None}
    assert await run(config, Namespace(source=str(source), day=day, without=[], **how)) == 0
    return own


async def test_a_day_that_is_rehearsed_is_the_day_that_was_to_the_microsecond(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "hall.db"
    with journal(file, shipped()) as records:
        DrivenDay(shipped(), MONDAY, 90, counters=6).write(records)
    own = await rehearsed(read(ROOT / "config.toml"), file)
    assert felt(events(own, shipped(), MONDAY)) == felt(events(file, shipped(), MONDAY))
    assert "Every figure is as recorded." in capsys.readouterr().out


class Apart(BusyDays):
    """Days on which everything happens, but no two things at the very same moment."""

    def _write(self, now: datetime, *commands: c.Command) -> None:
        for place, command in enumerate(commands or (c.Tick(),)):
            at = now + timedelta(milliseconds=70 * place)
            self._asked += 1
            outcome = prepare(self._hall, [Asked(command, str(self._asked), "device")], at)
            if outcome.entries:
                self._journal.append(self._seq, outcome.entries, outcome.rows(), outcome.gone)
            self._hall, self._seq = outcome.hall, self._seq + outcome.events


@pytest.mark.parametrize("seed", [1, 2])
async def test_jumps_holds_transfers_bookings_and_cancellations_are_rehearsed_too(
    seed: int, tmp_path: Path
) -> None:
    file = tmp_path / "hall.db"
    with journal(file, PATIENT) as records:
        Apart(records, PATIENT, seed).play(MONDAY)
    before = events(file, PATIENT, MONDAY)
    assert {e.TicketHeld, e.TicketTransferred, e.TicketCancelled, e.NoShow, e.CounterPaused} <= {
        type(one.event) for one in before
    }
    after = events(await rehearsed(config_of(PATIENT), file), PATIENT, MONDAY)
    assert felt(after) == felt(before)


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """A short day, told wish by wish."""
    file = tmp_path / "hall.db"
    eight = serving_windows(SMALL.hours, MONDAY)[0][0] + timedelta(minutes=30)
    with journal(file, SMALL) as records:
        day = WrittenDay(records, SMALL, eight)
        day.at(0, c.SignIn("1", "cb1"), c.Open("1"), c.SignIn("2", "cb2"), c.Open("2"))
        day.at(1, c.TakeTicket(("CT01",), "secret-token", group="elderly"))
        day.at(2, c.CallNext("1"))
        day.at(3, c.Recall("1"))
        day.at(4, c.Start("1"))
        day.at(9, c.Finish("1", "returned", "H99-261102-0001"))
        day.at(10, c.Rate("A001", 1, 2, ("quick",), "Tôi là Nguyễn Văn A"))
        day.at(11, c.Pause("1", "meeting"))
        day.at(12, c.TakeTicket(("CT01",), "another"))
        day.at(13, c.CallNext("2"))
        day.at(14, c.NoShow("2"))
        day.at(20, c.Open("1"))
        day.at(21, c.CallNext("1"))
        day.at(22, c.Start("1"))
        day.at(25, c.Finish("1", "received"))
        day.time_passes(600)
    return file


async def test_recalls_outcomes_reasons_and_groups_come_again(told: Path) -> None:
    own = events(await rehearsed(config_of(SMALL), told), SMALL, MONDAY)
    assert felt(own) == felt(events(told, SMALL, MONDAY))
    happened = [one.event for one in own]
    assert [one.outcome for one in happened if isinstance(one, e.ServiceFinished)] == [
        *("returned", "received")
    ]
    assert [one.group for one in happened if isinstance(one, e.TicketTaken)] == ["elderly", None]
    assert [one.reason for one in happened if isinstance(one, e.CounterPaused)] == ["meeting"]
    assert sum(isinstance(one, e.TicketRecalled) for one in happened) == 1


async def test_what_is_a_citizen_s_own_does_not_come_again(told: Path) -> None:
    own = await rehearsed(config_of(SMALL), told)
    kept = [one.event for one in events(own, SMALL, MONDAY)]
    assert not any(isinstance(one, e.TurnRated) for one in kept)
    assert {one.dossier for one in kept if isinstance(one, e.ServiceFinished)} == {None}
    written = b"".join(file.read_bytes() for file in own.parent.glob("own.db*"))
    for private in ("secret-token", "Nguyễn Văn A", "H99-261102-0001"):
        assert private.encode() not in written


async def test_nothing_of_the_hall_s_own_is_written_to(told: Path, tmp_path: Path) -> None:
    """Neither its standby file nor its folder of reports, whatever its configuration says."""
    folder = tmp_path / "reports"
    folder.mkdir()
    config = config_of(SMALL)
    config = replace(
        config,
        reports=Reports(folder, ("pdf",), ("pdf",)),
        server=replace(config.server, standby=tmp_path / "standby.db", log=tmp_path / "hall.log"),
    )
    await rehearsed(config, told)
    assert list(folder.iterdir()) == []
    assert not (tmp_path / "standby.db").exists()
    assert not (tmp_path / "hall.log").exists()


# --- A counter that is left to somebody ----------------------------------------------------------


@asynccontextmanager
async def rehearsal(
    recorded: RecordedDay, without: str, speed: float
) -> AsyncIterator[tuple[Rehearsal, Links]]:
    """A rehearsal that runs, and links for those who join it: they may be slow, time is fast."""
    config = config_of(PATIENT)
    joined = m.DeviceInfo("counter-1", "counter", without or "1")
    devices = {**config.devices, **stand_ins(SMALL.counters), joined.device: joined}
    config = replace(config, devices=devices)
    script = Script(recorded.day, frozenset({without}))
    stage = Stage(script.begins, speed)
    how = Namespace(database=None, port=None)
    async with demo_hall(config, how, stage) as hall:
        links = Links(hall.url)
        played = script.begin(cast_of(config), links, stage)
        played.expect_day()
        playing = asyncio.create_task(stage.play())
        try:
            yield played, links
        finally:
            playing.cancel()
            await asyncio.gather(playing, return_exceptions=True)
            await links.close()


async def test_a_counter_is_left_to_somebody_who_learns_and_the_others_go_on(told: Path) -> None:
    recorded = recorded_day(config_of(SMALL), str(told), MONDAY)
    shown: list[m.CounterView] = []
    async with rehearsal(recorded, "1", speed=240.0) as (played, links):
        assert list(played.officers) == ["2"]
        link = links.to(m.DeviceInfo("counter-1", "counter", "1"), on_view=shown.append)  # type: ignore[arg-type]
        await until(lambda: shown and "sign_in" in shown[-1].may)
        await link.ask(m.SignIn("cb1", played.cast.pin))
        await link.ask(m.Open())
        await until(lambda: "call_next" in shown[-1].may)
        answer = await link.ask(m.CallNext())
        assert answer.ok is not None
        await link.ask(m.Start())
        assert (await link.ask(m.Finish("received"))).ok is not None
        await until(lambda: played.officers["2"].view and played.officers["2"].view.officer)


async def test_where_time_passes_everybody_is_served_who_was(told: Path) -> None:
    recorded = recorded_day(config_of(SMALL), str(told), MONDAY)
    async with rehearsal(recorded, "", speed=600.0) as (played, links):
        shown: list[m.LiveView] = []
        manager = links.to(m.DeviceInfo("manager-1", "manager"), on_view=shown.append)  # type: ignore[arg-type]
        await manager.ask(m.SignIn(played.cast.manager, played.cast.pin))
        await until(lambda: shown and shown[-1].today.served == 2)
        assert shown[-1].today.issued == 2
        assert played.turned_away == 0


async def test_a_stage_that_jumps_is_known_as_such() -> None:
    stage = Stage(datetime.fromisoformat("2026-11-02T00:00:00+00:00"), AS_FAST_AS_IT_GOES)
    assert stage.jumps
    stage.speed = 4.0
    assert not stage.jumps
