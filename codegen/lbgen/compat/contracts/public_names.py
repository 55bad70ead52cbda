"""Names of the generated package that mean something else now, though what they meant is there.

Adding an event, a property or a title can take a name from its neighbor: code that uses the old
name then silently uses the new thing. No event breaks, and no type checker need notice. The names
of both versions are planned as `lbgen build` plans them, and what each one stands for is compared.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from ...generate.plan.classes import field_names
from ...generate.plan.package import name_package
from ...model import Modeller
from ...schema.paths import definition_name
from .finding import Finding, Proof, fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ...compiler import Analysis
    from ...findings.diagnostic import Place
    from ...generate.plan.placement import Placement
    from ...model import RecordType
    from ...model.parts import Parts
    from ...source.document import Location
    from .version import ContractVersion

__all__ = ["PublicNames", "compare_names", "public_names"]

_TAKEN: Final = "compat-name-taken"
_CHANGED: Final = "compat-name-changed"

_Thing: TypeAlias = tuple[str, ...]
"""What a class stands for: an event, a definition, or the way to it from one of these."""
_ClassName: TypeAlias = tuple[str, str]
"""A module and the name of a class in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Class:
    """A class.

    Attributes:
        name: its name.
        fields: the key of each field.
        place: where its schema is written.
        location: where its schema is in the contract.
        schema: its schema as JSON text.
    """

    name: _ClassName
    fields: Mapping[str, str]
    place: Place
    location: Location
    schema: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicNames:
    """What the names of a package stand for.

    Attributes:
        classes: every class, by what it stands for. Several stand for the same thing where
            branches declare one property.
        endpoints: the class with the `fire` of each event, by API and event.
    """

    classes: Mapping[_Thing, tuple[_Class, ...]]
    endpoints: Mapping[tuple[str, str], _Class]


def public_names(analysis: Analysis) -> PublicNames:
    """The names of the package that a contract makes; none if it makes no package."""
    modeller = Modeller(analysis.contract, analysis.references, analysis.validators)
    named, problems = name_package(analysis.contract, modeller)
    if named is None or problems:
        return PublicNames(classes={}, endpoints={})
    things = _Things(
        modeller.records, {parts: (api.name, event) for parts, (api, event) in named.events.items()}
    )
    found: dict[_Thing, tuple[_Class, ...]] = {}
    for parts, (module, name) in named.placement.classes.items():
        record = modeller.records[parts]
        fields = {name: key for key, name in field_names(record).items()}
        schema = analysis.references.schema(record.location)
        one = _Class(
            name=(module, name),
            fields=fields,
            place=record.place,
            location=record.location,
            schema=json.dumps(schema, sort_keys=True),
        )
        thing = things.of(parts)
        found[thing] = (*found.get(thing, ()), one)
    endpoints = {
        event: _endpoint(modeller.records[parts], named.placement, parts)
        for event, parts in named.by_event.items()
    }
    return PublicNames(classes=found, endpoints=endpoints)


def _endpoint(record: RecordType, placement: Placement, parts: Parts) -> _Class:
    return _Class(
        name=(placement.classes[parts][0], placement.endpoints[parts]),
        fields={},
        place=record.place,
        location=record.location,
        schema="",
    )


class _Things:
    """Says what each record stands for.

    Args:
        records: every record, by its parts.
        events: of those that are events, the API and the event.
    """

    def __init__(
        self, records: Mapping[Parts, RecordType], events: Mapping[Parts, tuple[str, str]]
    ) -> None:
        self._records = records
        self._events = events
        self._known: dict[Parts, _Thing] = {}

    def of(self, parts: Parts) -> _Thing:
        """What a record stands for."""
        if parts not in self._known:
            self._known[parts] = ("",)  # where records contain each other in a circle
            self._known[parts] = self._thing(parts)
        return self._known[parts]

    def _thing(self, parts: Parts) -> _Thing:
        event = self._events.get(parts)
        if event is not None:
            return ("event", *event)
        record = self._records[parts]
        path = record.location.path
        if not path or definition_name(path) is not None or record.owner is None:
            merged = "merged" if any("merged" in part.without for part in parts) else ""
            return ("schema", str(record.location), merged)
        return (*self.of(record.owner[0]), record.owner[1])


