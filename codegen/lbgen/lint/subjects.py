"""What the rules of the linter look at: APIs, events, and every schema with what leads to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..findings.catalogue import the_rule
from ..findings.diagnostic import Diagnostic, Severity
from ..model.parts import PartsReader
from ..source.document import Location
from ..source.json_types import is_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..compiler import Built
    from ..contract.contract import Api, DeclaredEvent
    from ..findings.diagnostic import Place, Related
    from ..schema.drafts import Draft

__all__ = ["LintFinding", "PlacedSchema", "Subjects"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LintFinding:
    """A diagnostic, and the part of a contract that it is about, which may hold an ignore.

    Attributes:
        location: the part.
        diagnostic: what is wrong with it.
        at_build: whether `lbgen build` says it too, since hardly anybody means it so.
    """

    location: Location
    diagnostic: Diagnostic
    at_build: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedSchema:
    """A schema that is an object.

    Attributes:
        location: where it is.
        value: its keywords.
        draft: how they are read.
        property_name: the property whose values it describes, if it is under one.
        definition: its key in `$defs` or `definitions`, if it is there.
    """

    location: Location
    value: dict[str, Any]
    draft: Draft
    property_name: str | None = None
    definition: str | None = None

    @property
    def called(self) -> str | None:
        """What values of the schema are called: the property or the definition."""
        return self.property_name or self.definition


class Subjects:
    """The parts of a contract.

    Args:
        built: the contract, as far as it could be built.
    """

    def __init__(self, built: Built) -> None:
        self.built = built
        self.contract = built.analysis.contract
        self.references = built.analysis.references
        self.parts = PartsReader(self.references)

    def events(self) -> Iterator[tuple[Api, DeclaredEvent, Location]]:
        """Every event with its API and the part that declares it."""
        for api in self.contract.apis:
            for event in api.events:
                yield api, event, Location(event.location.uri, event.location.path[:2])

    @cached_property
    def schemas(self) -> tuple[PlacedSchema, ...]:
        """Every schema that is an object, in the order of the text."""
        found: list[PlacedSchema] = []
        for uri, roots in sorted(self.contract.roots.items()):
            for root, draft in roots:
                for path, value, inner_draft in self.contract.schemas(uri, root, draft):
                    if is_object(value):
                        keyword = path[-2] if len(path) > 1 else None
                        name = str(path[-1]) if path else None
                        found.append(
                            PlacedSchema(
                                location=Location(uri, path),
                                value=value,
                                draft=inner_draft,
                                property_name=name if keyword == "properties" else None,
                                definition=name if keyword in ("$defs", "definitions") else None,
                            )
                        )
        return tuple(found)

    def place(self, location: Location) -> Place:
        """Where a value stands."""
        return self.contract.documents[location.uri].place(location.path)

    def key_place(self, location: Location) -> Place:
        """Where the key of a value stands."""
        return self.contract.documents[location.uri].key_place(location.path)

    def slip(self, location: Location) -> Severity:
        """How much something matters that is a slip for sure.

        It is an error in a contract file. Somebody else may have written a plain schema file.
        """
        return Severity.ERROR if self.contract.is_api(location.uri) else Severity.WARNING

    def finding(
        self,
        rule: str,
        location: Location,
        message: str,
        help_text: str,
        *,
        place: Place | None = None,
        severity: Severity | None = None,
        related: tuple[Related, ...] = (),
        at_build: bool = False,
    ) -> LintFinding:
        """A finding.

        Args:
            rule: its rule.
            location: of what it is about.
            message: what is wrong.
            help_text: what to do.
            place: where to show it; by default at the key of what it is about.
            severity: by default the rule's own.
            related: other places that explain it.
            at_build: whether `lbgen build` says it too.
        """
        registered = the_rule(rule)
        return LintFinding(
            location=location,
            at_build=at_build,
            diagnostic=Diagnostic(
                place=place or self.key_place(location),
                rule=rule,
                message=message,
                help=help_text,
                related=related,
                severity=severity or (registered.severity if registered else Severity.ERROR),
            ),
        )
