"""Findings that one edit of a shared type makes in several events."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..contracts.finding import Finding

__all__ = ["SameEdit", "by_edit", "by_version", "last_name"]


@dataclass(frozen=True, slots=True)
class SameEdit:
    """Findings of one edit.

    Attributes:
        first: the one that is told whole.
        others: what the same edit does to other events.
    """

    first: Finding
    others: tuple[Finding, ...]

    @property
    def name(self) -> str:
        """The last name of the path that all have in common; empty where they have none."""
        names = {last_name(finding) for finding in (self.first, *self.others)}
        return names.pop() if len(names) == 1 else ""


def by_version(findings: Iterable[Finding]) -> list[Finding]:
    """Findings, with those that say the same of several old versions made one."""
    alike: dict[tuple[object, ...], list[Finding]] = {}
    seen: Counter[tuple[object, ...]] = Counter()
    for finding in findings:
        key = (finding.where, *_change(finding))
        seen[(finding.against, *key)] += 1  # one version may have several that say the same
        alike.setdefault((seen[(finding.against, *key)], *key), []).append(finding)
    return [
        replace(first, also=tuple(dict.fromkeys(other.against for other in others)))
        for first, *others in alike.values()
    ]


def by_edit(findings: Iterable[Finding]) -> list[SameEdit]:
    """Findings by the edit that makes them, in the order of the first of each.

    Two findings are of one edit where they say the same of the same places of both versions, for
    different events. Where one event has two that say the same (two parameters that were removed
    from one object), they and their like are kept apart by the parameter's name.
    """
    alike: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        alike.setdefault(_edit(finding), []).append(finding)
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for key, found in alike.items():
        events = {finding.full_name for finding in found}
        for finding in found:
            name = () if len(events) == len(found) else (last_name(finding),)
            groups.setdefault((*key, *name), []).append(finding)
    return [SameEdit(first, tuple(others)) for first, *others in groups.values()]


def _edit(finding: Finding) -> tuple[object, ...]:
    return (finding.old_place, finding.against, finding.also, *_change(finding))


def _change(finding: Finding) -> tuple[object, ...]:
    return (
        finding.rule,
        finding.state,
        finding.place,
        finding.text.replace(f'"{finding.path}"', ""),
        tuple((proof.direction, bool(proof.reason)) for proof in finding.proofs),
        finding.allowance and finding.allowance.reason,
    )


def last_name(finding: Finding) -> str:
    """The last name of a finding's path: `currency` of `total.currency`."""
    return finding.path.rpartition(".")[2]
