"""One version of a contract, as a check compares it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from ...analysis.references import References
from ...analysis.validators import Validators
from ...source.json_types import is_array, is_object
from ..baseline.old_version import OldVersion
from ..decide import Documents

if TYPE_CHECKING:
    from collections.abc import Sequence

    import jsonschema_rs

    from lbgen_runtime import Violation

    from ...contract.contract import Api, Contract, DeclaredEvent
    from ...findings.diagnostic import Place
    from ...source.document import Location


_NAMES: Final = frozenset({"id", "$anchor", "$dynamicAnchor", "$id", "$recursiveAnchor", "$schema"})


class ContractVersion:
    """One version of a contract.

    Args:
        contract: the contract.
        version: which old version it is; `None` is the new one.
        validators: its validators, where they are there already.
    """

    def __init__(
        self,
        contract: Contract,
        version: OldVersion | None = None,
        validators: Validators | None = None,
    ) -> None:
        self.contract = contract
        self.version = version or OldVersion(name="")
        self._given = validators
        values = {uri: self._readable(uri) for uri in contract.documents}
        named = bool(contract.urls) or any(_names_something(one) for one in values.values())
        compile_ = self._compile if named or validators is not None else None
        violations = None if compile_ is None else self._violations
        self.documents = Documents(values, compile_, contract, violations)
        self.events: dict[str, tuple[Api, DeclaredEvent]] = {
            f"{api.name}.{event.name}": (api, event)
            for api in contract.apis
            for event in api.events
        }

    @cached_property
    def apis(self) -> dict[str, Api]:
        """The APIs by name."""
        return {api.name: api for api in self.contract.apis}

    def _readable(self, uri: str) -> Any:
        """A document with a `$schema` that everybody knows."""
        value = self.contract.documents[uri].value
        roots = self.contract.roots.get(uri)
        if not roots or not is_object(value) or "$schema" not in value:
            return value
        return {**value, "$schema": roots[0][1].uri}

    def _compile(self, location: Location) -> jsonschema_rs.Validator:
        return self._validators.validator(location)

    def _violations(self, location: Location, value: Any) -> Sequence[Violation]:
        return self._validators.violations(location, value)

    @property
    def _validators(self) -> Validators:
        if self._given is None:
            self._given = Validators(self.contract, References(self.contract))
        return self._given

    def place(self, location: Location, otherwise: Place) -> Place:
        """Where a location is in the file; of what is not there, the key around it."""
        document = self.contract.documents.get(location.uri)
        if document is None:
            return otherwise
        path = location.path
        while path not in document.places:
            path = path[:-1]
        return document.key_place(path)


def _names_something(document: Any) -> bool:
    """Whether a document holds more schemas with names than itself; wrong only to be safe."""
    stack = [document]
    while stack:
        value = stack.pop()
        if is_object(value):
            # A property of that name has a schema for its value, no text.
            found = _NAMES.intersection(value) if value is not document else ()
            if any(isinstance(value[name], str | bool) for name in found):
                return True
            stack.extend(value.values())
        elif is_array(value):
            stack.extend(value)
    return is_object(document) and not (_NAMES - {"$schema"}).isdisjoint(document)
