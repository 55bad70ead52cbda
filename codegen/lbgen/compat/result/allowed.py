"""Which findings are allowed, and which allowances are over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lbgen_runtime.printable import printable

from ...findings.diagnostic import Diagnostic, Place, Severity
from ..allowances import NAME

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence

    from ..allowances import Allowance
    from ..contracts.finding import Finding, Proof


def judge(
    findings: Sequence[Finding],
    entries: Sequence[Allowance],
    used: Mapping[str, Sequence[Allowance]],
    today: datetime.date,
) -> tuple[list[Finding], list[Diagnostic]]:
    """The findings with what allows them, and what is to be said about the entries.

    Args:
        findings: what was found.
        entries: what is allowed.
        used: the entries that an old version holds already, by the version's name.
        today: the day, in UTC.
    """
    judged: list[Finding] = []
    needed: set[Allowance] = set()
    problems: list[Diagnostic] = []
    for finding in findings:
        allowed: dict[str, Allowance] = {}
        before = used.get(str(finding.against), ())
        for proof in finding.proofs:
            about = [one for one in entries if finding.allowed_by(one, proof.direction)]
            good = [one for one in about if one not in before and not one.expired(today)]
            if good:
                allowed[proof.direction] = good[0]
                needed.add(good[0])
            else:
                needed.update(about)
                problems += [
                    _used(one, finding) if one in before else _expired(one) for one in about
                ]
        judged += _split(finding, allowed)
    problems += [_unneeded(entry) for entry in entries if entry not in needed]
    return judged, list(dict.fromkeys(problems))


def _split(finding: Finding, allowed: Mapping[str, Allowance]) -> list[Finding]:
    """A finding, in two where it is allowed in some directions only."""
    parts: dict[Allowance | None, list[Proof]] = {}
    for proof in finding.proofs:
        parts.setdefault(allowed.get(proof.direction), []).append(proof)
    return [
        replace(finding, proofs=tuple(proofs), allowance=entry) for entry, proofs in parts.items()
    ] or [finding]


def _at(entry: Allowance) -> tuple[Place, str]:
    place = Place(file=NAME, line=entry.line, end_line=entry.line)
    return place, f"the allowance for {printable(entry.at)} ({printable(entry.rule)})"


def _expired(entry: Allowance) -> Diagnostic:
    place, name = _at(entry)
    return Diagnostic(
        place=place,
        rule="compat-allowance-expired",
        message=f"{name} ended on {entry.until}",
        help="revert the change, or allow it again with a later `--until`",
    )


def _used(entry: Allowance, finding: Finding) -> Diagnostic:
    place, name = _at(entry)
    return Diagnostic(
        place=place,
        rule="compat-allowance-used",
        message=(
            f"{name} was already used for an earlier change: {printable(str(finding.against))} "
            "contains it"
        ),
        help="remove the entry; to allow the change again, run `lbgen allow`",
        severity=Severity.WARNING,
    )


def _unneeded(entry: Allowance) -> Diagnostic:
    place, name = _at(entry)
    return Diagnostic(
        place=place,
        rule="compat-allowance-unneeded",
        message=f"{name} is no longer needed",
        help="remove the entry",
        severity=Severity.WARNING,
    )
