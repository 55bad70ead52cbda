"""Fourth pass: whether each schema is one, and means what its author meant.

Cases: a schema that breaks its draft's meta-schema; a keyword that no draft knows; a reference
that leads nowhere, out of the folder or to the network; a pattern that the linear-time engine
cannot compile; schemas that are shared so often that no validator comes to an end; a default or an
example that its own schema refuses.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from ..contract.shape import check_schema_shape
from ..findings.diagnostic import Diagnostic, Related, Severity
from ..source.document import Location
from ..source.json_types import is_array, is_object
from .expansion import too_many_ways
from .references import Dangling
from .unknown_keywords import unknown_keywords

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..contract.contract import Contract
    from ..findings.diagnostic import Place
    from ..schema.drafts import Draft
    from ..source.document import Document, Path
    from .references import References
    from .validators import Validators

__all__ = ["check_schemas"]

_NO_PATTERN = "it is not a valid regular expression"
_WORD_EDGE = "`\\<` and `\\>` are not supported, because the engine reads them as word boundaries"
_ESCAPED_ANGLE = re.compile(r"^(?:[^\\\[]|\\[^<>]|\[(?:[^\\\]]|\\.)*\])*\\[<>]", re.DOTALL)
"""`\\<` outside a character class: `<` in ECMA-262, the edge of a word to the engine."""
_HELP = {
    _NO_PATTERN: (
        "check its brackets and escapes; write a hyphen after a class as `\\-`: `[\\w\\-.]`"
    ),
    _WORD_EDGE: "write `<` and `>` without a backslash",
}


def check_schemas(
    contract: Contract, references: References, validators: Validators
) -> list[Diagnostic]:
    """Everything that is wrong with the schemas of a contract.

    Args:
        contract: the documents, and where schemas start in them.
        references: of the same contract.
        validators: those of the same contract.
    """
    problems: list[Diagnostic] = []
    for uri, roots in contract.roots.items():
        document = contract.documents[uri]
        is_contract = contract.is_api(uri)
        containers = {path[:length] for path, _ in roots for length in range(1, len(path))}
        if not is_contract:  # in a plain file, any place to which a reference leads may be a schema
            containers.update(path for path, _ in roots)
        schemas: dict[Path, tuple[Path, dict[str, Any], Draft]] = {}
        for path, draft in roots:
            shape = check_schema_shape(document, path, draft, is_contract=is_contract)
            problems.extend(shape)
            every = contract.schemas(uri, path, draft)
            schemas.update((each[0], each) for each in every if is_object(each[1]))
        found = unknown_keywords(document, schemas.values(), containers, is_contract=is_contract)
        problems.extend(found)
        for path, schema, _ in schemas.values():
            problems.extend(_references(document, Location(uri, path), schema, references))
            if contract.repeated:
                problems.extend(_ambiguous(contract, Location(uri, path), schema, references))
            problems.extend(_patterns(document, path, schema))
    problems.extend(_repeated(contract, references))
    problems.extend(too_many_ways(contract, references))
    if all(problem.severity is not Severity.ERROR for problem in problems):
        problems.extend(_values(contract, validators))
    return problems


def _repeated(contract: Contract, references: References) -> Iterator[Diagnostic]:
    warned = [
        (location, locations[0])
        for locations in contract.repeated.values()
        for location in locations[1:]
    ]
    errors = [(location, first) for _, location, first in references.repeated]
    for location, first in (*warned, *errors):
        yield Diagnostic(
            place=contract.documents[location.uri].place(location.path),
            rule="duplicate-id",
            message="another schema already has this `$id` or anchor",
            help="give one of the two another name",
            related=(_related(contract, first, "the other one"),),
            severity=Severity.ERROR if (location, first) in errors else Severity.WARNING,
        )


def _related(contract: Contract, location: Location, message: str) -> Related:
    return Related(place=contract.documents[location.uri].place(location.path), message=message)


def _ambiguous(
    contract: Contract, location: Location, schema: dict[str, Any], references: References
) -> Iterator[Diagnostic]:
    """References by a name that more than one schema has."""
    for keyword in ("$ref", "$dynamicRef"):
        reference = schema.get(keyword)
        name = references.name(location, reference) if isinstance(reference, str) else ""
        if name in contract.repeated:
            yield Diagnostic(
                place=contract.documents[location.uri].place((*location.path, keyword)),
                rule="duplicate-id",
                message=(
                    f"{reference!r} is ambiguous: {len(contract.repeated[name])} schemas have "
                    "this name"
                ),
                help="give each of them another name",
                related=tuple(
                    _related(contract, each, "one of them") for each in contract.repeated[name]
                ),
            )


def _references(
    document: Document, location: Location, schema: dict[str, Any], references: References
) -> Iterator[Diagnostic]:
    for keyword in ("$ref", "$dynamicRef"):
        reference = schema.get(keyword)
        if not isinstance(reference, str):
            continue
        target = references.resolve(location, reference)
        if isinstance(target, Location) or target is Dangling.META_SCHEMA:
            continue
        place = document.place((*location.path, keyword))
        match target:
            case Dangling.OUTSIDE:
                yield Diagnostic(
                    place=place,
                    rule="ref-outside",
                    message=f"{reference!r} leads out of the schema folder",
                    help="move the file into the schema folder",
                )
            case Dangling.NETWORK:
                yield Diagnostic(
                    place=place,
                    rule="ref-network",
                    message=(
                        f"lbgen does not load {reference!r}, because it never uses the network"
                    ),
                    help="copy it to the schema folder, and refer to its path or its `$id`",
                )
            case _:
                yield Diagnostic(
                    place=place,
                    rule="ref-missing",
                    message=f"the target of {reference!r} does not exist",
                    help=references.suggest(location, reference)
                    or _anchor_help(reference)
                    or "the document has nothing at the place after `#`",
                )


def _anchor_help(reference: str) -> str | None:
    _, mark, fragment = reference.partition("#")
    if not mark or fragment.startswith("/"):
        return None
    return (
        f"the document has no `$anchor` {fragment!r}; to refer to a type with that name, "
        f"write #/$defs/{fragment}"
    )


def _patterns(document: Document, path: Path, schema: dict[str, Any]) -> Iterator[Diagnostic]:
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        problem = pattern_problem(pattern)
        if problem is not None:
            yield _pattern(document.place((*path, "pattern")), pattern, problem)
    by_pattern = schema.get("patternProperties")
    if is_object(by_pattern):
        for key in by_pattern:
            problem = pattern_problem(key)
            if problem is not None:
                place = document.key_place((*path, "patternProperties", key))
                yield _pattern(place, key, problem)


def _pattern(place: Any, pattern: str, problem: str) -> Diagnostic:
    return Diagnostic(
        place=place,
        rule="invalid-pattern",
        message=f"the pattern {pattern!r} cannot be used: {problem}",
        help=_HELP.get(
            problem,
            (
                "use a second schema in `allOf`, or a `not` with its own pattern; see `lbgen "
                "rule invalid-pattern`"
            ),
        ),
    )


@cache
def pattern_problem(pattern: str) -> str | None:
    """Why the engine that checks patterns cannot compile one; `None` if it can."""
    import jsonschema_rs

    try:
        jsonschema_rs.Draft202012Validator(
            {"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions(), offline=True
        )
    except ValueError as error:
        reason = getattr(error, "message", str(error)).split("\n")
        if re.search(r"\(\?<?[=!]", pattern):
            return "look-ahead and look-behind are not supported in patterns"
        if re.search(r"\\[1-9k]", pattern):
            return "back-references are not supported in patterns"
        return _NO_PATTERN if 'not a "regex"' in reason[0] else str(reason[0])
    return _WORD_EDGE if _ESCAPED_ANGLE.search(pattern) else None


def _values(contract: Contract, validators: Validators) -> Iterator[Diagnostic]:
    """Defaults and examples that their own schema refuses; schemas that cannot be compiled."""
    for api in contract.apis:
        for event in api.events:
            problem = validators.problem(event.location)
            if problem is not None:
                yield _no_schema(event.place, problem)
                return
    for uri, roots in contract.roots.items():
        document, is_api = contract.documents[uri], contract.is_api(uri)
        for path, draft in roots:
            for inner, schema, _ in contract.schemas(uri, path, draft):
                if is_object(schema):
                    yield from _examples(document, Location(uri, inner), schema, validators, is_api)


def _no_schema(place: Place, problem: str) -> Diagnostic:
    return Diagnostic(
        place=place,
        rule="invalid-schema",
        message=f"the schema cannot be compiled: {problem}",
        help="correct the schema as the message says; lbgen does not know the exact place",
    )


def _examples(
    document: Document,
    location: Location,
    schema: dict[str, Any],
    validators: Validators,
    is_contract: bool,
) -> Iterator[Diagnostic]:
    values: list[tuple[Path, Any]] = []
    if "default" in schema:
        values.append((("default",), schema["default"]))
    examples = schema.get("examples")
    if is_array(examples):
        values += [(("examples", index), value) for index, value in enumerate(examples)]
    problem = validators.problem(location) if values else None
    if problem is not None:
        yield _no_schema(document.place(location.path), problem)
        return
    for path, value in values:
        violation = validators.first_violation(location, value)
        if violation is None:
            continue
        where, message, rule_place = violation
        what = "default" if path[0] == "default" else "example"
        yield Diagnostic(
            place=document.place((*location.path, *path, *where)),
            rule="invalid-default" if what == "default" else "invalid-example",
            message=f"the {what} is not valid for its own schema: {message}",
            help="lbgen ignores this default; change the default or the schema"
            if what == "default" and not is_contract
            else f"change the {what} or the schema",
            related=()
            if rule_place is None
            else (Related(place=rule_place, message="the keyword that refuses it"),),
            severity=Severity.ERROR if is_contract else Severity.WARNING,
        )
