"""How long something takes or is kept, as people write it: the one place that reads it."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["EXAMPLES", "seconds_of"]

EXAMPLES: Final = "90s, 15m, 2h or 7d"
_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_DURATION: Final = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,9})?) ?(ms|s|m|h|d)", re.ASCII)


def seconds_of(text: str) -> float:
    """The seconds of a duration such as `500ms`, `90s`, `15m`, `2h` or `7d`.

    Raises:
        ValueError: the text is not a duration.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"a duration such as {EXAMPLES}")
    return float(match[1]) * _UNITS[match[2]]
