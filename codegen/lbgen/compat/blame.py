"""Who is to blame for a break: the edits that, taken back alone, make the event readable.

What the writer sends stays fixed; the reader's schema is brought towards the writer's, edit by
edit, until everything can be read. So each cause is found once, and each event shown is one that
the real writer sends and the real reader rejects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .decide import Edited, Verdict, Version, decide
from .edit import Edit, undone
from .edits import differences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .schema import Bundle

_MOST: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Edits that break together, usually one, and the verdict that shows it.

    Attributes:
        edits: the edits, the most telling first; none if no edit could be made responsible.
        verdict: breaking or undecided.
    """

    edits: tuple[Edit, ...]
    verdict: Verdict


def causes(writer: Version, reader: Version, verdict: Verdict) -> list[Cause]:
    """All causes of a verdict that is not `compatible`."""
    edits = differences(writer.reader, reader.reader)
    return _Blame(writer, reader, edits).causes(verdict)


class _Blame:
    def __init__(self, writer: Version, reader: Version, edits: list[Edit]) -> None:
        self.writer = writer
        self.reader = reader
        self.edits = edits

    def causes(self, verdict: Verdict) -> list[Cause]:
        found: list[Cause] = []
        left = list(self.edits)
        taken: tuple[Edit, ...] = ()
        while verdict.state != "compatible" and len(found) < _MOST:
            blamed = self._blamed(verdict, taken, left)
            if not blamed:
                if not found:
                    found.append(Cause(edits=tuple(self.edits[:1]), verdict=verdict))
                break
            found += self._separate(blamed, taken, left, verdict)
            taken = (*taken, *blamed)
            left = [edit for edit in left if edit not in blamed]
            if not left:
                break
            verdict = self._decide(taken)
        return found

    def _blamed(
        self, verdict: Verdict, taken: tuple[Edit, ...], left: list[Edit]
    ) -> tuple[Edit, ...]:
        for edit in left:
            if self._settles((*taken, edit), verdict):
                return (edit,)
        if not self._settles((*taken, *left), verdict):
            return ()
        needed = list(left)
        for edit in left:
            without = [one for one in needed if one is not edit]
            if self._settles((*taken, *without), verdict):
                needed = without
        return tuple(needed)

    def _separate(
        self, blamed: tuple[Edit, ...], taken: tuple[Edit, ...], left: list[Edit], verdict: Verdict
    ) -> list[Cause]:
        """Of several edits that break together: those that also break alone are causes each."""
        if len(blamed) == 1:
            return [Cause(edits=blamed, verdict=verdict)]
        found: list[Cause] = []
        for edit in blamed:
            others = tuple(one for one in left if one is not edit)
            alone = self._decide((*taken, *others))
            if alone.state == "breaking" and not self.reader.reads(alone.event):
                found.append(Cause(edits=(edit,), verdict=alone))
        return found or [Cause(edits=blamed, verdict=verdict)]

    def _decide(self, taken: Sequence[Edit]) -> Verdict:
        verdict = decide(self.writer, self._edited(taken))
        if verdict.state == "breaking" and self.reader.reads(verdict.event):
            # Readable as the contract really is: the edits only break what others repair.
            return Verdict(state="compatible")
        return verdict

    def _settles(self, taken: Sequence[Edit], verdict: Verdict) -> bool:
        reader = self._edited(taken)
        if verdict.state != "breaking":
            return decide(self.writer, reader).state == "compatible"
        try:
            return reader.reads(verdict.event)
        except ValueError:
            return False  # some edits together make no schema

    def _edited(self, taken: Sequence[Edit]) -> Version:
        bundle: Bundle = undone(self.reader.reader, self.writer.reader, tuple(taken))
        return Edited(bundle, strict=self.reader.strict)
