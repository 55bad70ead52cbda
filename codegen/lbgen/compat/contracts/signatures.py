"""Changes of the generated code that break code which uses it, though every event stays readable.

Reported with `--source` only: parameters of `fire` and fields of classes that are gone, have
another type or must be given now, and classes that are gone or have another name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from lbgen_runtime.events.json_pointer import steps_of

from ...compiler import Options, build
from ...generate.plan.placement import api_class
from ...source.document import Location
from .finding import Finding, Proof, fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...compiler import Analysis
    from ...findings.diagnostic import Place
    from ...generate.plan import PackagePlan
    from .version import ContractVersion

_RULE: Final = "compat-source-changed"
_LOCATION: Final = re.compile(r"(lbgen:///[^#\"']*)#([^\"']*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Class:
    """A class of the generated package: its fields' declarations by name, and its schema."""

    fields: Mapping[str, str]
    location: Location | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatures:
    """What code that uses a generated package can see of it.

    Attributes:
        events: declaration of each parameter of `fire` by its name, by event.
        classes: the other classes, by name.
    """

    events: Mapping[str, Mapping[str, str]]
    classes: Mapping[str, _Class]


def signatures(files: Mapping[str, bytes], options: Options) -> Signatures:
    """The signatures of the package that sources make; none if they make no package.

    Args:
        files: content of each file, by its path below the schema folder.
        options: what the project decides.
    """
    built = build(files, options)
    if built.package is None:
        return Signatures(events={}, classes={})
    return Signatures(
        events=_events(built.analysis, built.package), classes=_classes(built.package)
    )


def _events(analysis: Analysis, package: PackagePlan) -> dict[str, dict[str, str]]:
    apis = {api_class(api.name): api.name for api in analysis.contract.apis}
    return {
        f"{apis[module.api.class_name]}.{event.name}": {
            parameter.name: _flat(parameter.declaration) for parameter in event.parameters
        }
        for module in package.modules
        if module.api is not None and module.api.class_name in apis
        for event in module.api.events
    }


def _classes(package: PackagePlan) -> dict[str, _Class]:
    found: dict[str, _Class] = {}
    for module in package.modules:
        for one in module.classes:
            if one.event is None:
                lines = [_flat(field.line) for field in one.fields]
                found[one.name] = _Class(
                    fields={line.partition(":")[0]: line for line in lines},
                    location=_location(one.location),
                )
    return found


def _flat(source: str) -> str:
    return " ".join(source.split()).rstrip(",")


def _location(source: str) -> Location | None:
    match = _LOCATION.search(source)
    if match is None:
        return None
    try:
        return Location(match[1], steps_of(unquote(match[2])))
    except ValueError:
        return None


def compare_signatures(
    old: ContractVersion, new: ContractVersion, before: Signatures, after: Signatures
) -> Iterator[Finding]:
    """What breaks code that uses the package, from one version of a contract to another."""
    for name, parameters in before.events.items():
        if name not in after.events or name not in new.events:
            continue  # a removed event is a finding of its own
        api, event = new.events[name]
        for path, text in _changed(parameters, after.events[name], "parameter"):
            location = event.location / "properties" / path
            old_event = old.events[name][1]
            yield _finding(
                old,
                (api.name, event.name, path),
                text,
                new.place(location, event.place),
                old.place(old_event.location / "properties" / path, old_event.place),
            )
    for name, one in before.classes.items():
        two = after.classes.get(name)
        old_place = _place(old, one.location)
        if two is None:
            text = f"the class {name} was removed"
            yield _finding(old, (_owner(old, one), "", name), text, old_place, old_place)
            continue
        for path, text in _changed(one.fields, two.fields, f"class {name}: field"):
            place = _place(new, two.location)
            where = (_owner(new, two), "", f"{name}.{path}")
            yield _finding(old, where, text, place, old_place)


def _changed(
    old: Mapping[str, str], new: Mapping[str, str], what: str
) -> Iterator[tuple[str, str]]:
    for name, declaration in old.items():
        if name not in new:
            yield name, f'{what} "{name}" was removed'
        elif new[name] != declaration:
            yield name, f'{what} "{name}": `{declaration}` became `{new[name]}`'
    for name, declaration in new.items():
        if name not in old and " = " not in declaration:
            yield name, f'{what} "{name}" is new and required'


def _owner(side: ContractVersion, one: _Class) -> str:
    """The API whose file has a class, or the file."""
    if one.location is None:
        return "the generated package"
    for api in side.contract.apis:
        if api.uri == one.location.uri:
            return api.name
    return one.location.uri.removeprefix("lbgen:///")


def _place(side: ContractVersion, location: Location | None) -> Place:
    first = next(iter(side.contract.documents.values())).place(())
    return first if location is None else side.place(location, first)


def _finding(
    old: ContractVersion, where: tuple[str, str, str], text: str, place: Place, old_place: Place
) -> Finding:
    api, event, path = where
    return Finding(
        rule=_RULE,
        state="source",
        api=api,
        event=event,
        path=path,
        text=text,
        proofs=(Proof(direction="source"),),
        ways=("change the code that uses it in the same pull request",),
        place=place,
        old_place=old_place,
        against=old.version,
        fingerprint=fingerprint(_RULE, *where, text),
        flags=("--source",),
    )
