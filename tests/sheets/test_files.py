"""A file is there whole or not at all, whatever the disk does."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from datetime import date
from multiprocessing import get_context
from multiprocessing.queues import Queue
from pathlib import Path

import pytest

from sheets import FORMATS, SheetError, file_name, render, write
from tests.disks import small_disk
from tests.sheets.reports import report, table, whole

DAY = date(2026, 11, 24)


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_has_what_was_rendered_and_nothing_stays_beside_it(
    format: str, tmp_path: Path
) -> None:
    path = tmp_path / file_name("period", DAY, DAY, format)
    write(whole(), format, path)
    write(whole(), format, path)  # over the one before
    assert path.read_bytes()[:4] == render(whole(), format)[:4]
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask()


def umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now


def test_a_file_is_called_after_its_report_and_days() -> None:
    assert file_name("day_sheet", DAY, DAY, "pdf") == "day_sheet-2026-11-24.pdf"
    first = DAY.replace(day=1)
    assert file_name("period", first, DAY, "table") == "period-2026-11-01-2026-11-24.txt"


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="there is no such folder; nothing was written") as refused:
        write(whole(), "csv", tmp_path / "nowhere" / "x.csv")
    assert refused.value.reason == "no_folder"
    with pytest.raises(SheetError) as refused:
        write(whole(), "csv", Path("/dev/null/x.csv"))
    assert refused.value.reason == "no_folder"


def test_a_folder_of_that_name_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "x.csv").mkdir()
    with pytest.raises(SheetError, match="a folder has this name") as refused:
        write(whole(), "csv", tmp_path / "x.csv")
    assert refused.value.reason == "not_writable"
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]


def test_an_unknown_format_is_answered_with_those_there_are() -> None:
    with pytest.raises(SheetError, match="no format docx: there are table, json") as refused:
        render(whole(), "docx")
    assert refused.value.reason == "unknown_format"


def write_with_little_room(path: Path, said: Queue[str]) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    try:
        write(report(table()), "csv", path)
    except SheetError as error:
        said.put(f"{error.reason} {error}")


def test_a_file_that_may_not_grow_leaves_the_old_one_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("the old one")
    context = get_context("spawn")
    said: Queue[str] = context.Queue()
    writer = context.Process(target=write_with_little_room, args=(path, said))
    writer.start()
    assert said.get(timeout=60).startswith("too_large ")
    writer.join()
    assert path.read_text() == "the old one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_gets_no_half_file(tmp_path: Path) -> None:
    with small_disk(tmp_path) as disk:
        write(report(table()), "csv", disk / "small.csv")
        with pytest.raises(SheetError, match="the disk is full; nothing was written") as refused:
            write(whole(), "pdf", disk / "large.pdf")
        assert refused.value.reason == "disk_full"
        assert [path.name for path in disk.iterdir()] == ["small.csv"]


def test_a_format_is_loaded_only_when_it_is_asked_for() -> None:
    code = "import sheets, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {"matplotlib", "numpy", "xlsxwriter", "fpdf", "jinja2"}
    assert not heavy & set(loaded)
