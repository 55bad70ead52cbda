"""Log lines that would repeat themselves: each kind is written once in a while."""

from __future__ import annotations

import logging
import time

__all__ = ["Repeats"]

_log = logging.getLogger("lbgen")


class Repeats:
    """Log lines about what goes on for long and concerns many events.

    Args:
        every: seconds for which lines of one kind are left out after one was written.
    """

    __slots__ = ("_every", "_told")

    def __init__(self, every: float) -> None:
        self._every = every
        self._told: dict[tuple[object, ...], tuple[float, int]] = {}

    def log(self, level: int, kind: tuple[object, ...], message: str, *args: object) -> None:
        """Write a line, with how many of its kind were left out, unless it is left out itself.

        Args:
            level: as `logging` has it.
            kind: what makes two lines say the same.
            message: the line, with `%s` and the like.
            args: what stands for these.
        """
        now = time.monotonic()
        quiet_until, left_out = self._told.get(kind, (0.0, 0))
        if now < quiet_until:
            self._told[kind] = (quiet_until, left_out + 1)
            return
        self._told[kind] = (now + self._every, 0)
        more = f" (repeated {left_out} more times since the last log line)" if left_out else ""
        _log.log(level, message + more, *args)
