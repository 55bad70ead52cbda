"""Validators over a contract's documents, as generated code and the runtime use them."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import jsonschema_rs

from lbgen_runtime.validation import compile_schema

from .document import Location, parse_pointer
from .json_types import is_array

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .contract import Contract
    from .diagnostics import Place
    from .document import Path
    from .resolve import References

__all__ = ["Verdicts"]

_CARRIED = re.compile(r"events/(?P<name>.+)")


class Verdicts:
    """Compiles schemas of a contract, and finds the source of what they say.

    A validator looks for `$id` and anchors only below keywords that it knows, and `events` is
    none. A contract file that has some there is registered with a copy of each event's schema
    under `$defs`, where they are found.

    Args:
        contract: the documents.
        references: of the same contract.
    """

    def __init__(self, contract: Contract, references: References) -> None:
        self._contract = contract
        self._references = references
        self._validators: dict[Location, jsonschema_rs.Validator] = {}

    @cached_property
    def documents(self) -> Mapping[str, Any]:
        """The documents as they are registered, by URI."""
        return {
            uri: self._registered(uri, document.value)
            for uri, document in self._contract.documents.items()
        }

    def _registered(self, uri: str, value: Any) -> Any:
        if uri not in self._references.named_inside:
            return value
        carried = {
            f"events/{name}": event["parameters"]
            for name, event in value["events"].items()
            if "parameters" in event
        }
        return {**value, "$defs": {**value.get("$defs", {}), **carried}}

    def location(self, location: Location) -> Location:
        """Where the validator finds the schema at a location of the source."""
        path = location.path
        if location.uri in self._references.named_inside and path[:1] == ("events",):
            return Location(location.uri, ("$defs", f"events/{path[1]}", *path[3:]))
        return location

    def source(self, text: str) -> Location | None:
        """The location in the source that a validator's location means.

        Args:
            text: URI and JSON pointer, as `absolute_keyword_location` gives them.
        """
        uri, _, fragment = text.partition("#")
        if uri not in self._contract.documents:
            resource = self._references.resource(uri)
            if resource is None:
                return None
            uri, path = resource.uri, resource.path
        else:
            path = ()
        document = self._contract.documents[uri]
        for step in parse_pointer(unquote(fragment)) if fragment.startswith("/") else ():
            value = document.at(path) if path == () or path in document.places else None
            path = (*path, int(step) if is_array(value) else step)
        if path[:1] == ("$defs",) and len(path) > 1 and path not in document.places:
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
            validator = self._validators[location] = compile_schema(
                str(self.location(location)), self.registry
            )
        return validator

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
        for error in self.validator(location).iter_errors(value):
            keyword = error.absolute_keyword_location
            return (
                tuple(error.instance_path),
                error.message,
                self.place(keyword) if keyword else None,
            )
        return None
