"""`lightbus-name`: names of an API for Lightbus that Lightbus cannot use."""

from __future__ import annotations

from keyword import iskeyword
from typing import TYPE_CHECKING, Final

from ...findings.diagnostic import Severity
from ...generate.lightbus_schema.published import event_records
from ...source.document import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...contract.contract import Api
    from ...model.types import RecordType
    from ..subjects import LintFinding, Subjects

__all__ = ["check"]

_TAKEN: Final = frozenset(
    {
        "Meta", "ancestors", "api_name", "call", "call_async", "client", "fire", "fire_async",
        "fully_qualified_name", "get_event", "listen", "meta", "name", "parameter_schema", "parent",
        "response_schema", "schema", "validate_parameters", "validate_response",
    }
)  # fmt: skip
"""Attributes of a bus or an API in Lightbus, behind which an event cannot be reached."""


def check(subjects: Subjects) -> Iterator[LintFinding]:
    """Names of APIs, events and parameters that Lightbus cannot have."""
    if subjects.built.analysis.failed:  # Lightbus reads schemas that are valid
        return
    modeller = subjects.built.modeller
    for api in subjects.contract.apis:
        if api.lightbus:
            yield from _names(subjects, api)
            for record in event_records(modeller, api).values() if modeller else ():
                yield from _parameters(subjects, record)


def _names(subjects: Subjects, api: Api) -> Iterator[LintFinding]:
    where = Location(api.uri, ("api",))
    first = api.name.split(".")[0]
    if first == "default":
        yield subjects.finding(
            "lightbus-name",
            where,
            "Lightbus cannot have an API named `default`, because its configuration uses the name",
            "give the API another name",
            severity=Severity.ERROR,
        )
    elif first == "internal":
        yield subjects.finding(
            "lightbus-name",
            where,
            "the internal APIs of Lightbus start with `internal`, and `lightbus inspect` "
            "hides them",
            "give the API another name",
        )
    for event in api.events:
        if event.name in _TAKEN:
            yield subjects.finding(
                "lightbus-name",
                Location(event.location.uri, event.location.path[:2]),
                f"in Lightbus, every API has an attribute `{event.name}`, which hides the event",
                "give the event another name",
            )


def _parameters(subjects: Subjects, record: RecordType) -> Iterator[LintFinding]:
    for field in record.fields:
        if not field.key.isidentifier() or iskeyword(field.key):
            yield subjects.finding(
                "lightbus-name",
                field.location,
                f"a Lightbus listener cannot have a parameter {field.key!r}",
                "use a valid Python argument name, or add **kwargs to the Lightbus listeners",
                place=field.place,
            )
