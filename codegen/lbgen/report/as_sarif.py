"""Diagnostics as SARIF 2.1.0 (OASIS), which code scanning services read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from lbgen_runtime.version import __version__

from ..findings.diagnostic import Severity
from .console import json_text
from .words import details

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..findings.diagnostic import Diagnostic, Place
    from .excerpts import Excerpts
    from .run_facts import RunFacts

__all__ = ["as_sarif"]

_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def as_sarif(diagnostics: Sequence[Diagnostic], excerpts: Excerpts, facts: RunFacts) -> str:
    """One SARIF log with one run."""
    rules = sorted({each.rule for each in diagnostics})
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "lbgen",
                "version": __version__,
                "rules": [{"id": rule} for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, rules.index(each.rule), excerpts) for each in diagnostics],
    }
    if facts.about:
        run["properties"] = dict(facts.about)
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json_text(log)


def _result(diagnostic: Diagnostic, index: int, excerpts: Excerpts) -> dict[str, Any]:
    text = "\n".join((diagnostic.message, *details(diagnostic)))
    result: dict[str, Any] = {
        "ruleId": diagnostic.rule,
        "ruleIndex": index,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": text},
        "locations": [{"physicalLocation": _location(diagnostic.place, excerpts)}],
    }
    if diagnostic.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "physicalLocation": _location(related.place, excerpts),
                "message": {"text": related.message},
            }
            for number, related in enumerate(diagnostic.related)
        ]
    return result


def _location(place: Place, excerpts: Excerpts) -> dict[str, Any]:
    behind = (place.end_line, place.end_column) > (place.line, place.column)
    return {
        "artifactLocation": {"uri": quote(excerpts.path(place.file), errors="surrogateescape")},
        "region": {
            "startLine": place.line,
            "startColumn": place.column,
            "endLine": place.end_line if behind else place.line,
            "endColumn": place.end_column if behind else place.column,
        },
    }
