"""Second pass: every `$id`, anchor and `$ref` of the documents.

Source: JSON Schema 2020-12, section 8; the earlier drafts' `id` and `$id: "#name"`.
"""

from __future__ import annotations

import posixpath
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from lbgen_runtime.events.json_pointer import steps_of

from ..findings.suggestions import did_you_mean
from ..schema.drafts import DRAFT_2020_12, DRAFTS, Draft, draft_of
from ..schema.uris import join, split_fragment
from ..source.document import SCHEME, Location
from ..source.json_types import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Container

    from ..contract.contract import Contract
    from ..source.document import Path

__all__ = ["Dangling", "References"]

_VOCABULARIES: Final = tuple(uri.rsplit("/", 1)[0] + "/" for uri in DRAFTS if "/draft/" in uri)


class Dangling(Enum):
    """Why a reference leads nowhere."""

    MISSING = auto()
    OUTSIDE = auto()
    NETWORK = auto()
    META_SCHEMA = auto()
    """It leads to a draft's own meta-schema, which the validator knows: no error."""


class References:
    """Resolves references between the documents of a contract.

    Args:
        contract: the documents, and where schemas start in them.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._resources: dict[str, Location] = {}
        self._anchors: dict[str, Location] = {}
        self._bases: dict[str, dict[Path, str]] = {}
        self._drafts: dict[str, dict[Path, Draft]] = {}
        self._contract_files = {uri for uri in contract.documents if contract.is_api(uri)}
        self.named_inside: set[str] = set()
        """URIs of contract files with an `$id` or an anchor below `events`."""
        self._resolved: dict[tuple[str, str, str], Location | Dangling] = {}
        self.repeated: list[tuple[str, Location, Location]] = []
        """Names that a schema has already, with the later schema and the first one."""
        self.dynamic: dict[str, list[Location]] = {}
        """The schemas with each `$dynamicAnchor`; those with `$recursiveAnchor` have no name."""
        for uri in contract.documents:
            base = contract.urls.get(uri, uri)
            self._resources[uri] = self._resources[base] = Location(uri)
            self._bases[uri] = {(): base}
            self._drafts[uri] = {(): DRAFT_2020_12}
        for uri, roots in contract.roots.items():
            for path, draft in roots:
                self._index(uri, path, draft)

    def _index(self, uri: str, root: Path, draft: Draft) -> None:
        self._drafts[uri][root] = draft
        for path, schema, inner_draft in self._contract.schemas(uri, root, draft):
            if not is_object(schema):
                continue
            location = Location(uri, path)
            if inner_draft is not draft:
                self._drafts[uri][path] = inner_draft
            anchors = [schema.get(keyword) for keyword in ("$anchor", "$dynamicAnchor")]
            identifier = schema.get(inner_draft.id_keyword)
            if isinstance(identifier, str) and not (inner_draft.ref_alone and "$ref" in schema):
                base, fragment = split_fragment(join(self.base(location), identifier))
                if not identifier.startswith("#"):
                    self._name(self._resources, base, location)
                    self._bases[uri][path] = base
                if fragment and inner_draft.ref_alone:
                    anchors.append(fragment)
                self._inside(location)
            dynamic = "" if schema.get("$recursiveAnchor") is True else schema.get("$dynamicAnchor")
            if isinstance(dynamic, str):
                self.dynamic.setdefault(dynamic, []).append(location)
            for anchor in anchors:
                if isinstance(anchor, str):
                    self._name(self._anchors, f"{self.base(location)}#{anchor}", location)
                    self._inside(location)

    def _name(self, table: dict[str, Location], name: str, location: Location) -> None:
        first = table.setdefault(name, location)
        if first != location:
            self.repeated.append((name, location, first))

    def _inside(self, location: Location) -> None:
        if location.path[:1] == ("events",) and location.uri in self._contract_files:
            self.named_inside.add(location.uri)

    def base(self, location: Location) -> str:
        """The base URI of the schema at a location."""
        bases = self._bases[location.uri]
        if len(bases) == 1:
            return bases[()]
        return bases[_closest(bases, location.path)]

    def enclosing(self, location: Location) -> Location:
        """The closest schema around a location that has a URI of its own; else the document."""
        return Location(location.uri, _closest(self._bases[location.uri], location.path))

    def absolute(self, location: Location, reference: str) -> str:
        """A reference as an absolute URI by which validators find what it leads to."""
        base, fragment = split_fragment(join(self.base(location), reference))
        resource = self._resources.get(base)
        if resource is None:
            resource = self._resources.get(split_fragment(join(location.uri, reference))[0])
        if resource is not None:
            base = self.base(resource)
        return f"{base}#{fragment}" if fragment else base

    def draft(self, location: Location) -> Draft:
        """The draft of the schema at a location."""
        drafts = self._drafts[location.uri]
        if len(drafts) == 1:
            return drafts[()]
        return drafts[_closest(drafts, location.path)]

    def schema(self, location: Location) -> Any:
        """The schema at a location."""
        return self._contract.documents[location.uri].at(location.path)

    def resolve(self, location: Location, reference: str) -> Location | Dangling:
        """Where a reference leads.

        A reference in a document with an `$id` is relative to it. Where nothing of the contract
        has the URI that results, the path from the file decides.

        Args:
            location: of the schema that holds the reference.
            reference: the value of `$ref` or `$dynamicRef`.
        """
        key = self.base(location), location.uri, reference
        found = self._resolved.get(key)
        if found is None:
            found = self._resolved[key] = self._resolve(location, reference)
        return found

    def _resolve(self, location: Location, reference: str) -> Location | Dangling:
        base, fragment = split_fragment(join(self.base(location), reference))
        fragment = unquote(fragment)
        resource = self._resources.get(base)
        if resource is None:
            beside, _ = split_fragment(join(location.uri, reference))
            resource = self._resources.get(beside)
            if resource is None:
                return self._why(location, reference, base)
            base = self.base(resource)
        if not fragment:
            return resource
        if not fragment.startswith("/"):
            return self._anchors.get(f"{base}#{fragment}", Dangling.MISSING)
        return self._follow(resource, steps_of(fragment))

    def _follow(self, resource: Location, steps: tuple[str, ...]) -> Location | Dangling:
        value = self.schema(resource)
        path = resource.path
        for step in steps:
            if is_object(value) and step in value:
                value = value[step]
                path = (*path, step)
            elif is_array(value) and step.isdecimal() and int(step) < len(value):
                value = value[int(step)]
                path = (*path, int(step))
            else:
                return Dangling.MISSING
        return Location(resource.uri, path)

    def name(self, location: Location, reference: str) -> str:
        """The name by which a reference asks for a schema; empty if it stays in its own one."""
        if reference.startswith("#/") or reference == "#":
            return ""
        base, fragment = split_fragment(join(self.base(location), reference))
        is_anchor = fragment and not fragment.startswith("/")
        return f"{base}#{unquote(fragment)}" if is_anchor else base

    def resource(self, uri: str) -> Location | None:
        """The schema that has a URI."""
        return self._resources.get(uri)

    def suggest(self, location: Location, reference: str) -> str | None:
        """What a reference that leads to nothing most likely meant."""
        base, fragment = split_fragment(join(self.base(location), reference))
        named = self._suggest_definition(location, reference, base)
        if named is not None:
            return named
        if base not in self._resources:
            return self._suggest_file(location, unquote(base.removeprefix(SCHEME)))
        steps = steps_of(unquote(fragment)) if fragment.startswith("/") else ()
        for length in range(len(steps) - 1, -1, -1):
            found = self._follow(self._resources[base], steps[:length])
            if isinstance(found, Location):
                value = self.schema(found)
                known = list(value) if is_object(value) else []
                meant = did_you_mean(steps[length], known)
                if meant is None:
                    return f"the names are: {', '.join(known)}" if known else None
                return f"did you mean `{meant}`?"
        return None

    def _suggest_definition(self, location: Location, reference: str, base: str) -> str | None:
        """The type of the same name in the document that a reference leads to, or in its own."""
        file, _, fragment = reference.partition("#")
        name = (fragment or file).rpartition("/")[2]
        resource = self._resources.get(base)
        if resource is None:
            if fragment or posixpath.splitext(file)[1]:  # a file was meant
                return None
            file, resource = "", Location(location.uri)
        schema = self.schema(resource)
        for keyword in ("$defs", "definitions"):
            defined = schema.get(keyword) if is_object(schema) else None
            if is_object(defined) and unquote(name) in defined:
                return f"did you mean `{file}#/{keyword}/{name}`?"
        return None

    def _suggest_file(self, location: Location, file: str) -> str:
        """What to write instead of a file that is not there, as a path from the one that refers."""
        here = self._contract.documents[location.uri].file
        files = sorted({each.file for each in self._contract.documents.values()} - {here})
        by_path = {posixpath.splitext(each)[0]: each for each in files}
        by_name = {posixpath.basename(path): each for path, each in by_path.items()}
        path = posixpath.splitext(file)[0]
        name = posixpath.basename(path)
        meant = by_name.get(name)
        if meant is None:
            near = did_you_mean(path, by_path) or did_you_mean(name, by_name)
            meant = None if near is None else by_path.get(near) or by_name[near]
        if meant is None:
            return (
                f"the schema folder has no readable file {file}; paths are relative to the file "
                "that contains the `$ref`"
            )
        folder = posixpath.dirname(here) or "."
        return f"did you mean the file {posixpath.relpath(meant, folder)}?"

    def _why(self, location: Location, reference: str, base: str) -> Dangling:
        if draft_of(base) is not None or base.startswith(_VOCABULARIES):
            return Dangling.META_SCHEMA
        scheme = urlsplit(base).scheme
        if scheme == "lbgen":
            return Dangling.OUTSIDE if _climbs_out(location.uri, reference) else Dangling.MISSING
        return Dangling.OUTSIDE if scheme == "file" else Dangling.NETWORK


def _closest(paths: Container[Path], path: Path) -> Path:
    """The longest of some paths that leads to a path or to what is around it."""
    while path and path not in paths:
        path = path[:-1]
    return path


def _climbs_out(uri: str, reference: str) -> bool:
    path = split_fragment(reference)[0]
    if path.startswith("/"):
        return True
    depth = unquote(uri.removeprefix(SCHEME)).count("/")
    for step in path.split("/"):
        depth += -1 if step == ".." else 0 if step in ("", ".") else 1
        if depth < 0:
            return True
    return False
