"""The contract of an old version, as far as it can be read.

A contract with errors does not build, so that nobody can have deployed it; and what has errors must
be repairable. What the errors touch is left out of the comparison, and said to be.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ...analysis.repeated_names import name_once
from ...compiler import Options, analyse
from ...contract.reader import read_contract
from ...findings.diagnostic import Diagnostic, Note, Place, Severity
from ...source.load import load
from ..change.touched import Touched
from .version import ContractVersion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...source.document import Document
    from ..baseline.old_version import Baseline
    from .finding import Finding

__all__ = ["OldContract"]

_MOST_ERRORS = 3
"""Errors that are shown of those that keep an event from being compared."""


class OldContract:
    """An old version, read.

    Args:
        baseline: what it consists of.
        known: the documents of the new version, by path.
        files: the sources of the new version, by path.
        options: the settings of the new version.
    """

    def __init__(
        self,
        baseline: Baseline,
        known: Mapping[str, Document],
        files: Mapping[str, bytes],
        options: Options,
    ) -> None:
        self.baseline = baseline
        self.options = options = baseline.options or options
        same = {
            name: known[name]
            for name, content in baseline.files.items()
            if name in known and files.get(name) == content
        }
        changed = {name: text for name, text in baseline.files.items() if name not in same}
        documents, problems = load(changed)
        documents.update(same)
        contract, more = read_contract(documents, options.drafts, options.urls, options.api)
        self.side = ContractVersion(name_once(contract), baseline.version)
        self._unread = _errors([*baseline.problems, *problems, *more])

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it that could be an event."""
        return not self.side.events and not self._unread

    def not_compared(self, new: ContractVersion) -> Iterator[Diagnostic]:
        """What is said of files that cannot be read."""
        by_file: dict[str, list[Diagnostic]] = {}
        for problem in self._unread:
            by_file.setdefault(problem.place.file, []).append(problem)
        there = {document.file for document in new.contract.documents.values()}
        for file, problems in by_file.items():
            place = Place(file=file if file in there else min(there, default=file))
            yield self._diagnostic(place, f"{file} was not compared", problems)

    def excuse(self, finding: Finding) -> Diagnostic | None:
        """What is said instead of a finding, if the old version has errors that explain it."""
        event = self.side.events.get(finding.full_name)
        if event is None or finding.state != "undecided":
            return None
        uri = event[1].location.uri
        reached = self._touched.reach(uri)
        files = None
        if reached is not None:
            files = {self.side.contract.documents[each].file for each in reached}
        own = self.side.contract.documents[uri]
        others = [
            own.places[other.location.path]
            for _, other in self.side.events.values()
            if other.location.uri == uri and other is not event[1]
        ]
        about = [
            problem
            for problem in self._every_error
            if (files is None or problem.place.file in files)
            and not any(_inside(problem.place, other) for other in others)
        ]
        if not about:
            return None
        return self._diagnostic(finding.place, f"{finding.full_name} was not compared", about)

    @cached_property
    def _touched(self) -> Touched:
        return Touched(self.side.contract, self.side.contract)

    @cached_property
    def _every_error(self) -> list[Diagnostic]:
        found = analyse(self.baseline.files, self.options)
        return _errors([*self.baseline.problems, *found.problems])

    def _diagnostic(self, place: Place, message: str, errors: list[Diagnostic]) -> Diagnostic:
        folder = self.baseline.version.folder.rstrip("/")
        notes = [
            Note("before", f"{folder}/{one.place}: {one.rule} {one.message}") for one in errors
        ]
        return Diagnostic(
            place=place,
            rule="compat-old-invalid",
            message=f"{message}: it has errors in {self.baseline.version}",
            notes=tuple(notes[:_MOST_ERRORS]),
            help=(
                "nothing, if this change repairs the errors; services that use the event "
                "anyway may break"
            ),
            severity=Severity.WARNING,
        )


def _errors(problems: list[Diagnostic]) -> list[Diagnostic]:
    return [problem for problem in problems if problem.severity is Severity.ERROR]


def _inside(place: Place, outer: Place) -> bool:
    start, end = (outer.line, outer.column), (outer.end_line, outer.end_column)
    return place.file == outer.file and start <= (place.line, place.column) < end
