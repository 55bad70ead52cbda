"""`event-name-tense`: event names that do not say that something has happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...findings.diagnostic import Severity
from ..english.past_tense import Tense, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..subjects import LintFinding, Subjects

__all__ = ["check"]


def check(subjects: Subjects) -> Iterator[LintFinding]:
    """Names that are not in the past tense."""
    for _, event, location in subjects.events():
        judgement = judge(event.name)
        place = event.place
        if judgement.tense is Tense.PAST:
            continue
        if judgement.tense is Tense.AMBIGUOUS:
            yield subjects.finding(
                "event-name-tense",
                location,
                f"{event.name!r} may also be a command: {judgement.word!r} looks the same in "
                "the past tense",
                f"use a verb with a distinct past tense: {judgement.suggestion}"
                if judgement.suggestion
                else "use a verb with a distinct past tense",
                place=place,
                severity=Severity.WARNING,
            )
            continue
        yield subjects.finding(
            "event-name-tense",
            location,
            f"the event name {event.name!r} is not in the past tense",
            f"did you mean `{judgement.suggestion}`?"
            if judgement.suggestion
            else (
                "say what has happened, with the verb at the end: order_placed, "
                "email_report_requested"
            ),
            place=place,
        )
