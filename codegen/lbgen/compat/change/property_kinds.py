"""What changes of an object's properties are called, and what to do instead."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ...source.json_types import is_array
from .schema_summary import schema_words, shown, value_words

if TYPE_CHECKING:
    from ..normal.schema import Node
    from .seen import Seen, Words

__all__ = ["additional", "by_pattern", "dependency", "property_", "rename", "required"]


def property_(seen: Seen) -> Words:
    """A property that is new or gone."""
    if seen.old is None:
        schema, required = seen.new
        if required:
            text = f"{seen.subject} is new and required"
            return (
                "compat-parameter-added",
                text,
                ("make it optional: remove it from `required`, and add a `default` if possible",),
            )
        text = f"{seen.subject} is new ({shown(schema)})"
        if seen.backward:
            way = (
                "use a name that was never used before, because events may have other values "
                "under this one"
            )
        else:
            way = (
                "deploy all readers with the new contract before you send it, and allow this "
                "break until then, because the old contract does not allow undeclared "
                "properties"
            )
        return "compat-parameter-added", text, (way,)
    schema, required = seen.old
    text = f"{seen.subject} was removed"
    if required:
        text += ", which was required"
        return (
            "compat-parameter-removed",
            text,
            ("keep it, and keep sending it, until no reader uses the old contract",),
        )
    return "compat-parameter-removed", text, ("keep it as an optional parameter",)


def rename(seen: Seen) -> Words:
    """A property with another name."""
    stem = seen.edit.path.removesuffix(seen.edit.name)
    old, new = f"{stem}{seen.old}", f"{stem}{seen.new}"
    return (
        "compat-parameter-renamed",
        f'parameter "{old}" is now named "{new}"',
        (
            (
                f'keep "{old}", add "{new}" as an optional parameter, and send both until '
                f'nobody reads "{old}"'
            ),
        ),
    )


def required(seen: Seen) -> Words:
    """A property that is required now, or not any more."""
    if seen.new:
        return (
            "compat-parameter-required",
            f"{seen.subject} is now required",
            ("keep it optional", "add a `default` first, and make it required in a later change"),
        )
    return (
        "compat-parameter-optional",
        f"{seen.subject} is now optional",
        (
            "keep it required until no reader uses the old contract",
            "add a `default`, which `fire` then sends",
        ),
    )


def additional(seen: Seen) -> Words:
    """Properties that are not named."""
    if _is_false(seen.new):
        text = f"{seen.subject} no longer allows additional properties"
        return (
            "compat-additional-forbidden",
            text,
            ("remove `additionalProperties`; readers then ignore unknown properties",),
        )
    if _is_false(seen.old):
        text = f"{seen.subject} now allows additional properties"
        return (
            "compat-additional-allowed",
            text,
            ("deploy all readers with the new contract first, and allow this break until then",),
        )
    text = f"{seen.subject}: the schema of additional properties changed"
    text += f" from {schema_words(seen.old)} to {schema_words(seen.new)}"
    return "compat-additional-changed", text, ("keep the old schema of `additionalProperties`",)


def by_pattern(seen: Seen) -> Words:
    """Properties whose names match a pattern."""
    verb = "describes" if seen.old is None else "no longer describes"
    text = f"{seen.subject} {verb} properties that match {json.dumps(seen.edit.name)}"
    return "compat-additional-changed", text, ("keep the old `patternProperties`",)


def dependency(seen: Seen) -> Words:
    """Properties that others require."""
    text = f'{seen.subject}: the properties that "{seen.edit.name}" requires changed'
    if is_array(seen.new):
        text = f'{seen.subject}: "{seen.edit.name}" now requires {value_words(seen.new)}, too'
    return "compat-dependency-changed", text, ("keep the old dependency",)


def _is_false(schema: Node | None) -> bool:
    return schema is not None and schema.is_false
