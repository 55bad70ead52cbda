"""Pieces of text that every printer of a check shares."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

    from .findings import Finding

_LONGEST: Final = 600


def written(event: Any) -> str:
    """An event as JSON, cut where it is very long."""
    text = json.dumps(event, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def ways_out(finding: Finding, schemas: Path) -> list[str]:
    """What to do about a finding, the best first."""
    ways = list(dict.fromkeys(finding.ways))
    if finding.state == "breaking" and finding.event:
        ways.append("add a new event beside the old one, and fire both until nobody reads the old")
    if finding.allowance is None:
        ways.append(f"if the break is meant: `{allow_command(finding, schemas)}`")
    return ways


def allow_command(finding: Finding, schemas: Path) -> str:
    """The command that allows a finding."""
    parts = ["lbgen", "allow", finding.rule, finding.where, "--schemas", schemas.as_posix()]
    parts += ["--against", finding.against, *finding.flags]
    return f'{shlex.join(parts)} --reason "..."'
