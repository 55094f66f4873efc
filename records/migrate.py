"""Bring a database to the tables of this program, at every start of the server.

A new step is one file in migrations/versions; a test says whether the steps add up to the tables.
What carries steps out is large, and is loaded only where one is missing: not at most starts.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine

from records.errors import RecordsError

if TYPE_CHECKING:
    from alembic.config import Config

STEPS: Final = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Carry out every step still missing, all of them or none.

    Raises RecordsError when the database was written by a newer program.
    """
    if is_current(engine):
        return
    from alembic import command

    config = _config()
    with engine.begin() as connection:
        _refuse_newer(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Has the database the tables of this program? Not where it is empty, or an older one's."""
    with engine.connect() as connection:
        return _done(connection) == {max(_steps())}


def require_known(engine: Engine) -> None:
    """Raise RecordsError when the database was written by a newer program."""
    with engine.connect() as connection:
        _refuse_newer(connection)


@cache
def _steps() -> frozenset[str]:
    """The numbers that the files of the steps begin with: each is the name of its step."""
    return frozenset(file.name.partition("_")[0] for file in (STEPS / "versions").glob("[0-9]*.py"))


def _done(connection: Connection) -> set[str]:
    """The last step that was carried out, each after the one before it; none, or one."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return set()
    rows = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
    return set(rows.scalars())


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(STEPS).replace("%", "%%"))
    return config


def _refuse_newer(connection: Connection) -> None:
    if unknown := _done(connection) - _steps():
        where = connection.engine.url.render_as_string(hide_password=True)
        raise RecordsError(
            f"the records at {where} were written by a newer version of this program "
            f"(step {', '.join(sorted(unknown))}): install that version"
        )
