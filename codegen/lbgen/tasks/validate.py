"""`lbgen validate`: JSON files against the schema of an event."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from lbgen_runtime.events.codecs.json_limits import MAX_DEPTH
from lbgen_runtime.events.codecs.json_text import read_json
from lbgen_runtime.events.codecs.json_values import NoJson

from ..findings.suggestions import did_you_mean
from ..report.console import say
from ..report.printer import print_diagnostics
from .build import compile_folder

if TYPE_CHECKING:
    from pathlib import Path

    from ..compiler import Built
    from ..contract.contract import DeclaredEvent

__all__ = ["validate_files"]


def validate_files(schemas: Path, name: str, files: list[Path]) -> int:
    """Validate files and say what is wrong with each.

    Args:
        schemas: the schema folder.
        name: full name of the event.
        files: JSON files; `-` is standard input.

    Returns:
        The exit code: 0 if all are valid, 1 if not, 2 if there is no such event or file.
    """
    built = compile_folder(schemas)
    if not built.files:
        print_diagnostics(built.problems, built.analysis.sources, folder=str(schemas))
        return 1
    events = {
        f"{api.name}.{event.name}": event
        for api in built.analysis.contract.apis
        for event in api.events
    }
    if name not in events:
        meant = did_you_mean(name, events)
        hint = f"; did you mean {meant}?" if meant else ""
        say(f"{schemas} has no event {name!r}{hint}", stream=sys.stderr)
        return 2
    code = 0
    for file in files:
        try:
            content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        except OSError as error:
            say(f"{file}: cannot be read: {error.strerror}", stream=sys.stderr)
            return 2
        lines = list(_violations(built, events[name], content, schemas))
        label = "standard input" if str(file) == "-" else str(file)
        for line in lines:
            say(f"{label}: {line}")
        if lines:
            code = 1
        else:
            say(f"{label}: valid")
    return code


def _violations(built: Built, event: DeclaredEvent, content: bytes, schemas: Path) -> list[str]:
    try:
        value: Any = read_json(content, deepest=MAX_DEPTH + 1)
    except NoJson as problem:
        return [str(problem)]
    validators = built.analysis.validators
    found: list[str] = []
    for violation in validators.violations(event.location, value):
        place = validators.place(violation.location)
        where = "" if place is None else f" at {schemas / place.file}:{place.line}"
        found.append(violation.text(where))
    return found
