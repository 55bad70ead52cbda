"""`technical-event-name`: event names that only say what a database did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

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
    """Names whose verb is about a row of a table."""
    for _, event, location in subjects.events():
        word = name_words(event.name)[-1]
        if word in _TECHNICAL and judge(event.name).tense is Tense.PAST:
            yield subjects.finding(
                "technical-event-name",
                location,
                f"{event.name!r} says what happened to a record, not what happened in the business",
                f"if the domain has a word for it, use that word: {_TECHNICAL[word]}",
                place=event.place,
            )
