"""What a validator says about the form of a document, in words for its author."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from ..findings.diagnostic import Diagnostic
from ..findings.suggestions import did_you_mean
from ..schema.drafts import DRAFT_2020_12
from ..source.json_types import is_array, is_object
from .grammar import API_NAME, CONTRACT_SCHEMA, EVENT_NAME
from .type_words import TYPES, instead_of_type

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..findings.diagnostic import Place
    from ..source.document import Document, Path

__all__ = ["shape_diagnostic"]

_FORMS: Final = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "a mapping",
    "string": "a string",
}

_NAMES: Final = {
    API_NAME: "use letters, digits and `_`, with dots between the parts; up to 200 characters",
    EVENT_NAME: "use letters, digits and `_`, starting with a letter; up to 200 characters",
}

_NO_PARAMETERS: Final = "{type: object, properties: {}}"
_AN_EVENT: Final = f"order_placed: {{parameters: {_NO_PARAMETERS}}}"
_MISSING: Final = {
    "api": "add `api` with the name of the API, such as shop.orders",
    "events": f"add `events` with an event: {_AN_EVENT}",
    "lbgen": "add `lbgen: 1`",
    "parameters": (
        f"add `parameters` with the JSON Schema of the event; {_NO_PARAMETERS} if it has no "
        "parameters"
    ),
}


def shape_diagnostic(document: Document, path: Path, error: Any, rule: str) -> Diagnostic:
    """The diagnostic of a validator's error.

    Args:
        document: which was validated, or a part of it.
        path: to that part.
        error: what the validator says.
        rule: the rule that the diagnostic names.
    """
    where: Path = (*path, *error.instance_path)
    place, message, help_text = _words(document, where, error, rule)
    return Diagnostic(place=place, rule=rule, message=message, help=help_text)


def _words(document: Document, where: Path, error: Any, rule: str) -> tuple[Place, str, str]:
    place = document.place(where)
    kind = error.kind
    value = document.at(where)
    match kind.name:
        case "additionalProperties":
            key = sorted(kind.unexpected)[0]
            help_text = _meant(key, _properties_at(error.schema_path))
            if len(where) == 2 and key in DRAFT_2020_12.keywords:  # directly below an event
                help_text = f"write the schema, and so `{key}`, below `parameters`"
            return document.key_place((*where, key)), f"unknown key {key!r}", help_text
        case "required":
            missing = str(kind.property)
            help_text = _MISSING.get(missing, f"add `{missing}`")
            return document.key_place(where), f"the key {missing!r} is missing", help_text
        case "anyOf" | "enum" if where and where[-1] == "type":
            return _type(document, where, value)
        case "enum" if "type" in where[-2:]:
            return _type(document, where, value)
        case "enum":
            return place, error.message, _meant(value, map(str, kind.options))
        case "pattern":
            return (
                place,
                f"{value!r} is not a valid name",
                _NAMES.get(kind.pattern, _described(error, rule)),
            )
        case "propertyNames":
            key = str(kind.error.instance)
            place = document.key_place((*where, key))
            return place, f"{key!r} is not a valid event name", _NAMES[EVENT_NAME]
        case "const" if where == ("lbgen",):
            return place, f"version {value!r} of the file format is not known", "write `lbgen: 1`"
        case "type":
            return _wrong_form(document, where, value, error)
        case _:
            return place, _about(where, error.message), _described(error, rule)


def _type(document: Document, where: Path, value: Any) -> tuple[Place, str, str]:
    """What is wrong with the value of `type`: the first of its names that is none."""
    place = document.place(where)
    if is_array(value):
        for index, each in enumerate(value):
            if each not in TYPES:
                return _type(document, (*where, index), each)
        repeated = "list at least one type, and each type only once"
        return place, f"{value!r} is not a list of types", repeated
    if value is None:
        return (
            place,
            "null is not a JSON Schema type",
            'write a type; the type null is "null", in quotes',
        )
    if isinstance(value, str):
        return place, f"{value!r} is not a JSON Schema type", instead_of_type(value)
    message = f"'type' is {_shown(value)}, not a type"
    if is_object(value):
        return place, message, _as_property("type")
    return place, message, f"use one of: {', '.join(TYPES)}"


def _wrong_form(document: Document, where: Path, value: Any, error: Any) -> tuple[Place, str, str]:
    """What is wrong with a value of another kind, such as a list instead of a mapping."""
    types: Any = getattr(error.kind, "types", None)
    wanted = " or ".join(_FORMS[each] for each in types) if types else "another value"
    place = document.place(where)
    key = where[-1] if where and isinstance(where[-1], str) else None
    name = repr(key) if key is not None else "the item" if where else "the schema"
    comment = _comment(document, where) if value is None else None
    if comment is not None:
        return (
            place,
            f"{name} is empty, because an unquoted `#` starts a comment in YAML",
            f'write the value in quotes: {key}: "{comment}"',
        )
    if value is None:
        return place, f"{name} is empty", _form(where, value, types, wanted)
    message = f"{name} is {_shown(value)}, not {wanted}"
    return place, message, _form(where, value, types, wanted)


def _shown(value: Any) -> str:
    """A value as messages name it: large ones by their kind only."""
    if is_array(value) or is_object(value):
        return _FORMS["array" if is_array(value) else "object"]
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _comment(document: Document, where: Path) -> str | None:
    """The first word of the comment that is where the value of a key should be."""
    key = document.key_places.get(where)
    if key is None or document.file.endswith(".json") or key.line > len(document.lines):
        return None
    rest = document.lines[key.line - 1][key.end_column - 1 :]
    found = re.match(r"[\"']?\s*:\s+(#[^\s,}]*)", rest)
    return found[1] if found else None


def _as_property(name: str) -> str:
    return f"if `{name}` is a property, move it under `properties`"


def _meant(word: Any, known: Iterable[str]) -> str:
    names = sorted(known)
    meant = did_you_mean(word, names) if isinstance(word, str) else None
    return f"did you mean {meant!r}?" if meant else f"use one of: {', '.join(names)}"


def _about(where: Path, message: str) -> str:
    """A message with the keyword that it is about."""
    keyword = next((str(step) for step in reversed(where) if isinstance(step, str)), None)
    return f"`{keyword}`: {message}" if keyword else message


def _form(where: Path, value: Any, types: Any, wanted: str) -> str:
    """What to write instead of a value of another kind."""
    if where == ("events",):
        return f"write each event as a key: {_AN_EVENT}"
    if where[-1:] in (("exclusiveMinimum",), ("exclusiveMaximum",)) and isinstance(value, bool):
        return (
            f"write the limit itself: `{where[-1]}: 0` (true and false are only valid in draft-04)"
        )
    if where[-1:] == ("items",) and is_array(value):
        return "write one schema; use `prefixItems` for a list of schemas"
    if value is None:
        wanted = "a sentence" if where[-1:] == ("description",) else wanted
        return f"write {wanted} or remove the key"
    if types == ["array"] and isinstance(value, str):
        return f"write a list: [{value}]"
    if isinstance(value, str) and where[-2:-1] == ("properties",):
        return f"write `{{type: {value}}}`" if value in TYPES else instead_of_type(value)
    if is_object(value) and value.keys() & DRAFT_2020_12.keywords and "object" not in types:
        return _as_property(str(where[-1]))
    return f"write {wanted}"


def _described(error: Any, rule: str) -> str:
    """The help that the contract's schema has for a key; else what the validator said."""
    schema = _schema_at(error.schema_path) if rule == "contract-shape" else None
    description = schema.get("description") if is_object(schema) else None
    if isinstance(description, str):
        return f"expected: {description}"
    limit: Any = getattr(error.kind, "limit", None)
    match error.kind.name:
        case "minimum" | "minLength" | "minItems" | "minProperties":
            return f"write at least {limit}"
        case "exclusiveMinimum":
            return f"write more than {limit}"
        case "uniqueItems":
            return "remove the repeated item"
        case _:
            return "`lbgen rule invalid-schema` explains this rule"


def _schema_at(schema_path: Iterable[str | int]) -> Any:
    """The part of the contract's schema around a keyword that failed."""
    schema: Any = CONTRACT_SCHEMA
    for step in list(schema_path)[:-1]:
        if is_object(schema) and "$ref" in schema:
            schema = CONTRACT_SCHEMA["$defs"]["event"]
        if step == "$ref":
            continue
        if not is_object(schema) or step not in schema:
            return None
        schema = schema[str(step)]
    return schema


def _properties_at(schema_path: Iterable[str | int]) -> list[str]:
    """The names that a part of the contract's schema knows."""
    schema = _schema_at(schema_path)
    return list(schema.get("properties", {})) if is_object(schema) else []
