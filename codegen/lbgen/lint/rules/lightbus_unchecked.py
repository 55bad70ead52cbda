"""`lightbus-unchecked`: what the processes of Lightbus do not check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...generate.lightbus_schema.losses import Losses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...source.document import Location
    from ..subjects import LintFinding, Subjects

__all__ = ["check"]


def check(subjects: Subjects) -> Iterator[LintFinding]:
    """Keywords that Lightbus's validator does not know."""
    if subjects.built.analysis.failed:  # Lightbus reads schemas that are valid
        return
    seen: set[Location] = set()
    for api in subjects.contract.apis:
        for event in api.events if api.lightbus else ():
            for loss in Losses(subjects.references).below(event.location):
                if loss.location not in seen:
                    seen.add(loss.location)
                    keyword = loss.location.path[-1]
                    yield subjects.finding(
                        "lightbus-unchecked",
                        loss.location,
                        f"Lightbus processes do not check `{keyword}`: {loss.reason}",
                        "lbgen processes check it: an event from Lightbus that breaks it "
                        "becomes a dead letter",
                    )
