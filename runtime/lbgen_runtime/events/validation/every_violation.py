"""Every reason for which an event cannot be fired, once the first is known.

An encoder stops at the first value that has no JSON form and at the first key that its schema does
not declare. Each such value is taken out here and the rest is looked at again, so that a developer
reads all that is wrong at once.
"""

# JSON values are `Any` here: narrowing one by its type leaves pyright with parts unknown.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from ..codecs.json_limits import parts_below, unwritable
from ..codecs.json_values import NoJson
from ..json_pointer import pointer_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...errors import Violation
    from ..codecs.coded import Coded
    from .schemas import Schema

__all__ = ["every_violation"]

_MOST: Final = 100
"""Values that are taken out at most."""
_MOST_PARTS: Final = 100_000
"""Parts of a value that are encoded at most, counted anew each time."""

_OF_ALL_BELOW: Final = frozenset({"allOf", "anyOf", "contains", "if", "not", "oneOf"})
"""Rules that a value may break only because of what was taken out of it."""


def every_violation(
    record: Coded, encode: Callable[[Coded], dict[str, Any]], schema: Schema
) -> tuple[Violation, ...]:
    """What is wrong with an instance that its class cannot encode.

    Args:
        record: the instance.
        encode: makes its JSON object; raises `NoJson`.
        schema: of the class.
    """
    found: list[Violation] = []
    replaced: list[str] = []
    rest: Any = record
    for _ in range(_rounds(record)):
        value: Any = None
        try:
            value = encode(rest)
            problem = next(unwritable(value), None)
        except NoJson as first:
            problem = first
        except RecursionError:
            problem = next(unwritable(rest), None)
            if problem is None:
                raise
        if problem is None:
            found += [each for each in schema.violations(value) if not _follows(each, replaced)]
            break
        path = problem.path[::-1]
        found.append(problem.violation(schema.location))
        if not path:
            break
        if not problem.of_key:
            replaced.append(pointer_of(path))
        rest = _without(rest, path, drop=problem.of_key)
    return tuple(dict.fromkeys(found))


def _rounds(record: Coded) -> int:
    """How often an instance is encoded: less often the larger it is."""
    size = sum(1 for _ in islice(parts_below(record), _MOST_PARTS))
    return max(1, min(_MOST, _MOST_PARTS // (size + 1)))


def _follows(violation: Violation, replaced: Sequence[str]) -> bool:
    """Whether a violation says no more than that a value was taken out."""
    pointer = violation.pointer
    return any(
        pointer == each
        or pointer.startswith(f"{each}/")
        or (each.startswith(f"{pointer}/") and violation.rule in _OF_ALL_BELOW)
        for each in replaced
    )


def _without(value: Any, path: Sequence[str | int], *, drop: bool) -> Any:
    """A copy of a value without what is at a path: its key too, or null in its place."""
    if not path:
        return None
    step, *further = path
    if hasattr(type(value), "__lbgen_codec__"):
        copy = object.__new__(type(value))
        name = value.__lbgen_codec__.names.get(step)
        if name is None:
            name, further = value.__lbgen_additional__, list(path)
        state = value.__dict__
        changed = {name: _without(state[name], further, drop=drop)}
        object.__setattr__(copy, "__dict__", {**state, **changed})
        return copy
    if isinstance(value, Mapping):
        if drop and not further:
            return {key: each for key, each in value.items() if key != step}
        return {**value, step: _without(value[step], further, drop=drop)}
    items = list(value)
    items[int(step)] = _without(items[int(step)], further, drop=drop)
    return items
