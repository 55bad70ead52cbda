"""`unknown-format`: formats that nothing checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lbgen_runtime.events.validation.formats import ASSERTED_FORMATS

from ...findings.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..subjects import LintFinding, Subjects

__all__ = ["check"]


def check(subjects: Subjects) -> Iterator[LintFinding]:
    """Formats without a checker: misspelt ones, which are slips, and those of other tools."""
    for schema in subjects.schemas:
        name = schema.value.get("format")
        if not isinstance(name, str) or name in ASSERTED_FORMATS:
            continue
        meant = did_you_mean(name, ASSERTED_FORMATS)
        yield subjects.finding(
            "unknown-format",
            schema.location,
            f"unknown format {name!r}, which checks nothing",
            f"did you mean `{meant}`?"
            if meant
            else f"write a `pattern`, or one of: {', '.join(ASSERTED_FORMATS)}",
            place=subjects.place(schema.location / "format"),
            severity=subjects.slip(schema.location) if meant else None,
            at_build=meant is not None,
        )
