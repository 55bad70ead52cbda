"""A list of values may hold all values that a schema allows: the only array, or the only null."""

from __future__ import annotations

from typing import Any

import pytest

from lbgen.compat.decide import Documents, Version, decide
from lbgen.source.document import Location

URI = "lbgen:///event.json"


def version(schema: Any) -> Version:
    document = {"type": "object", "properties": {"a": schema}}
    return Version(Documents({URI: document}), Location(URI), strict=True)


@pytest.mark.parametrize(
    ("every", "listed"),
    [
        ({"type": "null"}, [None, 1, "b"]),
        ({"type": "array", "maxItems": 0}, [{}, [], False]),
        ({"type": "array", "items": False}, [[], 1]),
        ({"type": "boolean"}, [True, False, None]),
        ({"type": "object", "maxProperties": 0}, [{}, 1]),
    ],
    ids=["null", "no items", "no possible item", "boolean", "no properties"],
)
def test_a_list_that_holds_every_value_is_compatible(every: Any, listed: list[Any]) -> None:
    writer, reader = version(every), version({"enum": listed})
    assert decide(writer, reader).state == "compatible"
    assert decide(reader, writer).state == "breaking"


@pytest.mark.parametrize(
    ("every", "listed"),
    [({"type": "array", "maxItems": 1}, [[], [0]]), ({"type": "null"}, [1, "b"])],
    ids=["array", "null"],
)
def test_a_value_beside_the_list_is_found(every: Any, listed: list[Any]) -> None:
    assert decide(version(every), version({"enum": listed})).state == "breaking"
