"""Bring a database to the tables of this program, at every start of the server.

A new step is one file in migrations/versions; a test says whether the steps add up to the tables.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from records.errors import RecordsError


def upgrade(engine: Engine) -> None:
    """Carry out every step still missing, all of them or none.

    Raises RecordsError when the database was written by a newer program.
    """
    config = _config()
    with engine.begin() as connection:
        _refuse_newer(connection, ScriptDirectory.from_config(config))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Has the database the tables of this program? Not where it is empty, or an older one's."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_heads() == _newest()


def require_known(engine: Engine) -> None:
    """Raise RecordsError when the database was written by a newer program."""
    with engine.connect() as connection:
        _refuse_newer(connection, ScriptDirectory.from_config(_config()))


@cache
def _newest() -> tuple[str, ...]:
    return tuple(ScriptDirectory.from_config(_config()).get_heads())


def _config() -> Config:
    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    return config


def _refuse_newer(connection: Connection, steps: ScriptDirectory) -> None:
    known = {step.revision for step in steps.walk_revisions()}
    unknown = set(MigrationContext.configure(connection).get_current_heads()) - known
    if unknown:
        where = connection.engine.url.render_as_string(hide_password=True)
        raise RecordsError(
            f"the records at {where} were written by a newer version of this program "
            f"(step {', '.join(sorted(unknown))}): install that version"
        )
