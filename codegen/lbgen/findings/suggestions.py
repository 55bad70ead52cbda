"""What a misspelt word was probably meant to be: 'Did you mean ...?'."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["did_you_mean"]


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The known word that somebody who wrote `word` most likely meant.

    Args:
        word: what was written.
        known: what could have been meant.
    """
    by_fold = {each.casefold().replace("_", "").replace("-", ""): each for each in sorted(known)}
    close = get_close_matches(
        word.casefold().replace("_", "").replace("-", ""), by_fold, n=1, cutoff=0.75
    )
    return by_fold[close[0]] if close else None
