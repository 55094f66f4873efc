"""Who may come in at an address: what everybody knows lets in nobody from the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from msgspec import structs

from config.leaves import is_loopback
from config.pins import is_demo
from config.values import Config, Officer
from link.messages import DeviceInfo

ADMIN: Final = "admin"  # the account of a hall whose configuration names no administrator


def accounts_of(config: Config, host: str) -> dict[str, Officer]:
    """Everybody who may sign in somewhere; with the demo PIN on this machine alone."""
    accounts = dict(config.officers)
    if not any(one.role == "administrator" for one in accounts.values()):
        accounts[ADMIN] = Officer(ADMIN, {}, "", "administrator")
    if is_loopback(host):
        return accounts
    return {
        code: replace(one, pin_hash="") if is_demo(one.pin_hash) else one
        for code, one in accounts.items()
    }


def devices_of(config: Config, host: str) -> Mapping[str, DeviceInfo]:
    """The screens; a technician's page that opens by the demo PIN is on this machine alone."""
    if is_loopback(host):
        return config.devices
    return {code: _without_demo_pin(one) for code, one in config.devices.items()}


def _without_demo_pin(device: DeviceInfo) -> DeviceInfo:
    if not is_demo(str(device.settings.get("technician_pin_hash", ""))):
        return device
    rest = {key: one for key, one in device.settings.items() if key != "technician_pin_hash"}
    return structs.replace(device, settings=rest)
