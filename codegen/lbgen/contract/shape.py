"""Whether a document has the form that a schema demands: a contract file's, or a draft's own."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from ..findings.diagnostic import Severity
from ..schema.keywords import NOTES
from ..schema.walk import walk
from .grammar import CONTRACT_SCHEMA
from .shape_wording import shape_diagnostic

if TYPE_CHECKING:
    import jsonschema_rs

    from ..findings.diagnostic import Diagnostic
    from ..schema.drafts import Draft
    from ..source.document import Document, Path

__all__ = ["check_contract_shape", "check_schema_shape", "meta_schema"]


@cache
def _contract_validator() -> jsonschema_rs.Validator:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(CONTRACT_SCHEMA, offline=True)


@cache
def _draft_validator(number: int) -> jsonschema_rs.Validator:
    import jsonschema_rs

    validators: dict[int, type[jsonschema_rs.Validator]] = {
        4: jsonschema_rs.Draft4Validator,
        6: jsonschema_rs.Draft6Validator,
        7: jsonschema_rs.Draft7Validator,
        19: jsonschema_rs.Draft201909Validator,
        20: jsonschema_rs.Draft202012Validator,
    }
    return validators[number](_meta_schema(number), validate_formats=False, offline=True)


def meta_schema(draft: Draft) -> Any:
    """The meta-schema of a draft."""
    return _meta_schema(draft.number)


@cache
def _meta_schema(number: int) -> Any:
    import jsonschema

    validators: dict[int, Any] = {
        4: jsonschema.Draft4Validator,
        6: jsonschema.Draft6Validator,
        7: jsonschema.Draft7Validator,
        19: jsonschema.Draft201909Validator,
        20: jsonschema.Draft202012Validator,
    }
    return validators[number].META_SCHEMA


def check_contract_shape(document: Document) -> list[Diagnostic]:
    """Whether a document has the form of a contract file."""
    return [
        shape_diagnostic(document, (), error, "contract-shape")
        for error in _contract_validator().iter_errors(document.value)
    ]


def check_schema_shape(
    document: Document, path: Path, draft: Draft, *, is_contract: bool
) -> list[Diagnostic]:
    """Whether the schema at a path has the form that its draft's meta-schema demands.

    Args:
        document: which holds it.
        path: to the schema.
        draft: of the schema.
        is_contract: whether the document is a contract file. In a plain schema file, a note for
            people or tools may have any form: no verdict depends on it.
    """
    schema = document.at(path)
    errors = list(_draft_validator(draft.number).iter_errors(schema))
    if not errors:
        return []
    schemas: set[Path] = set()
    if not is_contract:
        schemas = {inner for inner, _, _ in walk(schema, draft)}
    found: list[Diagnostic] = []
    for error in errors:
        diagnostic = shape_diagnostic(document, path, error, "invalid-schema")
        steps = tuple(error.instance_path)
        if any(step in NOTES and steps[:at] in schemas for at, step in enumerate(steps)):
            diagnostic = replace(diagnostic, severity=Severity.WARNING)
        found.append(diagnostic)
    return found
