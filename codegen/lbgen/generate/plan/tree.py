"""APIs by the parts of their dotted names: the attributes of the bus, and what is below them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from lbgen_runtime.bus import RESERVED_API_NAMES

from ...findings.diagnostic import Diagnostic, Related
from ..layout import Brackets, lay_out
from ..literals import description_lines
from ..names import module_name, parameter_name
from .imports import import_line, import_lines, import_modules, in_module
from .outline import NamespacePlan, StepPlan
from .placement import api_class

if TYPE_CHECKING:
    from ...contract.contract import Api, Contract

__all__ = ["ApiTree"]

_Way: TypeAlias = tuple[str, ...]


class ApiTree:
    """The APIs of a contract and the steps on the way to them.

    Args:
        contract: the APIs.

    Attributes:
        problems: names that two things would have, or that the bus needs itself.
    """

    def __init__(self, contract: Contract) -> None:
        self.problems: list[Diagnostic] = []
        self._apis: dict[_Way, Api] = {tuple(api.name.split(".")): api for api in contract.apis}
        self._below: dict[_Way, set[_Way]] = {}
        first: dict[str, tuple[_Way, Api]] = {}
        for way, api in self._apis.items():
            self._check_reserved(way, api)
            self._check_events(way, api)
            for length in range(1, len(way) + 1):
                step = way[:length]
                self._below.setdefault(step[:-1], set()).add(step)
                taken = first.setdefault(self._class_name(step), (step, api))
                # Two APIs of one module are reported as such.
                if module_name(".".join(step)) != module_name(".".join(taken[0])):
                    self._report(
                        api,
                        f"{'.'.join(step)!r} and {'.'.join(taken[0])!r} both become the class"
                        f" {self._class_name(step)}",
                        Related(place=taken[1].place, message="the other one"),
                    )

    def _report(self, api: Api, message: str, related: Related) -> None:
        self.problems.append(
            Diagnostic(
                place=api.place,
                rule="name-collision",
                message=message,
                help="rename one of them",
                related=(related,),
            )
        )

    def _check_reserved(self, way: _Way, api: Api) -> None:
        if way[0] in RESERVED_API_NAMES:
            self.problems.append(
                Diagnostic(
                    place=api.place,
                    rule="reserved-name",
                    message=(
                        f"an API cannot be named {way[0]!r}: the bus has an attribute with that "
                        "name"
                    ),
                    help="rename the API",
                )
            )

    def _check_events(self, way: _Way, api: Api) -> None:
        """Report an event that has the name of a step below its API."""
        for length in range(1, len(way)):
            outer = self._apis.get(way[:length])
            for event in () if outer is None else outer.events:
                if parameter_name(event.name) == parameter_name(way[length]):
                    step = ".".join(way[: length + 1])
                    self._report(
                        api,
                        f"{step!r} is an API and an event of {'.'.join(way[:length])!r}",
                        Related(place=event.place, message="the event"),
                    )

    def _class_name(self, way: _Way) -> str:
        name = api_class(".".join(way))
        return name if way in self._apis else f"_{name}s"

    def roots(self) -> tuple[NamespacePlan, ...]:
        """The attributes of the bus."""
        return self._children(())

    def children_of(self, api: str) -> tuple[NamespacePlan, ...]:
        """What is below an API."""
        return self._children(_way(api))

    def steps_below(self, api: str | None) -> tuple[StepPlan, ...]:
        """The steps that are not APIs and whose nearest API is a given one, inner before outer.

        Args:
            api: the name of the API; `None` for those that are below none.
        """
        return tuple(
            StepPlan(
                class_name=self._class_name(way),
                children=self._children(way),
                doc=(f"The APIs below `{'.'.join(way)}`.",),
            )
            for way in self._steps(_way(api))
        )

    def checked_imports(self, api: str | None) -> tuple[str, ...]:
        """The import lines by which type checkers know the APIs whose nearest API is a given one.

        Args:
            api: the name of the API; `None` for those that are below none.
        """
        ways = [_way(api), *self._steps(_way(api))]
        below = [child for way in ways for child in self._children(way) if child.module is not None]
        whole = {child.module for child in below if child.hidden and child.module is not None}
        named = [
            (child.module, child.class_name)
            for child in below
            if not child.hidden and child.module is not None
        ]
        return (*import_modules(whole, 4), *import_lines(named, 4))

    def _steps(self, api: _Way) -> list[_Way]:
        found = {
            way
            for below in self._below.values()
            for way in below
            if way not in self._apis and self._nearest(way) == api
        }
        return sorted(found, key=lambda way: (-len(way), way))

    def _nearest(self, way: _Way) -> _Way:
        while way and way not in self._apis:
            way = way[:-1]
        return way

    def _children(self, way: _Way) -> tuple[NamespacePlan, ...]:
        below = sorted(self._below.get(way, ()))
        api = self._apis.get(way)
        events = () if api is None else api.events
        hidden = {parameter_name(event.name) for event in events}
        hidden |= {parameter_name(each[-1]) for each in below}
        bus = "self._bus" if way else "self"
        return tuple(self._namespace(each, hidden, bus) for each in below)

    def _namespace(self, way: _Way, hidden: set[str], bus: str) -> NamespacePlan:
        api = self._apis.get(way)
        attribute = parameter_name(way[-1])
        class_name = shown = self._class_name(way)
        module = None if api is None else module_name(api.name)
        if module is not None and class_name in hidden:
            shown = in_module(module, class_name)
        result = f" -> {shown}:"
        return NamespacePlan(
            class_name=class_name,
            line=lay_out(Brackets(f"def {attribute}", ("self",)), 4, 4, len(result)) + result,
            call=lay_out(Brackets(class_name, (bus,)), 8, 15, 0),
            module=module,
            import_line=None if module is None else import_line(f".{module}", [class_name], 8),
            hidden=shown != class_name,
            doc=description_lines(api.description)
            if api
            else (f"The APIs below `{'.'.join(way)}`.",),
        )


def _way(api: str | None) -> _Way:
    return () if api is None else tuple(api.split("."))
