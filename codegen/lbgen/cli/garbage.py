"""Cyclic garbage, which the compiler hardly makes."""

from __future__ import annotations

import gc
from typing import Final

__all__ = ["collect_rarely"]

_OBJECTS: Final = 200_000


def collect_rarely() -> None:
    """Have Python look for cyclic garbage rarely for the rest of this process.

    What is read from a contract lives until the end, and there is much of it: to look through it
    again and again finds nothing, and takes a fifth of the time for a thousand events and half of
    it for three thousand.
    """
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])
