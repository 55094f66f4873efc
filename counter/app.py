"""The officer's console on a whole terminal."""

from __future__ import annotations

from counter.pad_pane import PadPane
from link.messages import PROTOCOL, Hello
from terminal.app import HallApp
from terminal.words import FIRST_LANGUAGE


def build(server_url: str, device: str, token: str, *, language: str | None = None) -> HallApp:
    """The console as an app, joined to the server once it runs."""
    hello = Hello(protocol=PROTOCOL, role="counter", device=device, token=token)
    first = language or FIRST_LANGUAGE
    app = HallApp(PadPane(language=first), server=server_url, hello=hello, may_quit=True)
    app.set_reactive(HallApp.language, first)
    return app
