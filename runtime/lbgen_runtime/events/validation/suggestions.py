"""What a misspelt word was probably meant to be: 'Did you mean ...?'."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["did_you_mean"]

_LONGEST: Final = 100
"""Characters of a word that is compared: the time grows with their square."""
_MOST: Final = 1_000


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The known word that somebody who wrote `word` most likely meant.

    Args:
        word: what was written.
        known: what could have been meant.
    """
    from difflib import get_close_matches  # slow to import, and rarely needed

    if len(word) > _LONGEST:
        return None
    names = sorted(each for each in known if len(each) <= _LONGEST)[:_MOST]
    by_fold = {_folded(each): each for each in names}
    close = get_close_matches(_folded(word), by_fold, n=1, cutoff=0.75)
    return by_fold[close[0]] if close else None


def _folded(word: str) -> str:
    return word.casefold().replace("_", "").replace("-", "")
