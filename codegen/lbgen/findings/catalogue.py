"""Every rule that a diagnostic can name: what it means, why, and an example.

The texts are in TOML files: in the folder `rules` one per family, for the linter one per rule in
`lbgen/lint/rules`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from .diagnostic import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FAMILIES", "Rule", "all_rules", "suggest_rules", "the_rule"]

FAMILIES: Final[Mapping[str, str]] = {
    "reading": "Reading files",
    "contract": "APIs and events",
    "schema": "Schemas",
    "names": "Names in Python",
    "lint": "The linter",
    "compat": "Compatibility",
    "project": "Project settings and files",
}
"""The families of rules with their headings, each a TOML file of `rules` if it has rules."""

_FILE: Final = re.compile(r"^# file: (.+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule.

    Attributes:
        id: by which diagnostics name it.
        family: which of `FAMILIES` it belongs to.
        title: what is wrong, in a line.
        severity: how much it matters, where nothing about a finding says otherwise.
        explanation: why it is a rule and what to do, in Markdown.
        bad: a contract that breaks it; empty where no text can show it.
        good: the same contract without the fault.
    """

    id: str
    family: str
    title: str
    severity: Severity
    explanation: str
    bad: str
    good: str

    @property
    def linter(self) -> bool:
        """Whether the linter reports it, so that projects and contracts can turn it off."""
        return self.family == "lint"

    @staticmethod
    def files(example: str) -> dict[str, str]:
        """The files of an example by their paths in a project.

        Args:
            example: `bad` or `good`. A line `# file: PATH` starts each file; without one all of
                it is `schemas/shop.yaml`.
        """
        pieces = _FILE.split(example)
        if len(pieces) == 1:
            return {"schemas/shop.yaml": example}
        return dict(zip(pieces[1::2], pieces[2::2], strict=True))


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, by family and id."""
    found: list[Rule] = []
    for family in FAMILIES:
        found += [_rule(name, family, texts) for name, texts in sorted(_texts(family).items())]
    return tuple(found)


def _texts(family: str) -> dict[str, Any]:
    """The texts of a family's rules, by id."""
    if family == "lint":
        folder = files("lbgen.lint") / "rules"
        return {
            file.name.removesuffix(".toml").replace("_", "-"): tomllib.loads(
                file.read_text("utf-8")
            )
            for file in folder.iterdir()
            if file.name.endswith(".toml")
        }
    source = files("lbgen.findings") / "rules" / f"{family}.toml"
    return tomllib.loads(source.read_text("utf-8")) if source.is_file() else {}


def _rule(name: str, family: str, texts: dict[str, Any]) -> Rule:
    return Rule(
        id=name,
        family=family,
        title=texts["title"],
        severity=Severity(texts["severity"]),
        explanation=texts["explanation"].strip(),
        bad=texts.get("bad", ""),
        good=texts.get("good", ""),
    )


def the_rule(name: str) -> Rule | None:
    """The rule with an id; `None` if there is none."""
    return next((rule for rule in all_rules() if rule.id == name), None)


def suggest_rules(name: str) -> tuple[str, ...]:
    """The ids that somebody who wrote another one may have meant, the nearest first."""
    known = [rule.id for rule in all_rules()]
    wanted = name.casefold().replace("_", "-").replace(" ", "-")
    near = get_close_matches(wanted, known, n=3, cutoff=0.6)
    near += [each for each in known if each not in near and wanted and wanted in each]
    return tuple(near[:5])
