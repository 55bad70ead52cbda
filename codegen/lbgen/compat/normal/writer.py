"""What `fire` can send: the closed form of a schema.

`fire` sends declared properties only, at every depth, and fills defaults in. So an object schema
that declares properties and says nothing about others is closed here, and its properties with a
default are required. Where a composition makes it unclear what the generated class declares, the
schema stays open: the closed form may allow more than `fire` can send, never less.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from ...source.json_types import is_object
from .disjoint import disjoint
from .formats import validator
from .schema import FALSE, REF, TRUE, Bundle, Node, rebuild, to_schema

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

    def value(self, node: Node, rivals: list[Node] | None = None) -> Node:
        """The closed form of a schema that alone describes a value.

        Args:
            node: the schema.
            rivals: schemas that must not hold together with it.
        """
        if set(node.keywords) == {REF}:
            return self._refer(node, whole=True)
        parts = list(self._parts(node))
        speaks = any(_speaks(part) for part in parts)
        declares = any("properties" in part.keywords for part in parts)
        if not declares and not speaks:
            return self._alternatives(node, parts)
        result = self.part(node, shared=_shared(parts))
        told = self._told(parts, rivals or [])
        if speaks:
            return self._with_defaults(result, parts, told) if declares else result
        simple = len(parts) == 1 and not _has_branches(node)
        keyword = "additionalProperties" if simple else "unevaluatedProperties"
        # A property that is only named has a field of any type.
        named = {name for part in parts for name in part.texts("required")} | told.mentioned
        named -= told.declared.union(*(part.named("properties") for part in parts))
        if named:
            properties = {**result.named("properties"), **dict.fromkeys(sorted(named), TRUE)}
            result = result.with_(properties=properties)
        return self._with_defaults(result.with_(**{keyword: FALSE}), parts, told)

    def _alternatives(self, node: Node, parts: list[Node]) -> Node:
        """Nothing is declared here itself: each branch of the one union is a value of its own."""
        unions = [(part, name) for part in parts for name in _BRANCHES if name in part.keywords]
        if len(unions) == 1 and unions[0][0] is node and REF not in node.keywords:
            name = unions[0][1]
            branches = tuple(
                self._branch(branch, node.get(name) if name == "oneOf" else ())
                for branch in node.get(name)
            )
            return self.part(node.without(name)).with_(**{name: branches})
        return self.part(node)

    def _branch(self, branch: Node, members: tuple[Node, ...]) -> Node:
        """The closed form of a member of a union, which must not make others hold as well."""
        rivals = [one for one in members if one is not branch and not disjoint(one, branch)]
        if rivals and set(branch.keywords) == {REF}:
            return self.open(branch)  # with defaults of its own, wherever else it is referred to
        return self.value(branch, rivals)

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

    def _with_defaults(self, node: Node, parts: list[Node], told: _Told) -> Node:
        """A default is filled in where nothing but the property's own schema speaks of it."""
        if told.counts:
            return node
        filled = {
            name
            for part in parts
            for name, schema in part.named("properties").items()
            if "default" in schema.notes and self._is_valid_default(schema)
        }
        filled -= told.declared | told.mentioned
        return node.with_(required=sorted({*node.texts("required"), *filled})) if filled else node

    def _is_valid_default(self, schema: Node) -> bool:
        """A default that the property's own schema refuses is not filled in."""
        try:
            own = validator(to_schema(Bundle(root=schema, definitions=self.definitions)))
        except ValueError:
            return False
        return own.is_valid(schema.notes["default"])

    def _told(self, parts: list[Node], rivals: list[Node]) -> _Told:
        """What branches of some schemas, and what must not hold, say of the same value."""
        told = _Told()
        waiting: list[Node] = list(rivals)
        seen: set[str] = set()
        for part in parts:
            told.counts = told.counts or bool(_COUNTS & part.keywords.keys())
            told.mentioned.update(_depending(part))
            waiting += _conditional(part)
        while waiting:
            node = waiting.pop()
            if node.key in seen:
                continue
            seen.add(node.key)
            told.counts = told.counts or bool(_COUNTING & node.keywords.keys())
            told.counts = told.counts or _lists_objects(node)
            told.declared.update(node.named("properties"))
            told.mentioned.update(node.texts("required"), _depending(node))
            waiting += [*_conditional(node), *node.many("allOf")]
            if REF in node.keywords:
                waiting.append(self.definitions[node.get(REF)])
        return told


@dataclass(slots=True)
class _Told:
    """What branches say of the properties of an object.

    Attributes:
        declared: properties that they describe.
        mentioned: properties that they require, or on which something depends.
        counts: whether any further property may decide something.
    """

    declared: set[str] = field(default_factory=set[str])
    mentioned: set[str] = field(default_factory=set[str])
    counts: bool = False


_COUNTS: Final = frozenset({"maxProperties", "propertyNames"})
_COUNTING: Final = _COUNTS | {
    "additionalProperties",
    "minProperties",
    "patternProperties",
    "unevaluatedProperties",
}


def _lists_objects(node: Node) -> bool:
    return any(is_object(value) for value in node.get("enum") or ())


def _conditional(node: Node) -> Iterator[Node]:
    """The schemas that may apply to the same value."""
    for name in ("if", "then", "else", "not"):
        if name in node.keywords:
            yield node.get(name)
    for name in _BRANCHES:
        yield from node.many(name)
    yield from node.named("dependentSchemas").values()


def _depending(node: Node) -> Iterator[str]:
    """The properties on which others depend, and those that depend on them by name."""
    yield from node.named("dependentSchemas")
    for name, names in node.dependent.items():
        yield from (name, *names)


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
    for name in ("if", "then", "else", "not"):
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
    composed = (*inner, *_BRANCHES, "allOf", "if", "not", "required", REF)
    return not (any(name in node.keywords for name in composed) or _lists_objects(node))
