"""`default-not-filled`: a default that could make an event invalid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model import Modeller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..subjects import LintFinding, Subjects

__all__ = ["check"]


def check(subjects: Subjects) -> Iterator[LintFinding]:
    """Defaults of properties that another part of the schema speaks of as well."""
    analysis = subjects.built.analysis
    if any(problem.rule == "too-large" for problem in analysis.problems):
        return
    modeller = Modeller(analysis.contract, analysis.references, analysis.validators)
    for location in sorted(modeller.refusable_defaults):
        if not subjects.parts.annotation(location, "default")[0]:
            continue
        name = location.path[-1]
        yield subjects.finding(
            "default-not-filled",
            location,
            f"the default of {name!r} is not filled in: another part of the schema depends on"
            f" whether {name} is present, and could then refuse the event",
            f"remove the default, or remove {name} from the branches and conditions that use it",
        )
