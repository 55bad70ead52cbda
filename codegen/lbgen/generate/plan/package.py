"""Sixth pass: everything that a generated package says, down to the name and the line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...findings.diagnostic import Diagnostic
from ..layout import Brackets, Named, lay_out
from ..lightbus_schema.published import published_schema
from ..literals import json_literal, python_literal
from ..names import module_name, order_in_all
from .dependencies import circles_of, records_in
from .imports import import_lines
from .module import plan_module
from .outline import ModulePlan, PackagePlan, SchemasPlan
from .placement import api_class, name_classes
from .tree import ApiTree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...analysis.validators import Validators
    from ...contract.contract import Api, Contract
    from ...model import Modeller
    from ...model.parts import Parts
    from .placement import Placement

__all__ = ["NamedClasses", "name_package", "plan_package"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedClasses:
    """The classes of a package, with their names.

    Attributes:
        events: the records that are events, with the API and the event's name.
        by_event: the same by API and event.
        placement: module and name of every class.
    """

    events: Mapping[Parts, tuple[Api, str]]
    by_event: Mapping[tuple[str, str], Parts]
    placement: Placement


def name_package(
    contract: Contract, modeller: Modeller
) -> tuple[NamedClasses | None, list[Diagnostic]]:
    """Find the classes of a contract, and name them.

    Args:
        contract: the APIs.
        modeller: finds the types of the same contract.

    Returns:
        The classes, and what is in the way of placement them.
    """
    problems: list[Diagnostic] = []
    events: dict[Parts, tuple[Api, str]] = {}
    by_event: dict[tuple[str, str], Parts] = {}
    for api in contract.apis:
        for event in api.events:
            record = modeller.event(event)
            if record is None:
                problems.append(
                    Diagnostic(
                        place=modeller.reader.place(event.location),
                        rule="parameters-no-object",
                        message=f"the parameters of {api.name}.{event.name} are not an object",
                        help="write `type: object`, and list the parameters under `properties`",
                    )
                )
                continue
            record.description = event.description or record.description
            events[record.parts] = (api, event.name)
            by_event[api.name, event.name] = record.parts
    if problems:
        return None, problems
    placement = name_classes(contract, events, modeller.records)
    return NamedClasses(events=events, by_event=by_event, placement=placement), placement.problems


def plan_package(
    contract: Contract, modeller: Modeller, validators: Validators
) -> tuple[PackagePlan | None, list[Diagnostic]]:
    """Plan the package of a contract.

    Args:
        contract: the APIs.
        modeller: finds the types of the same contract.
        validators: tells where validators find schemas.

    Returns:
        The plan, and what is in its way.
    """
    named, problems = name_package(contract, modeller)
    if named is None:
        return None, problems
    placement = named.placement
    tree = ApiTree(contract)
    problems += tree.problems
    modules: dict[str, list[Parts]] = {}
    for api in contract.apis:
        modules.setdefault(placement.modules[api.uri], [])
    for parts, (module, _) in placement.classes.items():
        modules.setdefault(module, []).append(parts)
    apis = {placement.modules[api.uri]: api for api in contract.apis}
    circles = circles_of(_needs(placement, modeller))
    planned: list[ModulePlan] = []
    for name in sorted(modules):
        plan, found = plan_module(
            name=name,
            parts=modules[name],
            api=apis.get(name),
            by_event=named.by_event,
            contract=contract,
            records=modeller.records,
            placement=placement,
            validators=validators,
            tree=tree,
            circles=circles,
        )
        planned.append(plan)
        problems += found
    apis_by_class = sorted((api_class(api.name), module_name(api.name)) for api in contract.apis)
    package = PackagePlan(
        modules=tuple(planned),
        schemas=_schemas(contract, validators, modeller),
        namespaces=tree.roots(),
        steps=tree.steps_below(None),
        api_imports=(
            *(line for line in tree.checked_imports(None) if line.startswith("from . ")),
            *import_lines(((module, name) for name, module in apis_by_class), 4),
        ),
        lazy=lay_out(
            Brackets(
                "",
                tuple(
                    Named(f"{python_literal(name)}: ", python_literal(module))
                    for name, module in apis_by_class
                ),
                "{}",
            ),
            0,
            8,
            0,
        ),
        exports=lay_out(
            Brackets(
                "",
                tuple(
                    python_literal(name)
                    for name in sorted([*(n for n, _ in apis_by_class), "Bus"], key=order_in_all)
                ),
                "[]",
            ),
            0,
            10,
            0,
        ),
    )
    return package, problems


def _needs(placement: Placement, modeller: Modeller) -> dict[str, set[str]]:
    """The modules whose classes each module names."""
    needs: dict[str, set[str]] = {}
    for parts, (module, _) in placement.classes.items():
        inner = {placement.classes[each][0] for each in records_in(modeller.records[parts])}
        needs.setdefault(module, set()).update(sorted(inner - {module}))
    return needs


def _schemas(contract: Contract, validators: Validators, modeller: Modeller) -> SchemasPlan:
    documents = tuple(
        (python_literal(uri), json_literal(value))
        for uri, value in sorted(validators.documents.items())
    )
    lightbus = tuple(
        (python_literal(api.name), json_literal(published_schema(api, modeller)))
        for api in contract.apis
        if api.lightbus
    )
    return SchemasPlan(documents=documents, lightbus=lightbus)
