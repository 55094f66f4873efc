"""Who went before whom, twice: as the stories of a day tell it, and as books kept apart do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime

from hall import events as e
from hall.model import Setup
from records.journal import Recorded
from records.story import Story, lived_through, told
from tests.invariants import Books, Visit

Before = tuple[datetime, str, str]  # when, who, to which counter


def stories(setup: Setup, day: date, recorded: list[Recorded]) -> Iterator[Story]:
    """Every ticket's, in order of issue."""
    halls = lived_through(setup, recorded)
    for happened in recorded:
        if isinstance(happened.event, e.TicketTaken):
            story = told(halls, day, recorded, happened.event.ticket)
            assert isinstance(story, Story), story
            yield story


def before_by_the_books(
    setup: Setup, recorded: list[Recorded]
) -> tuple[dict[str, list[Before]], dict[str, set[str]]]:
    """For each ticket the others that went before, and the numbers of all called meanwhile, found
    by asking everybody at every call.
    """
    books, before, meanwhile = Books(setup), defaultdict(list), defaultdict(set)
    for happened in recorded:
        event = happened.event
        if isinstance(event, e.TicketCalled):
            called = books.visits[event.ticket]
            for visit in others_callable(books, event):
                meanwhile[visit.number].add(called.number)
                if visit.line < called.line:
                    before[visit.number].append((happened.at, called.number, event.counter))
        books.see(happened.seq, happened.at, event)
    return before, meanwhile


def others_callable(books: Books, event: e.TicketCalled) -> list[Visit]:
    return [visit for visit in books.callable_at(event.counter) if visit.number != event.ticket]


def before_as_told(story: Story) -> list[Before]:
    return [
        (fact.at, str(fact.facts["number"]), str(fact.facts["counter"]))
        for fact in story.facts
        if fact.what == "went_before"
    ]
