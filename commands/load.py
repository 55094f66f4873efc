"""The command that loads a test server: refuses any other, and says what the server lacks."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from commands.shared import MISTAKES, OK, NoWay, cannot, config_of, way_to_server

if TYPE_CHECKING:
    from config import Config
    from load.boards import Shown
    from load.people import Took
    from load.plan import Plan, Target

SURE: Final = "--yes-this-is-a-test-server"


def load(arguments: argparse.Namespace) -> int:
    from config.leaves import is_loopback
    from load.people import NoTestServer
    from load.wire import SentAway

    config = config_of(arguments)
    if config is None:
        return MISTAKES
    plan = _plan(arguments)
    try:
        url, ca = way_to_server(arguments)
    except NoWay as error:
        return cannot(str(error))
    host = urlsplit(url).hostname or ""
    here = is_loopback(host)
    if why_not := _not_so(plan, config, here=here, sure=arguments.yes_this_is_a_test_server):
        return cannot(why_not)
    if lines := list(_missing(plan, config)):
        print("\n".join(lines))
        return cannot(f"{config.path} lacks what stands above; the server needs it, too")
    try:
        print("\n".join(_measured(_target(url, ca, plan, here=here), plan)))
    except NoTestServer as hall:
        return cannot(
            f"the hall there is called {hall}. One that may be loaded is called so that anybody"
            f' sees it: code = "{hall}-test" under [hall], with a database of its own'
        )
    except (OSError, SentAway) as error:
        return cannot(f"{url}: {error}. Does the server run with what is in {config.path}?")
    return OK


def _plan(arguments: argparse.Namespace) -> Plan:
    from config.pins import DEMO_PIN
    from load.plan import Plan

    return Plan(
        kiosks=arguments.kiosks,
        counters=arguments.counters,
        displays=arguments.displays,
        tickets=arguments.tickets,
        desk_s=arguments.desk,
        seconds=arguments.seconds,
        pin=arguments.pin or DEMO_PIN,
        seed=arguments.seed,
    )


def _not_so(plan: Plan, config: Config, *, here: bool, sure: bool) -> str:
    """Why this is not done; empty: it may be."""
    from config.pins import DEMO_PIN
    from load.plan import LONGEST_S, MOST, SHORTEST_DESK_S, TICKETS_A_MINUTE

    if not (here or sure):
        return f"that server is on another machine. If it serves no real hall: {SURE}"
    if not here and plan.pin == DEMO_PIN:
        return "the demo's PIN signs in nobody from another machine: --pin, of six digits"
    for name, most in MOST.items():
        least = 0 if name == "displays" else 1
        if not least <= getattr(plan, name) <= most:
            return f"--{name} is a number from {least} to {most}"
    if plan.counters > len(config.setup.counters):
        return f"{config.path} has {len(config.setup.counters)} counters: --counters"
    if not 1 <= plan.tickets <= TICKETS_A_MINUTE * plan.kiosks:
        return f"--tickets is a number from 1 to {TICKETS_A_MINUTE} for each kiosk"
    if not 1 <= plan.seconds <= LONGEST_S:
        return f"--seconds is a number from 1 to {LONGEST_S:g}"
    if plan.desk_s < SHORTEST_DESK_S:
        return f"--desk is at least {SHORTEST_DESK_S:g} seconds"
    return ""


def _missing(plan: Plan, config: Config) -> Iterator[str]:
    """What is to be added to a copy of the hall's configuration."""
    from config.pins import hash_pin
    from load.plan import IS_TEST, counter_name, officer_name

    codes = list(config.setup.counters)
    on = {counter_name(n): codes[n - 1] for n in range(1, plan.counters + 1)}
    devices = [one for one in plan.devices() if one[1] not in config.devices]
    officers = [
        name
        for name in (officer_name(n) for n in range(1, plan.counters + 1))
        if name not in config.officers
    ]
    if not (devices or officers):
        return
    yield "# For a copy of the configuration, never the hall's own: a server for tests."
    if not IS_TEST.search(config.setup.hall):
        yield f'# In it also, under [hall]: code = "{config.setup.hall}-test"; under [server] a'
        yield "# database and a port of its own, no standby; under [reports] no folder; and hours"
        yield "# that are now."
    for role, name in devices:
        counter = f'counter = "{on[name]}"\n' if name in on else ""
        yield f'[[devices.{role}]]\ncode = "{name}"\n{counter}'
    pin_hash = hash_pin(plan.pin) if officers else ""
    for name in officers:
        yield (
            f'[[officers]]\ncode = "{name}"\nnames = {{ vi = "Cán bộ thử tải", en = "Load" }}\n'
            f'role = "officer"\npin_hash = "{pin_hash}"\n'
        )


def _target(url: str, ca: Path | None, plan: Plan, *, here: bool) -> Target:
    from link.tokens import BadToken, read_token, token_file
    from load.plan import Target

    tokens = {}
    for _, device in plan.devices():
        file = token_file(device)
        if file.exists():
            try:
                tokens[device] = read_token(file)
            except BadToken as error:
                print(f"warning: {error}", file=sys.stderr)
    parts = urlsplit(url)
    return Target(parts.hostname or "", parts.port or 0, ca, tokens, here)


def _measured(target: Target, plan: Plan) -> Iterator[str]:
    """The machine, and then what it took. Raises NoTestServer, OSError and SentAway."""
    from load.calibrate import fdatasync_ms, heading
    from load.page import page

    folder = Path(gettempdir())
    took, shown, echo_ms = asyncio.run(_played(target, plan))
    sync_ms = fdatasync_ms(folder)
    yield f"{heading(folder, sync_ms)}, an echo of the server {echo_ms:.2f} ms"
    yield from page(took, shown, sync_ms + echo_ms if target.here else None)


async def _played(target: Target, plan: Plan) -> tuple[Took, list[Shown], float]:
    """What it took, what each board was shown, and milliseconds to the server and back."""
    from load.boards import boards
    from load.people import Load

    load = Load(target, plan)
    await load.come()
    echo_ms = await load.echo_ms()
    with ExitStack() as until_measured:
        looking_on = boards(target, plan.displays)
        asked = await asyncio.to_thread(until_measured.enter_context, looking_on)
        took = await load.run()
        asked.send("done")
        return took, await asyncio.to_thread(asked.recv), echo_ms
