"""Making a counterexample small: whoever reads it should see the cause at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ...source.json_types import is_array, is_object
from ..normal.schema import REF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ..normal.schema import Node

_TRIES: Final = 400
_IN_PLACE: Final = ("allOf", "anyOf", "oneOf")
_IN_PLACE_SINGLE: Final = ("not", "if", "then", "else")
_READABLE: Final = 40
"""Texts up to this length stay as they are: `ann@example.com` says more than `n@e`."""


def shrunk(value: Any, is_counterexample: Callable[[Any], bool]) -> tuple[Any, int]:
    """The smallest counterexample found by dropping and simplifying parts of one.

    Returns:
        The counterexample, and how many values were tried.
    """
    tries = _TRIES
    again = True
    while again and tries > 0:
        again = False
        for smaller in _smaller(value):
            tries -= 1
            if tries <= 0:
                break
            if is_counterexample(smaller):
                value, again = smaller, True
                break
    return value, _TRIES - max(tries, 0)


def _smaller(value: Any) -> Iterator[Any]:
    if is_object(value):
        for name in value:
            yield {key: item for key, item in value.items() if key != name}
        for name, item in value.items():
            for other in _smaller(item):
                yield {**value, name: other}
    elif is_array(value):
        count = len(value)
        if count > 4:
            yield value[: count // 2]
            yield value[count // 2 :]
        for index in range(min(count, 20)):
            yield value[:index] + value[index + 1 :]
        for index, item in enumerate(value[:20]):
            for other in _smaller(item):
                yield [*value[:index], other, *value[index + 1 :]]
    elif isinstance(value, str):
        yield from _shorter(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from (other for other in (0, 1, -1) if abs(other) < abs(value))
        if isinstance(value, float) and not value.is_integer():
            yield int(value)


def _shorter(text: str) -> Iterator[str]:
    if not text:
        return
    yield ""
    if len(text) > _READABLE:
        yield text[: len(text) // 2]
        yield text[:-1]
    elif text != "a" and len(text) < 4:
        yield "a"


def ordered(value: Any, nodes: list[Node], definitions: Mapping[str, Node]) -> Any:
    """The value with properties in the order in which schemas declare them."""
    nodes = _speaking(nodes, definitions)
    if is_array(value):
        items = [node.get("items") for node in nodes if "items" in node.keywords]
        items += [item for node in nodes for item in node.many("prefixItems")]
        return [ordered(item, items, definitions) for item in value]
    if not is_object(value):
        return value
    names = dict.fromkeys(name for node in nodes for name in node.named("properties"))
    inside = {
        name: [node.named("properties")[name] for node in nodes if name in node.named("properties")]
        for name in value
    }
    found = {name: None for name in (*names, *value) if name in value}
    return {name: ordered(value[name], inside[name], definitions) for name in found}


def _speaking(nodes: Iterable[Node], definitions: Mapping[str, Node]) -> list[Node]:
    """All schemas that say something about the same value as the given ones."""
    found: dict[str, Node] = {}
    stack = list(nodes)
    while stack:
        node = stack.pop(0)
        if node.key in found or not node.keywords:
            continue
        found[node.key] = node
        for name in _IN_PLACE:
            stack += node.many(name)
        stack += [node.get(name) for name in _IN_PLACE_SINGLE if name in node.keywords]
        stack += node.named("dependentSchemas").values()
        if REF in node.keywords:
            stack.append(definitions[node.get(REF)])
    return list(found.values())
