"""Who is to blame for a break: the edits that, taken back alone, make the event readable.

What the writer sends stays fixed; the reader's schema is brought towards the writer's, edit by
edit, until everything can be read. So each cause is found once, and each event shown is one that
the real writer sends and the real reader rejects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..decide import Decision, Edited, Version, decide
from ..normal.schema import size_of
from ..prove.containment import STEPS
from .difference import differences
from .edit import Edit, undone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..normal.schema import Bundle

_MOST: Final = 25
_BUDGET: Final = 4 * STEPS
"""Steps that may be taken to find all causes of one decision."""
_SCHEMAS_PER_STEP: Final = 2
"""Schemas that are edited, and compiled, in the time of one step."""


class _Spent(Exception):
    """The budget is used up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Edits that break together, usually one, and the decision that shows it.

    Attributes:
        edits: the edits, the most telling first; none if no edit could be made responsible.
        decision: breaking or undecided.
    """

    edits: tuple[Edit, ...]
    decision: Decision


def causes(writer: Version, reader: Version, decision: Decision) -> list[Cause]:
    """All causes of a decision that is not `compatible`."""
    edits = differences(writer.reader, reader.reader)
    return _Blame(writer, reader, edits).causes(decision)


class _Blame:
    def __init__(self, writer: Version, reader: Version, edits: list[Edit]) -> None:
        self.writer = writer
        self.reader = reader
        self.edits = edits
        size = size_of(writer.reader) + size_of(reader.reader)
        self.steps_per_edit = 1 + size // _SCHEMAS_PER_STEP
        self.steps = _BUDGET

    def causes(self, decision: Decision) -> list[Cause]:
        found: list[Cause] = []
        try:
            for each in self._causes(decision):
                found += each
        except _Spent:
            pass  # what was found so far is true, and more would take too long
        return found or [Cause(edits=tuple(self.edits[:1]), decision=decision)]

    def _causes(self, decision: Decision) -> Iterator[list[Cause]]:
        found = 0
        left = list(self.edits)
        taken: tuple[Edit, ...] = ()
        while decision.state != "compatible" and found < _MOST:
            blamed = self._blamed(decision, taken, left)
            if not blamed:
                break
            causes = self._separate(blamed, taken, left, decision)
            found += len(causes)
            yield causes
            taken = (*taken, *blamed)
            left = [edit for edit in left if edit not in blamed]
            if not left:
                break
            decision = self._decide(taken)

    def _blamed(
        self, decision: Decision, taken: tuple[Edit, ...], left: list[Edit]
    ) -> tuple[Edit, ...]:
        for edit in left:
            if self._repairs((*taken, edit), decision):
                return (edit,)
        if not self._repairs((*taken, *left), decision):
            return ()
        needed = list(left)
        for edit in left:
            without = [one for one in needed if one is not edit]
            if self._repairs((*taken, *without), decision):
                needed = without
        return tuple(needed)

    def _separate(
        self,
        blamed: tuple[Edit, ...],
        taken: tuple[Edit, ...],
        left: list[Edit],
        decision: Decision,
    ) -> list[Cause]:
        """Of several edits that break together: those that also break alone are causes each."""
        if len(blamed) == 1:
            return [Cause(edits=blamed, decision=decision)]
        found: list[Cause] = []
        for edit in blamed:
            others = tuple(one for one in left if one is not edit)
            alone = self._decide((*taken, *others))
            if alone.state == "breaking" and not self.reader.reads(alone.event):
                found.append(Cause(edits=(edit,), decision=alone))
        return found or [Cause(edits=blamed, decision=decision)]

    def _decide(self, taken: Sequence[Edit]) -> Decision:
        decision = self._decided(self._edited(taken))
        if decision.state == "breaking" and self.reader.reads(decision.event):
            # Readable as the contract really is: the edits only break what others repair.
            return Decision(state="compatible")
        return decision

    def _repairs(self, taken: Sequence[Edit], decision: Decision) -> bool:
        reader = self._edited(taken)
        if decision.state != "breaking":
            return self._decided(reader).state == "compatible"
        try:
            return reader.reads(decision.event)
        except ValueError:
            return False  # some edits together make no schema

    def _decided(self, reader: Version) -> Decision:
        decision = decide(self.writer, reader, min(STEPS, self.steps))
        self.steps -= decision.steps
        if self.steps <= 0 and decision.state == "undecided":
            raise _Spent
        return decision

    def _edited(self, taken: Sequence[Edit]) -> Version:
        self.steps -= self.steps_per_edit
        if self.steps <= 0:
            raise _Spent
        bundle: Bundle = undone(self.reader.reader, self.writer.reader, tuple(taken))
        return Edited(bundle, strict=self.reader.strict)
