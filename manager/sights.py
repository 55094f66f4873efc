"""What the page of the hall shows of a view, as rows: counters, fields, alarms, who waits longest,
screens, and the day so far. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from link import messages as m
from manager.rows import Bar, Drawing, Entry, Piece, Row, Style, bars, ends, wrapped
from terminal.opinion import is_satisfied
from terminal.telling import (
    AnyPane,
    Over,
    clock,
    minutes,
    over,
    pace_of,
    since,
    word_name,
)
from terminal.words import LONG_WAIT_MIN

STATE_SIGNS: Final = {"open": "●", "paused": "◐", "closed": "○"}
SHADES: Final[tuple[Style, ...]] = ("plain", "amber", "red")  # by how many limits are passed
PACES: Final[dict[str, Over]] = {"": 0, "slow": 1, "very_slow": 2}
NEVER_ROWS: Final = 3  # screens that were not there yet are told in so many
ALARM_ROWS: Final = 2  # an alarm is said in so many rows at most
URGENT: Final = frozenset({"wait_over_limit", "device_trouble", "screen_silent"})
ROOM_FOR_ALL: Final = 46  # cells in which a counter's service has room
ENOUGH_RATINGS: Final = 30  # fewer make no percentage

T = TypeVar("T")


def marks(passed: Over) -> str:
    """The same as a shade, without colour, in two cells."""
    return f"{'!' * passed:<2}"


def _drawing(
    those: Sequence[T], row: Callable[[T, int], Entry], weight: Callable[[T], float]
) -> Drawing:
    """In their own order; where not all have room, the weightiest first."""

    def drawing(width: int, height: int) -> Sequence[Entry]:
        fits = len(those) <= height
        return [row(one, width) for one in (those if fits else sorted(those, key=weight))]

    return drawing


# --- Counters ------------------------------------------------------------------------------------


def counters(pane: AnyPane, view: m.LiveView, now: datetime) -> Drawing:
    """Every counter: how it stands, the officer, the ticket, and how long that has been so."""
    infos = {info.code: info.number for info in pane.hall.counters}
    ordered = sorted(view.counters, key=lambda one: infos.get(one.counter, 0))
    return _drawing(ordered, partial(_counter, pane, now), partial(_counter_weight, pane, now))


def _counter(pane: AnyPane, now: datetime, one: m.LiveCounter, width: int) -> Entry:
    passed, sign = _passed(pane, one, now), STATE_SIGNS.get(one.state, " ")
    number = f"{pane.counter_number(one.counter):>2} "
    officer = f"{one.officer or '–':<5} "
    at_work = one.state != "closed" or one.number is not None
    style: Style = SHADES[passed] if at_work else "faint"
    ticket: tuple[Piece, ...] = ((f"{one.number} ", "strong"),) if one.number else ()
    doing, more = _doing(pane, one)
    left: tuple[Piece, ...] = (
        (number, "strong" if at_work else "faint"),
        (f"{sign} ", "good" if one.state == "open" else style),
        (officer, "plain" if at_work else "faint"),
        *ticket,
        (doing if width < ROOM_FOR_ALL or not more else f"{doing}: {more}", style),
    )
    since_when = one.stage_since if one.number else one.since
    time = f" {clock(since(since_when, now)):>7} {marks(passed)}" if at_work else ""
    return Entry(one.counter, ends(left, [(time, style)], width))


def _doing(pane: AnyPane, one: m.LiveCounter) -> tuple[str, str]:
    """What goes on there, and what is said of it where there is room."""
    if one.number is not None:
        return pane.words(f"manager.now_{one.stage}"), pane.service_name(one.service or "")
    reason = word_name(pane, pane.hall.pause_reasons, one.pause_reason)
    return pane.words(f"manager.now_{one.state}"), reason if one.state == "paused" else ""


def _passed(pane: AnyPane, one: m.LiveCounter, now: datetime) -> Over:
    """How much longer than expected the service takes."""
    if one.stage != "serving":
        return 0
    return PACES[pace_of(pane, one.service or "", one.stage_since, now)]


def _counter_weight(pane: AnyPane, now: datetime, one: m.LiveCounter) -> float:
    states = ("paused", "open", "closed")
    return states.index(one.state) - 4 * _passed(pane, one, now) if one.state in states else 9


# --- Those who wait ------------------------------------------------------------------------------


def fields(pane: AnyPane, view: m.LiveView, now: datetime) -> Drawing:
    """Every field: how many wait, who waits longest, and what a newcomer is told."""
    return _drawing(view.fields, partial(_field, pane, now), partial(_field_weight, now))


def _field(pane: AnyPane, now: datetime, one: m.FieldWaiting, width: int) -> Entry:
    wait_s = since(one.oldest_at, now)
    passed: Over = over(pane, wait_s) if one.waiting else 0
    style: Style = SHADES[passed] if one.waiting else "faint"
    left: tuple[Piece, ...] = ((f"{one.field} ", "quiet"), (pane.field_name(one.field), style))
    right: tuple[Piece, ...] = (
        (f"{one.waiting:>6}", "strong" if one.waiting else "faint"),
        (f"{int(wait_s // 60) if one.waiting else '–':>6} {marks(passed)}", style),
        (f"{_told(pane, one):>10}", "plain" if one.waiting else "faint"),
    )
    return Entry(one.field, ends(left, right, width))


def _told(pane: AnyPane, one: m.FieldWaiting) -> str:
    """The minutes a newcomer is told."""
    if one.low_s is None or one.high_s is None:
        return pane.words("manager.no_counter") if one.waiting else "–"
    low, high = (-int(-seconds // 60) for seconds in (one.low_s, one.high_s))
    return f">{LONG_WAIT_MIN}" if high > LONG_WAIT_MIN else f"{low}–{high}"


def field_columns(pane: AnyPane) -> str:
    """What stands above the figures of the fields."""
    people, longest, expected = (
        pane.words(f"manager.column_{name}") for name in ("people", "longest", "expected")
    )
    return f"{people:>6}{longest:>9}{expected:>10}"


def _field_weight(now: datetime, one: m.FieldWaiting) -> float:
    return -since(one.oldest_at, now) if one.waiting else 1.0


def longest(pane: AnyPane, view: m.LiveView, now: datetime) -> Drawing:
    """Those who wait longest."""
    return _drawing(view.longest, partial(_waiting, pane, now), lambda one: 0)


def _waiting(pane: AnyPane, now: datetime, one: m.WaitingTicket, width: int) -> Entry:
    wait_s = since(one.since, now)
    passed = over(pane, wait_s)
    group = f" · {pane.group_name(one.group)}" if one.group else ""
    left: tuple[Piece, ...] = (
        (f"{one.number} ", "strong"),
        (f"{pane.service_name(one.service)}{group}", SHADES[passed]),
    )
    right: Piece = (f" {minutes(pane, wait_s):>8} {marks(passed)}", SHADES[passed])
    return Entry(one.number, ends(left, [right], width))


# --- Alarms --------------------------------------------------------------------------------------


def alarms(pane: AnyPane, view: m.LiveView, now: datetime) -> Drawing:
    """The newest first; those that somebody has seen after the others, and calmer."""
    ordered = sorted(view.alarms, key=lambda one: one.acknowledged_at is not None)

    def drawing(width: int, height: int) -> Sequence[Entry]:
        rows = [Entry(one.alarm, row) for one in ordered for row in _alarm(pane, one, width, now)]
        return rows or [Entry("", ((pane.words("manager.no_alarms"), "good"),))]

    return drawing


def _alarm(pane: AnyPane, one: m.Alarm, width: int, now: datetime) -> list[Row]:
    urgent = one.kind in URGENT
    sign, style = "!!" if urgent else "! ", SHADES[1 + urgent]
    if one.acknowledged_at is not None:
        sign, style = "✓ ", "faint"
    mark: Piece = (f"{sign} {pane.words.time(one.since, now)[:5]} ", style)
    return wrapped(mark, alarm_text(pane, one), style, width, ALARM_ROWS)


def alarm_text(pane: AnyPane, one: m.Alarm) -> str:
    """One sentence on what is the matter."""
    words = pane.words
    names: dict[str, Callable[[str], str]] = {
        "wait_over_target": pane.field_name,
        "wait_over_limit": pane.field_name,
        "pause_long": pane.counter_number,
        "service_long": pane.counter_number,
        "device_trouble": words.device,
    }
    key = f"alarm.{one.kind}"
    return words(
        key if key in words else "alarm.other",
        of=names.get(one.kind, str)(one.of or ""),
        number=one.number or "",
        minutes=int((one.value_s or 0) // 60),
        target=int(pane.hall.wait_target_s // 60),
        limit=int(pane.hall.wait_limit_s // 60),
        trouble=words.trouble(one.detail or ""),
        kind=one.kind,
    )


# --- Screens and what stands beside them ---------------------------------------------------------


def devices(pane: AnyPane, view: m.LiveView, now: datetime) -> Drawing:
    """What does not work; then the screens that are away; then how many are there."""

    def drawing(width: int, height: int) -> Sequence[Entry]:
        return [Entry("", row) for row in _device_rows(pane, view, now, width)]

    return drawing


def _device_rows(pane: AnyPane, view: m.LiveView, now: datetime, width: int) -> Iterable[Row]:
    words = pane.words
    if pane.hall.plain_text:
        yield from wrapped(("!! ", "red"), words("link.plain_text"), "red", width, ALARM_ROWS)
    for trouble in view.troubles:
        text = f"{words.device(trouble.device)}: {words.trouble(trouble.trouble)}"
        time = words("manager.since", time=words.time(trouble.since, now))
        yield ends([("!! ", "red"), (text, "red")], [(f" {time}", "red")], width)
    told = {trouble.device for trouble in view.troubles}
    away = [one for one in view.screens if not one.online and one.device not in told]
    for screen in away:
        if screen.since is not None:
            time = words.time(screen.since, now)
            text = words("manager.screen_away", device=screen.device, time=time)
            yield ends([("!  ", "amber"), (text, "amber")], [], width)
    never = ", ".join(screen.device for screen in away if screen.since is None)
    if never:
        text = words("manager.screens_never", devices=never)
        yield from wrapped(("○  ", "faint"), text, "faint", width, NEVER_ROWS)
    there = sum(one.online for one in view.screens)
    if there or not view.troubles:
        text = words("manager.screens_there", count=there)
        yield ends([("✓  ", "good"), (text, "plain")], [], width)


# --- The day -------------------------------------------------------------------------------------


def day_rows(pane: AnyPane, view: m.LiveView, width: int, height: int) -> list[Row]:
    """The day so far: its mean wait against the target, who came, and how it was rated."""
    words, today = pane.words, view.today
    counts = words(
        "manager.counts",
        issued=today.issued,
        served=today.served,
        waiting=today.waiting,
    )
    rest = words("manager.counts_rest", no_shows=today.no_shows, transfers=today.transfers)
    lines: list[Row] = [
        _mean_row(pane, today),
        _within_row(pane, today),
        ((counts, "plain"), (f" · {rest}", "faint")),
        _rated_row(pane, view.rated),
    ]
    return [ends(row, [], width) for row in lines[:height]]


def _mean_row(pane: AnyPane, today: m.Today) -> Row:
    words, mean_s = pane.words, today.mean_wait_s
    title: Piece = (f"{words('manager.mean_wait')} ", "plain")
    if mean_s is None:
        return (title, (words("manager.nothing_yet"), "faint"))
    passed = over(pane, mean_s)
    sign = f"{'!' * passed}" if passed else "✓"
    style: Style = SHADES[passed] if passed else "good"
    target = words("manager.target", target=int(pane.hall.wait_target_s // 60))
    figure = words("manager.mean_minutes", mean=decimal(words.language, mean_s / 60))
    return (title, (f"{figure} {sign}", style), (f"  {target}", "quiet"))


def _within_row(pane: AnyPane, today: m.Today) -> Row:
    words = pane.words
    target = int(pane.hall.wait_target_s // 60)
    title: Piece = (f"{words('manager.within', target=target)} ", "plain")
    if today.within_target is None:
        return (title, (words("manager.nothing_yet"), "faint"))
    return (title, (f"{decimal(words.language, 100 * today.within_target)} %", "strong"))


def _rated_row(pane: AnyPane, rated: m.RatedToday | None) -> Row:
    """Satisfaction with how many gave it and of how many; no percentage of a few."""
    words = pane.words
    title: Piece = (f"{words('manager.satisfied')} ", "plain")
    count = sum(rated.levels) if rated else 0
    if rated is None or not count:
        return (title, (words("manager.nothing_yet"), "faint"))
    levels = pane.hall.rating_levels
    good = sum(n for level, n in enumerate(rated.levels, 1) if is_satisfied(level, levels))
    answered = decimal(words.language, 100 * count / rated.ended) if rated.ended else "–"
    figure = f"{decimal(words.language, 100 * good / count)} %"
    figure = figure if count >= ENOUGH_RATINGS else f"{good}/{count}"
    rest = words("manager.answered", count=count, share=answered)
    return (title, (figure, "strong"), (f"  {rest}", "quiet"))


def trend(pane: AnyPane, view: m.LiveView, width: int, height: int) -> list[Row]:
    """The mean wait of every half hour of the day, in minutes, with the target."""
    halves = [
        Bar(
            f"{half.at.astimezone(pane.words.timezone):%H:%M} ".lstrip("0"),
            None if half.mean_wait_s is None else half.mean_wait_s / 60,
        )
        for half in view.half_hours
    ]
    target = pane.hall.wait_target_s / 60
    return bars(halves, target, f"{target:.0f}′", (width, height))


def decimal(language: str, value: float) -> str:
    """With one digit behind the point, as the language writes it."""
    text = f"{value:.1f}"
    return text.replace(".", ",") if language == "vi" else text
