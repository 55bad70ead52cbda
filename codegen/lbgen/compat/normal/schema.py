"""A schema as the checker sees it: one dialect, references resolved, no annotations.

`Node` is a JSON Schema 2020-12 object whose subschemas are nodes. Every node knows the place in
the author's documents that it comes from, so that whatever is found can be shown there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from operator import is_
from typing import TYPE_CHECKING, Any, Final

from ...source.document import Location, Path
from ...source.json_types import is_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CHILD: Final = frozenset(
    {
        "additionalProperties",
        "contains",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    }
)
"""Keywords whose value is a schema."""

CHILDREN: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
"""Keywords whose value is a list of schemas."""

NAMED: Final = frozenset({"dependentSchemas", "patternProperties", "properties"})
"""Keywords whose value is a map from names to schemas."""

WRITTEN_WHOLE: Final = "writtenWhole"
"""The keyword of draft-04's integers: a number is written without a fraction, `1` and not `1.0`."""

NEVER: Final = "never"
"""The keyword that stands for the schema `false`."""

REF: Final = "$ref"
"""A reference to a definition of the bundle, by its name; only recursion leaves any."""


class UnsupportedSchema(Exception):
    """The schema uses something that the checker does not model; the text says what."""


NOWHERE: Final = Location("")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Node:
    """One schema.

    Attributes:
        keywords: keyword to value; subschemas are nodes. No keyword at all is `true`.
        origin: where the author wrote the schema.
        places: where single keywords come from, if not from `origin`.
        notes: what the author said that decides nothing: `default`, `title`, `description`, ...
    """

    keywords: Mapping[str, Any]
    origin: Location = NOWHERE
    places: Mapping[str, Location] = field(default_factory=dict[str, Location])
    notes: Mapping[str, Any] = field(default_factory=dict[str, Any])
    _key: list[str] = field(default_factory=list[str], repr=False)

    @property
    def key(self) -> str:
        """A text that two nodes share exactly if they say the same."""
        if not self._key:
            self._key.append(_key(self))
        return self._key[0]

    @property
    def is_true(self) -> bool:
        """Whether every value is valid."""
        return not self.keywords

    @property
    def is_false(self) -> bool:
        """Whether no value is valid."""
        return NEVER in self.keywords

    def get(self, keyword: str) -> Any:
        """The value of a keyword, or `None`."""
        return self.keywords.get(keyword)

    def named(self, keyword: str) -> Mapping[str, Node]:
        """The schemas by name of a keyword like `properties`; none if it is not there."""
        found: Mapping[str, Node] = self.keywords.get(keyword, {})
        return found

    def many(self, keyword: str) -> tuple[Node, ...]:
        """The schemas of a keyword like `allOf`; none if it is not there."""
        found: tuple[Node, ...] = self.keywords.get(keyword, ())
        return found

    def texts(self, keyword: str) -> list[str]:
        """The names of a keyword like `required`; none if it is not there."""
        found: list[str] = self.keywords.get(keyword, [])
        return found

    @property
    def dependent(self) -> Mapping[str, list[str]]:
        """`dependentRequired`."""
        found: Mapping[str, list[str]] = self.keywords.get("dependentRequired", {})
        return found

    def place(self, keyword: str) -> Location:
        """Where the author wrote a keyword."""
        return self.places.get(keyword, self.origin / keyword)

    def changed(
        self,
        *,
        keywords: Mapping[str, Any] | None = None,
        places: Mapping[str, Location] | None = None,
        notes: Mapping[str, Any] | None = None,
    ) -> Node:
        """The node with other keywords, places or notes."""
        return Node(
            keywords=self.keywords if keywords is None else keywords,
            origin=self.origin,
            places=self.places if places is None else places,
            notes=self.notes if notes is None else notes,
        )

    def without(self, *names: str) -> Node:
        """The same schema without some keywords."""
        kept = {name: value for name, value in self.keywords.items() if name not in names}
        return self.changed(keywords=kept)

    def with_(self, **changes: Any) -> Node:
        """The same schema with some keywords set."""
        return self.changed(keywords={**self.keywords, **changes})


