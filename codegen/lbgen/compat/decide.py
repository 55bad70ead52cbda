"""The decision on one event and one direction.

Can everything that one version writes be read with another?

1. Both schemas have the same normal form: compatible.
2. The prover proves it, or finds an event that shows the contrary.
3. Otherwise it is undecided, with the reason.

An event counts as a counterexample only if the validators of the authors' own schemas say so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import unquote

import jsonschema_rs

from lbgen_runtime.events.validation.reasons import Reasons

from ..analysis.containers import follow_references
from ..contract.contract import Contract
from ..schema.drafts import DRAFT_2020_12, draft_of
from ..source.document import SCHEME, Document
from ..source.json_types import is_object
from .normal.formats import compiled
from .normal.formats import validator as validator_of
from .normal.merge import of_type
from .normal.normal_form import normalise
from .normal.schema import Bundle, UnsupportedSchema, to_schema
from .normal.writer import closed
from .prove.containment import STEPS, find_counterexample
from .prove.shrink import ordered, shrunk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lbgen_runtime import Violation

    from ..analysis.references import References
    from ..schema.drafts import Draft
    from ..source.document import Location, Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer for one event and one direction.

    Attributes:
        state: `breaking` always comes with an event, `undecided` with a reason.
        event: what the one version writes and the other cannot read.
        message: what the reader's validator says about the event.
        reason: what could not be decided.
        steps: how many steps it took.
    """

    state: Literal["compatible", "breaking", "undecided"]
    event: Any = None
    message: str = ""
    reason: str = ""
    steps: int = 0


class Documents:
    """One version of a contract's documents, read once for all its events.

    Args:
        documents: URI to JSON value, as the authors wrote them.
        compile_: makes the validator of the schema at a location; by default from the documents
            as they are, which finds an `$id` only where the validator looks for one.
        violations: says why the schema at a location rejects a value; by default from the
            documents as they are.
        contract: the same documents as a contract; by default all of them are schemas.
    """

    def __init__(
        self,
        documents: Mapping[str, Any],
        compile_: Callable[[Location], jsonschema_rs.Validator] | None = None,
        contract: Contract | None = None,
        violations: Callable[[Location, Any], Sequence[Violation]] | None = None,
    ) -> None:
        self._contract = contract
        self.documents = documents
        self.compile = compile_ or self._compile
        self.violations = violations or self._violations

    def _compile(self, location: Location) -> jsonschema_rs.Validator:
        return compiled({"$ref": str(location)}, self.registry)

    def _violations(self, location: Location, value: Any) -> Sequence[Violation]:
        return self._reasons.violations(str(location), value)

    @cached_property
    def _reasons(self) -> Reasons:
        return Reasons(self.documents, lambda schema, draft: compiled(schema, self.registry, draft))

    @cached_property
    def references(self) -> References:
        """Every `$id`, anchor and `$ref` of the documents."""
        return follow_references(self._contract or _schemas_only(self.documents))[1]

    @cached_property
    def registry(self) -> jsonschema_rs.Registry:
        """The documents, for validators."""
        return jsonschema_rs.Registry(list(self.documents.items()))


def _schemas_only(documents: Mapping[str, Any]) -> Contract:
    """A contract of schemas without an API.

    Raises:
        UnsupportedSchema: one of them is of a draft that nobody knows.
    """
    read: dict[str, Document] = {}
    roots: dict[str, tuple[tuple[Path, Draft], ...]] = {}
    for uri, value in documents.items():
        named = value.get("$schema", DRAFT_2020_12.uri) if is_object(value) else DRAFT_2020_12.uri
        draft = draft_of(named)
        if draft is None:
            raise UnsupportedSchema(f"the dialect {named}")
        file = unquote(uri.removeprefix(SCHEME))
        read[uri] = Document(file=file, value=value, places={}, key_places={})
        roots[uri] = (((), draft),)
    return Contract(documents=read, apis=(), roots=roots)


