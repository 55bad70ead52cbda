"""From the authors' documents to one bundle: the same values are valid, said in one way.

References are inlined except where they recurse; drafts 4 to 2019-09 become 2020-12; annotations,
unknown keywords and keywords that allow everything go; `const` is an `enum` of one; an `allOf`
that can be said in one schema is. Two documents that differ only in such things are equal then.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from ...analysis.expansion import WayCounter, step_of
from ...source.json_types import is_array, is_object
from .formats import asserted
from .json_values import canonical, normal
from .schema import FALSE, REF, TRUE, WRITTEN_WHOLE, Bundle, Node, UnsupportedSchema, children
from .simplification import inlined, renamed, simplified
from .target import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...analysis.references import References
    from ...source.document import Location

_NOTES: Final = frozenset({"default", "deprecated", "description", "title", "x-lbgen-name"})
_MOST_NODES: Final = 20_000
_TYPES: Final = ("array", "boolean", "integer", "null", "number", "object", "string")
_LIMITS: Final = (
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "multipleOf",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
)
_ZERO: Final = frozenset({"minItems", "minLength", "minProperties"})


def normalise(location: Location, references: References) -> Bundle:
    """The schema at a location as one bundle.

    Args:
        location: of the schema.
        references: of the documents.

    Raises:
        UnsupportedSchema: it uses something that the checker does not model.
    """
    work = _Work()
    root = work.read(Target.at(location, references))
    while work.waiting:
        name, waiting = work.waiting.pop()
        work.definitions[name] = work.read(waiting)
    bundle = Bundle(root=root, definitions=work.definitions)
    _check_ways(bundle)
    try:
        return renamed(simplified(inlined(bundle)))
    except RecursionError:
        raise UnsupportedSchema("a deeply nested schema") from None


def _check_ways(bundle: Bundle) -> None:
    """Refuse a schema with which no validator comes to an end."""
    nodes = {id(node): node for node in (bundle.root, *bundle.definitions.values())}

    def steps(number: int) -> Iterator[tuple[str | None, int]]:
        node = nodes[number]
        if REF in node.keywords:
            yield None, id(bundle.definitions[node.get(REF)])
        for path, child in children(node):
            nodes[id(child)] = child
            yield step_of(path), id(child)

    for _, words in WayCounter(steps).count(id(bundle.root)):
        raise UnsupportedSchema(f"a schema in which {words}")


class _Work:
    def __init__(self) -> None:
        self.definitions: dict[str, Node] = {}
        self.waiting: list[tuple[str, Target]] = []
        self._names: dict[Location, str] = {}
        self._nodes = 0

    def read(self, target: Target) -> Node:
        """The node for a schema of the documents."""
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            raise UnsupportedSchema(f"a schema of more than {_MOST_NODES} parts")
        schema, origin = target.schema, target.location
        if isinstance(schema, bool):
            return Node(keywords=(TRUE if schema else FALSE).keywords, origin=origin)
        if not is_object(schema):
            raise UnsupportedSchema(f"{origin}, which is not a schema")
        return _Reader(work=self, target=target).node()

    def follow(self, target: Target) -> Node:
        """The node for a reference to `target`, which is read later."""
        name = self._names.get(target.location)
        if name is None:
            name = self._names[target.location] = f"d{len(self._names)}"
            self.waiting.append((name, target))
        return Node(keywords={REF: name}, origin=target.location, notes={"title": _called(target)})


def _called(target: Target) -> str:
    """What its author calls a schema: its title, its name, or that of its `$id` or its file."""
    schema, path = target.schema, target.location.path
    title = schema.get("title") if is_object(schema) else None
    if isinstance(title, str) and title:
        return title
    names = [step for step in path if isinstance(step, str)]
    if path[:1] == ("events",) and len(path) == 3:
        return names[1]
    if names:
        return names[-1]
    name = schema.get("$id", schema.get("id")) if is_object(schema) else None
    uri = name if isinstance(name, str) and name.strip("#/") else target.location.uri
    return unquote(uri.rstrip("#/").rpartition("/")[2]).partition(".")[0] or uri


class _Reader:
    """Reads one schema object."""

    def __init__(self, *, work: _Work, target: Target) -> None:
        self.work = work
        self.target = target
        self.schema: dict[str, Any] = target.schema
        self.draft = target.draft
        self.keywords: dict[str, Any] = {}
        self.places: dict[str, Location] = {}
        self.parts: list[Node] = []

    def node(self) -> Node:
        self._references()
        if not (self.draft <= 7 and "$ref" in self.schema):
            self._values()
            self._schemas()
            self._objects()
            self._arrays()
        notes = {name: self.schema[name] for name in _NOTES if name in self.schema}
        if self.parts:
            self.keywords["allOf"] = (*self.parts, *self.keywords.get("allOf", ()))
        return Node(
            keywords=self.keywords, origin=self.target.location, places=self.places, notes=notes
        )

    def _child(self, *steps: str | int) -> Node:
        return self.work.read(self.target.step(*steps))

    def _references(self) -> None:
        found: list[Target] = []
        if isinstance(self.schema.get("$ref"), str):
            found.append(self.target.referred(self.schema["$ref"]))
        if self.draft >= 20 and isinstance(self.schema.get("$dynamicRef"), str):
            found.append(self.target.referred_dynamically(self.schema["$dynamicRef"]))
        if self.draft == 19 and isinstance(self.schema.get("$recursiveRef"), str):
            found.append(self.target.referred_recursively())
        self.parts += [self.work.follow(target) for target in found]

    def _values(self) -> None:
        schema, keywords = self.schema, self.keywords
        if "type" in schema:
            types: list[Any] = schema["type"] if is_array(schema["type"]) else [schema["type"]]
            names = {name for name in types if name in _TYPES}
            if "number" in names:
                names.discard("integer")
            if "integer" in names and self.draft == 4:
                keywords[WRITTEN_WHOLE] = True
            if names != set(_TYPES) - {"integer"}:
                keywords["type"] = sorted(names)
        if "enum" in schema:
            keywords["enum"] = _members(schema["enum"])
        if "const" in schema and self.draft >= 6:
            members = [normal(schema["const"])]
            if "enum" in keywords:
                self.parts.append(Node(keywords={"enum": members}, origin=self.target.location))
            else:
                keywords["enum"] = members
                self.places["enum"] = self.target.location / "const"
        for name in _LIMITS:
            value = schema.get(name)
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if number and not (name in _ZERO and value == 0):
                keywords[name] = normal(value)
        if self.draft == 4:
            for name in ("Maximum", "Minimum"):
                if schema.get(f"exclusive{name}") is True and name.lower() in keywords:
                    keywords[f"exclusive{name}"] = keywords.pop(name.lower())
                    self.places[f"exclusive{name}"] = self.target.location / name.lower()
        if "pattern" in schema:
            keywords["pattern"] = schema["pattern"]
        if isinstance(schema.get("format"), str) and asserted(schema["format"], self.draft):
            keywords["format"] = schema["format"]
        content = [schema.get(name) for name in ("contentEncoding", "contentMediaType")]
        if self.draft in (6, 7) and any(content):
            keywords["content"] = [self.draft, *content]

    def _schemas(self) -> None:
        for name in ("allOf", "anyOf", "oneOf"):
            if name in self.schema:
                count = len(self.schema[name])
                self.keywords[name] = tuple(self._child(name, index) for index in range(count))
        if "not" in self.schema:
            self.keywords["not"] = self._child("not")
        if self.draft >= 7 and "if" in self.schema:
            for name in ("if", "then", "else"):
                if name in self.schema:
                    self.keywords[name] = self._child(name)

    def _objects(self) -> None:
        schema, keywords = self.schema, self.keywords
        for name in ("properties", "patternProperties"):
            if schema.get(name):
                keywords[name] = {key: self._child(name, key) for key in schema[name]}
        names = ["additionalProperties"]
        names += ["propertyNames"] if self.draft >= 6 else []
        names += ["unevaluatedProperties", "unevaluatedItems"] if self.draft >= 19 else []
        for name in names:
            if name in schema:
                keywords[name] = self._child(name)
        if is_array(schema.get("required")) and schema["required"]:
            keywords["required"] = sorted(set(schema["required"]))
        self._dependencies()

    def _dependencies(self) -> None:
        required: dict[str, list[str]] = {}
        schemas: dict[str, Node] = {}
        names = ["dependencies"]  # the validator asserts it in every draft
        names += ["dependentRequired", "dependentSchemas"] if self.draft >= 19 else []
        for keyword in names:
            declared: dict[str, Any] = self.schema.get(keyword) or {}
            for name, value in declared.items():
                place = self.target.location / keyword
                if is_array(value):
                    required[name] = sorted({*required.get(name, []), *value})
                    self.places["dependentRequired"] = place
                else:
                    schemas[name] = self._child(keyword, name)
                    self.places["dependentSchemas"] = place
        required = {name: names for name, names in required.items() if names}
        if required:
            self.keywords["dependentRequired"] = required
        if schemas:
            self.keywords["dependentSchemas"] = schemas

    def _arrays(self) -> None:
        schema, keywords, here = self.schema, self.keywords, self.target.location
        prefix, rest = "prefixItems", "items"
        if self.draft < 20:
            tuple_ = is_array(schema.get("items"))
            prefix, rest = ("items", "additionalItems") if tuple_ else ("", "items")
        if schema.get(prefix):
            count = len(schema[prefix])
            keywords["prefixItems"] = tuple(self._child(prefix, index) for index in range(count))
            self.places["prefixItems"] = here / prefix
        if rest in schema:
            keywords["items"] = self._child(rest)
            self.places["items"] = here / rest
        if schema.get("uniqueItems") is True:
            keywords["uniqueItems"] = True
        if "contains" in schema and self.draft >= 6:
            keywords["contains"] = self._child("contains")
            if self.draft >= 19:
                for name, default in (("minContains", 1), ("maxContains", None)):
                    if name in schema and schema[name] != default:
                        keywords[name] = normal(schema[name])


def _members(values: list[Any]) -> list[Any]:
    return [json.loads(text) for text in sorted({canonical(value) for value in values})]
