"""What a contract is: the APIs and events that documents declare."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ..source.document import Location

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..findings.diagnostic import Place
    from ..schema.keywords import Draft
    from ..source.document import Document, Path

__all__ = ["Api", "Contract", "Event"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event as a contract declares it.

    Attributes:
        name: its name in the API.
        location: where the schema of its parameters is.
        place: where its name is written.
        version: the number in an entry's `version` field.
        title: its name for people.
        description: what has happened.
        draft: the draft of the schema.
    """

    name: str
    location: Location
    place: Place
    draft: Draft
    version: int = 1
    title: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """An API as a contract declares it.

    Attributes:
        name: its name, may be dotted.
        place: where its name is written.
        uri: of its document; of a folder of event schemas, the folder's.
        events: its events, in the order of the text.
        stream: one stream per API or per event.
        authoritative: services that may fire; `None` is any.
        lightbus: whether entries hold only what Lightbus reads.
        assume_timezone: of date-times without an offset.
        title: its name for people.
        description: what it is about.
    """

    name: str
    place: Place
    uri: str
    events: tuple[Event, ...]
    stream: Literal["per_api", "per_event"] = "per_api"
    authoritative: tuple[str, ...] | None = None
    lightbus: bool = False
    assume_timezone: str | None = None
    title: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """Everything below a schema folder.

    Attributes:
        documents: every document, by URI.
        apis: every API, by name.
        roots: where schemas start in each document, with their draft, by URI.
        urls: the URL that stands for a document, by its URI, where the project names one.
        repeated: names that more than one schema had, with the schemas; only the first has it now.
    """

    documents: Mapping[str, Document]
    apis: tuple[Api, ...]
    roots: Mapping[str, tuple[tuple[Path, Draft], ...]]
    urls: Mapping[str, str] = field(default_factory=dict[str, str])
    repeated: Mapping[str, tuple[Location, ...]] = field(
        default_factory=dict[str, tuple[Location, ...]]
    )

    def is_api(self, uri: str) -> bool:
        """Whether a document is a contract file, not a schema."""
        roots = self.roots.get(uri, ())
        return all(path for path, _ in roots)
