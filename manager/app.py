"""The manager's screen on a whole terminal."""

from __future__ import annotations

from link.messages import PROTOCOL, Hello
from manager.pane import ManagerPane
from terminal.app import HallApp
from terminal.words import FIRST_LANGUAGE


def build(server_url: str, device: str, token: str, *, language: str | None = None) -> HallApp:
    """The screen as an app, joined to the server once it runs."""
    hello = Hello(protocol=PROTOCOL, role="manager", device=device, token=token)
    first = language or FIRST_LANGUAGE
    app = HallApp(ManagerPane(language=first), server=server_url, hello=hello, may_quit=True)
    app.set_reactive(HallApp.language, first)
    return app
