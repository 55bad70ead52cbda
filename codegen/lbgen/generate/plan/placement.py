"""Which module each class lives in, and what it is called there.

`class_names` says what a class may be called; it gets the first of these names that no class has
yet. Two classes of one name are a diagnostic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...findings.diagnostic import Diagnostic, Related
from ...source.document import SCHEME
from ..names import class_name, module_name, parameter_name
from .class_names import class_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...contract.contract import Api, Contract
    from ...findings.diagnostic import Place
    from ...model import RecordType
    from ...model.parts import Parts

__all__ = ["Placement", "name_classes"]


class Placement:
    """Modules and names of a contract's classes.

    Attributes:
        modules: module of each document, by its URI.
        owners: the document or API that a module is for, and where it is written.
        classes: module and name of each record, by its parts.
        endpoints: name of the class with the `fire` of each event, by the event's parts.
        problems: names that two things would have.
    """

    def __init__(self) -> None:
        self.modules: dict[str, str] = {}
        self.classes: dict[Parts, tuple[str, str]] = {}
        self.endpoints: dict[Parts, str] = {}
        self.problems: list[Diagnostic] = []
        self._taken: dict[tuple[str, str], Place] = {}
        self._owners: dict[str, tuple[str, Place]] = {}

    def claim_module(self, module: str, owner: str, place: Place) -> None:
        """Take a name of a module for an API or a document."""
        first = self._owners.setdefault(module, (owner, place))
        if first[0] != owner:
            self.problems.append(
                Diagnostic(
                    place=place,
                    rule="name-collision",
                    message=f"{owner!r} and {first[0]!r} both become the module {module!r}",
                    help="rename one of them",
                    related=(Related(place=first[1], message="the other one"),),
                )
            )

    def claim(self, module: str, name: str, place: Place) -> Place | None:
        """Take a name in a module. Returns the place of whoever has it already."""
        first = self._taken.setdefault((module, name), place)
        return None if first is place else first

    def is_taken(self, module: str, name: str) -> bool:
        """Whether something in a module has a name."""
        return (module, name) in self._taken


def name_classes(
    contract: Contract,
    events: Mapping[Parts, tuple[Api, str]],
    records: Mapping[Parts, RecordType],
) -> Placement:
    """Give every class its module and its name.

    Args:
        contract: the APIs and documents.
        events: the records that are events, with the API and the event's name.
        records: every record, in the order in which they were found.
    """
    placement = Placement()
    for api in contract.apis:
        module = module_name(api.name)
        placement.claim_module(module, api.name, api.place)
        placement.modules[api.uri] = module
        placement.claim(module, api_class(api.name), api.place)
        for event in api.events:
            placement.modules[event.location.uri] = module
    for uri, document in sorted(contract.documents.items()):
        if uri not in placement.modules:
            placement.modules[uri] = module_name(document.file.rsplit(".", 1)[0])
    for parts, (api, name) in events.items():
        _claim_class(
            placement, parts, records[parts], placement.modules[api.uri], [class_name(name)]
        )
    api_files = {api.uri for api in contract.apis}
    api_modules = {module_name(api.name) for api in contract.apis}
    for parts, record in records.items():
        if parts in events:
            continue
        module = placement.modules[record.location.uri]
        document = contract.documents[record.location.uri]
        if record.location.uri not in api_files and module not in api_modules:
            owner = record.location.uri.removeprefix(SCHEME)
            placement.claim_module(module, owner, document.place(()))
        outer = None
        if record.owner is not None and record.owner[0] in placement.classes:
            around = records[record.owner[0]].location
            outer = around, placement.classes[record.owner[0]][1]
        candidates = class_names(record, outer, document.name)
        _claim_class(placement, parts, record, module, candidates)
    for parts, (api, _) in events.items():
        below = {other.name.removeprefix(f"{api.name}.").split(".")[0] for other in contract.apis}
        _claim_endpoint(placement, parts, api, {parameter_name(step) for step in below})
    return placement


def _claim_endpoint(placement: Placement, parts: Parts, api: Api, attributes: set[str]) -> None:
    """Name the endpoint of an event after the event's class.

    A class of the contract keeps its name, and so does an attribute of the API's class, in which
    the name would mean something else; `_` then tells the endpoint apart, as no class starts with
    it.
    """
    module, event_class = placement.classes[parts]
    name = f"{event_class}Endpoint"
    if name in attributes or placement.claim(module, name, api.place) is not None:
        name = f"_{name}"
    placement.endpoints[parts] = name


def _claim_class(
    placement: Placement, parts: Parts, record: RecordType, module: str, candidates: list[str]
) -> None:
    for name in candidates:
        if not placement.is_taken(module, name):
            placement.claim(module, name, record.place)
            placement.classes[parts] = (module, name)
            return
    name = candidates[-1]
    first = placement.claim(module, name, record.place)
    placement.classes[parts] = (module, name)
    placement.problems.append(
        Diagnostic(
            place=record.place,
            rule="name-collision",
            message=f"two types would both become the class {name}",
            help="give one of them another `title`, or move it to `$defs` under another name",
            related=() if first is None else (Related(place=first, message="the other one"),),
        )
    )


def api_class(name: str) -> str:
    """The class of an API: `shop.orders` is `ShopOrdersApi`."""
    return f"{class_name(name).rstrip('_')}Api"
