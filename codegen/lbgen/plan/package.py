"""Sixth pass: everything that a generated package says, down to the name and the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lbgen_runtime.bus import RESERVED_API_NAMES

from ..diagnostics import Diagnostic, Related
from ..layout import Brackets, Named, lay_out
from ..lightbus.published import published_schema
from ..literal import docstring_text, json_literal, python_literal
from ..names import module_name, order_in_all, parameter_name
from .imports import import_line, module_order
from .module import plan_module
from .modules import ModulePlan, NamespacePlan, PackagePlan, SchemasPlan
from .naming import api_class, name_classes
from .references import circles_of, records_in

if TYPE_CHECKING:
    from ..contract import Api, Contract
    from ..model import Modeller
    from ..model.parts import Parts
    from ..verdict import Verdicts
    from .naming import Naming

__all__ = ["plan_package"]


def plan_package(
    contract: Contract, modeller: Modeller, verdicts: Verdicts
) -> tuple[PackagePlan | None, list[Diagnostic]]:
    """Plan the package of a contract.

    Args:
        contract: the APIs.
        modeller: finds the types of the same contract.
        verdicts: tells where validators find schemas.

    Returns:
        The plan, and what is in its way.
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
                        place=modeller.place(event.location),
                        rule="parameters-no-object",
                        message=f"the parameters of {api.name}.{event.name} can be no object",
                        help="write `type: object`, and the parameters under `properties`",
                    )
                )
                continue
            record.description = event.description or record.description
            events[record.parts] = (api, event.name)
            by_event[api.name, event.name] = record.parts
    if problems:
        return None, problems
    naming = name_classes(contract, events, modeller.records)
    problems += naming.problems
    tree = _Tree(contract)
    problems += tree.problems
    modules: dict[str, list[Parts]] = {}
    for api in contract.apis:
        modules.setdefault(naming.modules[api.uri], [])
    for parts, (module, _) in naming.classes.items():
        modules.setdefault(module, []).append(parts)
    apis = {naming.modules[api.uri]: api for api in contract.apis}
    circles = circles_of(_needs(naming, modeller))
    planned: list[ModulePlan] = []
    for name in sorted(modules):
        plan, found = plan_module(
            name=name,
            parts=modules[name],
            api=apis.get(name),
            by_event=by_event,
            contract=contract,
            records=modeller.records,
            naming=naming,
            verdicts=verdicts,
            children=tree.children_of(apis[name].name) if name in apis else (),
            circles=circles,
        )
        planned.append(plan)
        problems += found
    apis_by_class = sorted((api_class(api.name), module_name(api.name)) for api in contract.apis)
    package = PackagePlan(
        modules=tuple(planned),
        schemas=_schemas(contract, verdicts, modeller),
        namespaces=tree.roots(),
        steps=tree.steps(),
        api_imports=tuple(
            import_line(f".{module}", [name])
            for name, module in sorted(apis_by_class, key=lambda each: module_order(each[1]))
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


def _needs(naming: Naming, modeller: Modeller) -> dict[str, set[str]]:
    """The modules whose classes each module names."""
    needs: dict[str, set[str]] = {}
    for parts, (module, _) in naming.classes.items():
        inner = {naming.classes[each][0] for each in records_in(modeller.records[parts])}
        needs.setdefault(module, set()).update(sorted(inner - {module}))
    return needs


def _schemas(contract: Contract, verdicts: Verdicts, modeller: Modeller) -> SchemasPlan:
    documents = tuple(
        (python_literal(uri), json_literal(value))
        for uri, value in sorted(verdicts.documents.items())
    )
    lightbus = tuple(
        (python_literal(api.name), json_literal(published_schema(api, modeller)))
        for api in contract.apis
        if api.lightbus
    )
    return SchemasPlan(documents=documents, lightbus=lightbus)


class _Tree:
    """APIs by the parts of their dotted names."""

    def __init__(self, contract: Contract) -> None:
        self.problems: list[Diagnostic] = []
        self._apis = {tuple(api.name.split(".")): api for api in contract.apis}
        self._paths: set[tuple[str, ...]] = set()
        self._below: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
        for path, api in self._apis.items():
            if path[0] in RESERVED_API_NAMES:
                self.problems.append(
                    Diagnostic(
                        place=api.place,
                        rule="reserved-name",
                        message=f"an API cannot be called {path[0]!r}: the bus has an attribute"
                        " of that name",
                        help="rename the API",
                    )
                )
            for length in range(1, len(path) + 1):
                self._paths.add(path[:length])
                self._below.setdefault(path[: length - 1], set()).add(path[:length])
            self._check_events(path, api)

    def _check_events(self, path: tuple[str, ...], api: Api) -> None:
        outer = self._apis.get(path[:-1])
        if outer is None:
            return
        for event in outer.events:
            if event.name == path[-1]:
                self.problems.append(
                    Diagnostic(
                        place=api.place,
                        rule="name-collision",
                        message=f"{api.name!r} is an API and an event of {outer.name!r}",
                        help="rename one of them",
                        related=(Related(place=event.place, message="the event"),),
                    )
                )

    def roots(self) -> tuple[NamespacePlan, ...]:
        """The attributes of the bus."""
        return self._children(())

    def children_of(self, api: str) -> tuple[NamespacePlan, ...]:
        """The APIs below an API."""
        return self._children(tuple(api.split(".")))

    def _children(self, path: tuple[str, ...]) -> tuple[NamespacePlan, ...]:
        below = sorted(self._below.get(path, ()))
        return tuple(self._namespace(each) for each in below)

    def _namespace(self, path: tuple[str, ...]) -> NamespacePlan:
        api = self._apis.get(path)
        name = ".".join(path)
        attribute = parameter_name(path[-1])
        class_name = api_class(name) if api else f"_{api_class(name).removesuffix('Api')}"
        result = f" -> {class_name}:"
        return NamespacePlan(
            attribute=attribute,
            class_name=class_name,
            line=lay_out(Brackets(f"def {attribute}", ("self",)), 4, 4, len(result)) + result,
            module=module_name(name) if api else None,
            children=() if api else self._children(path),
            doc=tuple(docstring_text(api.description, f"The API {name}."))
            if api
            else (f"The APIs below `{name}`.",),
        )

    def steps(self) -> tuple[NamespacePlan, ...]:
        """The namespaces that are no API, inner before outer."""
        paths = sorted(self._paths - self._apis.keys(), key=lambda path: (-len(path), path))
        return tuple(self._namespace(path) for path in paths)
