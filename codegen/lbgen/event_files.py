"""Plain JSON Schema files, one for each event, and the APIs that their folders stand for.

`shop/orders/order_placed.schema.yaml` is the event `order_placed` of the API `shop.orders`. Where a
file or a folder has `-`, dots or spaces between its words, the name has `_`: `order-placed.v1` is
`order_placed_v1`; dots of a folder's name are dots of the API's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .contract_schema import API_NAME, EVENT_NAME
from .diagnostics import Diagnostic, Related

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .contract import Event
    from .diagnostics import Place

__all__ = ["EventFile", "duplicate_events", "event_file"]

_FILE: Final = re.compile(r"(?:(?P<folder>.+)/)?(?P<event>[^/]+)\.schema\.(?:yaml|yml|json)")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFile:
    """What the path of an event's schema says.

    Attributes:
        api: the API's name, if the folder gives one.
        event: the event's name, if the file gives one.
    """

    api: str
    event: str

    def problem(self, place: Place) -> Diagnostic | None:
        """What is wrong with the names.

        Args:
            place: of the file.
        """
        if not re.fullmatch(API_NAME, self.api):
            what = f"{self.api!r} names no API"
        elif not re.fullmatch(EVENT_NAME, self.event):
            what = f"{self.event!r} is no name of an event"
        else:
            return None
        return Diagnostic(
            place=place,
            rule="event-file-name",
            message=f"the path of this event's schema gives no API and event: {what}",
            help="name it API/EVENT.schema.yaml with letters, digits and `_`: "
            "shop/orders/order_placed.schema.yaml",
        )


def event_file(file: str) -> EventFile | None:
    """What the path of a file says of an event; `None` if it is no event's schema.

    Args:
        file: path below the schema folder.
    """
    match = _FILE.fullmatch(file)
    if match is None:
        return None
    folder = re.sub(r"[- ]+", "_", match["folder"] or "")
    return EventFile(api=folder.replace("/", "."), event=re.sub(r"[-. ]+", "_", match["event"]))


def duplicate_events(
    api: str, events: Iterable[Event]
) -> tuple[tuple[Event, ...], list[Diagnostic]]:
    """The events of an API's folder, and what is wrong with those that have two files."""
    unique: dict[str, Event] = {}
    problems: list[Diagnostic] = []
    for event in events:
        first = unique.setdefault(event.name, event)
        if first is not event:
            problems.append(
                Diagnostic(
                    place=event.place,
                    rule="duplicate-event",
                    message=f"the event {event.name!r} of {api!r} has two files",
                    help="keep one of them",
                    related=(Related(place=first.place, message="the other one"),),
                )
            )
    return tuple(unique.values()), problems
