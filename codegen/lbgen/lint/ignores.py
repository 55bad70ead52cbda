"""`x-lbgen-ignore`: rules that are turned off for a part of a contract, each with its reason.

It is beside what it is about, in a contract file, an event or a schema, and counts for that
part and everything inside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..findings.catalogue import suggest_rules, the_rule
from ..source.document import Location
from ..source.json_types import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..source.document import Document, Path
    from .subjects import LintFinding, Subjects

__all__ = ["KEYWORD", "apply_ignores"]

KEYWORD: Final = "x-lbgen-ignore"


def apply_ignores(subjects: Subjects, findings: Iterable[LintFinding]) -> Iterator[LintFinding]:
    """The findings that no ignore is about, and what is wrong with the ignores.

    Args:
        subjects: the contract.
        findings: of every rule.
    """
    ignores: dict[Location, str] = {}
    for document in subjects.contract.documents.values():
        for path in document.places:
            if path[-1:] == (KEYWORD,) and not _is_data(document, path):
                yield from _read(subjects, document, path, ignores)
    used: set[Location] = set()
    for finding in findings:
        ignoring = _ignoring(finding, ignores)
        if ignoring is None:
            yield finding
        else:
            used.add(ignoring)
    for location in ignores:
        if location not in used:
            rule = str(location.path[-1])
            yield subjects.finding(
                "unused-ignore",
                location,
                f"the rule {rule!r} has no finding here",
                "remove this entry",
            )


def _read(
    subjects: Subjects, document: Document, path: Path, ignores: dict[Location, str]
) -> Iterator[LintFinding]:
    location = Location(document.uri, path)
    value: Any = document.at(path)
    if not is_object(value):
        yield subjects.finding(
            "ignore-without-reason",
            location,
            f"`{KEYWORD}` is not a mapping of rules to reasons",
            f'write {KEYWORD}: {{integer-id: "the numbers come from the old system"}}',
        )
        return
    for name, reason in value.items():
        rule = the_rule(name)
        if rule is None:
            near = " or ".join(f"`{each}`" for each in suggest_rules(name)[:2])
            yield subjects.finding(
                "unused-ignore",
                location / name,
                f"{name!r} is not a rule",
                f"did you mean {near}?" if near else "run `lbgen rule` to list all rules",
            )
        elif not isinstance(reason, str) or not reason.strip():
            yield subjects.finding(
                "ignore-without-reason",
                location / name,
                f"the rule {name!r} is ignored without a reason, so the ignore has no effect",
                "write the reason as its value",
            )
        elif rule.linter:
            ignores[location / name] = name
        elif rule.family != "compat":
            yield subjects.finding(
                "unused-ignore",
                location / name,
                f"the rule {name!r} cannot be ignored, because it is an error of `lbgen build`",
                "fix what the rule reports",
            )


def _ignoring(finding: LintFinding, ignores: dict[Location, str]) -> Location | None:
    """The ignore that is about a finding, the closest one if there are several."""
    location = finding.location
    for length in range(len(location.path), -1, -1):
        candidate = Location(
            location.uri, (*location.path[:length], KEYWORD, finding.diagnostic.rule)
        )
        if candidate in ignores:
            return candidate
    return None


def _is_data(document: Document, path: Path) -> bool:
    """Whether a path leads through a value, in which the keyword has no meaning."""
    for index, step in enumerate(path[:-1]):
        if step in ("default", "const", "enum", "examples", KEYWORD):
            around = document.at(path[:index])
            named = path[index - 1] if index else None
            if not is_array(around) and named not in ("properties", "$defs", "definitions"):
                return True
    return path[-2:-1] in (("properties",), ("$defs",), ("definitions",), ("events",))
