"""Rewritings of a schema that change nothing for whoever reads or fires."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from tests.compat.random_schemas import places

if TYPE_CHECKING:
    import random

DRAFT_07 = "http://json-schema.org/draft-07/schema#"


def reordered(document: Any, rng: random.Random) -> Any:
    """Keys, required names and listed values in another order."""
    if isinstance(document, dict):
        keys = list(document)
        rng.shuffle(keys)
        return {key: reordered(document[key], rng) for key in keys}
    if isinstance(document, list):
        items = [reordered(item, rng) for item in document]
        if all(isinstance(item, str) for item in items):
            rng.shuffle(items)
        return items
    return document


def described(document: Any, rng: random.Random) -> Any:
    """Other titles, descriptions, examples and comments."""
    changed = copy.deepcopy(document)
    schemas = [owner[name] for owner, name, _ in places(changed)]
    for schema in [changed, *schemas]:
        if isinstance(schema, dict) and rng.random() < 0.5:
            schema["description"] = f"says {rng.random()}"
            schema["$comment"] = "for us"
            schema["examples"] = [1]
            schema.pop("title", None)
    return changed


def referred(document: Any, rng: random.Random) -> Any:
    """Some schemas moved into definitions of their own."""
    changed = copy.deepcopy(document)
    moved: dict[str, Any] = {}
    for owner, name, _ in list(places(changed)):
        movable = isinstance(owner[name], dict) and "default" not in owner[name]
        if owner is not changed.get("$defs") and movable and rng.random() < 0.3:
            key = f"Moved{len(moved)}"
            moved[key] = owner[name]
            owner[name] = {"$ref": f"#/$defs/{key}"}
    if moved:
        changed.setdefault("$defs", {}).update(moved)
    return changed


def inlined(document: Any, rng: random.Random) -> Any:
    """Some references replaced by what they lead to."""
    changed = copy.deepcopy(document)
    for owner, name, _ in list(places(changed)):
        schema = owner[name]
        if isinstance(schema, dict) and set(schema) == {"$ref"} and rng.random() < 0.5:
            key = schema["$ref"].removeprefix("#/$defs/")
            target = document["$defs"][key]
            if isinstance(target, dict) and "default" not in target:
                owner[name] = copy.deepcopy(target)
    return changed


def split(document: Any, rng: random.Random) -> Any:
    """Some schemas said in several parts of an `allOf`."""
    changed = copy.deepcopy(document)
    alone = {"additionalProperties", "unevaluatedProperties", "unevaluatedItems", "$ref", "default"}
    for schema in [changed, *(owner[name] for owner, name, _ in places(changed))]:
        if not isinstance(schema, dict) or alone & set(schema) or "allOf" in schema:
            continue
        together = ("prefixItems", "items", "contains", "if", "then", "else", "$defs", "type")
        movable = sorted(name for name in schema if name not in together)
        if movable and rng.random() < 0.4:
            name = rng.choice(movable)
            schema["allOf"] = [{name: schema.pop(name)}]
    return changed


def as_draft_07(document: Any, _: random.Random) -> Any:
    """The same in draft-07, where draft-07 can say it."""
    changed = _older(copy.deepcopy(document))
    if isinstance(changed, dict):
        changed["$schema"] = DRAFT_07
    return changed


def sayable_in_draft_07(document: Any) -> bool:
    schemas = [document, *(owner[name] for owner, name, _ in places(document))]
    return not any(
        isinstance(schema, dict)
        and (
            {"unevaluatedProperties", "unevaluatedItems"} & set(schema)
            or schema.get("format") in ("uuid", "duration")
            or ("$ref" in schema and len(schema) > 1)
        )
        for schema in schemas
    )


def _older(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_older(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in ("enum", "const", "default", "required"):
            result[keyword] = value
        elif keyword == "dependentRequired":
            result.setdefault("dependencies", {}).update(value)
        elif keyword == "dependentSchemas":
            result.setdefault("dependencies", {}).update(
                {name: _older(part) for name, part in value.items()}
            )
        elif keyword == "prefixItems":
            result["items"] = [_older(part) for part in value]
        elif keyword == "items" and "prefixItems" in schema:
            result["additionalItems"] = _older(value)
        elif keyword in ("properties", "patternProperties", "$defs"):
            result[keyword] = {name: _older(part) for name, part in value.items()}
        else:
            result[keyword] = _older(value)
    return result


NEUTRAL = (reordered, described, referred, inlined, split, as_draft_07)
