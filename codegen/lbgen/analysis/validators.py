"""Validators over a contract's documents, as generated code and the runtime use them."""

from __future__ import annotations

import re
from copy import deepcopy
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import jsonschema_rs

from lbgen_runtime.events.json_pointer import steps_of
from lbgen_runtime.events.validation.reasons import Reasons
from lbgen_runtime.events.validation.schemas import compile_schema

from ..contract.shape import meta_schema
from ..schema.drafts import DRAFT_2020_12, DRAFTS, draft_of
from ..schema.uris import as_uri, join
from ..source.document import Location
from ..source.json_types import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lbgen_runtime import Violation

    from ..contract.contract import Contract
    from ..findings.diagnostic import Place
    from ..schema.drafts import Draft
    from ..source.document import Path
    from .references import References

__all__ = ["Validators"]

_CARRIED = re.compile(r"events/(?P<name>.+)")


class Validators:
    """Compiles schemas of a contract, and finds the source of what they say.

    A document is registered under the URI that it gives itself by `$id`, or else under that of its
    file. A validator looks for `$id` and anchors only below keywords that it knows, and `events`
    is none: a contract file that has some there is registered with a copy of each event's schema
    under `$defs` (`definitions` in older drafts), where they are found.

    Args:
        contract: the documents.
        references: of the same contract.
    """

    def __init__(self, contract: Contract, references: References) -> None:
        self._contract = contract
        self._references = references
        self._validators: dict[Location, jsonschema_rs.Validator] = {}
        self._changed: dict[str, tuple[tuple[Path, str, Draft | None], ...]] = {}

    @cached_property
    def documents(self) -> Mapping[str, Any]:
        """The documents as they are registered, by URI."""
        registered = {
            self._references.base(Location(uri)): self._registered(uri, document.value)
            for uri, document in self._contract.documents.items()
            if uri in self._contract.roots
        }
        named = self._meta_schemas()
        for draft in DRAFTS.values():
            if draft.number in named:
                registered.setdefault(draft.uri, meta_schema(draft))
        return registered

    def _registered(self, uri: str, value: Any) -> Any:
        changes = {path: text for path, text, _ in self._changed_references(uri)}
        draft = self._contract.roots[uri][0][1] if self._contract.roots[uri] else DRAFT_2020_12
        if is_object(value) and self._is_foreign(value.get("$schema")):
            changes["$schema",] = draft.uri
        if changes:
            value = deepcopy(value)
            for path, text in changes.items():
                inner = value
                for step in path[:-1]:
                    inner = inner[step]
                inner[path[-1]] = text
        if uri not in self._references.named_inside:
            return value
        carried = {
            f"events/{name}": event["parameters"]
            for name, event in value["events"].items()
            if "parameters" in event
        }
        keyword = self._definitions(uri)
        return {**value, keyword: {**value.get(keyword, {}), **carried}}

    def _definitions(self, uri: str) -> str:
        """The keyword below which a contract file's draft has its definitions."""
        _, draft = self._contract.roots[uri][0]
        return "$defs" if "$defs" in draft.keywords else "definitions"

    def _is_foreign(self, schema: object) -> bool:
        """Whether a `$schema` is one that validators do not know, or not as it is written."""
        if not isinstance(schema, str) or schema.removesuffix("#") in DRAFTS:
            return False
        return self._references.resource(schema.removesuffix("#")) is None

    def _changed_references(self, uri: str) -> tuple[tuple[Path, str, Draft | None], ...]:
        """References by which a validator would not find what they lead to, and what it finds."""
        if uri not in self._changed:
            self._changed[uri] = tuple(self._find_changed_references(uri))
        return self._changed[uri]

    def _find_changed_references(self, uri: str) -> Iterator[tuple[Path, str, Draft | None]]:
        for root, draft in self._contract.roots[uri]:
            for path, schema, inner_draft in self._contract.schemas(uri, root, draft):
                if not is_object(schema):
                    continue
                identifier = schema.get(inner_draft.id_keyword)
                if isinstance(identifier, str) and as_uri(identifier) != identifier:
                    yield (*path, inner_draft.id_keyword), as_uri(identifier), None
                for keyword in ("$ref", "$dynamicRef"):
                    reference = schema.get(keyword)
                    if isinstance(reference, str):
                        found, meta = self._found(Location(uri, path), reference)
                        if meta is not None or found != reference:
                            yield (*path, keyword), found, meta

    def _found(self, location: Location, reference: str) -> tuple[str, Draft | None]:
        """A reference as a validator finds what it leads to; the draft, if to a meta-schema."""
        if reference.startswith("#"):
            return as_uri(reference), None
        absolute = as_uri(self._references.absolute(location, reference))
        base, mark, fragment = absolute.partition("#")
        meta = draft_of(base)
        if meta is not None:
            return f"{meta.uri}{mark}{fragment}", meta
        if absolute != join(self._references.base(location), reference):
            return absolute, None
        return as_uri(reference), None

    def _meta_schemas(self) -> set[int]:
        """The numbers of the drafts whose meta-schemas the contract refers to."""
        return {
            draft.number
            for uri in self._contract.roots
            for _, _, draft in self._changed_references(uri)
            if draft is not None
        }

    def location(self, location: Location) -> Location:
        """Where the validator finds the schema at a location of the source."""
        path = location.path
        start = self._references.enclosing(location)
        carried = location.uri in self._references.named_inside and not start.path
        if carried and path[0] == "events":
            keyword = self._definitions(location.uri)
            return Location(location.uri, (keyword, f"events/{path[1]}", *path[3:]))
        return Location(self._references.base(start), path[len(start.path) :])

    def source(self, text: str) -> Location | None:
        """The location in the source that a validator's location means.

        Args:
            text: URI and JSON pointer, as `absolute_keyword_location` gives them.
        """
        uri, _, fragment = text.partition("#")
        resource = self._references.resource(uri)
        if resource is None:
            return None
        uri, path = resource.uri, resource.path
        document = self._contract.documents[uri]
        for step in steps_of(unquote(fragment)) if fragment.startswith("/") else ():
            value = document.at(path) if path == () or path in document.places else None
            path = (*path, int(step) if is_array(value) else step)
        if (
            path[:1] in (("$defs",), ("definitions",))
            and len(path) > 1
            and path not in document.places
        ):
            carried = _CARRIED.fullmatch(str(path[1]))
            if carried is not None:
                path = ("events", carried["name"], "parameters", *path[2:])
        return Location(uri, path)

    def place(self, text: str) -> Place | None:
        """The place of a rule that a validator names."""
        location = self.source(text)
        if location is None:
            return None
        return self._contract.documents[location.uri].key_place(location.path)

    @cached_property
    def _older(self) -> bool:
        """Whether a document is of a draft before 2019-09."""
        roots = self._contract.roots.values()
        return any(draft.ref_alone for each in roots for _, draft in each)

    @cached_property
    def registry(self) -> jsonschema_rs.Registry:
        """All documents."""
        return jsonschema_rs.Registry(list(self.documents.items()))

    def validator(self, location: Location) -> jsonschema_rs.Validator:
        """The validator of the schema at a location of the source.

        Raises:
            ValueError: it cannot be compiled.
        """
        validator = self._validators.get(location)
        if validator is None:
            schema = {"$ref": str(self.location(location))}
            validator = self._validators[location] = self._compile(schema)
        return validator

    def _compile(self, schema: Any, draft: int = DRAFT_2020_12.number) -> jsonschema_rs.Validator:
        return compile_schema(schema, self.registry, draft=draft, older=self._older)

    @cached_property
    def _reasons(self) -> Reasons:
        return Reasons(self.documents, self._compile)

    def violations(self, location: Location, value: Any) -> tuple[Violation, ...]:
        """Why the schema at a location of the source does not accept a value; none if it does."""
        if self.validator(location).is_valid(value):
            return ()
        return self._reasons.violations(str(self.location(location)), value)

    def problem(self, location: Location) -> str | None:
        """Why a schema cannot be compiled; `None` if it can."""
        try:
            self.validator(location)
        except (ValueError, jsonschema_rs.ReferencingError) as error:
            return str(getattr(error, "message", error)).split("\n")[0]
        return None

    def first_violation(
        self, location: Location, value: Any
    ) -> tuple[Path, str, Place | None] | None:
        """Where and how a value breaks a schema first, and the place of the rule."""
        for violation in self.violations(location, value):
            path = steps_of(violation.pointer)
            return path, violation.message, self.place(violation.location)
        return None
