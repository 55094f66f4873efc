"""Strangers come to the same small hall whose doors are tested elsewhere."""

from __future__ import annotations

from tests.dispatch.conftest import clocks, database, enter, hall, opened, staff

__all__ = ["clocks", "database", "enter", "hall", "opened", "staff"]
