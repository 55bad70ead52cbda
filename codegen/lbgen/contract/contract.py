"""What a contract is: the APIs and events that documents declare."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ..schema.drafts import Draft
from ..schema.walk import walk
from ..source.document import Document, Location, Path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..findings.diagnostic import Place

__all__ = ["Api", "Contract", "DeclaredEvent", "Schemas"]

Schemas: TypeAlias = tuple[tuple[Path, Any, Draft], ...]
"""Schemas with their paths in a document and their drafts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredEvent:
    """An event as a contract declares it.

    Attributes:
        name: its name in the API.
        location: where the schema of its parameters is.
        document: which declares it.
        version: the number in an entry's `version` field.
        title: its name for people.
        description: what has happened.
        draft: the draft of the schema.
    """

    name: str
    location: Location
    document: Document = field(compare=False, repr=False)
    draft: Draft
    version: int = 1
    title: str | None = None
    description: str | None = None

    @property
    def place(self) -> Place:
        """Where its name is written; of a file that is an event, the file."""
        return self.document.key_place(self.location.path[:2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """An API as a contract declares it.

    Attributes:
        name: its name, may be dotted.
        document: which declares it; of a folder of event schemas, the first of them.
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
    document: Document = field(compare=False, repr=False)
    uri: str
    events: tuple[DeclaredEvent, ...]
    stream: Literal["per_api", "per_event"] = "per_api"
    authoritative: tuple[str, ...] | None = None
    lightbus: bool = False
    assume_timezone: str | None = None
    title: str | None = None
    description: str | None = None

    @property
    def place(self) -> Place:
        """Where its name is written; of a folder of event schemas, the first of them."""
        return self.document.place(("api",) if self.document.uri == self.uri else ())


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

    _walked: dict[tuple[str, Path, int], tuple[Document, Schemas]] = field(
        default_factory=dict[tuple[str, Path, int], tuple[Document, Schemas]],
        compare=False,
        repr=False,
    )

    def schemas(self, uri: str, root: Path, draft: Draft) -> Schemas:
        """A root of a document and all schemas inside it, as `walk` finds them, remembered.

        Args:
            uri: of the document.
            root: path to the root.
            draft: of the root.
        """
        document, key = self.documents[uri], (uri, root, draft.number)
        found = self._walked.get(key)
        if found is None or found[0] is not document:
            found = self._walked[key] = document, tuple(walk(document.at(root), draft, root))
        return found[1]

    def is_api(self, uri: str) -> bool:
        """Whether a document is a contract file, not a schema."""
        roots = self.roots.get(uri, ())
        return all(path for path, _ in roots)
