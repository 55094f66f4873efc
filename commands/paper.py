"""The commands about paper: the ticket without a hall, the printer without a kiosk."""

from __future__ import annotations

import argparse
import shutil
import sys
from datetime import UTC, datetime

from commands.shared import CANNOT, MISTAKES, OK, cannot, config_of


def ticket(arguments: argparse.Namespace) -> int:
    from hardware.layout import ticket_picture
    from hardware.raster import preview, raster, terminal_preview
    from hardware.template import SHIPPED, TemplateMistakes, read
    from kiosk.paper import NotInHall, sample_facts

    config = config_of(arguments)
    if config is None:
        return MISTAKES
    chosen = (arguments.service, arguments.group, arguments.language)
    try:
        template = read(arguments.template or SHIPPED)
        facts = sample_facts(config.hall_info, *chosen, datetime.now(UTC))
    except TemplateMistakes as mistakes:
        print(mistakes, file=sys.stderr)
        return MISTAKES
    except NotInHall as error:
        return cannot(f"{config.path}: {error}")
    picture = ticket_picture(facts, template, arguments.width)
    for trouble in template.troubles:
        print(trouble, file=sys.stderr)
    if arguments.preview is None and arguments.bytes is None:
        print("\n".join(terminal_preview(picture, shutil.get_terminal_size().columns)))
    try:
        if arguments.preview is not None:
            arguments.preview.write_bytes(preview(picture))
        if arguments.bytes is not None:
            arguments.bytes.write_bytes(raster(picture))
    except OSError as error:
        return cannot(f"{error.filename}: {error.strerror}")
    return OK


def printer(arguments: argparse.Namespace) -> int:
    from hardware.addresses import BadAddress, address_of
    from hardware.trial import print_test, show_status

    try:
        address = address_of(arguments.device)
    except BadAddress as error:
        return cannot(str(error))
    if arguments.status:
        return OK if show_status(address, print) else CANNOT
    return OK if print_test(address, arguments.width, print) else CANNOT
