"""`UNSET`: the value of an optional parameter that was not given, if `None` is a valid value."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final, Literal, TypeAlias

__all__ = ["DEFAULT", "UNSET", "Unset"]


class _Unset(Enum):
    UNSET = "UNSET"

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> Literal[False]:
        return False


Unset: TypeAlias = Literal[_Unset.UNSET]
"""The type of `UNSET`."""

UNSET: Final = _Unset.UNSET
"""Absent, for a parameter that may be absent and may also be null."""

DEFAULT: Final[Any] = UNSET
"""Use the contract's default, for a parameter whose default is an object or an array."""
