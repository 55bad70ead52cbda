"""`lightbus-value`: values that Lightbus cannot read or fire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...generate.lightbus_schema.losses import reachable
from ...generate.lightbus_schema.published import event_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...source.document import Location
    from ..subjects import LintFinding, Subjects

__all__ = ["check"]


def check(subjects: Subjects) -> Iterator[LintFinding]:
    """Times without a date, and parameters that are not declared."""
    if subjects.built.analysis.failed:  # Lightbus reads schemas that are valid
        return
    seen: set[Location] = set()
    modeller = subjects.built.modeller
    for api in subjects.contract.apis:
        if not api.lightbus:
            continue
        for name, record in event_records(modeller, api).items() if modeller else ():
            if record.additional is not None:
                yield subjects.finding(
                    "lightbus-value",
                    record.location,
                    f"{api.name}.{name} allows parameters that are not declared",
                    "add **kwargs to the Lightbus listeners, or remove `additionalProperties`",
                    place=record.place,
                )
        for event in api.events:
            for location, schema, _ in reachable(event.location, subjects.references):
                if schema.get("format") == "time" and location not in seen:
                    seen.add(location)
                    yield subjects.finding(
                        "lightbus-value",
                        location,
                        "Lightbus reads a time without a date as a string, and cannot fire one",
                        "use `str` in the Lightbus services, or send a date-time",
                    )
