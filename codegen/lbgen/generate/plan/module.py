"""The plan of one module: its classes, its imports, its API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..layout import Brackets, Named, lay_out
from ..literals import description_lines, docstring_text, python_literal
from ..names import order_in_all, parameter_name
from .classes import ClassPlanner, field_names
from .imports import import_groups, import_line, module_order, own_class, words
from .module_names import ModuleNames
from .outline import ApiPlan, EventPlan, ModulePlan
from .placement import api_class

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ...analysis.validators import Validators
    from ...contract.contract import Api, Contract, DeclaredEvent
    from ...findings.diagnostic import Diagnostic
    from ...model import RecordType
    from ...model.parts import Parts
    from ..layout import Expression
    from .placement import Placement
    from .tree import ApiTree

__all__ = ["plan_module"]


def plan_module(  # noqa: PLR0913 - what a module is made of
    *,
    name: str,
    parts: Sequence[Parts],
    api: Api | None,
    by_event: Mapping[tuple[str, str], Parts],
    contract: Contract,
    records: Mapping[Parts, RecordType],
    placement: Placement,
    validators: Validators,
    tree: ApiTree,
    circles: Mapping[str, frozenset[str]],
) -> tuple[ModulePlan, list[Diagnostic]]:
    """Plan a module.

    Args:
        name: of the module.
        parts: of the records whose classes it holds.
        api: the API that it is for, if any.
        by_event: the record of each event, by the API's and the event's name.
        contract: the documents.
        records: every record.
        placement: of every class.
        validators: tells where validators find schemas.
        tree: of all APIs, by the parts of their names.
        circles: the modules that a module needs and that need it.
    """
    fields = {each for one in parts for each in field_names(records[one]).values()}
    names = ModuleNames(name, placement, validators, fields)
    local = {placement.classes[each][1] for each in parts}
    planner = ClassPlanner(names)
    order = _by_dependency(parts, records)
    events = {} if api is None else {by_event[api.name, e.name]: e for e in api.events}
    classes = [
        planner.plan(
            records[each],
            placement.classes[each][1],
            None if api is None or each not in events else f"{api.name}.{events[each].name}",
        )
        for each in order
    ]
    api_plan: ApiPlan | None = None
    if api is not None:
        own = [by_event[api.name, event.name] for event in api.events]
        api_plan = ApiPlan(
            class_name=api_class(api.name),
            contract=lay_out(Brackets("_lbgen.ApiContract", _arguments(api)), 0, 7, 0),
            doc=description_lines(api.description),
            events=tuple(
                _event_plan(event, placement, records[each], planner, each)
                for event, each in zip(api.events, own, strict=True)
            ),
            children=tree.children_of(api.name),
        )
    late = {module for module in names.imported if name in circles.get(module, frozenset())}
    files = sorted(
        {contract.documents[records[each].location.uri].file for each in parts}
        | ({_api_file(api, contract)} if api is not None else set())
    )
    imported = {each for each_names in names.imported.values() for each in each_names}
    exports = local | imported
    if api_plan is not None:
        exports.add(api_plan.class_name)
        endpoints = {event.endpoint for event in api_plan.events}
        exports |= {each for each in endpoints if not each.startswith("_")}
    plan = ModulePlan(
        name=name,
        sources=tuple(files),
        doc=tuple(docstring_text(api.description if api else None, _title(api, files))),
        imports=import_groups(
            words(planner.texts),
            taken=names.taken,
            has_children=api is not None and bool(tree.checked_imports(api.name)),
            has_classes=bool(classes),
            others={
                module: found for module, found in names.imported.items() if module not in late
            },
            whole=names.whole,
        ),
        checked_imports=() if api is None else tree.checked_imports(api.name),
        steps=() if api is None else tree.steps_below(api.name),
        late_imports=tuple(
            import_line(f".{module}", names.imported[module])
            for module in sorted(late, key=module_order)
        ),
        classes=tuple(classes),
        aliases=tuple(f"{own_class(each)} = {each}" for each in sorted(names.aliases)),
        api=api_plan,
        exports=lay_out(
            Brackets(
                "", tuple(python_literal(each) for each in sorted(exports, key=order_in_all)), "[]"
            ),
            0,
            10,
            0,
        ),
    )
    return plan, planner.problems


def _event_plan(
    event: DeclaredEvent,
    placement: Placement,
    record: RecordType,
    planner: ClassPlanner,
    parts: Parts,
) -> EventPlan:
    name = parameter_name(event.name)
    class_name, endpoint = placement.classes[parts][1], placement.endpoints[parts]
    arguments: list[Expression] = [
        "api=_API",
        f"name={python_literal(event.name)}",
        f"event_type={class_name}",
    ]
    if event.version != 1:
        arguments.append(f"version={python_literal(event.version)}")
    base = Brackets(f"class {endpoint}", (f"_lbgen.EventEndpoint[{class_name}]",))
    result = f" -> {endpoint}:"
    return EventPlan(
        name=name,
        constructor=planner.constructor(record, parts),
        endpoint=endpoint,
        endpoint_line=lay_out(base, 0, 0, 1) + ":",
        property_line=lay_out(Brackets(f"def {name}", ("self",)), 4, 4, len(result)) + result,
        contract=lay_out(Brackets("_lbgen.EventContract", tuple(arguments)), 12, 12, 1),
        parameters=planner.parameters(record),
        doc=planner.fire_doc(record),
        summary=description_lines(event.description),
    )


def _title(api: Api | None, files: list[str]) -> str:
    return f"The API {api.name}." if api else f"Types of {', '.join(files)}."


def _api_file(api: Api, contract: Contract) -> str:
    document = contract.documents.get(api.uri)
    return document.file if document else api.place.file


def _arguments(api: Api) -> tuple[Expression, ...]:
    found: list[Expression] = [f"name={python_literal(api.name)}"]
    if api.stream != "per_api":
        found.append(f"stream={python_literal(api.stream)}")
    if api.authoritative is not None:
        services = tuple(python_literal(service) for service in api.authoritative)
        several = Brackets("", services)
        found.append(
            Named("authoritative=", several if len(services) != 1 else f"({''.join(services)},)")
        )
    if api.lightbus:
        found.append("lightbus=True")
    if api.assume_timezone is not None:
        found.append(f"assume_timezone={python_literal(api.assume_timezone)}")
    return tuple(found)


def _by_dependency(parts: Sequence[Parts], records: Mapping[Parts, RecordType]) -> list[Parts]:
    """Records in an order in which each comes behind those that it needs, if there is one."""
    from .dependencies import records_in

    wanted = set(parts)
    ordered: dict[Parts, None] = {}
    entered: set[Parts] = set()

    def visit(each: Parts) -> None:
        if each in entered or each not in wanted:
            return
        entered.add(each)
        for inner in records_in(records[each]):
            visit(inner)
        ordered[each] = None

    for each in parts:
        visit(each)
    return list(ordered)
