"""Values worth trying: what lies at the edges of what schemas mention.

For a value and the schemas that speak of it, `neighbours` gives values one change away: a
property or item dropped, added or replaced by one of the values that the schemas make
interesting (bounds and one step beyond, listed values, texts that match or nearly match).
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from ...source.json_types import is_array, is_object
from ..normal.formats import SAMPLES
from ..normal.json_values import canonical
from ..normal.schema import REF, Node, UnsupportedSchema
from ..regular.language import Language, texts
from .terms import OutOfSteps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_DEEPEST: Final = 5
_PER_PLACE: Final = 60
_PATTERN_STEPS: Final = 300
_PLAIN: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    0.5,
    "",
    "a",
    [],
    {},
    ["a"],
    {"a": 1},
)
_IN_PLACE: Final = ("allOf", "anyOf", "oneOf")
_IN_PLACE_SINGLE: Final = ("not", "if", "then", "else")


def speaking(nodes: Iterable[Node], definitions: Mapping[str, Node]) -> list[Node]:
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


class Candidates:
    """Makes values for schemas over one set of definitions."""

    def __init__(self, definitions: Mapping[str, Node]) -> None:
        self.definitions = definitions
        self._known: dict[tuple[str, ...], list[Any]] = {}
        self._speaking: dict[tuple[str, ...], list[Node]] = {}

    def neighbours(self, value: Any, nodes: list[Node], depth: int = 0) -> Iterator[Any]:
        """Values one change away from `value`, which all `nodes` speak of."""
        if depth > _DEEPEST:
            return
        nodes = self.speaking(nodes)
        yield from self.values(nodes, depth)
        if is_object(value):
            yield from self._objects(value, nodes, depth)
        elif is_array(value):
            yield from self._arrays(value, nodes, depth)

    def values(self, nodes: list[Node], depth: int = 0) -> list[Any]:
        """Interesting values for a place, plain ones first."""
        place = (str(depth), *(node.key for node in nodes))
        if place not in self._known:
            distinct: dict[str, Any] = {}
            for value in islice(self._values(nodes, depth), 4 * _PER_PLACE):
                distinct.setdefault(canonical(value), value)
            self._known[place] = list(distinct.values())[:_PER_PLACE]
        return self._known[place]

    def speaking(self, nodes: list[Node]) -> list[Node]:
        """All schemas that say something about the same value as the given ones."""
        place = tuple(node.key for node in nodes)
        if place not in self._speaking:
            self._speaking[place] = speaking(nodes, self.definitions)
        return self._speaking[place]

    def _values(self, nodes: list[Node], depth: int) -> Iterator[Any]:
        for node in nodes:
            yield from node.get("enum") or ()
        for node in nodes:
            yield from _numbers(node)
            yield from _strings(node)
        if depth < _DEEPEST:
            yield self._object(nodes, depth)
            yield from self._lists(nodes, depth)
        yield from _PLAIN

    def _names(self, nodes: list[Node]) -> list[str]:
        names: dict[str, None] = {}
        for node in nodes:
            names.update(dict.fromkeys(node.texts("required")))
            names.update(dict.fromkeys(node.named("properties")))
            for name, others in node.dependent.items():
                names.update(dict.fromkeys((name, *others)))
            names.update(dict.fromkeys(node.named("dependentSchemas")))
            for pattern in node.named("patternProperties"):
                names.update(dict.fromkeys(_matching(pattern)))
            if "propertyNames" in node.keywords:
                found = speaking([node.get("propertyNames")], self.definitions)
                texts_ = [
                    value for one in found for value in (*(one.get("enum") or ()), *_strings(one))
                ]
                names.update(dict.fromkeys(text for text in texts_ if isinstance(text, str)))
        names["additional"] = None
        return list(names)

    def at(self, nodes: list[Node], name: str) -> list[Node]:
        """The schemas that may speak of a property."""
        found: list[Node] = []
        for node in nodes:
            if name in node.named("properties"):
                found.append(node.get("properties")[name])
            found += node.named("patternProperties").values()
            for keyword in ("additionalProperties", "unevaluatedProperties"):
                if keyword in node.keywords:
                    found.append(node.get(keyword))
        return self.speaking(found)

    def _object(self, nodes: list[Node], depth: int) -> dict[str, Any]:
        required = {name for node in nodes for name in node.texts("required")}
        return {name: self.values(self.at(nodes, name), depth + 2)[0] for name in sorted(required)}

    def _lists(self, nodes: list[Node], depth: int) -> Iterator[list[Any]]:
        items = self._items(nodes)
        values = self.values(items, depth + 2)
        for count in sorted(
            {
                max(0, node.get(name) + step)
                for node in nodes
                for name in ("minItems", "maxItems", "minContains", "maxContains")
                if node.get(name) is not None and node.get(name) < 300
                for step in (-1, 0, 1)
            }
            | {1, 2}
        ):
            yield [values[0]] * count
            yield [values[index % len(values)] for index in range(count)]

    def _items(self, nodes: list[Node]) -> list[Node]:
        found: list[Node] = []
        for node in nodes:
            found += node.many("prefixItems")
            for name in ("items", "contains", "unevaluatedItems"):
                if name in node.keywords:
                    found.append(node.get(name))
        return self.speaking(found)

    def _objects(self, value: dict[str, Any], nodes: list[Node], depth: int) -> Iterator[Any]:
        for name in value:
            yield {key: item for key, item in value.items() if key != name}
        for name in self._names(nodes):
            if name not in value:
                for item in self.values(self.at(nodes, name), depth + 1):
                    yield {**value, name: item}
        for name, item in value.items():
            for other in self.neighbours(item, self.at(nodes, name), depth + 1):
                yield {**value, name: other}

    def _arrays(self, value: list[Any], nodes: list[Node], depth: int) -> Iterator[Any]:
        items = self._items(nodes)
        for index, item in enumerate(value[:4]):
            yield value[:index] + value[index + 1 :]
            yield [*value, item]
            for other in self.neighbours(item, items, depth + 1):
                yield [*value[:index], other, *value[index + 1 :]]
        for item in self.values(items, depth + 1):
            yield [*value, item]


def _numbers(node: Node) -> Iterator[Any]:
    for name in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"):
        bound = node.get(name)
        if bound is not None:
            yield from (bound, bound + 1, bound - 1, bound + 0.5, bound - 0.5)
            if name == "multipleOf":
                yield from (bound * 2, bound * 3, bound / 2, -bound)


def _strings(node: Node) -> Iterator[Any]:
    for name in ("minLength", "maxLength"):
        length = node.get(name)
        if length is not None and length < 100_000:
            yield from ("a" * size for size in (length, length + 1, max(0, length - 1)))
    if "format" in node.keywords:
        yield from SAMPLES.get(node.get("format"), ())
    if "pattern" in node.keywords:
        yield from _matching(node.get("pattern"))


def _matching(pattern: str) -> list[str]:
    """A few texts that match, and texts that nearly do."""
    try:
        found = list(islice(texts(Language(matching=(pattern,)), _budget()), 4))
    except (OutOfSteps, UnsupportedSchema):
        return []
    return found + [text[:-1] for text in found if text] + [f"{text}a" for text in found]


def _budget() -> Callable[[], None]:
    left = _PATTERN_STEPS

    def spend() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OutOfSteps

    return spend
