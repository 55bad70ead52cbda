"""Cyclic garbage, which a compiler hardly makes."""

from __future__ import annotations

import functools
import gc
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["rarely_collected"]

P = ParamSpec("P")
R = TypeVar("R")

_OBJECTS: Final = 200_000


def rarely_collected(function: Callable[P, R]) -> Callable[P, R]:
    """Have Python look for cyclic garbage rarely while a function runs.

    What is read from a contract lives until the end, and there is much of it: to look through it
    again and again finds nothing, and takes a fifth of the time for a thousand events and half of
    it for three thousand.
    """

    @functools.wraps(function)
    def rarely(*args: P.args, **kwargs: P.kwargs) -> R:
        before = gc.get_threshold()
        gc.set_threshold(_OBJECTS, *before[1:])
        try:
            return function(*args, **kwargs)
        finally:
            gc.set_threshold(*before)

    return rarely
