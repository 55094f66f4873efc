"""`motcua backup` and `motcua restore`: the day when the disk dies, rehearsed."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite

from tests.cli.commands import Ended, Serving, run, served
from tests.disks import fill, small_disk
from tests.dispatch.screens import Screen, screen
from tests.faults.killing import write_config
from tests.waiting import until

SERVICE = "CT01"


class Place:
    """A hall's folder: its configuration, its database, its backup."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config, self.database = folder / "hall.toml", folder / "hall.db"
        self.backup = folder / "copy.db"
        write_config(self.config)

    def run(self, command: str, *arguments: str | Path) -> Ended:
        records = ("--config", self.config, "--database", f"sqlite:///{self.database}")
        return run(command, *arguments, *records, cwd=self.folder)

    @contextmanager
    def served(self) -> Iterator[Serving]:
        with served("--config", self.config, cwd=self.folder) as server:
            yield server


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def take(kiosk: Screen) -> str:
    answer = await kiosk.ok("take_ticket", services=[SERVICE])
    return str(answer["ticket"])


async def take_on(kiosk: Screen, taken: list[str]) -> None:
    while True:
        taken.append(await take(kiosk))


@pytest.fixture
async def used(place: Place) -> Place:
    """A hall that has given one number, A001, and is over."""
    with place.served() as server:
        async with screen(server.url, "kiosk", "kiosk-1") as kiosk:
            assert await take(kiosk) == "A001"
        server.stop()
    return place


async def test_a_hall_whose_disk_dies_goes_on_from_its_backup(place: Place) -> None:
    taken: list[str] = []
    with place.served() as server:
        async with screen(server.url, "kiosk", "kiosk-1") as kiosk:
            taking = asyncio.create_task(take_on(kiosk, taken))
            await until(lambda: len(taken) >= 20)
            promised = list(taken)
            done = await asyncio.to_thread(place.run, "backup", place.backup)
            assert (done.code, done.err) == (0, "")
            in_between = len(taken)
            await until(lambda: len(taken) > in_between)  # it has gone on meanwhile, and does
            taking.cancel()
        server.process.kill()
        server.process.wait()
    for path in place.folder.glob("hall.db*"):
        path.unlink()

    done = place.run("restore", place.backup)
    assert (done.code, done.err) == (0, "")
    with place.served() as server:
        async with (
            screen(server.url, "kiosk", "kiosk-1") as kiosk,
            screen(server.url, "counter", "counter-1") as counter,
        ):
            following = await take(kiosk)
            assert int(following[1:]) > len(promised)
            assert int(following[1:]) <= in_between + 2
            await counter.ok("sign_in", officer="cb1", pin="1234")
            await counter.ok("open")
            assert (await counter.ok("call_next"))["ticket"] == promised[0]


def test_a_backup_is_for_its_owner_alone_and_overwrites_nothing(used: Place) -> None:
    assert used.run("backup", used.backup).code == 0
    assert stat.S_IMODE(used.backup.stat().st_mode) == 0o600
    before = used.backup.stat()
    assert "is there already" in used.run("backup", used.backup).refused()
    assert used.backup.stat() == before
    assert used.run("backup", used.backup, "--force").code == 0
    assert used.backup.stat().st_ino != before.st_ino
    assert "is the database itself" in used.run("backup", used.database, "--force").refused()
    assert {path.name for path in used.folder.glob("copy*")} == {"copy.db"}


async def test_an_earlier_backup_is_brought_up_to_date(used: Place) -> None:
    assert used.run("backup", used.backup).code == 0
    with used.served() as server:
        async with screen(server.url, "kiosk", "kiosk-1") as kiosk:
            await take(kiosk)
            done = used.run("backup", used.backup, "--update")
            assert (done.code, done.err) == (0, "")
            assert "last number A002" in done.out
    assert used.run("restore", used.backup, "--force").code == 0
    with used.served() as server:
        async with screen(server.url, "kiosk", "kiosk-1") as kiosk:
            assert await take(kiosk) == "A003"
    assert "is the database itself" in used.run("backup", used.database, "--update").refused()


