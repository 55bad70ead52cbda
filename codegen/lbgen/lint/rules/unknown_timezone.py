"""`unknown-timezone`: time zones that this machine does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lbgen_runtime.errors import InvalidSettings
from lbgen_runtime.events.naive_times import read_zone

from ...source.document import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..subjects import LintFinding, Subjects

__all__ = ["check"]


def check(subjects: Subjects) -> Iterator[LintFinding]:
    """Time zones assumed for date-times without an offset."""
    if subjects.built.analysis.failed:  # Lightbus reads schemas that are valid
        return
    for api in subjects.contract.apis:
        if api.assume_timezone is None:
            continue
        try:
            read_zone(api.assume_timezone)
        except InvalidSettings:
            yield subjects.finding(
                "unknown-timezone",
                Location(api.uri, ("assume_timezone",)),
                f"this machine does not know the time zone {api.assume_timezone!r}",
                "write UTC, or a time zone such as Europe/Berlin",
            )
