"""`lightbus-name`, `lightbus-value`, `lightbus-unchecked`: what Lightbus cannot read of an API.

They look at APIs marked `lightbus: true` only; `unknown-timezone` looks at every API.
"""

from __future__ import annotations

from keyword import iskeyword
from typing import TYPE_CHECKING, Final

from lbgen_runtime.errors import InvalidSettings
from lbgen_runtime.events.naive_times import read_zone

from ...findings.diagnostic import Severity
from ...generate.lightbus_schema.losses import Losses, reachable
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
    """What Lightbus cannot read."""
    if subjects.built.analysis.failed:  # it reads schemas that are valid
        return
    unchecked: set[Location] = set()
    for api in subjects.contract.apis:
        yield from _zone(subjects, api)
        if not api.lightbus:
            continue
        yield from _names(subjects, api)
        modeller = subjects.built.modeller
        if modeller is not None:
            for name, record in event_records(modeller, api).items():
                yield from _parameters(subjects, f"{api.name}.{name}", record)
        for event in api.events:
            for location, schema, _ in reachable(event.location, subjects.references):
                if schema.get("format") == "time" and location not in unchecked:
                    unchecked.add(location)
                    yield subjects.finding(
                        "lightbus-value",
                        location,
                        "Lightbus reads a time without a date as a string, and cannot fire one",
                        "use `str` in the Lightbus services, or send a date-time",
                    )
            for loss in Losses(subjects.references).below(event.location):
                if loss.location not in unchecked:
                    unchecked.add(loss.location)
                    keyword = loss.location.path[-1]
                    yield subjects.finding(
                        "lightbus-unchecked",
                        loss.location,
                        f"Lightbus processes do not check `{keyword}`: {loss.reason}",
                        "lbgen processes check it: an event from Lightbus that breaks it "
                        "becomes a dead letter",
                    )


def _zone(subjects: Subjects, api: Api) -> Iterator[LintFinding]:
    if api.assume_timezone is None:
        return
    try:
        read_zone(api.assume_timezone)
    except InvalidSettings:
        yield subjects.finding(
            "unknown-timezone",
            Location(api.uri, ("assume_timezone",)),
            f"this machine does not know the time zone {api.assume_timezone!r}",
            "write UTC, or a time zone such as Europe/Berlin",
        )


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


def _parameters(subjects: Subjects, event: str, record: RecordType) -> Iterator[LintFinding]:
    for field in record.fields:
        if not field.key.isidentifier() or iskeyword(field.key):
            yield subjects.finding(
                "lightbus-name",
                field.location,
                f"a Lightbus listener cannot have a parameter {field.key!r}",
                "use a valid Python argument name, or add **kwargs to the Lightbus listeners",
                place=field.place,
            )
    if record.additional is not None:
        yield subjects.finding(
            "lightbus-value",
            record.location,
            f"{event} allows parameters that are not declared",
            "add **kwargs to the Lightbus listeners, or remove `additionalProperties`",
            place=record.place,
        )
