"""What the types of arrays and objects need to know of the types inside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..source.document import Location
    from .name_hints import NameHint
    from .parts import Parts
    from .schema_reader import SchemaReader
    from .types import Type

__all__ = ["TypeFinder"]


class TypeFinder(Protocol):
    """Finds the types of schemas."""

    @property
    def reader(self) -> SchemaReader:
        """What the schemas say."""
        ...

    @property
    def refusable_defaults(self) -> frozenset[Location]:
        """The properties whose default a composition around them can refuse."""
        ...

    def type_of(
        self, locations: Sequence[Location], naming: NameHint, perhaps: Sequence[Location] = ()
    ) -> Type:
        """The type of values to which the schemas at some locations all apply.

        Args:
            locations: of the schemas.
            naming: what a class would be called.
            perhaps: of schemas that apply to some of the values.
        """
        ...

    def union(self, members: Iterable[tuple[Type, Location | None]]) -> Type:
        """The union of some types."""
        ...

    def record(self, parts: Parts, naming: NameHint) -> Parts:
        """Make the class of some parts, unless it is there."""
        ...
