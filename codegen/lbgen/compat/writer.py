"""What `fire` can send: the closed form of a schema.

`fire` sends declared properties only, at every depth, and fills defaults in. So an object schema
that declares properties and says nothing about others is closed here, and its properties with a
default are required. Where a composition makes it unclear what the generated class declares, the
schema stays open: the closed form may allow more than `fire` can send, never less.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from .schema import FALSE, REF, Bundle, Node, rebuild

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BRANCHES: Final = ("anyOf", "oneOf")
_ASIDE: Final = ("not", "if", "contains", "propertyNames")
"""Keywords that only look at a value: nothing is declared in them."""


def closed(bundle: Bundle) -> Bundle:
    """The schema of what `fire` can send."""
    return _Closing(bundle.definitions).bundle(bundle)


class _Closing:
    def __init__(self, definitions: Mapping[str, Node]) -> None:
        self.definitions = definitions
        self.closed: dict[str, Node] = {}
        self.waiting: list[tuple[str, bool]] = []

    def bundle(self, bundle: Bundle) -> Bundle:
        root = self.value(bundle.root)
        while self.waiting:
            name, whole = self.waiting.pop()
            new = _named(name, whole=whole)
            if new not in self.closed:
                source = self.definitions[name]
                self.closed[new] = self.value(source) if whole else self.part(source)
        return replace(bundle, root=root, definitions=self.closed)

    def _refer(self, node: Node, *, whole: bool) -> Node:
        name = node.get(REF)
        if name is None:
            return node
        self.waiting.append((name, whole))
        return node.with_(**{REF: _named(name, whole=whole)})

    def value(self, node: Node) -> Node:
        """The closed form of a schema that alone describes a value."""
        if set(node.keywords) == {REF}:
            return self._refer(node, whole=True)
        parts = list(self._parts(node))
        speaks = any(_speaks(part) for part in parts)
        declares = any("properties" in part.keywords for part in parts)
        if not declares and not speaks:
            return self._alternatives(node, parts)
        result = self.part(node, shared=_shared(parts))
        if speaks:
            return self._with_defaults(result, parts) if declares else result
        simple = len(parts) == 1 and not _has_branches(node)
        keyword = "additionalProperties" if simple else "unevaluatedProperties"
        return self._with_defaults(result.with_(**{keyword: FALSE}), parts)

    def _alternatives(self, node: Node, parts: list[Node]) -> Node:
        """Nothing is declared here itself: each branch of the one union is a value of its own."""
        unions = [(part, name) for part in parts for name in _BRANCHES if name in part.keywords]
        if len(unions) == 1 and unions[0][0] is node and REF not in node.keywords:
            name = unions[0][1]
            branches = tuple(self.value(branch) for branch in node.get(name))
            return self.part(node.without(name)).with_(**{name: branches})
        return self.part(node)

    def part(self, node: Node, shared: bool = False) -> Node:
        """A schema that describes a value together with others: only what is inside closes."""
        keywords: dict[str, Any] = {}
        values = {"properties", "patternProperties", "additionalProperties", "items", "prefixItems"}
        values |= {"unevaluatedItems", "unevaluatedProperties"}
        for keyword, value in node.keywords.items():
            if keyword in _ASIDE or (keyword in values and shared):
                change = self.open
            elif keyword in values:
                change = self.value
            else:
                change = self._shared_part if shared else self._part
            keywords[keyword] = rebuild(Node(keywords={keyword: value}), change).keywords[keyword]
        return self._refer(node.changed(keywords=keywords), whole=False)

    def _part(self, node: Node) -> Node:
        return self.part(node)

    def _shared_part(self, node: Node) -> Node:
        return self.part(node, shared=True)

    def open(self, node: Node) -> Node:
        """A schema that stays as it is."""
        node = rebuild(node, self.open)
        name = node.get(REF)
        if name is None:
            return node
        new = f"{name}.open"
        if new not in self.closed:
            self.closed[new] = FALSE  # a recursion ends here
            self.closed[new] = self.open(self.definitions[name])
        return node.with_(**{REF: new})

    def _parts(self, node: Node, seen: frozenset[str] = frozenset()) -> Iterator[Node]:
        """The schemas that all describe the value together: it, `allOf` and `$ref`."""
        yield node
        for part in node.many("allOf"):
            yield from self._parts(part, seen)
        name = node.get(REF)
        if name is not None and name not in seen:
            yield from self._parts(self.definitions[name], seen | {name})

    def _with_defaults(self, node: Node, parts: list[Node]) -> Node:
        names = set(node.texts("required"))
        for part in parts:
            for name, schema in part.named("properties").items():
                if "default" in schema.notes:
                    names.add(name)
        return node.with_(required=sorted(names)) if names else node


def _named(name: str, *, whole: bool) -> str:
    return f"{name}.closed" if whole else f"{name}.part"


def _speaks(node: Node) -> bool:
    return "additionalProperties" in node.keywords or "unevaluatedProperties" in node.keywords


def _has_branches(node: Node) -> bool:
    return any(
        name in node.keywords for name in (*_BRANCHES, "if", "dependentSchemas", "allOf", REF)
    )


def _shared(parts: list[Node]) -> bool:
    """Whether several schemas may describe the same property, so that none closes it alone."""
    describing = [
        part
        for part in parts
        if any(name in part.keywords for name in ("properties", "patternProperties", "items"))
        or _speaks(part)
    ]
    return len(describing) > 1 or any(_has_describing_branches(part) for part in parts)


def _has_describing_branches(node: Node) -> bool:
    for name in ("anyOf", "oneOf", "allOf"):
        for branch in node.many(name):
            if _describes(branch):
                return True
    for name in ("then", "else"):
        if name in node.keywords and _describes(node.get(name)):
            return True
    return any(_describes(schema) for schema in node.named("dependentSchemas").values())


def _describes(node: Node) -> bool:
    """Whether a branch may describe a property that is an object or an array of objects."""
    schemas = list(node.named("properties").values())
    if any(name in node.keywords for name in (REF, "patternProperties", "items", "prefixItems")):
        return True
    if _speaks(node) and not node.get("additionalProperties"):
        return True
    rest = node.get("additionalProperties")
    if rest is not None and not rest.is_true and not rest.is_false:
        return True
    if any(not _flat(schema) for schema in schemas):
        return True
    return _has_describing_branches(node)


def _flat(node: Node) -> bool:
    """Whether a schema says nothing that closing could change."""
    inner = ("properties", "items", "prefixItems", "patternProperties", "additionalProperties")
    return not any(name in node.keywords for name in (*inner, *_BRANCHES, "allOf", "if", REF))
