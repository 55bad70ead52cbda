"""Pieces of text that every printer of a check shares."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from ..contracts.finding import Finding


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
        ways.append("add a new event, and fire both until nobody reads the old one")
    if finding.allowance is None:
        what = "change" if finding.state == "meaning" else "break"
        ways.append(f"to allow the {what}: `{allow_command(finding, schemas, at)}`")
    return ways


def allow_command(finding: Finding, schemas: Path, at: str = "") -> str:
    """The command that allows a finding, or all of its rule at a place."""
    parts = ["lbgen", "allow", finding.rule, at or finding.where, "--schemas", schemas.as_posix()]
    for version in (finding.against, *finding.also):
        parts += [version.option, version.name]
    parts += finding.flags
    return f'{shlex.join(parts)} --reason "..."'
