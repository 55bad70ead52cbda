"""What a validator says about the form of a document, in words for its author."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..findings.diagnostic import Diagnostic
from ..findings.suggestions import did_you_mean
from ..source.json_types import is_array, is_object
from .grammar import API_NAME, CONTRACT_SCHEMA, EVENT_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..findings.diagnostic import Place
    from ..source.document import Document, Path

__all__ = ["shape_diagnostic"]

_TYPES: Final = ("array", "boolean", "integer", "null", "number", "object", "string")

_FORMS: Final = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "a mapping",
    "string": "a text",
}

_NAMES: Final = {
    API_NAME: "an API's name has letters, digits and `_`, and dots between its parts; up to 200"
    " characters",
    EVENT_NAME: "an event's name has letters, digits and `_`, and starts with a letter; up to 200"
    " characters",
}

_MISSING: Final = {
    "api": "add `api` with the API's name, such as shop.orders",
    "events": "add `events` with an event: order_placed: {parameters: {type: object}}",
    "lbgen": "add `lbgen: 1`",
    "parameters": "add `parameters`, the JSON Schema of what the event carries;"
    " {type: object} if it carries nothing",
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
            return (
                document.key_place((*where, key)),
                f"unknown key {key!r}",
                _meant(key, _properties_at(error.schema_path)),
            )
        case "required":
            missing = str(kind.property)
            help_text = _MISSING.get(missing, f"add `{missing}`")
            return document.key_place(where), f"the key {missing!r} is missing", help_text
        case "anyOf" | "enum" if where and where[-1] == "type":
            return _type(document, where, value)
        case "enum" if "type" in where[-2:]:
            return place, f"{value!r} is no type of JSON", _meant(value, _TYPES)
        case "enum":
            return place, error.message, _meant(value, map(str, kind.options))
        case "pattern":
            return place, f"{value!r} is no name", _NAMES.get(kind.pattern, _described(error, rule))
        case "propertyNames":
            key = str(kind.error.instance)
            place = document.key_place((*where, key))
            return place, f"{key!r} is no name of an event", _NAMES[EVENT_NAME]
        case "const" if where == ("lbgen",):
            return place, f"version {value!r} of the file format is not known", "write `lbgen: 1`"
        case "type":
            return place, _about(where, error.message), _form(where, value, error)
        case _:
            return place, _about(where, error.message), _described(error, rule)


def _type(document: Document, where: Path, value: Any) -> tuple[Place, str, str]:
    """What is wrong with the value of `type`: the first of its names that is none."""
    if is_array(value):
        for index, each in enumerate(value):
            if each not in _TYPES:
                return _type(document, (*where, index), each)
        repeated = "the types of a list are all different, and there is at least one"
        return document.place(where), f"{value!r} is no list of types", repeated
    return document.place(where), f"{value!r} is no type of JSON", _meant(value, _TYPES)


def _meant(word: Any, known: Iterable[str]) -> str:
    names = sorted(known)
    meant = did_you_mean(word, names) if isinstance(word, str) else None
    return f"did you mean `{meant}`?" if meant else f"there is: {', '.join(names)}"


def _about(where: Path, message: str) -> str:
    """A message with the keyword that it is about."""
    keyword = next((str(step) for step in reversed(where) if isinstance(step, str)), None)
    return f"`{keyword}`: {message}" if keyword else message


def _form(where: Path, value: Any, error: Any) -> str:
    if where[-1:] in (("exclusiveMinimum",), ("exclusiveMaximum",)) and isinstance(value, bool):
        return f"write the bound itself: `{where[-1]}: 0` (true and false are of draft-04)"
    if where[-1:] == ("items",) and is_array(value):
        return "write one schema; for a list of schemas the keyword is `prefixItems`"
    types: Any = getattr(error.kind, "types", None)
    wanted = " or ".join(_FORMS[each] for each in types) if types else "another form"
    if value is None:
        return f"nothing stands behind the colon: write {wanted}"
    if types == ["array"] and isinstance(value, str):
        return f"write a list: [{value}]"
    return f"write {wanted}"


def _described(error: Any, rule: str) -> str:
    """The help that the contract's schema has for a key; else what the validator said."""
    schema = _schema_at(error.schema_path) if rule == "contract-shape" else None
    description = schema.get("description") if is_object(schema) else None
    if isinstance(description, str):
        return f"what it holds: {description}"
    limit: Any = getattr(error.kind, "limit", None)
    match error.kind.name:
        case "minimum" | "minLength" | "minItems" | "minProperties":
            return f"write at least {limit}"
        case "exclusiveMinimum":
            return f"write more than {limit}"
        case "uniqueItems":
            return "write each item once"
        case _:
            return "`lbgen rule invalid-schema` says what this rule is about"


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
