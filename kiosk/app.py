"""The kiosk as a program: its pane on a whole terminal, joined to the hall's server."""

from __future__ import annotations

from kiosk.pane import KioskPane
from link.messages import PROTOCOL, Hello
from terminal.app import HallApp
from terminal.words import FIRST_LANGUAGE


def build(server_url: str, device: str, token: str, *, language: str | None = None) -> HallApp:
    """The kiosk's app, ready to run. `language`: instead of the hall's first one."""
    hello = Hello(protocol=PROTOCOL, role="kiosk", device=device, token=token)
    app = HallApp(KioskPane(language=language), server=server_url, hello=hello)
    app.set_reactive(HallApp.language, language or FIRST_LANGUAGE)
    return app
