"""The clock of claims, leases and firing: it goes on while the machine is suspended."""

from __future__ import annotations

import sys
import time

__all__ = ["now"]


def _number() -> int | None:
    """The number of a system clock that counts suspend, where `time.monotonic` may not."""
    # Linux: CLOCK_MONOTONIC stands still during suspend. macOS: it does not, but Python's own
    # `time.monotonic` reads another clock there, which does. Windows: `time.monotonic` counts it.
    name = {"linux": "CLOCK_BOOTTIME", "darwin": "CLOCK_MONOTONIC"}.get(sys.platform, "")
    number: int | None = getattr(time, name, None)
    if number is not None:
        try:
            time.clock_gettime(number)
        except OSError:  # an old kernel, or a sandbox
            return None
    return number


_NUMBER = _number()


def now() -> float:
    """Seconds of a clock that never goes back and counts the time in which the machine slept.

    The server's clock goes on then, and with it the idle times by which claims are lost.
    """
    return time.monotonic() if _NUMBER is None else time.clock_gettime(_NUMBER)
