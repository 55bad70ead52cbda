"""The verdict on a value: the author's schema, run by jsonschema-rs.

Documents are kept as JSON text and read at the first use. A schema is named by its location, the
URI of its document and a JSON pointer: `lbgen:///shop/orders.yaml#/events/order_placed/parameters`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs

from ..first_use import MAKING
from .formats import format_checks
from .reasons import Reasons

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema_rs import Validator

    from ...errors import Violation
    from .found import Found
    from .schema_parts import SchemaParts

__all__ = ["Schema", "Schemas", "compile_schema"]


def compile_schema(
    schema: Any,
    registry: jsonschema_rs.Registry,
    *,
    draft: int = jsonschema_rs.Draft202012,
    older: bool = False,
) -> jsonschema_rs.Validator:
    """The validator of a schema, with the options that lbgen uses everywhere.

    Formats are asserted, patterns take linear time, nothing is fetched.

    Args:
        schema: the schema; `{"$ref": location}` for one of the documents.
        registry: the documents.
        draft: the schema's draft; a document's own `$schema` decides about the document.
        older: whether a document is of a draft before 2019-09.
    """
    return _VALIDATORS[draft](
        schema,
        registry=registry,
        validate_formats=True,
        formats=format_checks(older=older),
        pattern_options=jsonschema_rs.RegexOptions(),
        offline=True,
    )


_VALIDATORS: Final[dict[int, type[jsonschema_rs.Validator]]] = {
    jsonschema_rs.Draft4: jsonschema_rs.Draft4Validator,
    jsonschema_rs.Draft6: jsonschema_rs.Draft6Validator,
    jsonschema_rs.Draft7: jsonschema_rs.Draft7Validator,
    jsonschema_rs.Draft201909: jsonschema_rs.Draft201909Validator,
    jsonschema_rs.Draft202012: jsonschema_rs.Draft202012Validator,
}


_OLDER_DRAFT: Final = "://json-schema.org/draft-0"
"""Part of the URI of every draft before 2019-09."""


class _Read(Mapping[str, Any]):
    """Documents that are read when they are first needed, by URI."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._read: dict[str, Any] = {}

    def __getitem__(self, uri: str) -> Any:
        if uri not in self._read:
            self._read[uri] = json.loads(self._texts[uri])
        return self._read[uri]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


class Schemas:
    """The documents of a generated package, compiled at the first use.

    Args:
        documents: JSON text of each document, by URI.
        lightbus: JSON text of each API's schema in Lightbus's form, by the API's name, where the
            contract says that Lightbus reads the API.
    """

    def __init__(
        self, documents: Mapping[str, str], *, lightbus: Mapping[str, str] | None = None
    ) -> None:
        self._documents = documents
        self._older = any(_OLDER_DRAFT in text for text in documents.values())
        self.lightbus = lightbus or {}
        self._validators: dict[str, jsonschema_rs.Validator] = {}
        self._registry: jsonschema_rs.Registry | None = None
        self._reasons: Reasons | None = None

    def at(self, location: str) -> Schema:
        """The schema at a location. Nothing is compiled before its first verdict."""
        return Schema(self, location)

    @property
    def registry(self) -> jsonschema_rs.Registry:
        """All documents, read."""
        registry = self._registry
        if registry is None:
            with MAKING.lock:
                registry = self._registry
                if registry is None:
                    registry = self._registry = jsonschema_rs.Registry(
                        [(uri, json.loads(text)) for uri, text in self._documents.items()]
                    )
        return registry

    def validator(self, location: str) -> jsonschema_rs.Validator:
        """The compiled validator of the schema at a location."""
        validator = self._validators.get(location)
        if validator is None:
            with MAKING.lock:
                validator = self._validators.get(location)
                if validator is None:
                    validator = self._compile({"$ref": location})
                    self._validators[location] = validator
        return validator

    def _compile(self, schema: Any, draft: int = jsonschema_rs.Draft202012) -> Validator:
        return compile_schema(schema, self.registry, draft=draft, older=self._older)

    @property
    def reasons(self) -> Reasons:
        """Tells why a schema refuses a value."""
        reasons = self._reasons
        if reasons is None:
            reasons = self._reasons = Reasons(_Read(self._documents), self._compile)
        return reasons

    def inlined(self, location: str) -> dict[str, Any]:
        """The schema at a location with every reference replaced, save those that recur."""
        schema: dict[str, Any] = jsonschema_rs.dereference(
            {"$ref": location}, registry=self.registry, offline=True
        )
        return schema


class Schema:
    """The schema at one location of a generated package.

    Attributes:
        location: URI of the document and JSON pointer.
    """

    __slots__ = ("_is_valid", "_schemas", "location")

    def __init__(self, schemas: Schemas, location: str) -> None:
        self._schemas = schemas
        self.location = location
        self._is_valid: Any = None

    @property
    def validator(self) -> jsonschema_rs.Validator:
        """The compiled validator."""
        return self._schemas.validator(self.location)

    def lightbus(self, api: str) -> str | None:
        """JSON text of an API's schema in Lightbus's form; `None` if the package has none."""
        return self._schemas.lightbus.get(api)

    def at(self, location: str) -> Schema:
        """Another schema of the same package."""
        return self._schemas.at(location)

    @property
    def parts(self) -> SchemaParts:
        """Finds the schemas of the package."""
        return self._schemas.reasons.parts

    def inlined(self) -> dict[str, Any]:
        """The schema with every reference replaced, save those that recur."""
        return self._schemas.inlined(self.location)

    def is_valid(self, value: object) -> bool:
        """Whether a JSON value is what the schema accepts."""
        check = self._is_valid
        if check is None:
            check = self._is_valid = self.validator.is_valid
        verdict: bool = check(value)
        return verdict

    def violations(self, value: object) -> tuple[Violation, ...]:
        """Why the schema does not accept a JSON value; none if it does."""
        if self.is_valid(value):
            return ()
        return self._schemas.reasons.violations(self.location, value)

    def found(self, value: object) -> Iterator[Found]:
        """The reasons in every branch of every union, for a value that is not accepted."""
        return self._schemas.reasons.in_every_branch(self.location, value)
