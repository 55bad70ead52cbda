"""Where the references of a set of documents lead.

Knows `$id`, anchors and JSON pointers in drafts 4 to 2020-12. A dynamic reference is followed
where only one target is possible; else the schema is not modelled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urljoin, urlsplit

from ...source.document import Location
from ...source.json_types import is_array, is_object
from .schema import UnsupportedSchema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DRAFTS: Final = {
    "json-schema.org/draft-04/schema": 4,
    "json-schema.org/draft-06/schema": 6,
    "json-schema.org/draft-07/schema": 7,
    "json-schema.org/draft/2019-09/schema": 19,
    "json-schema.org/draft/2020-12/schema": 20,
}
_DATA: Final = frozenset({"const", "default", "enum", "example", "examples"})


def draft_of(schema: Any, inherited: int) -> int:
    """The draft that a schema's `$schema` names, or the one around it."""
    name = schema.get("$schema") if is_object(schema) else None
    if not isinstance(name, str):
        return inherited
    draft = DRAFTS.get(name.rstrip("#").split("://", 1)[-1])
    if draft is None:
        raise UnsupportedSchema(f"the dialect {name}")
    return draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A schema in the documents.

    Attributes:
        schema: the author's JSON value.
        location: where it stands.
        base: the URI that relative references in it start from.
        draft: the draft it is written in.
    """

    schema: Any
    location: Location
    base: str
    draft: int

    def step(self, *steps: str | int) -> Target:
        """A part of this schema, with the base URI and the draft that hold there."""
        target = self
        for step in steps:
            target = target._step(step)
        return target

    def _step(self, step: str | int) -> Target:
        schema = self.schema[step]
        base, draft = self.base, self.draft
        if is_object(schema):
            draft = draft_of(schema, draft)
            base = _base(schema, base, draft)
        return Target(schema=schema, location=self.location / step, base=base, draft=draft)


def _base(schema: Mapping[str, Any], base: str, draft: int) -> str:
    name = schema.get("id" if draft == 4 else "$id")
    if not isinstance(name, str) or (draft <= 7 and "$ref" in schema):
        return base
    name, fragment = split(name)
    return base if fragment and not name else join(base, name)


def split(uri: str) -> tuple[str, str]:
    """A URI and its fragment."""
    # urldefrag would make `lbgen:/a.yaml` of `lbgen:///a.yaml`.
    rest, _, fragment = uri.partition("#")
    return rest, fragment


def join(base: str, reference: str) -> str:
    """The URI that a reference names, seen from a base URI."""
    # urljoin joins only schemes that it knows; a stand-in makes it join `lbgen:///a.yaml`, too.
    parts = urlsplit(base)
    if parts.scheme in ("", "http", "https", "file") or urlsplit(reference).scheme:
        return urljoin(base, reference)
    if not parts.path.startswith("/"):
        return f"{split(base)[0]}{reference}" if reference.startswith("#") else reference or base
    joined = urljoin(f"http://stand.in{parts.path}", reference)
    return f"{parts.scheme}://{parts.netloc}{joined.removeprefix('http://stand.in')}"


_NAMES: Final = frozenset({"$anchor", "$dynamicAnchor", "$id", "$recursiveAnchor", "$schema"})


def names_something(document: Any, draft: int) -> bool:
    """Whether a document holds more schemas with names than itself; wrong only to be safe."""
    names = _NAMES | {"id"} if draft == 4 else _NAMES
    stack = [document]
    while stack:
        value = stack.pop()
        if is_object(value):
            # A property of that name has a schema for its value, no text.
            found = names.intersection(value) if value is not document else ()
            if any(isinstance(value[name], str | bool) for name in found):
                return True
            stack.extend(value.values())
        elif is_array(value):
            stack.extend(value)
    return is_object(document) and not (names - {"$schema"}).isdisjoint(document)


class References:
    """The documents of a contract, with every `$id` and anchor in them.

    Args:
        documents: URI to JSON value.
        urls: for the URI of a document, the URL by which others refer to it.
    """

    def __init__(self, documents: Mapping[str, Any], urls: Mapping[str, str] | None = None) -> None:
        urls = urls or {}
        self._resources: dict[str, Target] = {}
        self._anchors: dict[tuple[str, str], Target] = {}
        self._dynamic: dict[str, list[Target]] = {}
        for uri, document in documents.items():
            draft = draft_of(document, 20)
            base = urls.get(uri, uri)
            self_named = base
            if is_object(document):
                base = _base(document, base, draft)
            root = Target(schema=document, location=Location(uri), base=base, draft=draft)
            for name in dict.fromkeys((uri, self_named)):
                self._resources.setdefault(name, root)
            if names_something(document, draft):
                for part in self._walk(root):
                    self._register(part)

    def _walk(self, target: Target) -> Iterator[Target]:
        stack = [target]
        while stack:
            part = stack.pop()
            if is_object(part.schema):
                yield part
                names: list[str] = [name for name in part.schema if name not in _DATA]
                stack.extend(part.step(name) for name in names)
            elif is_array(part.schema):
                stack.extend(part.step(index) for index in range(len(part.schema)))

    def _register(self, part: Target) -> None:
        schema, draft = part.schema, part.draft
        name = schema.get("id" if draft == 4 else "$id")
        if isinstance(name, str) and not (draft <= 7 and "$ref" in schema):
            if draft <= 7 and "#" in name and name.split("#", 1)[1]:
                self._anchors.setdefault((part.base, name.split("#", 1)[1]), part)
            if not name.startswith("#"):
                self._resources.setdefault(part.base, part)
        if draft >= 19 and isinstance(schema.get("$anchor"), str):
            self._anchors.setdefault((part.base, schema["$anchor"]), part)
        if draft >= 20 and isinstance(schema.get("$dynamicAnchor"), str):
            self._anchors.setdefault((part.base, schema["$dynamicAnchor"]), part)
            self._dynamic.setdefault(schema["$dynamicAnchor"], []).append(part)
        if draft == 19 and schema.get("$recursiveAnchor") is True:
            self._dynamic.setdefault("", []).append(part)

    def at(self, location: Location) -> Target:
        """The schema at a location of the authors' documents."""
        return self._pointed(self._resources[location.uri], location.path)

    def resolve(self, base: str, reference: str) -> Target:
        """What `$ref: reference` leads to.

        Raises:
            UnsupportedSchema: nothing is there.
        """
        uri, fragment = split(join(base, reference))
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            anchor = self._anchors.get((uri, fragment))
            if anchor is None:
                raise UnsupportedSchema(f"the reference {reference!r}, which does not exist")
            return anchor
        resource = self._resources.get(uri)
        if resource is None:
            raise UnsupportedSchema(f"the reference {reference!r}, which does not exist")
        parts = fragment.split("/")[1:]
        return self._pointed(
            resource, tuple(part.replace("~1", "/").replace("~0", "~") for part in parts)
        )

    def resolve_dynamic(self, base: str, reference: str) -> Target:
        """What `$dynamicRef` leads to, if the documents leave only one possibility."""
        target = self.resolve(base, reference)
        name = split(reference)[1]
        if not name or name.startswith("/") or target.schema.get("$dynamicAnchor") != name:
            return target
        if len(self._dynamic.get(name, [])) > 1:
            raise UnsupportedSchema(f"the dynamic reference {reference!r} with several targets")
        return target

    def resolve_recursive(self, base: str) -> Target:
        """What `$recursiveRef: "#"` leads to, if the documents leave only one possibility."""
        target = self.resolve(base, "#")
        recursive = self._dynamic.get("", [])
        if target.schema.get("$recursiveAnchor") is True and len(recursive) > 1:
            raise UnsupportedSchema("a recursive reference with several targets")
        return target

    def _pointed(self, target: Target, path: tuple[str | int, ...]) -> Target:
        for step in path:
            schema = target.schema
            try:
                target = target.step(int(step) if is_array(schema) else step)
            except (KeyError, IndexError, ValueError, TypeError):
                raise UnsupportedSchema(
                    f"the reference to {target.location / step}, which does not exist"
                ) from None
        return target
