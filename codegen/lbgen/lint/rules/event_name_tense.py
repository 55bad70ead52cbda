"""`event-name-tense` and `technical-event-name`: what events are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...findings.diagnostic import Severity
from ..english.past_tense import Tense, judge, name_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..subjects import LintFinding, Subjects

__all__ = ["check"]

_TECHNICAL: Final = {
    "created": "order_placed, account_opened",
    "deleted": "account_closed, order_cancelled",
    "inserted": "product_listed, item_added",
    "modified": "address_corrected, price_lowered",
    "saved": "draft_written, profile_completed",
    "updated": "address_corrected, price_lowered",
    "upserted": "product_listed, price_lowered",
}
"""Words about rows of a table, and what a domain says instead."""


def check(subjects: Subjects) -> Iterator[LintFinding]:
    """Names that are not in the past tense, and names that only say what a database did."""
    for _, event, location in subjects.events():
        judgement = judge(event.name)
        place = event.place
        words = name_words(event.name)
        if judgement.tense is Tense.PAST:
            if words[-1] in _TECHNICAL:
                yield subjects.finding(
                    "technical-event-name",
                    location,
                    f"{event.name!r} says what happened to a record, not what happened in "
                    "the business",
                    f"if the domain has a word for it, use that word: {_TECHNICAL[words[-1]]}",
                    place=place,
                )
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
