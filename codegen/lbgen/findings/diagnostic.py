"""What the compiler has to say about a contract, as data. `lbgen.report` prints it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Diagnostic", "Note", "Place", "Related", "Severity", "in_order"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """A piece of a source file.

    Attributes:
        file: path below the schema folder, with `/`.
        line: of the first character, counted from 1.
        column: of the first character, in characters counted from 1.
        end_line: of the character behind the last one.
        end_column: of the character behind the last one.
    """

    file: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Severity(StrEnum):
    """How much a diagnostic matters. Only errors stop a build."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Related:
    """Another place that explains a diagnostic (`first defined here`)."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """Something more about a finding.

    Attributes:
        label: what it is, in a word or two; empty where the text says it.
        text: the note.
        details: what belongs to it.
    """

    label: str
    text: str
    details: tuple[Note, ...] = ()

    def __str__(self) -> str:
        return f"{self.label}: {self.text}" if self.label else self.text


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Diagnostic:
    """One finding.

    Attributes:
        place: where it is.
        rule: id of the rule, listed in `lbgen.findings.catalogue`.
        message: what is wrong.
        notes: what more there is to know.
        help: what to do about it.
        alternatives: what to do instead.
        related: other places that explain it.
        severity: how much it matters.
    """

    place: Place
    rule: str
    message: str
    notes: tuple[Note, ...] = ()
    help: str | None = None
    alternatives: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    severity: Severity = Severity.ERROR


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Diagnostics in the order of the text, each once."""
    unique = dict.fromkeys(diagnostics)
    return tuple(sorted(unique, key=lambda each: (each.place, each.rule, each.message)))
