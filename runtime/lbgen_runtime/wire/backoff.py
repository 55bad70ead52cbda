"""How long to wait before trying again: doubling, capped, with jitter."""

from __future__ import annotations

import random

__all__ = ["backoff"]

_random = random.SystemRandom()


def backoff(attempt: int, *, first: float, longest: float) -> float:
    """Seconds to wait after the failed attempt of that number, counted from 1.

    Half of the wait is fixed and half is random, so that those who failed together do not come
    back together.
    """
    wait = min(longest, first * 2.0 ** min(attempt - 1, 60))
    return wait * (0.5 + _random.random() / 2)
