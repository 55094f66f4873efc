"""Looks at a hall that runs, and says what deserves a word. Refuses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from config.leaves import is_loopback
from config.mistakes import Advice
from config.pins import DEMO_PIN, is_demo
from config.values import Config
from hardware.frames import Settings

RHYMING: Final = frozenset("BDPV")  # Bê, Dê, Pê, Vê, beside Tê and Xê


def check(config: Config, host: str | None = None) -> list[Advice]:
    """What the technician should know before it listens on this host, else on the configured one.

    Takes 20 ms for each different PIN.
    """
    host = host or config.server.host
    return [
        *about_plain_text(config, host),
        *about_certificate(config),
        *about_pins(config, host),
        *about_letters(config),
        *about_access(config),
        *about_screens(config),
        *about_plates(config),
    ]


def about_plain_text(config: Config, host: str) -> Iterator[Advice]:
    if speaks_plain_text(config, host):
        text = (
            f"{host} is open to the network, and what travels can be read there, tokens and PINs"
            " too. `motcua tls` makes what encrypts it."
        )
        yield Advice("server.plain_text_on_lan", text, loud=True)


def speaks_plain_text(config: Config, host: str) -> bool:
    """Whether others in the network can read what travels."""
    return config.server.tls is None and not is_loopback(host)


def about_certificate(config: Config) -> Iterator[Advice]:
    """What keeps screens out soon, or now."""
    if config.server.tls is None:
        return
    from config.certificates import (  # slow
        RENEW_BEFORE,
        SERVER,
        SERVER_KEY,
        BadCertificates,
        require_own,
    )
    from config.certificates import read as read_certificate

    try:
        require_own(config.server.tls / SERVER_KEY)
        days = read_certificate(config.server.tls / SERVER).days_left(datetime.now(UTC))
    except (BadCertificates, OSError) as bad:
        yield Advice("server.tls", f"{bad}", loud=True)
        return
    if days < RENEW_BEFORE.days:
        what = f"ends in {days} days" if days >= 0 else "HAS ENDED: no screen comes in"
        text = f"the certificate {what}. Renew it: motcua tls --renew --ca-key FILE"
        yield Advice("server.tls", text, loud=True)


def about_pins(config: Config, host: str) -> Iterator[Advice]:
    hashes = {officer.code: officer.pin_hash for officer in config.officers.values()}
    for device in config.devices.values():
        pin_hash = device.settings.get("technician_pin_hash")
        if isinstance(pin_hash, str):
            hashes[f"the technician of {device.device}"] = pin_hash
    known = [who for who, pin_hash in hashes.items() if is_demo(pin_hash)]
    if not known:
        return
    people = ", ".join(known)
    if is_loopback(host):
        yield Advice("officers", f"the demo PIN {DEMO_PIN} signs in {people}.")
    else:
        text = (
            f"ANYBODY in the network knows the demo PIN {DEMO_PIN}, so it is not taken at {host}:"
            f" `motcua pin CODE --reset` gives a one-time code to {people}."
        )
        yield Advice("officers", text, loud=True)


def about_letters(config: Config) -> Iterator[Advice]:
    for field in config.hall_info.fields:
        if field.code in RHYMING:
            text = f"{field.code} rhymes with other letters and is misheard over a loud hall."
            yield Advice("fields", text)


def about_access(config: Config) -> Iterator[Advice]:
    counters = config.hall_info.counters
    reachable = {code for counter in counters if counter.accessible for code in counter.services}
    for code in config.setup.services:
        if code not in reachable:
            yield Advice("services", f"{code} is served at no accessible counter.")


def about_screens(config: Config) -> Iterator[Advice]:
    devices = config.devices.values()
    with_screen = {device.counter for device in devices if device.role == "counter"}
    for code in config.setup.counters:
        if code not in with_screen:
            yield Advice("counters", f"{code} has no screen: nobody can call from it.")
    for role in ("kiosk", "display"):
        if not any(device.role == role for device in devices):
            yield Advice("devices", f"the hall has no {role}.")


def about_plates(config: Config) -> Iterator[Advice]:
    """A plate stays dark for a number whose letter it cannot show."""
    field_of = {service.code: service.field for service in config.hall_info.services}
    for device in config.devices.values():
        for plate in device.plates:
            of_it = [plate.counter] if plate.counter else device.counters
            counters = [one for one in config.hall_info.counters if one.code in of_it or not of_it]
            called = {field_of[service] for one in counters for service in one.services}
            unseen = sorted(called - set(Settings.of(plate.settings).can_show))
            if unseen:
                text = f"{plate.plate} stays dark for numbers of {', '.join(unseen)}."
                yield Advice("plates", text)
