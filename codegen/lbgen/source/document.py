"""A source document: its JSON value, and the place of each part of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from lbgen_runtime.events.json_pointer import pointer_of

from .json_types import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..findings.diagnostic import Diagnostic, Place

__all__ = ["SCHEME", "Document", "Location", "Path"]

Path: TypeAlias = tuple[str | int, ...]
"""Steps from the root of a document to one of its parts."""

SCHEME = "lbgen:///"
"""Documents below the schema folder have URIs of this scheme."""


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A part of a document: the document's URI and the path to the part.

    It is written as the URI with a JSON pointer (RFC 6901) as its fragment.
    """

    uri: str
    path: Path = ()

    def __truediv__(self, step: str | int) -> Location:
        return Location(self.uri, (*self.path, step))

    def is_in(self, outer: Location) -> bool:
        """Whether this is a part of another place, or the place itself."""
        return self.uri == outer.uri and self.path[: len(outer.path)] == outer.path

    def __str__(self) -> str:
        from urllib.parse import quote

        return f"{self.uri}#{quote(pointer_of(self.path), safe=_FRAGMENT_SAFE)}"


_FRAGMENT_SAFE = "/~!$&'()*+,;=:@-._"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file, read.

    Attributes:
        file: path below the schema folder, with `/`.
        value: the JSON value that the file stands for.
        places: place of each value, by path.
        key_places: place of each key of an object, by the path of its value.
        lines: the text, line by line, for excerpts.
        flaws: what a plain schema may have, and a contract file may not.
    """

    file: str
    value: Any
    places: Mapping[Path, Place]
    key_places: Mapping[Path, Place]
    lines: tuple[str, ...] = field(default=(), repr=False)
    flaws: tuple[Diagnostic, ...] = ()

    @property
    def uri(self) -> str:
        """The URI under which other documents refer to this one."""
        from urllib.parse import quote

        return SCHEME + quote(self.file)

    @property
    def name(self) -> str:
        """What the document is called: its file without the ending.

        A file that is called after a version only has the folder's name: `page/1.0.0.yaml` is
        `page`.
        """
        *folders, stem = re.sub(r"(\.schema)?\.[^.]+$", "", self.file).split("/")
        while folders and re.fullmatch(r"v?[\d.\-]+|current|latest", stem):
            stem = folders.pop()
        return stem

    def place(self, path: Path) -> Place:
        """Where a value stands; of what is not there, the closest part around it."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]

    def key_place(self, path: Path) -> Place:
        """Where the key of a value stands; of an array's item, the item."""
        return self.key_places.get(path) or self.place(path)

    def at(self, path: Path) -> Any:
        """The part at a path.

        Raises:
            LookupError: there is none.
        """
        value = self.value
        for step in path:
            if is_array(value):
                value = value[int(step)]
            elif is_object(value):
                value = value[str(step)]
            else:
                raise LookupError(path)
        return value
