"""Names of schemas that others have already, in files that somebody else may have written.

Copies of a schema often keep its `$id`. In a plain schema file that matters only if a reference
means one of them. The first schema keeps the name. A later one gets a name of its own, made of the
old one and its path, so that relative references in it lead where they did. An anchor goes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lbgen_runtime.events.json_pointer import pointer_of

from ..source.json_types import is_array, is_object
from .references import References

if TYPE_CHECKING:
    from ..contract.contract import Contract
    from ..source.document import Document, Location, Path

__all__ = ["name_once"]


def name_once(contract: Contract) -> Contract:
    """A contract in whose plain schema files no schema has the name of another one.

    Args:
        contract: the contract; `repeated` of what is returned says which names were there twice.
    """
    for anchors in (False, True):  # an anchor is a name only within a schema that has a `$id`
        documents = dict(contract.documents)
        repeated = dict(contract.repeated)
        references = References(contract)
        for name, location, first in references.repeated:
            if ("#" in name) is not anchors or contract.is_api(location.uri):
                continue
            keyword = references.draft(location).id_keyword
            changed = _renamed(documents[location.uri], location, name, keyword)
            if changed is not None:
                documents[location.uri] = changed
                repeated[name] = (*repeated.get(name, (first,)), location)
        if references.repeated:
            contract = replace(contract, documents=documents, repeated=repeated)
    return contract


def _renamed(document: Document, location: Location, name: str, id_keyword: str) -> Document | None:
    schema: dict[str, Any] = dict(document.at(location.path))
    _, is_anchor, anchor = name.partition("#")
    identifier = str(schema.get(id_keyword, "")).partition("#")[0]
    if not is_anchor:
        mark = "&" if "?" in identifier else "?"
        there = quote(f"{document.file}{pointer_of(location.path)}", safe="")
        schema[id_keyword] = f"{identifier}{mark}in={there}"
    elif schema.get("$anchor") == anchor:
        del schema["$anchor"]
    elif schema.get(id_keyword) == f"#{anchor}":
        del schema[id_keyword]
    else:
        return None
    return replace(document, value=_with(document.value, location.path, schema))


def _with(value: Any, path: Path, part: Any) -> Any:
    """A value with another part at a path; what is beside the path is shared."""
    if not path:
        return part
    step, below = path[0], path[1:]
    if is_array(value):
        items = list(value)
        items[int(step)] = _with(items[int(step)], below, part)
        return items
    assert is_object(value)
    return {**value, str(step): _with(value[str(step)], below, part)}
