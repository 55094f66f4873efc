"""The content of one screen, and how it is joined to a link. It fills a screen or a part of one.

A pane is told what to show and asks through what it was given; it never sees the link.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from ssl import SSLContext
from typing import ClassVar, Generic, Literal, Protocol, TypeVar, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Event
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from link.client import Link, NoAnswer, TooManyUnanswered
from link.messages import Answer, AnyDo, AnyView, DeviceInfo, Goodbye, HallInfo, Hello, Welcome
from link.trust import problem_word
from terminal.words import FIRST_LANGUAGE, Words, load

PATIENCE_S = 8.0  # how long somebody at a screen is kept waiting for an answer

log = logging.getLogger("motcua.screen")

Shape = Literal["", "line", "full"]  # of what is said over the content
V = TypeVar("V", bound=AnyView)


class Ask(Protocol):
    """Carries one request to the server and brings its answer, or raises NoAnswer."""

    async def __call__(
        self, do: AnyDo, *, patience_s: float | None = None, request_id: str | None = None
    ) -> Answer: ...


# --- What a pane is told -------------------------------------------------------------------------


class Welcomed(Message):
    """Goes on to the app, which wears the hall's colours."""

    def __init__(self, welcome: Welcome) -> None:
        super().__init__()
        self.welcome = welcome


class ViewChanged(Message, bubble=False):
    """A newer view takes the place of one the pane has not looked at yet."""

    def __init__(self, view: AnyView) -> None:
        super().__init__()
        self.view = view

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, ViewChanged)


class OnlineChanged(Message, bubble=False):
    def __init__(self, online: bool, why: str = "") -> None:
        super().__init__()
        self.online, self.why = online, why


class LinkEnded(Message, bubble=False):
    """The server will not have this screen any more."""

    def __init__(self, goodbye: Goodbye) -> None:
        super().__init__()
        self.goodbye = goodbye


# --- The pane ------------------------------------------------------------------------------------


