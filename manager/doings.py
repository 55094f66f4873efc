"""What is told of a request that was carried out. Asks nobody."""

from __future__ import annotations

from link import messages as m
from terminal.telling import AnyPane


def done(pane: AnyPane, kind: str, do: m.AnyDo) -> str:
    """What came of it, in one sentence."""
    words = pane.words
    match do:
        case m.SetService(service=service, open=is_open):
            key = "service_opened" if is_open else "service_stopped"
            return words(f"manager.{key}", service=pane.service_name(service))
        case m.Notice(text=text):
            return words("manager.notice_shown" if text else "manager.notice_gone")
        case m.MoveTicket(ticket=ticket, service=service, to_counter=counter):
            if counter is not None:
                number = pane.counter_number(counter)
                return words("manager.moved_to_counter", ticket=ticket, number=number)
            return words(
                "manager.moved_to_service", ticket=ticket, service=pane.service_name(service or "")
            )
        case m.SendWord(counter=None):
            return words("manager.word_sent_all")
        case m.SendWord(counter=str(counter)):
            return words("manager.word_sent", number=pane.counter_number(counter))
        case m.Acknowledge():
            return words("manager.alarm_seen")
        case m.PairDevice(device=name) | m.UnpairDevice(device=name):
            return words(f"manager.did_{kind}", name=name)
        case m.SuspendOfficer(officer=name) | m.RestoreOfficer(officer=name):
            return words(f"manager.did_{kind}", name=name)
        case m.ResetPin(officer=name):
            return words("manager.did_reset_pin", name=name)
        case m.ChangePin():
            return words("console.pin_changed")
        case _:
            return words("manager.done", what=words(f"manager.do_{kind}"))
