"""When two JSON values are equal (JSON Schema 2020-12, section 4.2.2): `1` is `1.0`, not `true`.

Python's `==`, `in`, sets and keys take `True` for `1`; nothing compares JSON values by them.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from ..source.json_types import is_array, is_object

__all__ = ["canonical", "json_equal", "normal"]


def json_equal(one: Any, two: Any) -> bool:
    """Whether two JSON values are equal."""
    if is_object(one):
        return (
            is_object(two)
            and one.keys() == two.keys()
            and all(json_equal(part, two[name]) for name, part in one.items())
        )
    if is_array(one):
        return is_array(two) and len(one) == len(two) and all(map(json_equal, one, two))
    if isinstance(one, bool) or isinstance(two, bool):
        return one is two
    return bool(one == two)


def canonical(value: Any) -> str:
    """A text that two JSON values share exactly if they are equal: a key for sets and mappings."""
    return json.dumps(normal(value), sort_keys=True, separators=(",", ":"))


def normal(value: Any) -> Any:
    """The value with whole numbers as `int`, so that 1.0 and 1 are one value."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if is_array(value):
        return [normal(item) for item in value]
    if is_object(value):
        return {name: normal(item) for name, item in value.items()}
    return value
