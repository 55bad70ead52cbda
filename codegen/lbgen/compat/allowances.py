"""Breaking changes that are meant: `.lbgen-breaks.yaml` in the schema folder."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import yaml

from ..diagnostics import Diagnostic, Place, Severity
from ..json_types import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .findings import Finding

NAME: Final = ".lbgen-breaks.yaml"
"""What the file is called, in the schema folder."""

_HEADER: Final = """\
# Breaking changes that are meant. `lbgen allow` writes this file, `lbgen check` reads it.
# Each entry covers one change: when either version of the event changes, it covers it no more.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A break that is meant.

    Attributes:
        rule: id of the kind of change.
        at: the event, and the place in it.
        fingerprint: of both versions of the event.
        reason: why it is meant.
        until: the last day on which it holds; `None` is for good.
        line: where the entry starts in the file.
    """

    rule: str
    at: str
    fingerprint: str
    reason: str
    until: datetime.date | None = None
    line: int = 1

    def covers(self, finding: Finding) -> bool:
        """Whether it is about this finding, expired or not."""
        return (self.rule, self.at, self.fingerprint) == (
            finding.rule,
            finding.where,
            finding.fingerprint,
        )


def read_allowances(schemas: Path) -> tuple[list[Allowance], list[Diagnostic]]:
    """The entries of a schema folder's file, and what is wrong with it."""
    path = schemas / NAME
    if not path.is_file():
        return [], []
    try:
        text = path.read_text("utf-8")
        entries: Any = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return [], [_problem(1, f"the file cannot be read: {error}")]
    if entries is None:
        return [], []
    if not is_array(entries):
        return [], [_problem(1, "the file is no list of entries")]
    lines = [number for number, line in enumerate(text.split("\n"), 1) if line.startswith("- ")]
    found: list[Allowance] = []
    problems: list[Diagnostic] = []
    for index, entry in enumerate(entries):
        line = lines[index] if index < len(lines) else 1
        allowance = _entry(entry, line)
        if allowance is None:
            problems.append(
                _problem(line, "an entry needs `rule`, `at`, `fingerprint` and `reason`")
            )
        else:
            found.append(allowance)
    return found, problems


def _entry(entry: Any, line: int) -> Allowance | None:
    if not is_object(entry):
        return None
    texts = [entry.get(name) for name in ("rule", "at", "fingerprint", "reason")]
    until = entry.get("until")
    if isinstance(until, str):
        try:
            until = datetime.date.fromisoformat(until)
        except ValueError:
            return None
    if until is not None and not isinstance(until, datetime.date):
        return None
    if not all(isinstance(text, str) and text for text in texts):
        return None
    rule, at, mark, reason = (str(text) for text in texts)
    return Allowance(rule=rule, at=at, fingerprint=mark, reason=reason, until=until, line=line)


def add_allowances(schemas: Path, allowances: Sequence[Allowance]) -> Path:
    """Append entries to a schema folder's file; what is in it stays as it is."""
    path = schemas / NAME
    old = path.read_text("utf-8") if path.is_file() else _HEADER
    if old and not old.endswith("\n"):
        old += "\n"
    path.write_text(old + "".join(map(_text, allowances)), "utf-8")
    return path


def _text(allowance: Allowance) -> str:
    lines = [
        f"- rule: {allowance.rule}",
        f"  at: {json.dumps(allowance.at, ensure_ascii=False)}",
        f"  reason: {json.dumps(allowance.reason, ensure_ascii=False)}",
    ]
    if allowance.until is not None:
        lines.append(f"  until: {allowance.until.isoformat()}")
    lines.append(f'  fingerprint: "{allowance.fingerprint}"')
    return "\n".join(lines) + "\n"


def judge(
    findings: Sequence[Finding], allowances: Sequence[Allowance], today: datetime.date
) -> tuple[list[Finding], list[Diagnostic]]:
    """The findings with what allows them, and what is to be said about the entries."""
    judged: list[Finding] = []
    used: set[int] = set()
    problems: list[Diagnostic] = []
    for finding in findings:
        entry = next((one for one in allowances if one.covers(finding)), None)
        if entry is not None:
            used.add(id(entry))
            if entry.until is not None and entry.until < today:
                problems.append(_expired(entry))
                entry = None
        judged.append(replace(finding, allowance=entry))
    problems += [_unneeded(entry) for entry in allowances if id(entry) not in used]
    return judged, list(dict.fromkeys(problems))


def _problem(line: int, message: str) -> Diagnostic:
    return Diagnostic(
        place=Place(file=NAME, line=line, end_line=line),
        rule="compat-allowance-unreadable",
        message=message,
        help="write entries with `lbgen allow`",
    )


def _expired(entry: Allowance) -> Diagnostic:
    return Diagnostic(
        place=Place(file=NAME, line=entry.line, end_line=entry.line),
        rule="compat-allowance-expired",
        message=f"the allowance for {entry.at} ({entry.rule}) ended on {entry.until}",
        help="take the change back, or allow it again with a later `--until`",
    )


def _unneeded(entry: Allowance) -> Diagnostic:
    return Diagnostic(
        place=Place(file=NAME, line=entry.line, end_line=entry.line),
        rule="compat-allowance-unneeded",
        message=f"the allowance for {entry.at} ({entry.rule}) is not needed any more",
        help="remove the entry",
        severity=Severity.WARNING,
    )
