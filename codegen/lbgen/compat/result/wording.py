"""Pieces of text that every printer of a check shares."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any, Final

from ...source.json_types import is_array, is_object

if TYPE_CHECKING:
    from pathlib import Path

    from .finding import Finding

_LONGEST: Final = 600
_DEEPEST: Final = 12
_LEFT_OUT: Final = "\ue000"
"""Stands for what is left out until all is written; no schema makes a value of it."""


def written(event: Any) -> str:
    """An event as JSON; of a very long one the inner parts are left out, deepest first."""
    text = json.dumps(event, ensure_ascii=False)
    for depth in range(_DEEPEST, 0, -1):
        if len(text) <= _LONGEST:
            break
        text = json.dumps(_outer(event, depth), ensure_ascii=False).replace(f'"{_LEFT_OUT}"', "…")
    return cut(text)


def cut(text: str) -> str:
    """A text, cut where it is very long."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _outer(value: Any, depth: int) -> Any:
    if not value or not (is_object(value) or is_array(value)):
        return value
    if depth == 0:
        return _LEFT_OUT
    if is_object(value):
        return {name: _outer(part, depth - 1) for name, part in value.items()}
    return [_outer(part, depth - 1) for part in value]


def ways_out(finding: Finding, schemas: Path, at: str = "") -> list[str]:
    """What to do about a finding, the best first.

    Args:
        finding: what was found.
        schemas: the schema folder.
        at: where to allow it, if not at the finding's own place only.
    """
    ways = list(dict.fromkeys(finding.ways))
    whole = finding.rule.startswith("compat-event-")  # whose way out is to keep the event
    if finding.state == "breaking" and finding.event and not whole:
        ways.append("add a new event beside the old one, and fire both until nobody reads the old")
    if finding.allowance is None:
        what = "change" if finding.state == "meaning" else "break"
        ways.append(f"if the {what} is meant: `{allow_command(finding, schemas, at)}`")
    return ways


def allow_command(finding: Finding, schemas: Path, at: str = "") -> str:
    """The command that allows a finding, or all of its rule at a place."""
    parts = ["lbgen", "allow", finding.rule, at or finding.where, "--schemas", schemas.as_posix()]
    for version in (finding.against, *finding.also):
        parts += [version.option, version.name]
    parts += finding.flags
    return f'{shlex.join(parts)} --reason "..."'
