"""Turns a sound file into the values the rest of the house works with. Checks nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import time
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo

from msgspec import structs

from config import boards, screens, shape, values
from config.plates import plate_infos
from config.secrets import with_password
from config.voice import voice_info_of
from hall import model
from link import messages

DAYS: Final = shape.Week.__struct_fields__  # Monday is 0


def config_of(path: Path, file: shape.File) -> values.Config:
    return values.Config(
        path=path,
        setup=setup_of(file),
        hall_info=hall_info_of(file),
        devices=MappingProxyType({device.device: device for device in devices_of(file)}),
        officers=MappingProxyType({one.code: officer_of(one) for one in file.officers}),
        server=server_of(file.server),
        tickets_per_person=file.calling.tickets_per_person,
        reports=reports_of(file),
        privacy=privacy_of(file.privacy),
        sign_in=values.SignIn(file.sign_in.pin_digits, file.sign_in.session_h),
        voice=voice_info_of(file.voice, first_speaker(file.devices.display)),
    )


def server_of(server: shape.Server) -> values.Server:
    """Raises BadSecret."""
    told = structs.asdict(server)
    password_file, log = told.pop("database_password_file"), told.pop("log")
    tls, _, standby = told.pop("tls"), told.pop("ca"), told.pop("standby")
    told["tokens_always"] = told.pop("tokens") == "always"
    if password_file is not None and not server.database.startswith("sqlite"):
        told["database"] = with_password(server.database, password_file)
    places = (Path(one).expanduser() if one else None for one in (log, tls, standby))
    log_file, folder, standby_file = places
    return values.Server(**told, log=log_file, tls=folder, standby=standby_file)


# --- For the rules -------------------------------------------------------------------------------


def setup_of(file: shape.File) -> model.Setup:
    calling = file.calling
    return model.Setup(
        hall=file.hall.code,
        hours=hours_of(file.hours),
        services={one.code: service_of(one) for one in file.services},
        groups={one.code: group_of(one) for one in file.groups},
        counters={one.code: counter_of(one, file) for one in file.counters},
        languages=tuple(file.hall.languages),
        interleave=calling.interleave,
        no_show_after_s=calling.no_show_after_s,
        put_backs=calling.put_backs,
        recalls=calling.recalls,
        undo_within_s=calling.undo_within_s,
        left_over_after_s=calling.left_over_after_min * 60,
        wait_target_s=calling.wait_target_min * 60,
        wait_limit_s=calling.wait_limit_min * 60,
        alarms=alarms_of(file.alarms),
        walking_s=calling.walking_s,
        booking_by_slot=calling.booking == "slot",
        same_day_until=clock(calling.same_day_until),
        rating_levels=file.rating.levels,
        rating_tags=codes(file.rating.tags),
        outcomes=codes(file.outcomes),
        result_outcomes=frozenset(result_outcomes_of(file)),
        pause_reasons=codes(file.reasons.pause),
        hold_reasons=codes(file.reasons.hold),
        jump_reasons=codes(file.reasons.jump),
        cancel_reasons=codes(file.reasons.cancel),
    )


def alarms_of(alarms: shape.Alarms) -> model.AlarmLimits:
    return model.AlarmLimits(
        pause_s=alarms.pause_min * 60,
        service_factor=alarms.service_factor,
        service_s=alarms.service_min * 60,
        mean_from=alarms.mean_from,
        silent_s=alarms.silent_s,
    )


def reports_of(file: shape.File) -> values.Reports:
    reports = file.reports
    return values.Reports(
        folder=Path(reports.folder) if reports.folder else None,
        day_sheet=tuple(reports.day_sheet),
        month=tuple(reports.month),
        language=reports.language or file.hall.languages[0],
    )


def privacy_of(privacy: shape.Privacy) -> values.Privacy:
    key = Path(privacy.signing_key).expanduser() if privacy.signing_key else None
    return values.Privacy(privacy.keep_texts_days, key)


def hours_of(hours: shape.Hours) -> model.Hours:
    return model.Hours(
        timezone=ZoneInfo(hours.timezone),
        week=tuple(map(sessions_of, hours.week.days())),
        holidays=frozenset(hours.holidays),
        special={day.date: sessions_of(day.sessions) for day in hours.special},
    )


def sessions_of(sessions: list[shape.Session]) -> tuple[model.Session, ...]:
    return tuple(
        model.Session(
            opens=clock(one.opens),
            closes=clock(one.closes),
            issues_from=clock(one.numbers_from),
            issues_to=clock(one.numbers_to),
        )
        for one in sessions
    )


def service_of(service: shape.Service) -> model.Service:
    return model.Service(
        code=service.code,
        field=service.field,
        mean_s=service.minutes * 60,
        same_day=service.same_day,
        daily_limit=service.daily_limit,
        issuing=None if service.issuing is None else tuple(map(window_of, service.issuing)),
        weekdays=None if service.weekdays is None else frozenset(map(DAYS.index, service.weekdays)),
    )


def window_of(window: shape.Window) -> tuple[time, time]:
    return clock(window.from_), clock(window.to)


def group_of(group: shape.Group) -> model.Group:
    match group.head_start:
        case "interleave":
            return model.Group(code=group.code, interleaved=True)
        case "first":
            return model.Group(code=group.code, head_start_s=model.FIRST)
        case minutes:
            return model.Group(code=group.code, head_start_s=minutes * 60.0)


def counter_of(counter: shape.Counter, file: shape.File) -> model.Counter:
    lag = dict(lags_of(counter, file.services))
    return model.Counter(code=counter.code, lag=lag, agency=counter.agency)


def lags_of(counter: shape.Counter, services: list[shape.Service]) -> Iterator[tuple[str, float]]:
    """Each service the counter may serve. Its own code says more than the letter of its field."""
    said = {**dict.fromkeys(counter.serves, 0.0), **counter.helps}
    for service in services:
        minutes = said.get(service.code, said.get(service.field))
        if minutes is not None:
            yield service.code, minutes * 60


# --- For the screens -----------------------------------------------------------------------------


def hall_info_of(file: shape.File) -> messages.HallInfo:
    hall, reasons = file.hall, file.reasons
    return messages.HallInfo(
        hall=hall.code,
        names=hall.names,
        unit=hall.unit,
        address=hall.address,
        logo=hall.logo or "",
        ticket_line=hall.ticket_line,
        colours=present(structs.asdict(hall.colours)),
        languages=hall.languages,
        timezone=file.hours.timezone,
        fields=[messages.FieldInfo(code=one.letter, names=one.names) for one in file.fields],
        services=[service_info_of(one) for one in file.services],
        counters=list(counter_infos_of(file)),
        groups=[group_info_of(one) for one in file.groups],
        outcomes=words(file.outcomes),
        pause_reasons=words(reasons.pause),
        hold_reasons=words(reasons.hold),
        jump_reasons=words(reasons.jump),
        cancel_reasons=words(reasons.cancel),
        rating_levels=file.rating.levels,
        rating_tags=words(file.rating.tags),
        wait_target_s=file.calling.wait_target_min * 60,
        wait_limit_s=file.calling.wait_limit_min * 60,
        result_outcomes=result_outcomes_of(file),
    )


def service_info_of(service: shape.Service) -> messages.ServiceInfo:
    return messages.ServiceInfo(
        code=service.code,
        field=service.field,
        names=service.names,
        expected_s=service.minutes * 60,
        papers=service.papers,
        same_day=service.same_day,
    )


def group_info_of(group: shape.Group) -> messages.GroupInfo:
    return messages.GroupInfo(group.code, group.names, group.proof, group.from_age)


def counter_infos_of(file: shape.File) -> Iterator[messages.CounterInfo]:
    agencies = {agency.code: agency.names for agency in file.agencies}
    for counter in file.counters:
        yield messages.CounterInfo(
            code=counter.code,
            number=counter.number,
            names=counter.names,
            zone=counter.zone,
            floor=counter.floor,
            agency=agencies[counter.agency],
            services=[service for service, _ in lags_of(counter, file.services)],
            accessible=counter.accessible,
        )


def devices_of(file: shape.File) -> Iterator[messages.DeviceInfo]:
    for role in get_args(messages.Role):
        for screen in getattr(file.devices, role, ()):
            settings = present(structs.asdict(screen))
            if isinstance(screen, screens.CounterScreen | screens.ManagerScreen):
                settings.setdefault("lock_after_min", file.sign_in.lock_after_min)
            code, counter = settings.pop("code"), settings.pop("counter", None)
            device = messages.DeviceInfo(code, role, counter, settings)
            device.plates = plate_infos(code, counter, file)
            if isinstance(screen, screens.Display):
                device.counters = boards.counters_of(screen, file.counters)
                del settings["counters"], settings["zones"]
                if speaker := settings.pop("speaker", None):
                    device.voice = voice_info_of(file.voice, speaker)
            yield device


def first_speaker(displays: Sequence[screens.Display]) -> str:
    """The one that the hall's voice is tried out on."""
    return next((one.speaker for one in displays if one.speaker), "default")


def officer_of(officer: shape.Officer) -> values.Officer:
    names = MappingProxyType(officer.names)
    return values.Officer(officer.code, names, officer.pin_hash or "", officer.role)


# --- Small things --------------------------------------------------------------------------------


def clock(text: str) -> time:
    return time.fromisoformat(text)


def result_outcomes_of(file: shape.File) -> list[str]:
    return [one.code for one in file.outcomes if one.returns_result]


def codes(choices: Sequence[shape.Choice]) -> frozenset[str]:
    return frozenset(choice.code for choice in choices)


def words(choices: Sequence[shape.Choice]) -> list[messages.WordInfo]:
    return [messages.WordInfo(choice.code, choice.names) for choice in choices]


def present(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value is not None}
