"""`make audit` says what it found, and never that all is well where it could not look."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.audit import KNOWN_HOLE, LOCK, audited

HASH = f"--hash=sha256:{'0' * 64}"


@contextmanager
def list_of_holes(*names: str) -> Iterator[str]:
    """Somebody who knows holes in these packages, in whatever version, and in no others."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name = asked["package"]["name"]
            hole = {
                "id": f"HOLE-{name}",
                "modified": "2026-01-01T00:00:00Z",
                "summary": "a hole",
                "affected": [
                    {
                        "package": {"name": name, "ecosystem": "PyPI"},
                        "ranges": [
                            {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99"}]}
                        ],
                    }
                ],
            }
            said = json.dumps({"vulns": [hole]} if name in names else {}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody wants to know."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two packages; and no proxy stands between us and ourselves."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    file = tmp_path / "requirements.lock"
    file.write_text(f"left-pad==1.0 {HASH}\nright-pad==2.0 {HASH}\n")
    return file


def test_where_the_known_hole_is_found_and_no_other_all_is_well(lock: Path) -> None:
    with list_of_holes(KNOWN_HOLE[0]) as url:
        verdict = audited(lock, "-s", "osv", "--osv-url", url)
    assert verdict == (0, "2 packages checked: no known holes.")


def test_a_hole_is_named_with_what_mends_it(lock: Path) -> None:
    with list_of_holes(KNOWN_HOLE[0], "right-pad") as url:
        verdict = audited(lock, "-s", "osv", "--osv-url", url)
    assert verdict == (1, "right-pad 2.0: HOLE-right-pad, mended in 99")


def test_a_list_that_does_not_know_the_known_hole_proves_nothing(lock: Path) -> None:
    with list_of_holes("right-pad") as url:
        verdict = audited(lock, "-s", "osv", "--osv-url", url)
    assert verdict.code == 0
    assert verdict.says.startswith("NOT CHECKED: ")


def test_where_nobody_answers_it_says_so(lock: Path) -> None:
    with list_of_holes() as url:
        nobody = url
    verdict = audited(lock, "-s", "osv", "--osv-url", nobody)
    assert verdict.code == 0
    assert verdict.says.startswith("NOT CHECKED: ")


def test_the_known_hole_is_nothing_that_is_installed() -> None:
    names = {line.partition("==")[0] for line in LOCK.read_text().splitlines() if "==" in line}
    assert KNOWN_HOLE[0] not in names
