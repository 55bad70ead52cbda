"""The result of a check, and what it means for CI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..diagnostics import Diagnostic, Severity
from .wording import cut, ways_out, written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ..document import Document
    from .findings import Finding, Proof
    from .settings import Settings

USED: Final = (
    "rules used: `fire` sends only declared parameters, at every depth, and fills defaults in; "
    "readers ignore unknown parameters unless their schema forbids them; formats are asserted"
)
STRICT: Final = (
    "rules used (--strict): whatever a schema accepts may be fired; formats are asserted"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a check found.

    Attributes:
        findings: breaking, undecided and source changes, allowed ones among them.
        problems: about the file of allowances.
        compatible: how many events are compatible, over all old versions.
        against: the names of the old versions.
        folders: where the old files are, by the name of the old version.
        schemas: the schema folder.
        documents: the new contract's, by path.
        settings: how it was checked.
    """

    findings: tuple[Finding, ...]
    problems: tuple[Diagnostic, ...]
    compatible: int
    against: tuple[str, ...]
    folders: dict[str, str]
    schemas: Path
    documents: dict[str, Document]
    settings: Settings

    @property
    def used(self) -> str:
        """Which rules were used."""
        return STRICT if self.settings.rules.strict else USED

    @property
    def exit_code(self) -> int:
        """1 if anything stops the change, else 0."""
        stops = any(self.severity(one) is Severity.ERROR for one in self.findings)
        return int(stops or any(one.severity is Severity.ERROR for one in self.problems))

    def severity(self, finding: Finding) -> Severity:
        """How much a finding matters."""
        if finding.allowance is not None:
            return Severity.NOTE
        if finding.state == "undecided" and self.settings.undecided == "warn":
            return Severity.WARNING
        return Severity.ERROR

    def old_file(self, finding: Finding) -> str:
        """Where the old contract says it, as the user can find it."""
        folder = self.folders.get(finding.against, finding.against).rstrip("/")
        return f"{folder}/{finding.old_place}"

    def diagnostics(self) -> list[Diagnostic]:
        """The findings for printers that know nothing of compatibility."""
        return [*(self._diagnostic(one) for one in self.findings), *self.problems]

    def _diagnostic(self, finding: Finding) -> Diagnostic:
        lines = [finding.headline, *(proof_line(proof) for proof in finding.proofs)]
        lines.append(f"before: {self.old_file(finding)}")
        if finding.allowance is not None:
            lines.append(f"allowed: {finding.allowance.reason}")
        return Diagnostic(
            place=finding.place,
            rule=finding.rule,
            message="\n".join(lines),
            help="; or ".join(ways_out(finding, self.schemas)),
            severity=self.severity(finding),
        )


def proof_line(proof: Proof) -> str:
    """One direction of a finding on one line."""
    if proof.reason:
        return f"{proof.direction}: {proof.reason} cannot be compared"
    line = f"{proof.direction}: {proof.whom}"
    if proof.event is not None:
        line += f"; this event shows it: {written(proof.event)} ({cut(proof.message)})"
    return line


def counted(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings of each kind there are."""
    counts = {"breaking": 0, "undecided": 0, "source": 0, "allowed": 0}
    for finding in findings:
        counts["allowed" if finding.allowance is not None else finding.state] += 1
    return counts
