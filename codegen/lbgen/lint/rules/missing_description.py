"""`missing-description`: APIs, events, parameters and shared types that nothing explains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...findings.diagnostic import Severity
from ...source.document import Location
from ...source.json_types import is_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..subjects import LintFinding, Subjects

__all__ = ["check"]

_RULE: Final = "missing-description"


def check(subjects: Subjects) -> Iterator[LintFinding]:
    """APIs and events without a description; in a note, parameters and types without one."""
    for api in subjects.contract.apis:
        if api.description is None and api.uri in subjects.contract.documents:
            location = Location(api.uri)
            yield subjects.finding(
                _RULE,
                location,
                f"the API {api.name!r} has no description",
                "add a `description` of the purpose of the API",
                place=api.place,
            )
    for _, event, location in subjects.events():
        if event.description is None:
            yield subjects.finding(
                _RULE,
                location,
                f"the event {event.name!r} has no description",
                "add a `description` that says what has happened when this event is fired",
                place=event.place,
            )
        silent = _silent_parameters(subjects, event.location)
        if silent:
            are = "parameter has" if len(silent) == 1 else "parameters have"
            yield subjects.finding(
                _RULE,
                location,
                f"{len(silent)} {are} no description: {', '.join(silent)}",
                "add a `description` to those with unclear names: units, time zones, the "
                "meaning of null",
                place=event.place,
                severity=Severity.NOTE,
            )
    for schema in subjects.schemas:
        if schema.definition is not None and not _described(subjects, schema.location):
            yield subjects.finding(
                _RULE,
                schema.location,
                f"the type {schema.definition!r} has no description",
                "add a `description`; it becomes the docstring of the class",
                severity=Severity.NOTE,
            )


def _silent_parameters(subjects: Subjects, location: Location) -> list[str]:
    parameters = _schema(subjects, location)
    properties = parameters.get("properties") if is_object(parameters) else None
    if not is_object(properties):
        return []
    return [name for name in properties if not _described(subjects, location / "properties" / name)]


def _schema(subjects: Subjects, location: Location) -> object:
    try:
        return subjects.references.schema(location)
    except LookupError:
        return None


def _described(subjects: Subjects, location: Location) -> bool:
    return subjects.parts.annotation(location, "description")[0]
