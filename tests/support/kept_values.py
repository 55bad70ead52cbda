"""Whether a value is still what it was after it was read and written."""

from __future__ import annotations

from typing import Any

from lbgen_runtime import Record

__all__ = ["kept"]


def kept(given: Any, written: Any, typed: Any) -> bool:
    """Whether a value is what was given, save defaults and what a closed class leaves out."""
    match given, written:
        case dict(), dict():
            may_leave_out = isinstance(typed, Record) and typed.__lbgen_additional__ is None
            if not may_leave_out and not given.keys() <= written.keys():
                return False
            return all(
                kept(value, written[key], _inside(typed, key))
                for key, value in given.items()
                if key in written
            )
        case list(), list():
            return len(given) == len(written) and all(map(kept, given, written, typed))
        case _:
            return bool(given == written) and isinstance(given, bool) is isinstance(written, bool)


def _inside(typed: Any, key: str) -> Any:
    """The value of a property, of a class or of a plain mapping."""
    if not isinstance(typed, Record):
        return typed[key]
    name = type(typed).__lbgen_codec__.names.get(key)
    if name is None:
        return getattr(typed, str(typed.__lbgen_additional__))[key]
    return getattr(typed, name)
