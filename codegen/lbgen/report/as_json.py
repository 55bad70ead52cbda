"""Diagnostics for programs. `docs/reference/diagnostics.md` documents the form."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ..findings.diagnostic import Severity
from .console import json_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..findings.diagnostic import Diagnostic, Note, Place
    from .excerpts import Excerpts

__all__ = ["as_json"]


def as_json(diagnostics: Sequence[Diagnostic], excerpts: Excerpts) -> str:
    """One JSON object: `version`, `diagnostics` and `counts`."""
    counts = Counter(each.severity for each in diagnostics)
    found = {
        "version": 1,
        "diagnostics": [_diagnostic(each, excerpts) for each in diagnostics],
        "counts": {str(severity): counts[severity] for severity in Severity},
    }
    return json_text(found)


def _diagnostic(diagnostic: Diagnostic, excerpts: Excerpts) -> dict[str, Any]:
    return {
        "rule": diagnostic.rule,
        "severity": str(diagnostic.severity),
        "message": diagnostic.message,
        "notes": [_note(note) for note in diagnostic.notes],
        "help": diagnostic.help,
        "alternatives": list(diagnostic.alternatives),
        **_place(diagnostic.place, excerpts),
        "related": [
            {"message": related.message, **_place(related.place, excerpts)}
            for related in diagnostic.related
        ],
    }


def _note(note: Note) -> dict[str, Any]:
    return {
        "label": note.label,
        "text": note.text,
        "details": [_note(detail) for detail in note.details],
    }


def _place(place: Place, excerpts: Excerpts) -> dict[str, Any]:
    return {
        "file": excerpts.path(place.file),
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }
