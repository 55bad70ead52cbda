"""How much may be spent on explaining a value, so that no value costs more than a few verdicts."""

from __future__ import annotations

import marshal
from typing import Any, Final

__all__ = ["Budget", "Spent"]

_FIXED: Final = 100_000
"""What may be spent on any value, however small it is."""
_PER_PART: Final = 15
"""What may be spent besides on each part of a value."""
_A_QUESTION: Final = 20
"""What a question costs, besides one for each part of the value that is asked about."""
_BYTES: Final = 8
"""Bytes of a value's parts that count as one part."""
_COMPARED: Final = 5_000
"""Words that are compared to find the one that was meant."""


class Spent(Exception):
    """The budget is used up."""


class Budget:
    """What is left to spend.

    Args:
        value: the value that is to be explained.

    Attributes:
        spent: what was spent.
        whole: what may be spent.
    """

    def __init__(self, value: Any) -> None:
        self.spent = 0
        self.whole = _FIXED + _PER_PART * _size(value)
        self._words = _COMPARED

    def ask(self, value: Any) -> None:
        """Pay for a question about a value.

        Raises:
            Spent: that is more than is left.
        """
        self.spent += _A_QUESTION + _size(value)
        if self.spent > self.whole:
            raise Spent

    def compare(self, words: int) -> bool:
        """Pay for comparing some words; whether that may be done."""
        self._words -= words
        return self._words >= 0


def _size(value: Any) -> int:
    """About how many parts a value has."""
    if type(value) is str:
        return 1 + len(value) // _BYTES
    if type(value) not in (list, dict):
        return 1
    return 1 + len(marshal.dumps(value, 2)) // _BYTES  # by far the fastest look at all parts
