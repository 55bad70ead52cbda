"""What is wrong with a document, told by a schema of its form: a contract file's or a draft's own.

Handles: unknown and missing keys, wrong types, values outside an enumeration, names that break a
pattern, and the `anyOf` by which meta-schemas describe `type`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from .contract_schema import API_NAME, CONTRACT_SCHEMA, EVENT_NAME
from .diagnostics import Diagnostic
from .json_types import is_object
from .suggest import did_you_mean

if TYPE_CHECKING:
    import jsonschema_rs

    from .document import Document, Path
    from .keywords import Draft

__all__ = ["check_contract_shape", "check_schema_shape"]

_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_NAMES = {
    API_NAME: "an API's name has letters, digits and `_`, and dots between its parts",
    EVENT_NAME: "an event's name has letters, digits and `_`, and starts with a letter",
}


@cache
def _contract_validator() -> jsonschema_rs.Validator:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(CONTRACT_SCHEMA, offline=True)


@cache
def _draft_validator(number: int) -> jsonschema_rs.Validator:
    import jsonschema
    import jsonschema_rs

    validators: dict[int, tuple[type[jsonschema_rs.Validator], Any]] = {
        4: (jsonschema_rs.Draft4Validator, jsonschema.Draft4Validator.META_SCHEMA),
        6: (jsonschema_rs.Draft6Validator, jsonschema.Draft6Validator.META_SCHEMA),
        7: (jsonschema_rs.Draft7Validator, jsonschema.Draft7Validator.META_SCHEMA),
        19: (jsonschema_rs.Draft201909Validator, jsonschema.Draft201909Validator.META_SCHEMA),
        20: (jsonschema_rs.Draft202012Validator, jsonschema.Draft202012Validator.META_SCHEMA),
    }
    validator, meta_schema = validators[number]
    return validator(meta_schema, offline=True)


def check_contract_shape(document: Document) -> list[Diagnostic]:
    """Whether a document has the form of a contract file."""
    return [
        _diagnostic(document, (), error, "contract-shape")
        for error in _contract_validator().iter_errors(document.value)
    ]


def check_schema_shape(document: Document, path: Path, draft: Draft) -> list[Diagnostic]:
    """Whether the schema at a path has the form that its draft's meta-schema demands."""
    errors = _draft_validator(draft.number).iter_errors(document.at(path))
    return [_diagnostic(document, path, error, "invalid-schema") for error in errors]


def _diagnostic(document: Document, path: Path, error: Any, rule: str) -> Diagnostic:
    where: Path = (*path, *error.instance_path)
    place = document.place(where)
    kind = error.kind
    message: str = error.message
    help_text: str | None = None
    match kind.name:
        case "additionalProperties":
            key = sorted(kind.unexpected)[0]
            place = document.key_place((*where, key))
            known = _properties_at(error.schema_path)
            meant = did_you_mean(key, known)
            message = f"unknown key {key!r}"
            help_text = f"did you mean `{meant}`?" if meant else f"known: {', '.join(known)}"
        case "required":
            message = f"the key {kind.property!r} is missing"
            help_text = f"add `{kind.property}`"
            place = document.key_place(where)
        case "anyOf" if where and where[-1] == "type":
            value = document.at(where)
            message = f"{value!r} is no type of JSON"
            meant = did_you_mean(value, _TYPES) if isinstance(value, str) else None
            help_text = f"did you mean `{meant}`?" if meant else f"known: {', '.join(_TYPES)}"
        case "enum" if where and "type" in where[-2:]:
            value = document.at(where)
            message = f"{value!r} is no type of JSON"
            meant = did_you_mean(value, _TYPES) if isinstance(value, str) else None
            help_text = f"did you mean `{meant}`?" if meant else f"known: {', '.join(_TYPES)}"
        case "enum":
            meant = did_you_mean(str(document.at(where)), [str(each) for each in kind.options])
            help_text = (
                f"did you mean `{meant}`?"
                if meant
                else f"one of: {', '.join(map(str, kind.options))}"
            )
        case "pattern":
            message = f"{document.at(where)!r} is no name"
            help_text = _NAMES.get(kind.pattern)
        case "propertyNames":
            key = str(kind.error.instance)
            place = document.key_place((*where, key))
            message = f"{key!r} is no name of an event"
            help_text = _NAMES[EVENT_NAME]
        case "constant":
            help_text = f"write {kind.expected_value}"
        case _:
            pass
    return Diagnostic(
        place=place,
        rule=rule,
        message=message,
        help=help_text or "see the description of this key in `lbgen schema`",
    )


def _properties_at(schema_path: list[str | int]) -> list[str]:
    """The names that a part of the contract's schema knows."""
    schema: Any = CONTRACT_SCHEMA
    for step in schema_path[:-1]:
        if is_object(schema) and "$ref" in schema:
            schema = CONTRACT_SCHEMA["$defs"]["event"]
        schema = schema[str(step)]
    return sorted(schema.get("properties", {}))
