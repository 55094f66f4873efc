"""The kiosk as a program: its pane on a whole terminal, joined to the hall's server."""

from __future__ import annotations

from pathlib import Path

from kiosk.pane import KioskPane
from link.messages import PROTOCOL, Hello
from terminal.app import HallApp
from terminal.words import FIRST_LANGUAGE


def build(
    server_url: str,
    device: str,
    token: str,
    *,
    language: str | None = None,
    kept_in: Path | None = None,
) -> HallApp:
    """The kiosk's app, ready to run. `language`: instead of the hall's first one.

    `kept_in`: where its tickets and settings outlive a restart; without it, it prints nothing.
    """
    hello = Hello(protocol=PROTOCOL, role="kiosk", device=device, token=token)
    pane = KioskPane(language=language, kept_in=kept_in, name=device)
    app = HallApp(pane, server=server_url, hello=hello)
    app.set_reactive(HallApp.language, language or FIRST_LANGUAGE)
    return app