def _pairs(before: PublicNames, after: PublicNames) -> Iterator[tuple[_Class, _Class]]:
    """The classes that are in both versions, each with what it has become."""
    gone: list[_Class] = []
    come = [one for thing in after.classes.keys() - before.classes for one in after.classes[thing]]
    for thing, ones in before.classes.items():
        waiting, left = list(ones), list(after.classes.get(thing, ()))
        alone = len(waiting) == len(left) == 1
        ways = (_any,) if alone else (_unchanged, _unmoved, _equal, _in_place)
        yield from _matched(waiting, left, ways)
        gone += waiting
        come += left
    # What leads to a schema may be another property now, which is found first.
    yield from _matched(gone, come, (_renamed_unmoved, _renamed_in_place))


def _matched(
    waiting: list[_Class], left: list[_Class], ways: Iterable[Callable[[_Class, _Class], bool]]
) -> Iterator[tuple[_Class, _Class]]:
    """Pairs of classes that are the same in some way, taken out of both lists."""
    for same in ways:
        for one in list(waiting):
            two = next((each for each in left if same(one, each)), None)
            if two is not None:
                waiting.remove(one)
                left.remove(two)
                yield one, two


def _any(_one: _Class, _two: _Class) -> bool:
    return True


def _equal(one: _Class, two: _Class) -> bool:
    return one.schema == two.schema


def _in_place(one: _Class, two: _Class) -> bool:
    return one.location == two.location


def _unmoved(one: _Class, two: _Class) -> bool:
    return _equal(one, two) and _in_place(one, two)


def _unchanged(one: _Class, two: _Class) -> bool:
    return _unmoved(one, two) and one.name == two.name


def _renamed_unmoved(one: _Class, two: _Class) -> bool:
    return _unmoved(one, two) and _is_renamed(one, two)


def _renamed_in_place(one: _Class, two: _Class) -> bool:
    return _in_place(one, two) and _is_renamed(one, two)


def _is_renamed(one: _Class, two: _Class) -> bool:
    # One of the same name in another module moved with its event, which is a finding itself.
    return one.name[1] != two.name[1]


def compare_names(
    old: ContractVersion, before: PublicNames, after: PublicNames
) -> Iterator[Finding]:
    """The names that stand for something else now, and those that have changed."""
    now = {one.name: one for classes in after.classes.values() for one in classes}
    now |= {one.name: one for one in after.endpoints.values()}
    endpoints = (
        (one, after.endpoints[event])
        for event, one in before.endpoints.items()
        if event in after.endpoints and not one.name[1].startswith("_")
    )
    for one, two in (*_pairs(before, after), *endpoints):
        label = f"the class {one.name[1]}"
        if two.name != one.name:
            taker = now.get(one.name)
            yield _finding(
                old,
                one.name[1],
                f"{label} is now named {two.name[1]}"
                if taker is None
                else f"{label} is now another type; the old type is named {two.name[1]}",
                two.place if taker is None else taker.place,
                one.place,
                taken=taker is not None,
            )
        names = {key: name for name, key in two.fields.items()}
        for name, key in one.fields.items():
            if key not in names or names[key] == name:
                continue
            taker_key = two.fields.get(name)
            yield _finding(
                old,
                f"{one.name[1]}.{name}",
                f"{label}: the field of {key!r} is now named {names[key]!r}"
                + ("" if taker_key is None else f", and {name!r} is the field of {taker_key!r}"),
                two.place,
                one.place,
                taken=taker_key is not None,
            )


def _finding(
    old: ContractVersion, path: str, text: str, place: Place, old_place: Place, *, taken: bool
) -> Finding:
    rule = _TAKEN if taken else _CHANGED
    where = ("the generated package", "", path)
    return Finding(
        rule=rule,
        state="source" if taken else "meaning",
        api=where[0],
        event="",
        path=path,
        text=text,
        proofs=(
            Proof(
                direction="source",
                about="code that uses the old name uses something else after `lbgen build`"
                if taken
                else "code that uses the old name no longer imports or type-checks",
            ),
        ),
        ways=(
            "give the new type or field another name or `title`"
            if taken
            else "change the code that uses it in the same pull request",
        ),
        place=place,
        old_place=old_place,
        against=old.version,
        fingerprint=fingerprint(rule, *where, text),
    )
