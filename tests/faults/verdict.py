"""What the ledger found."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

__all__ = ["Verdict"]


@dataclass
class Verdict:
    """What the ledger found, each violation in words.

    Attributes:
        confirmed: how many events were confirmed.
        again: how many times an event was fired once more under the id that it had.
        runs: how many handlers began.
        stalls: how many times the server stood still, without the harness's doing.
        double_runs: how many of them began again what was no retry.
        explained: the causes of double runs.
        dead: the dead letters, by kind of event.
        violations: by rule.
    """

    confirmed: int = 0
    again: int = 0
    runs: int = 0
    stalls: int = 0
    double_runs: int = 0
    explained: Counter[str] = field(default_factory=Counter[str])
    dead: Counter[str] = field(default_factory=Counter[str])
    violations: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def found(self, rule: str, violation: str) -> None:
        """A rule was broken."""
        self.violations[rule].append(violation)

    @property
    def broken(self) -> set[str]:
        """The rules that were broken."""
        return {rule for rule, found in self.violations.items() if found}

    def __str__(self) -> str:
        lines = [
            f"{self.confirmed} confirmed events, {self.again} fired again",
            f"{self.runs} runs, {self.double_runs} double runs",
            f"the server stood still {self.stalls} times",
            f"double runs by cause: {dict(self.explained)}",
            f"dead letters by kind: {dict(self.dead)}",
        ]
        for rule, found in self.violations.items():
            lines.append(f"BROKEN: {rule}: {len(found)}, such as {found[:3]}")
        return "\n".join(lines)
