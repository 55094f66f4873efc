"""What every test folder needs: tests marked `long` run only with -m long."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "long" in config.option.markexpr:
        return
    skip = pytest.mark.skip(reason="long: run it with -m long")
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(skip)