class Version:
    """One event's schema in one version of the contract: as a reader and as a writer sees it.

    Args:
        documents: the version's documents.
        location: where the schema is.
        strict: the writer is not ours, so it may send whatever the schema accepts.
    """

    def __init__(self, documents: Documents, location: Location, *, strict: bool = False) -> None:
        self.documents = documents
        self.location = location
        self.strict = strict

    @cached_property
    def reader(self) -> Bundle:
        """The schema as a reader takes it, in normal form."""
        return self._normalised()

    def _normalised(self) -> Bundle:
        return normalise(self.location, self.documents.references)

    @cached_property
    def writer(self) -> Bundle:
        """The schema as `fire` takes it, in normal form."""
        return self.reader if self.strict else closed(self.reader)

    @cached_property
    def authors(self) -> jsonschema_rs.Validator:
        """The validator of the author's own documents.

        Where those cannot be compiled together, as what another event refers to is missing, it is
        the validator of what the documents say of this event.
        """
        try:
            return self.documents.compile(self.location)
        except (ValueError, jsonschema_rs.ReferencingError):
            return validator_of(to_schema(self.reader))

    @cached_property
    def writers(self) -> jsonschema_rs.Validator:
        """The validator of `writer`."""
        return validator_of(to_schema(self.writer))

    def writes(self, value: Any) -> bool:
        """Whether `fire` could send a value."""
        return self.authors.is_valid(value) and (self.strict or self.writers.is_valid(value))

    def reads(self, value: Any) -> bool:
        """Whether a reader accepts a value."""
        return self.authors.is_valid(value)

    def violations(self, value: Any) -> Sequence[Violation]:
        """Why a reader rejects a value."""
        return self.documents.violations(self.location, value)


class Parameters(Version):
    """An event's parameters in one version: always an object, whatever else the schema allows."""

    def _normalised(self) -> Bundle:
        bundle = super()._normalised()
        return replace(bundle, root=of_type(bundle.root, "object"))

    def writes(self, value: Any) -> bool:
        """Whether `fire` could send a value."""
        return is_object(value) and super().writes(value)


_EDITED: Final = "lbgen:///edited"


class Edited(Version):
    """A version that exists only to ask what if: its normal form is given."""

    def __init__(self, reader: Bundle, *, strict: bool = False) -> None:
        self.strict = strict
        self.given = reader

    @cached_property
    def reader(self) -> Bundle:
        """The schema that was given."""
        return self.given

    @cached_property
    def authors(self) -> jsonschema_rs.Validator:
        """The validator of the schema that was given."""
        return validator_of(to_schema(self.given))

    def violations(self, value: Any) -> Sequence[Violation]:
        """Why a reader rejects a value."""
        documents = {_EDITED: to_schema(self.given)}
        registry = jsonschema_rs.Registry(list(documents.items()))
        reasons = Reasons(documents, lambda schema, draft: compiled(schema, registry, draft))
        return reasons.violations(_EDITED, value)


def decide(writer: Version, reader: Version, steps: int = STEPS) -> Decision:
    """Whether a reader of one version accepts everything that the other version can send.

    Args:
        writer: the version that sends.
        reader: the version that reads.
        steps: the budget of the decision.
    """
    try:
        return _decide(writer, reader, steps)
    except UnsupportedSchema as unsupported:
        return Decision(state="undecided", reason=str(unsupported))
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        text = str(getattr(error, "message", error)).split("\n", 1)[0]
        return Decision(state="undecided", reason=f"a schema that cannot be compiled ({text})")


def _decide(writer: Version, reader: Version, steps: int) -> Decision:
    if reader.reader.key == writer.reader.key:
        return Decision(state="compatible")

    def is_counterexample(value: Any) -> bool:
        return writer.writes(value) and not reader.reads(value)

    answer, used = find_counterexample(writer.writer, outer=reader.reader, steps=steps)
    if answer.state == "found" and not is_counterexample(answer.value) and not writer.strict:
        # The closed form may allow more than the author's schema, where `oneOf` is involved.
        answer, more = find_counterexample(
            writer.writer, writer.reader, outer=reader.reader, steps=steps - used
        )
        used += more
    if answer.state == "empty":
        return Decision(state="compatible", steps=used)
    if answer.state == "found" and is_counterexample(answer.value):
        small, tries = shrunk(answer.value, is_counterexample)
        small = ordered(small, [writer.reader.root], writer.reader.definitions)
        used += tries
        return Decision(state="breaking", event=small, message=message(reader, small), steps=used)
    reason = answer.reason or "a value on which the validators differ"
    return Decision(state="undecided", reason=reason, steps=used)


def message(reader: Version, value: Any) -> str:
    """Why a reader rejects a value, as the reader itself would say it."""
    found = reader.violations(value)
    return ", and ".join(
        f"{each.pointer}: {each.message}" if each.pointer else each.message for each in found
    )
