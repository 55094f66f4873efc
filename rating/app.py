"""The rating screen as a program of its own."""

from __future__ import annotations

from link.messages import PROTOCOL, Hello
from rating.pane import RatingPane
from terminal.app import HallApp
from terminal.words import FIRST_LANGUAGE


def build(server_url: str, device: str, token: str, *, language: str | None = None) -> HallApp:
    """The rating screen of a device, for the server at ws://… or wss://….

    It asks in the language of the ticket; `language` is the one it sleeps in.
    """
    hello = Hello(protocol=PROTOCOL, role="rating", device=device, token=token)
    app = HallApp(RatingPane(language=language), server=server_url, hello=hello)
    app.set_reactive(HallApp.language, language or FIRST_LANGUAGE)
    return app
