"""Diagnostics as GitLab's code quality report: a JSON array, one object a finding."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from ..findings.diagnostic import Severity
from .console import json_text
from .words import details

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..findings.diagnostic import Diagnostic
    from .excerpts import Excerpts
    from .run_facts import RunFacts

__all__ = ["as_gitlab"]

_SEVERITIES: Final = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def as_gitlab(diagnostics: Sequence[Diagnostic], excerpts: Excerpts, facts: RunFacts) -> str:
    """The report."""
    against = facts.about.get("against")
    compared = [] if against is None else [f"Compared with {against}"]
    found = [
        {
            "description": ". ".join((each.message, *details(each), *compared)),
            "check_name": each.rule,
            "fingerprint": _fingerprint(each),
            "severity": _SEVERITIES[each.severity],
            "location": {
                "path": excerpts.path(each.place.file),
                "lines": {"begin": each.place.line},
            },
        }
        for each in diagnostics
    ]
    return json_text(found)


def _fingerprint(diagnostic: Diagnostic) -> str:
    """What stays the same when lines before the finding come and go."""
    text = f"{diagnostic.rule} {diagnostic.place.file} {diagnostic.message}"
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()