def test_what_was_checked_is_said_and_what_is_wrong_with_the_chain(used: Place) -> None:
    tries: list[tuple[str, ...]] = [("--force",), ("--update",), ("--force", "--whole")]
    for arguments in tries:
        done = used.run("backup", used.backup, *arguments)
        assert (done.code, done.err) == (0, "")
        assert "✓" in done.out
        assert ("--whole" in done.out) is (arguments[-1] != "--whole")
    done = used.run("restore", used.backup, "--force")
    assert (done.code, done.out.splitlines()[-1][0]) == (0, "✓")
    with closing(sqlite.connect(used.database)) as connection:
        connection.execute("DROP TRIGGER events_never_changed")
        connection.execute("UPDATE events SET ticket = 'A009' WHERE kind = 'TicketTaken'")
        connection.commit()
    for command, more in (("backup", ()), ("restore", ("--whole",))):
        done = used.run(command, used.backup, "--force", *more)
        assert done.code == 1
        assert "✗" in done.out.splitlines()[-1]


def test_a_full_disk_keeps_no_half_backup(used: Place) -> None:
    (used.folder / "stick").mkdir()
    with small_disk(used.folder / "stick") as stick:
        filler = fill(stick)
        said = used.run("backup", stick / "copy.db").refused()
        assert "full" in said or "No space" in said
        assert [path.name for path in stick.iterdir()] == [filler.name]


def test_a_folder_that_is_missing_and_a_hall_without_records_are_named(place: Place) -> None:
    assert "no records at" in place.run("backup", place.backup).refused()
    place.database.touch()
    said = place.run("backup", place.folder / "nowhere" / "copy.db").refused()
    assert "nowhere does not exist" in said


def test_postgresql_is_told_how_to_do_it_itself(place: Place) -> None:
    address = ("--config", place.config, "--database", "postgresql://motcua:secret@db/hall")
    said = run("backup", "hall.dump", *address, cwd=place.folder).refused()
    assert "pg_dump --format=custom --file=hall.dump --dbname=postgresql://motcua@db/hall" in said
    said = run("restore", "hall.dump", *address, cwd=place.folder).refused()
    assert "pg_restore --clean --if-exists --single-transaction" in said
    assert "secret" not in said


async def test_nothing_is_restored_under_a_server_that_runs(used: Place) -> None:
    assert used.run("backup", used.backup).code == 0
    with used.served():
        said = used.run("restore", used.backup, "--force").refused()
        assert "belong to a server that is running" in said


async def test_what_was_there_is_kept_beside_what_was_restored(used: Place) -> None:
    assert used.run("backup", used.backup).code == 0
    with used.served() as server:
        async with screen(server.url, "kiosk", "kiosk-1") as kiosk:
            assert await take(kiosk) == "A002"
        server.process.kill()  # its log is not in its file
        server.process.wait()
    said = used.run("restore", used.backup).refused()
    assert "last number A002" in said
    assert "last number A001" in said
    assert "--force" in said
    done = used.run("restore", used.backup, "--force")
    assert (done.code, done.err) == (0, "")
    assert "last number A001" in done.out.splitlines()[1]
    (kept,) = used.folder.glob("hall.db.replaced-????-??-??T??-??-??")
    assert str(kept) in done.out
    again = run(
        *("restore", kept, "--to", f"sqlite:///{used.database}", "--force"),
        *("--config", used.config),
        cwd=used.folder,
    )
    assert "last number A002" in again.out.splitlines()[1]


def test_a_damaged_backup_is_not_put_in_anybodys_place(used: Place) -> None:
    assert used.run("backup", used.backup).code == 0
    before = used.database.read_bytes()
    whole = used.backup.read_bytes()
    middle = len(whole) // 2
    used.backup.write_bytes(whole[:middle] + bytes(8192) + whole[middle + 8192 :])
    used.run("restore", used.backup, "--force").refused()
    used.backup.write_bytes(b"no database at all" * 1000)
    used.run("restore", used.backup, "--force").refused()
    assert "no file" in used.run("restore", used.folder / "nothing.db").refused()
    assert used.database.read_bytes() == before
    assert list(used.folder.glob("*.part*")) == []


def test_another_halls_records_are_not_taken_for_this_ones(used: Place) -> None:
    assert used.run("backup", used.backup).code == 0
    text = used.config.read_text(encoding="utf-8").replace('"an-binh"', '"hoa-binh"', 1)
    used.config.write_text(text, encoding="utf-8")
    said = used.run("restore", used.backup, "--force").refused()
    assert "records of the hall an-binh, and none of hoa-binh" in said
