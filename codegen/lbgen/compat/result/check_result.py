"""The result of a check, and what it means for CI."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ...findings.diagnostic import Diagnostic, Note, Severity
from ...report.excerpts import Excerpts
from ..change.event_text import cut, written
from .same_edit import by_edit, by_version
from .wording import ways_out

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ...source.document import Document
    from ..allowances import Allowance
    from ..baseline.old_version import OldVersion
    from ..contracts.finding import Finding, Proof
    from ..settings import CheckSettings
    from .same_edit import SameEdit

USED: Final = (
    "rules: `fire` only sends declared parameters and fills in defaults; readers ignore "
    "unknown parameters unless their schema does not allow them; formats are checked"
)
STRICT: Final = (
    "rules (--strict): every event that a schema accepts may be fired; formats are checked"
)
_SIDES: Final = {"backward": ("an old", "new"), "forward": ("a new", "old")}
_KINDS: Final = {"meaning": "changed in meaning"}
_MOST_OTHERS: Final = 10
"""Events that are named of those which the same edit breaks."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a check found.

    Attributes:
        findings: breaking, undecided and source changes, allowed ones among them.
        problems: about the file of allowances; of a new contract that has errors, those.
        compatible: full names of the events that are compatible with every old version.
        against: the old versions.
        empty: those from before the first contract.
        allowances: the entries of the file of allowances.
        changes: what changed since each old version, in Markdown.
        schemas: the schema folder.
        documents: the new contract's, by path.
        settings: how it was checked.
        code: the exit code, where it does not follow from what was found.
    """

    findings: tuple[Finding, ...]
    problems: tuple[Diagnostic, ...]
    compatible: frozenset[str]
    against: tuple[OldVersion, ...]
    empty: tuple[OldVersion, ...]
    schemas: Path
    documents: dict[str, Document]
    settings: CheckSettings
    allowances: tuple[Allowance, ...] = ()
    changes: str = ""
    code: int | None = None

    @property
    def used(self) -> str:
        """Which rules were used."""
        return STRICT if self.settings.rules.strict else USED

    @property
    def exit_code(self) -> int:
        """2 if nothing could be compared, 1 if anything stops the change, else 0."""
        if self.code is not None:
            return self.code
        stops = any(self.severity(one) is Severity.ERROR for one in self.findings)
        return int(stops or any(one.severity is Severity.ERROR for one in self.problems))

    def severity(self, finding: Finding) -> Severity:
        """How much a finding matters."""
        if finding.allowance is not None or finding.state == "meaning":
            return Severity.NOTE
        if finding.state == "undecided" and self.settings.undecided == "warn":
            return Severity.WARNING
        return Severity.ERROR

    def old_file(self, finding: Finding) -> str:
        """Where the old contract says it, as the user can find it."""
        return f"{finding.against.folder.rstrip('/')}/{finding.old_place}"

    @property
    def facts(self) -> dict[str, str]:
        """What was compared, by which rules; empty if nothing was."""
        if not self.against:
            return {}
        names = ", ".join(map(str, self.against))
        commits = ", ".join(one.commit for one in self.against if one.commit)
        facts = {"against": names, "commit": commits, "summary": summary(self), "rules": self.used}
        return {name: text for name, text in facts.items() if text}

    def diagnostics(self) -> list[Diagnostic]:
        """What a check says, an edit that breaks several events once."""
        return [*(self._diagnostic(edit) for edit in self.edits), *self.problems]

    @property
    def edits(self) -> list[SameEdit]:
        """The findings by the edit that makes them."""
        return by_edit(self.told)

    @cached_property
    def told(self) -> list[Finding]:
        """The findings; what breaks the same against several old versions once."""
        return by_version(self.findings)

    def _diagnostic(self, edit: SameEdit) -> Diagnostic:
        finding = edit.first
        notes = [Note("before", self.old_file(finding)), *map(_proof, finding.proofs)]
        if finding.also:
            notes.append(Note("the same", ", ".join(f"against {one}" for one in finding.also)))
        if edit.others:
            notes.append(_others(edit.others))
        ways: list[str] = []
        if finding.allowance is not None:
            notes.append(_allowed(finding.allowance))
        else:
            ways = ways_out(finding, self.schemas, self._at(edit))
        return Diagnostic(
            place=finding.place,
            rule=finding.rule,
            message=finding.headline,
            notes=tuple(notes),
            help=ways[0] if ways else None,
            alternatives=tuple(ways[1:]),
            severity=self.severity(finding),
        )

    def _at(self, edit: SameEdit) -> str:
        """Where an edit is allowed; one of several events at its place in the new contract."""
        if not edit.others:
            return self.allowed_at(edit.first)
        place = edit.first.place
        path = Excerpts(self.documents, str(self.schemas)).path(place.file)
        return f"{path}:{place.line}" + (edit.name and f"#{edit.name}")

    def allowed_at(self, finding: Finding) -> str:
        """What to call a finding for `lbgen allow`, so that no other one is meant."""
        alike = [one for one in self.told if (one.rule, one.where) == (finding.rule, finding.where)]
        if len({one.place for one in alike}) < 2:
            return finding.where
        place = finding.place
        path = Excerpts(self.documents, str(self.schemas)).path(place.file)
        return f"{path}:{place.line}:{place.column}"


def _proof(proof: Proof) -> Note:
    """One direction of a finding."""
    details: list[Note] = []
    if proof.reason:
        details.append(Note("not decided", proof.reason))
    if proof.event is not None:
        writer, reader = _SIDES.get(proof.direction, ("an", ""))
        details.append(Note(f"{writer} event", written(proof.event)))
        details.append(Note(f"the {reader} contract says", cut(proof.message)))
    return Note(proof.direction, proof.whom, tuple(details))


def _others(others: Sequence[Finding]) -> Note:
    more = [Note("", other.where) for other in others[:_MOST_OTHERS]]
    if len(others) > _MOST_OTHERS:
        more.append(Note("", f"and {len(others) - _MOST_OTHERS} more"))
    events = "event" if len(others) == 1 else "events"
    return Note("the same edit", f"{len(others)} more {events}", tuple(more))


def _allowed(allowance: Allowance) -> Note:
    until = f" (until {allowance.until})" if allowance.until else ""
    return Note("allowed", allowance.reason + until)


def counted(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings of each kind there are."""
    counts = {"breaking": 0, "undecided": 0, "source": 0, "meaning": 0, "allowed": 0}
    for finding in findings:
        counts["allowed" if finding.allowance is not None else finding.state] += 1
    return counts


def summary(result: Result) -> str:
    """One line: against what, how many, of which kind."""
    counts = counted(result.told)
    pieces = [f"{count} {_KINDS.get(kind, kind)}" for kind, count in counts.items() if count]
    compatible = len(result.compatible)
    if compatible:
        pieces.append(f"{compatible} compatible event{'' if compatible == 1 else 's'}")
    rules = result.settings.rules
    modes = {rules.mode, *rules.modes.values()}
    mode = rules.mode if len(modes) == 1 else "by API"
    if not result.against:
        return "nothing was compared"
    names = ", ".join(map(str, result.against))
    return f"against {names}, mode {mode}: {', '.join(pieces) or 'nothing was compared'}"
