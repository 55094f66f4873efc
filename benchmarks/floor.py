"""The least that a screen can be: one line of text and one line to the server, made of the screens'
own libraries and nothing of ours. How it starts and what it holds is the floor of every screen.

    python -m benchmarks.floor ws://127.0.0.1:8765/ HELLO [MORE]
"""

from __future__ import annotations

import sys

from textual.app import App, ComposeResult
from textual.events import Key
from textual.widgets import Static
from websockets.asyncio.client import connect


class Bare(App[None]):
    """Shows how often it was told something, or the key that was pressed. `more`: lines below."""

    def __init__(self, server: str, hello: str, more: int) -> None:
        super().__init__()
        self._server, self._hello, self._more = server, hello, more

    def compose(self) -> ComposeResult:
        yield Static(id="told", markup=False)
        for number in range(self._more):
            yield Static(f"{number}", markup=False)

    def on_mount(self) -> None:
        self.run_worker(self._look_on())

    def on_key(self, event: Key) -> None:
        self.query_one("#told", Static).update(event.key)

    async def _look_on(self) -> None:
        async with connect(self._server) as line:
            await line.send(self._hello)
            times = 0
            async for _ in line:
                times += 1
                self.query_one("#told", Static).update(f"{times}")


def main() -> None:
    server, hello, *more = sys.argv[1:]
    Bare(server, hello, int(more[0]) if more else 0).run()


if __name__ == "__main__":
    main()
