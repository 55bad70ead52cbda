"""What the schemas of a contract say, before types are made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .parts import PartsReader
from .scalars import enumerated

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..analysis.references import References
    from ..analysis.validators import Validators
    from ..contract.contract import Contract
    from ..findings.diagnostic import Place
    from ..source.document import Document, Location
    from .parts import Parts

__all__ = ["SchemaReader"]


class SchemaReader:
    """Reads the schemas of a contract.

    Args:
        contract: the documents.
        references: of the same contract.
        validators: of the same contract.

    Attributes:
        parts: reads what applies to a value.
    """

    def __init__(self, contract: Contract, references: References, validators: Validators) -> None:
        self._contract = contract
        self._validators = validators
        self.references = references
        self.parts = PartsReader(references)

    def document(self, location: Location) -> Document:
        """The document that a location is in."""
        return self._contract.documents[location.uri]

    def place(self, location: Location) -> Place:
        """Where a value is written."""
        return self.document(location).place(location.path)

    def key_place(self, location: Location) -> Place:
        """Where the key of a value is written."""
        return self.document(location).key_place(location.path)

    def accepts(self, locations: Iterable[Location], value: Any) -> bool:
        """Whether the schemas at all of some locations accept a value."""
        return all(self._validators.validator(each).is_valid(value) for each in locations)

    def enumeration(self, parts: Parts) -> list[Any] | None:
        """The values that the enumerations among some parts allow."""
        return enumerated([schema for _, schema in self.parts.objects(parts)])

    def is_never(self, parts: Parts) -> bool:
        """Whether no value satisfies some parts, because one of them is `false`."""
        return any(self.parts.schema(part) is False and not part.perhaps for part in parts)
