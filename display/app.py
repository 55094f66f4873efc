"""The board as a program of its own."""

from __future__ import annotations

from display.device_pane import DevicePane
from link.messages import PROTOCOL, Hello
from terminal.app import HallApp
from terminal.words import FIRST_LANGUAGE


def build(server_url: str, device: str, token: str, *, language: str | None = None) -> HallApp:
    """The board of a device, for the server at ws://… or wss://…; `language` comes first on it."""
    hello = Hello(protocol=PROTOCOL, role="display", device=device, token=token)
    first = language or FIRST_LANGUAGE
    app = HallApp(DevicePane(language=first), server=server_url, hello=hello)
    app.set_reactive(HallApp.language, first)
    return app
