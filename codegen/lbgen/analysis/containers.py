"""Schemas that stand where no keyword of their draft looks, and that only references lead to.

Cases: `#/$defs/Order` in a document of a draft that calls it `definitions`; `#/components/schemas/
Order`; any container of a document's own. They are checked and named as all others are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..source.document import Location
from ..source.json_types import is_object
from .references import References
from .repeated_names import name_once

if TYPE_CHECKING:
    from ..contract.contract import Contract
    from ..schema.drafts import Draft

__all__ = ["follow_references"]


def follow_references(contract: Contract) -> tuple[Contract, References]:
    """A contract whose roots are all schemas that it uses, and its references.

    Args:
        contract: whose roots are what keywords lead to.
    """
    references = References(contract)
    if references.repeated:
        contract = name_once(contract)
        references = References(contract)
    while True:
        missing = _not_reached(contract, references)
        if not missing:
            return contract, references
        roots = dict(contract.roots)
        for location, draft in missing.items():
            roots[location.uri] = (*roots.get(location.uri, ()), (location.path, draft))
        contract = replace(contract, roots=roots)
        references = References(contract)


def _not_reached(contract: Contract, references: References) -> dict[Location, Draft]:
    """Where references lead that no walk from a root comes to, outer places only."""
    targets: dict[Location, None] = {}
    for uri, roots in contract.roots.items():
        for root, draft in roots:
            for path, schema, _ in contract.schemas(uri, root, draft):
                for keyword in ("$ref", "$dynamicRef"):
                    reference = schema.get(keyword) if is_object(schema) else None
                    if isinstance(reference, str):
                        target = references.resolve(Location(uri, path), reference)
                        if isinstance(target, Location):
                            targets[target] = None
    roots_of = {uri: dict(roots) for uri, roots in contract.roots.items()}
    inner = [one for one in targets if one.path not in roots_of.get(one.uri, {})]
    reached = {
        Location(uri, path)
        for uri in {target.uri for target in inner} & contract.roots.keys()
        for root, draft in contract.roots[uri]
        for path, _, _ in contract.schemas(uri, root, draft)
    }
    found: dict[Location, Draft] = {}
    for target in sorted(set(inner) - reached):
        if target.uri in contract.roots and not any(target.is_in(outer) for outer in found):
            found[target] = references.draft(target)
    return found
