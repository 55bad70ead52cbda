"""The JSON Schema of a generated class for pydantic and OpenAPI: the author's own.

References are replaced by what they lead to. Where that has no end, since a schema recurs, every
schema that a reference leads to is a definition of its own, as pydantic makes them of models: below
`$defs` of a JSON Schema, among the components of OpenAPI. One that is a class has its name.
"""

# JSON values are `Any` here: narrowing one by its type leaves pyright with parts unknown.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any, Final

from .validation.schema_parts import REFERENCES, inner_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetJsonSchemaHandler

    from .codecs.coded import Coded
    from .validation.schema_parts import SchemaPart, SchemaParts

__all__ = ["json_schema_of", "reference_name"]

_LEFT_OUT: Final = frozenset(
    {"$anchor", "$defs", "$dynamicAnchor", "$id", "$recursiveAnchor", "$schema", "$vocabulary"}
    | {"definitions", "id"}
)
"""Keywords that name a schema, or hold definitions, which stand elsewhere here."""


def reference_name(cls: type[Coded]) -> str:
    """The name by which pydantic knows the schema of a class."""
    return f"{cls.__module__}.{cls.__qualname__}"


def json_schema_of(cls: type[Coded], handler: GetJsonSchemaHandler) -> dict[str, Any]:
    """The schema of a class, as pydantic asks for it.

    Args:
        cls: the class.
        handler: of pydantic; it makes the definitions.
    """
    from pydantic_core import core_schema

    schema = cls.__lbgen_schema__
    inlined = schema.inlined()
    start = schema.parts.at(schema.location)
    if start is None or '"$ref"' not in json.dumps(inlined):
        return inlined
    names = {schema.location: reference_name(cls), **_class_names(cls)}
    found = _Definitions(schema.parts, names, handler)
    own = found.copy(start)
    definitions: list[Any] = []
    for part, name in found.referred():
        if name != reference_name(cls):
            body = found.copy(part)
            metadata = {"pydantic_js_functions": [_constant(body)]}
            definitions.append(core_schema.any_schema(ref=name, metadata=metadata))
    itself = core_schema.definition_reference_schema(reference_name(cls))
    handler(core_schema.definitions_schema(itself, definitions))
    return own


def _constant(body: dict[str, Any]) -> Callable[[Any, Any], dict[str, Any]]:
    return lambda _schema, _handler: body


def _class_names(cls: type[Coded]) -> dict[str, str]:
    """The name of each class of the same package, by the location of its schema."""
    package = cls.__module__.rpartition(".")[0]
    found: dict[str, str] = {}
    for module_name, module in [*sys.modules.items()]:
        if module_name != cls.__module__ and not (
            package and module_name.startswith(f"{package}.")
        ):
            continue
        for member in vars(module).values():
            if isinstance(member, type) and member.__module__ == module_name:
                schema = getattr(member, "__lbgen_schema__", None)
                if schema is not None:
                    found.setdefault(schema.location, f"{module_name}.{member.__qualname__}")
    return found


class _Definitions:
    """Copies schemas, and collects those that references lead to.

    Args:
        parts: finds the schemas.
        names: what pydantic calls the schemas of classes, by their location.
        handler: of pydantic.
    """

    def __init__(
        self, parts: SchemaParts, names: dict[str, str], handler: GetJsonSchemaHandler
    ) -> None:
        self._parts = parts
        self._names = names
        self._handler = handler
        self._referred: dict[str, SchemaPart] = {}

    def referred(self) -> list[tuple[SchemaPart, str]]:
        """Every schema that references lead to, from the copies and from each other."""
        done: dict[str, tuple[SchemaPart, str]] = {}
        while len(done) < len(self._referred):
            for location, part in list(self._referred.items()):
                if location not in done:
                    done[location] = part, self._name(part)
                    self.copy(part)
        return list(done.values())

    def copy(self, part: SchemaPart) -> dict[str, Any]:
        """A schema whose references lead to definitions of pydantic."""
        schema = part.schema
        if not isinstance(schema, dict):
            return {} if schema else {"not": {}}
        inner = {
            id(each.schema): self.copy(each) if isinstance(each.schema, dict) else each.schema
            for each in inner_parts(part)
        }
        made: dict[str, Any] = {}
        for keyword, value in schema.items():
            if keyword in _LEFT_OUT or not part.has(keyword):
                continue
            if keyword in REFERENCES:
                made |= self._reference(part, keyword)
            else:
                made[keyword] = _with(value, inner)
        return made

    def _reference(self, part: SchemaPart, keyword: str) -> dict[str, Any]:
        from pydantic_core import core_schema

        target = self._parts.target(part, keyword)
        if target is None:  # a draft's own meta-schema, or what only the validator knows
            return {}
        self._referred.setdefault(target.location, target)
        return dict(self._handler(core_schema.definition_reference_schema(self._name(target))))

    def _name(self, part: SchemaPart) -> str:
        known = self._names.get(part.location)
        if known is not None:
            return known
        step = re.sub(r"\W", "_", part.location.rpartition("/")[2]) or "Schema"
        return f"lbgen.{step}:{re.sub(r'[^A-Za-z0-9]', '_', part.location)}"


def _with(value: Any, inner: dict[int, Any]) -> Any:
    """What a keyword holds, with the schemas inside it replaced; no reference in mere data."""
    if id(value) in inner:
        return inner[id(value)]
    if isinstance(value, list):
        return [_with(each, inner) for each in value]
    if isinstance(value, dict):
        return {name: _with(each, inner) for name, each in value.items() if name != "$ref"}
    return value
