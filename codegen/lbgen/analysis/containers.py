"""Schemas that stand where no keyword of their draft looks, and that only references lead to.

Cases: `#/$defs/Order` in a document of a draft that calls it `definitions`; `#/components/schemas/
Order`; any container of a document's own. They are checked and named as all others are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..schema.keywords import walk
from ..source.document import Location
from ..source.json_types import is_object
from .references import References
from .repeated_names import name_once

if TYPE_CHECKING:
    from ..contract.contract import Contract
    from ..schema.keywords import Draft

__all__ = ["follow_references"]


def follow_references(contract: Contract) -> tuple[Contract, References]:
    """A contract whose roots are all schemas that it uses, and its references.

    Args:
        contract: whose roots are what keywords lead to.
    """
    contract = name_once(contract)
    while True:
        references = References(contract)
        missing = _not_reached(contract, references)
        if not missing:
            return contract, references
        roots = dict(contract.roots)
        for location, draft in missing.items():
            roots[location.uri] = (*roots.get(location.uri, ()), (location.path, draft))
        contract = replace(contract, roots=roots)


def _not_reached(contract: Contract, references: References) -> dict[Location, Draft]:
    """Where references lead that no walk from a root comes to, outer places only."""
    reached: set[Location] = set()
    targets: dict[Location, None] = {}
    for uri, roots in contract.roots.items():
        document = contract.documents[uri]
        for root, draft in roots:
            for path, schema, _ in walk(document.at(root), draft, root):
                reached.add(Location(uri, path))
                for keyword in ("$ref", "$dynamicRef"):
                    reference = schema.get(keyword) if is_object(schema) else None
                    if isinstance(reference, str):
                        target = references.resolve(Location(uri, path), reference)
                        if isinstance(target, Location):
                            targets[target] = None
    found: dict[Location, Draft] = {}
    for target in sorted(targets.keys() - reached):
        if target.uri in contract.roots and not any(target.is_in(outer) for outer in found):
            found[target] = references.draft(target)
    return found