TRUE: Final = Node(keywords={})
FALSE: Final = Node(keywords={NEVER: True})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A schema together with the definitions that its references name.

    Attributes:
        root: the schema.
        definitions: name to schema, for every name a `$ref` below `root` mentions.
    """

    root: Node
    definitions: Mapping[str, Node] = field(default_factory=dict[str, Node])

    @property
    def key(self) -> str:
        """A text that two bundles share exactly if they say the same."""
        names = {node: definition.key for node, definition in self.definitions.items()}
        return json.dumps([self.root.key, names], sort_keys=True)

    def uses(self, keyword: str) -> bool:
        """Whether a keyword occurs anywhere in it."""
        nodes = (self.root, *self.definitions.values())
        return any(f'"{keyword}":' in node.key for node in nodes)


def children(node: Node) -> Iterator[tuple[Path, Node]]:
    """The direct subschemas of a node, each with its path from the node."""
    for keyword, value in node.keywords.items():
        if keyword in CHILD:
            yield (keyword,), value
        elif keyword in CHILDREN:
            for index, child in enumerate(value):
                yield (keyword, index), child
        elif keyword in NAMED:
            for name, child in value.items():
                yield (keyword, name), child


def rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with each direct subschema replaced by what `change` makes of it."""
    keywords: dict[str, Any] = {}
    for keyword, value in node.keywords.items():
        if keyword in CHILD:
            new: Any = change(value)
        elif keyword in CHILDREN:
            new = tuple(change(child) for child in value)
            new = value if all(map(is_, new, value)) else new
        elif keyword in NAMED:
            new = {name: change(child) for name, child in value.items()}
            new = value if all(map(is_, new.values(), value.values())) else new
        else:
            continue
        if new is not value:
            keywords[keyword] = new
    return node.changed(keywords={**node.keywords, **keywords}) if keywords else node


def size_of(bundle: Bundle) -> int:
    """How many schemas a bundle holds."""
    count, waiting = 0, [bundle.root, *bundle.definitions.values()]
    while waiting:
        count += 1
        waiting += (child for _, child in children(waiting.pop()))
    return count


def _key(node: Node) -> str:
    if node.is_true or node.is_false:
        return "true" if node.is_true else "false"
    parts: list[str] = []
    for keyword in sorted(node.keywords):
        value = node.keywords[keyword]
        if keyword in CHILD:
            text = value.key
        elif keyword in CHILDREN:
            text = f"[{','.join(child.key for child in value)}]"
        elif keyword in NAMED:
            named = (f"{json.dumps(name)}:{value[name].key}" for name in sorted(value))
            text = f"{{{','.join(named)}}}"
        else:
            text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=repr)
        parts.append(f'"{keyword}":{text}')
    return f"{{{','.join(parts)}}}"


def to_json(node: Node) -> Any:
    """The node as a JSON Schema (2020-12) value; `$ref` holds the bare name of a definition."""
    if node.is_true:
        return True
    if node.is_false:
        return False
    result: dict[str, Any] = {}
    for keyword, value in node.keywords.items():
        if keyword in CHILD:
            result[keyword] = to_json(value)
        elif keyword in CHILDREN:
            result[keyword] = [to_json(child) for child in value]
        elif keyword in NAMED:
            result[keyword] = {name: to_json(child) for name, child in value.items()}
        else:
            result[keyword] = value
    return result


def to_schema(bundle: Bundle) -> Any:
    """The bundle as one JSON Schema (2020-12) document for a validator."""
    root = _pointed(to_json(bundle.root))
    if root is False or (root is True and not bundle.definitions):
        return root
    schema: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    if bundle.definitions:
        schema["$defs"] = {
            name: _pointed(to_json(node)) for name, node in bundle.definitions.items()
        }
    if is_object(root):
        schema.update(root)
    return schema


def _pointed(value: Any) -> Any:
    if not is_object(value):
        return value
    schema: dict[str, Any] = {}
    for keyword, part in value.items():
        if keyword == REF:
            schema[REF] = f"#/$defs/{part}"
        elif keyword in CHILD:
            schema[keyword] = _pointed(part)
        elif keyword in CHILDREN:
            schema[keyword] = [_pointed(child) for child in part]
        elif keyword in NAMED:
            schema[keyword] = {name: _pointed(child) for name, child in part.items()}
        elif keyword != "content":
            schema[keyword] = part
    return schema
