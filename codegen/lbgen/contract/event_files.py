"""Plain JSON Schema files, one for each event, and the APIs that their folders stand for.

`shop/orders/order_placed.schema.yaml` is the event `order_placed` of the API `shop.orders`. Where a
file or a folder has `-`, dots or spaces between its words, the name has `_`: `order-placed.v1` is
`order_placed_v1`; dots of a folder's name are dots of the API's. Files directly in the schema
folder belong to the API that the project's setting `api` names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..findings.diagnostic import Diagnostic, Related
from .grammar import API_NAME, EVENT_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..source.document import Document
    from .contract import DeclaredEvent

__all__ = ["EventFile", "duplicate_events", "event_file", "no_api_named"]

_FILE: Final = re.compile(r"(?:(?P<folder>.+)/)?(?P<event>[^/]+)\.schema\.(?:yaml|yml|json)")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFile:
    """What the path of an event's schema says.

    Attributes:
        api: the API's name, if the folder gives one; empty for a file directly in the schema folder
            where the project names no API.
        event: the event's name, if the file gives one.
    """

    api: str
    event: str

    def problem(self, document: Document) -> Diagnostic | None:
        """What is wrong with the names.

        Args:
            document: the file.
        """
        if not re.fullmatch(API_NAME, self.api):
            what = f"{self.api!r} is not a valid API name"
        elif not re.fullmatch(EVENT_NAME, self.event):
            what = f"{self.event!r} is not a valid event name"
        else:
            return None
        return Diagnostic(
            place=document.place(()),
            rule="event-file-name",
            message=f"the path of this schema does not give an API and an event: {what}",
            help=(
                "rename it to API/EVENT.schema.yaml, with letters, digits and `_`, such as "
                "shop/orders/order_placed.schema.yaml"
            ),
        )


def event_file(file: str, api: str = "") -> EventFile | None:
    """What the path of a file says of an event; `None` if it is no event's schema.

    Args:
        file: path below the schema folder.
        api: to which files directly in the schema folder belong.
    """
    match = _FILE.fullmatch(file)
    if match is None:
        return None
    folder = match["folder"]
    name = api if folder is None else re.sub(r"[- ]+", "_", folder).replace("/", ".")
    return EventFile(api=name, event=re.sub(r"[-. ]+", "_", match["event"]))


def no_api_named(documents: list[Document]) -> Diagnostic:
    """The diagnostic of event schemas directly in the schema folder that belong to no API.

    Args:
        documents: these files.
    """
    more = len(documents) - 1
    others = "" if not more else f" (or that of {more} more file{'s' if more > 1 else ''})"
    return Diagnostic(
        place=documents[0].place(()),
        rule="event-file-name",
        message=(
            "this event schema is directly in the schema folder, and no setting names its "
            f"API{others}"
        ),
        help=(
            'add `api = "shop.orders"`, with the name of your API, to [tool.lbgen] in '
            "pyproject.toml; or move the file to a folder with that name: shop/orders/"
        ),
    )


def duplicate_events(
    api: str, events: Iterable[DeclaredEvent]
) -> tuple[tuple[DeclaredEvent, ...], list[Diagnostic]]:
    """The events of an API's folder, and what is wrong with those that have two files."""
    unique: dict[str, DeclaredEvent] = {}
    problems: list[Diagnostic] = []
    for event in events:
        first = unique.setdefault(event.name, event)
        if first is not event:
            problems.append(
                Diagnostic(
                    place=event.place,
                    rule="duplicate-event",
                    message=f"the event {event.name!r} of {api!r} is described in two files",
                    help="remove one of them",
                    related=(Related(place=first.place, message="the other one"),),
                )
            )
    return tuple(unique.values()), problems
