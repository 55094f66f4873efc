"""What lies on the disk of a database, byte by byte, and a writer that is killed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

WRITER: Final = """
import os, sys
from pysqlite3 import dbapi2 as sqlite
connection = sqlite.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA wal_autocheckpoint=0")
connection.execute(sys.argv[2])
os.kill(os.getpid(), 9)
"""


def prints(file: Path) -> dict[str, str]:
    """Name -> hash of the file and its log. What connections share of it in memory is no record."""
    files = [file, file.with_name(f"{file.name}-wal")]
    return {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in files if one.exists()}


def killed(file: Path, statement: str) -> None:
    """Write something, and be killed before it is put away."""
    done = subprocess.run(
        [sys.executable, "-c", WRITER, str(file), statement], env=os.environ, check=False
    )
    assert done.returncode == -9