class Overlay(Static):
    """What is said instead of the content (`-full`) or below it (`-line`)."""

    DEFAULT_CSS = """
    Overlay { layer: overlay; display: none; text-align: center; }
    Overlay.-full {
        display: block; width: 1fr; height: 1fr; content-align: center middle; padding: 1 4;
        background: $background; color: $foreground;
    }
    Overlay.-line {
        display: block; dock: bottom; width: 1fr; height: 1;
        background: $warning; color: $background;
    }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._said: tuple[str, Shape] = ("", "")

    def say(self, text: str, shape: Shape) -> None:
        """Said with every view: what is the same must not have the whole screen laid out anew."""
        if (text, shape) == self._said:
            return
        self._said = (text, shape)
        self.set_class(shape == "line", "-line")
        self.set_class(shape == "full", "-full")
        self.update(text)


class Pane(Widget, Generic[V], can_focus=True):
    """One screen's content. Write `content`, `view_changed` and BINDINGS; ask with `request`.

    `content` is composed again whenever the hall, the device or the language changed, and then
    `view_changed(view, None)` follows. Until the first welcome there is no `hall` to speak of.
    """

    DEFAULT_CSS = """
    Pane { layers: content overlay; width: 1fr; height: 1fr; background: $background; }
    Pane > #content { layer: content; width: 1fr; height: 1fr; }
    """
    OFFLINE: ClassVar[Literal["line", "full"]] = "line"  # public screens that citizens touch: full

    hall: HallInfo
    device: DeviceInfo

    def __init__(self, *, language: str = FIRST_LANGUAGE, id: str | None = None) -> None:
        super().__init__(id=id)
        self.words: Words = load(language)
        self.welcomed = False
        self.view: V | None = None
        self.online = False
        self.online_since: datetime | None = None  # or offline; None: never yet either
        self.last_problem = ""  # of the link, in a technician's words
        self.goodbye: Goodbye | None = None
        self.ask: Ask = _ask_nobody
        self.now: Callable[[], datetime] = _own_clock
        self._was_online = False
        self._overlaid: Shape = ""

    # What a screen writes.

    def content(self) -> ComposeResult:
        """The widgets of this screen, in `self.words`; `hall` and `device` are known."""
        yield from ()

    def view_changed(self, view: V, before: V | None) -> None:
        """Show the new view; touch only what differs. `before` is None: show everything."""

    def online_changed(self, online: bool) -> None:
        """The link was lost or came back. What `OFFLINE` says is shown without this."""

    def offline_shape(self) -> Literal["line", "full"]:
        """Whether the content may stay in sight while the server is lost."""
        return self.OFFLINE

    def offline_line(self) -> str:
        """What `OFFLINE = "line"` says beside the content while the server is lost."""
        return self.words("offline.line")

    def noticed(self, event: Event) -> bool:
        """Somebody pressed a key or a mouse button here. True: nobody else gets it."""
        return False

    # What a screen uses.

    @property
    def live(self) -> bool:
        """Whether the server is there and has said what to show."""
        return self.online and self.view is not None and self.goodbye is None

    @property
    def out_of_order(self) -> bool:
        """Whether something is said instead of the content."""
        return self._overlaid == "full"

    def request(
        self,
        do: AnyDo,
        then: Callable[[Answer], object],
        *,
        patience_s: float | None = PATIENCE_S,
        request_id: str | None = None,
    ) -> None:
        """Ask without keeping the screen waiting; `then` gets the answer, or a refusal.

        Reasons beside the hall's own: `no_answer` and `busy`. `patience_s` None: the answer is
        waited for however long the server is away. `request_id`: of a wish asked before.
        """

        async def ask_and_tell() -> None:
            then(await self._answer(do, patience_s, request_id))

        self.run_worker(ask_and_tell(), group="requests")

    def refusal(self, refused: dict[str, object]) -> str:
        """A refusal in the chosen language, with names in place of codes."""
        return self.words.refusal(self._named(refused), self.now())

    def speak(self, language: str) -> None:
        """Change the language of this pane."""
        timezone = self.hall.timezone if self.welcomed else "Asia/Ho_Chi_Minh"
        words = load(language, timezone)
        if words is not self.words:
            self.words = words
            self.refresh(recompose=True)

    def service_name(self, code: str) -> str:
        return self._name_of(self.hall.services, code)

    def field_name(self, code: str) -> str:
        return self._name_of(self.hall.fields, code)

    def group_name(self, code: str) -> str:
        return self._name_of(self.hall.groups, code)

    def counter_number(self, code: str) -> str:
        return next((str(c.number) for c in self.hall.counters if c.code == code), code)

    # How it works.

    def compose(self) -> ComposeResult:
        with Vertical(id="content"):
            if self.welcomed:
                yield from self.content()
        yield Overlay()

    async def darken(self) -> None:
        """It ends: what hangs on this screen goes dark, and is let go. On most hangs nothing."""

    def on_mount(self) -> None:
        self._shown_again()

    async def on_unmount(self) -> None:
        await self.darken()

    async def recompose(self) -> None:
        """What goes does nothing more: its own parts go before it."""
        had_focus = self.has_focus_within
        for worker in list(self.workers):
            if self in worker.node.ancestors:
                worker.cancel()
        await super().recompose()
        if had_focus and not self.has_focus_within:
            self.focus()
        self._shown_again()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No key does anything while the pane says that it is out of order."""
        return not self.out_of_order

    @on(Welcomed)
    async def _take_welcome(self, message: Welcomed) -> None:
        welcome, same = message.welcome, False
        if self.welcomed:
            same = (welcome.hall, welcome.device) == (self.hall, self.device)
        self.hall, self.device, self.welcomed = welcome.hall, welcome.device, True
        self.words = load(self.words.language, self.hall.timezone)
        if not same:
            await self.recompose()

    @on(ViewChanged)
    def _take_view(self, message: ViewChanged) -> None:
        before, self.view = self.view, cast("V", message.view)
        self._show_overlay()
        if self.welcomed and self.view != before:
            self.view_changed(self.view, before)

    @on(OnlineChanged)
    def _take_online(self, message: OnlineChanged) -> None:
        if message.online != self.online:
            self.online_since = self.now()
        if message.why or (message.online and problem_word(self.last_problem)):
            self.last_problem = message.why  # what was mended is said no longer
        self.online = message.online
        self._was_online = self._was_online or message.online
        log.info("online: %s %s", message.online, message.why)
        self._show_overlay()
        if self.welcomed:
            self.online_changed(message.online)

    @on(LinkEnded)
    def _take_end(self, message: LinkEnded) -> None:
        self.goodbye = message.goodbye
        self._show_overlay()

    def _shown_again(self) -> None:
        """Fill fresh widgets with what is known."""
        self._show_overlay()
        if self.welcomed and self.view is not None:
            self.view_changed(self.view, None)

    def _show_overlay(self) -> None:
        text, self._overlaid = self._out_of_order()
        self.query_one(Overlay).say(text, self._overlaid)
        self.query_one("#content").disabled = self._overlaid == "full"
        self.set_class(self._overlaid == "line", "-lined")

    def _out_of_order(self) -> tuple[str, Shape]:
        """What must be said beside or instead of the content."""
        if self.goodbye is not None:
            return self._in_both(self._farewell), "full"
        if self.live:
            return "", ""
        if not self._was_online:
            return self._in_both(self._connecting), "full"
        if self.offline_shape() == "line" and self.view is not None:
            return self.offline_line(), "line"
        return self._in_both(self._offline), "full"

    def _farewell(self, words: Words) -> str:
        assert self.goodbye is not None
        key = f"goodbye.{self.goodbye.reason}"
        return (
            f"{words('goodbye.tell_staff')}\n\n{words(key if key in words else 'goodbye.anything')}"
        )

    def _connecting(self, words: Words) -> str:
        return f"{words('common.connecting')}{self._untrusted(words)}"

    def _offline(self, words: Words) -> str:
        return f"{words('offline.title')}\n\n{words('offline.text')}{self._untrusted(words)}"

    def _untrusted(self, words: Words) -> str:
        """What keeps this screen out until somebody mends it: for the staff to read out."""
        known = problem_word(self.last_problem)
        return f"\n\n{words.link_problem(self.last_problem)}" if known else ""

    def _in_both(self, text: Callable[[Words], str]) -> str:
        """In the chosen language first, then in the other one."""
        other = "en" if self.words.language == FIRST_LANGUAGE else FIRST_LANGUAGE
        return f"{text(self.words)}\n\n\n{text(load(other))}"

    async def _answer(self, do: AnyDo, patience_s: float | None, request_id: str | None) -> Answer:
        try:
            return await self.ask(do, patience_s=patience_s, request_id=request_id)
        except NoAnswer:
            return Answer(id="", refused={"reason": "no_answer"})
        except TooManyUnanswered:
            return Answer(id="", refused={"reason": "busy"})

    def _named(self, refused: dict[str, object]) -> dict[str, object]:
        names: dict[str, Callable[[str], str]] = {
            "service": self.service_name,
            "counter": self.counter_number,
            "stage": lambda stage: self.words(f"stage.{stage}"),
        }
        return {
            fact: names[fact](value) if fact in names and isinstance(value, str) else value
            for fact, value in refused.items()
        }

    def _name_of(self, those: Iterable[_Named], code: str) -> str:
        return next((self.words.name(one.names) for one in those if one.code == code), code)


class _Named(Protocol):
    code: str
    names: dict[str, str]


def join(pane: Pane[V], link_to: str, hello: Hello, tls: SSLContext | None = None) -> Link:
    """Join a mounted pane to the server at an address, for as long as the pane is there."""
    link = Link(
        link_to,
        hello,
        on_welcome=lambda welcome: pane.post_message(Welcomed(welcome)),
        on_view=lambda view: pane.post_message(ViewChanged(view)),
        on_online=lambda online, why: pane.post_message(OnlineChanged(online, why)),
        on_goodbye=lambda goodbye: pane.post_message(LinkEnded(goodbye)),
        tls=tls,
    )
    pane.ask, pane.now = link.ask, link.now
    pane.run_worker(link.run(), name="link", group="link")
    return link


async def _ask_nobody(
    do: AnyDo, *, patience_s: float | None = None, request_id: str | None = None
) -> Answer:
    raise NoAnswer("this pane is joined to no link")


def _own_clock() -> datetime:
    return datetime.now(UTC)
