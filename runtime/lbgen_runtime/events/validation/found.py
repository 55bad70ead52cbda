"""One reason for which a schema refuses a value, and a refusal that is still to be explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .schema_parts import SchemaPart

__all__ = ["Found", "Path", "Refused"]

Path = tuple[str | int, ...]
"""Steps from a value to one of its parts."""


class Found(NamedTuple):
    """One reason.

    Attributes:
        path: to the part of the value.
        part: the schema that does not accept it.
        keyword: the keyword of the schema; `schema` where none could be named.
        message: what is wrong, and what to write instead.
    """

    path: Path
    part: SchemaPart
    keyword: str
    message: str


class Refused(NamedTuple):
    """A part of the value that a schema does not accept, still to be explained.

    Attributes:
        part: the schema.
        value: the part of the value.
        path: to it.
        note: what is said besides of each reason.
        is_name: the value is the name of a property.
    """

    part: SchemaPart
    value: Any
    path: Path
    note: str = ""
    is_name: bool = False

    def found(self, keyword: str, message: str, *steps: str | int) -> Found:
        """A reason.

        Args:
            keyword: the keyword of the schema.
            message: what is wrong.
            steps: from the value to the part that is wrong.
        """
        message = f"{'the name ' if self.is_name else ''}{message}{self.note}"
        return Found((*self.path, *steps), self.part, keyword, message)

    def by(self, part: SchemaPart) -> Refused:
        """The same value, refused by another schema."""
        return self._replace(part=part)
