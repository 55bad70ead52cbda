"""A check for programs: what `lbgen check --format json` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lbgen_runtime.version import __version__

from .check_result import counted
from .wording import allow_command, ways_out

if TYPE_CHECKING:
    from ...report.excerpts import Excerpts
    from ..contracts.finding import Finding
    from .check_result import Result


def check_json(result: Result, excerpts: Excerpts) -> dict[str, Any]:
    """One JSON object; `docs/reference/check.schema.json` is its schema."""
    rules = result.settings.rules
    return {
        "version": 1,
        "tool": f"lbgen {__version__}",
        "against": [one.name for one in result.against],
        "versions": [
            {"name": one.name, "commit": one.commit or None, "about": one.about, "empty": empty}
            for empty, versions in ((False, result.against), (True, result.empty))
            for one in versions
        ],
        "mode": rules.mode,
        "modes": dict(rules.modes),
        "strict": rules.strict,
        "rules_used": result.used,
        "exit_code": result.exit_code,
        "counts": {**counted(result.told), "compatible": len(result.compatible)},
        "findings": [_finding(one, result, excerpts) for one in result.told],
        "problems": [
            {
                "rule": problem.rule,
                "severity": str(problem.severity),
                "message": problem.message,
                "help": problem.help,
                "file": excerpts.path(problem.place.file),
                "line": problem.place.line,
            }
            for problem in result.problems
        ],
    }


def _finding(finding: Finding, result: Result, excerpts: Excerpts) -> dict[str, Any]:
    place, old = finding.place, finding.old_place
    at = result.allowed_at(finding)
    return {
        "rule": finding.rule,
        "state": finding.state,
        "severity": str(result.severity(finding)),
        "api": finding.api,
        "event": finding.event or None,
        "path": finding.path,
        "message": finding.headline,
        "file": excerpts.path(place.file),
        "line": place.line,
        "column": place.column,
        "old": {
            "against": finding.against.name,
            "also": [one.name for one in finding.also],
            "file": old.file,
            "line": old.line,
            "column": old.column,
        },
        "breaks": [
            {
                "direction": proof.direction,
                "whom": proof.whom,
                "event": proof.event,
                "message": proof.message or None,
                "undecided": proof.reason or None,
            }
            for proof in finding.proofs
        ],
        "ways_out": ways_out(finding, result.schemas, at),
        "allow": None if finding.allowance else allow_command(finding, result.schemas, at),
        "allowed": None if finding.allowance is None else _allowance(finding),
        "fingerprint": finding.fingerprint,
    }


def _allowance(finding: Finding) -> dict[str, Any]:
    assert finding.allowance is not None
    until = finding.allowance.until
    return {"reason": finding.allowance.reason, "until": until.isoformat() if until else None}
