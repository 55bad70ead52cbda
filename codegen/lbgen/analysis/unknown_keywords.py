"""Words in schemas that are not keywords of their draft.

Cases: a misspelt keyword; a keyword of another draft, or of a neighbour of JSON Schema such as
OpenAPI; a note of some tool. In a contract file, whose author writes for lbgen, each is an error.
In a plain JSON Schema file all of them are legal annotations, which other tools may read, so each
word is one warning, at its first place.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ..findings.diagnostic import Diagnostic, Severity
from ..findings.suggestions import did_you_mean
from ..schema.drafts import DRAFTS
from ..schema.keywords import Holds
from ..source.json_types import is_object

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from ..schema.drafts import Draft
    from ..source.document import Document, Path

__all__ = ["unknown_keywords"]

_SAYS_NOTHING_ABOUT_VALUES: Final = frozenset(
    {
        "$comment", "$defs", "contentEncoding", "contentMediaType", "contentSchema", "definitions",
        "deprecated", "examples", "id", "readOnly", "writeOnly",
    }
)  # fmt: skip
"""Keywords that are harmless in drafts that do not know them: no draft refuses a value by them."""

_INSTEAD: Final = {
    "$recursiveAnchor": "write `$dynamicAnchor`",
    "$recursiveRef": "write `$dynamicRef`",
    "additionalItems": "write `items` next to `prefixItems`",
    "disallow": "write `not`",
    "divisibleBy": "write `multipleOf`",
    "example": "write `examples` with a list; lbgen checks them",
    "extends": "write `allOf`",
    "nullable": 'add the type "null": `type: [string, "null"]`',
    "prefixItems": "write `items` with an array of schemas",
}
"""What to write instead of keywords of other drafts and of OpenAPI."""


def unknown_keywords(
    document: Document,
    schemas: Iterable[tuple[Path, dict[str, Any], Draft]],
    containers: Collection[Path],
    *,
    is_contract: bool,
) -> Iterator[Diagnostic]:
    """The words of a document's schemas that check nothing.

    Args:
        document: which holds the schemas.
        schemas: each with its path and its draft.
        containers: paths to what holds schemas that references lead to.
        is_contract: whether the document is a contract file.
    """
    found: dict[str, Diagnostic] = {}
    count: dict[str, int] = {}
    for path, schema, draft in schemas:
        for key in schema:
            if key in draft.keywords or key.startswith("x-"):
                continue
            if key in _SAYS_NOTHING_ABOUT_VALUES and not (
                key == "id" and _is_schema(schema[key], draft)
            ):
                continue
            if (*path, key) in containers:
                continue
            if is_contract:
                advice = _as_property(schema, key, draft)
                unknown = _unknown(document, path, key, draft)
                yield replace(unknown, help=advice) if advice else unknown
            else:
                found.setdefault(key, _unknown(document, path, key, draft))
                count[key] = count.get(key, 0) + 1
    for key, diagnostic in found.items():
        more = f" (at {count[key]} places in this file)" if count[key] > 1 else ""
        yield replace(diagnostic, message=f"{diagnostic.message}{more}", severity=Severity.WARNING)


def _unknown(document: Document, path: Path, key: str, draft: Draft) -> Diagnostic:
    others = [each for each in DRAFTS.values() if key in each.keywords]
    return Diagnostic(
        place=document.key_place((*path, key)),
        rule="unknown-keyword",
        message=f"{key!r} is not a keyword of {draft if others else 'JSON Schema'}"
        ", so it checks nothing",
        help=_INSTEAD.get(key) or _help(key, draft, others),
    )


def _as_property(schema: dict[str, Any], key: str, draft: Draft) -> str | None:
    """What to write where a property is beside the keywords instead of below `properties`."""
    if not _is_schema(schema[key], draft):
        return None
    meant = did_you_mean(key, draft.keywords)
    if meant is not None and draft.keywords[meant] is not Holds.VALUE:
        return None
    if is_object(schema.get("properties")):
        return f"if `{key}` is a property, indent it so that it is under `properties`"
    return f"if `{key}` is a property, write `properties:` above it and indent it"


def _is_schema(value: Any, draft: Draft) -> bool:
    return is_object(value) and (not value or bool(value.keys() & draft.keywords.keys()))


def _help(key: str, draft: Draft, others: list[Draft]) -> str:
    if others:
        return f"it belongs to {others[0]}; use the keywords of {draft} instead"
    meant = did_you_mean(key, draft.keywords)
    if meant is not None:
        return f"did you mean `{meant}`?"
    return f"remove it, or rename it to `x-{key}` if it is your own annotation"
