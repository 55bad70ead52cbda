"""Diagnostics as workflow commands of GitHub Actions, which shows them at the line of a change.

Source: "Workflow commands for GitHub Actions": `::error file=...,line=...::message`, where `%`,
carriage return and line feed are written as `%25`, `%0D` and `%0A`, and in properties also `:`
and `,` as `%3A` and `%2C`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..findings.diagnostic import Severity
from .words import lines, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..findings.diagnostic import Diagnostic
    from .excerpts import Excerpts

__all__ = ["as_github"]

_COMMANDS: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "notice",
}


def as_github(diagnostics: Sequence[Diagnostic], excerpts: Excerpts) -> str:
    """One line per diagnostic."""
    return "".join(f"{_command(each, excerpts)}\n" for each in diagnostics)


def _command(diagnostic: Diagnostic, excerpts: Excerpts) -> str:
    place = diagnostic.place
    properties = {
        "file": excerpts.path(place.file),
        "line": place.line,
        "endLine": max(place.line, place.end_line),
        "col": place.column,
        "title": diagnostic.rule,
    }
    if place.end_line == place.line:  # GitHub refuses endColumn over several lines
        properties["endColumn"] = max(place.column, place.end_column)
    text = "\n".join(lines(diagnostic, excerpts))
    listed = ",".join(
        f"{key}={_property(one_line(str(value)))}" for key, value in properties.items()
    )
    return f"::{_COMMANDS[diagnostic.severity]} {listed}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
