"""Who may come in, carried over into older records that take the place of newer ones.

What was taken from somebody since stays taken: a device that was unpaired, an account that was
suspended, a PIN that was changed because another knew it. Touches nothing of what happened.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Final

from pysqlite3 import dbapi2 as sqlite

from records.tables import access_changes, codes, devices, pins, suspended

CARRIED: Final = tuple(one.name for one in (devices, pins, suspended, codes, access_changes))
GONE: Final = 'DELETE FROM main."{0}" WHERE hall = ?'
TAKEN_OVER: Final = 'INSERT INTO main."{0}" SELECT * FROM newer."{0}" WHERE hall = ?'
STEP: Final = "SELECT version_num FROM {}.alembic_version"


def carry_access(newer: Path, older: Path, hall: str) -> bool:
    """Put who may come in by the newer records into the older ones, a file that nobody else uses.

    False: the newer ones cannot be read, or are of another version of this program.
    """
    try:
        with closing(sqlite.connect(older, isolation_level=None)) as connection:
            connection.execute("ATTACH ? AS newer", (str(newer),))
            if _step(connection, "main") != _step(connection, "newer"):
                return False
            connection.execute("BEGIN IMMEDIATE")
            for table in CARRIED:
                for statement in (GONE, TAKEN_OVER):
                    connection.execute(statement.format(table), (hall,))
            connection.execute("COMMIT")
    except sqlite.Error:
        return False
    return True


def _step(connection: sqlite.Connection, of: str) -> object:
    return connection.execute(STEP.format(of)).fetchall()
