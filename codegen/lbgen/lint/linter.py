"""The linter: what a contract may say, and better would not.

Every module of `rules` that is in `_CHECKS` holds the check of one rule. What `lbgen rule` says of
it is in the TOML file of the same name.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from ..findings.diagnostic import in_order
from .ignores import apply_ignores
from .rules import (
    closed_object,
    default_not_filled,
    event_name_tense,
    impossible_schema,
    integer_id,
    lightbus_name,
    lightbus_unchecked,
    lightbus_value,
    missing_description,
    missing_format,
    relative_time,
    required_with_default,
    snake_case,
    technical_event_name,
    undeclared_content,
    undeclared_required,
    unknown_format,
    unknown_timezone,
    unused_definition,
    wide_type,
)
from .subjects import Subjects

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from types import ModuleType

    from ..compiler import Built
    from ..findings.diagnostic import Diagnostic
    from .subjects import LintFinding

__all__ = ["lint", "slips"]

_CHECKS = (
    event_name_tense,
    technical_event_name,
    snake_case,
    missing_description,
    missing_format,
    unknown_format,
    relative_time,
    closed_object,
    required_with_default,
    default_not_filled,
    undeclared_required,
    undeclared_content,
    impossible_schema,
    integer_id,
    unused_definition,
    unknown_timezone,
    wide_type,
    lightbus_name,
    lightbus_unchecked,
    lightbus_value,
)
_SLIPS = (undeclared_required, unknown_format, impossible_schema)


def lint(built: Built, ignored: Collection[str] = ()) -> tuple[Diagnostic, ...]:
    """What the linter finds in a contract, in the order of the text.

    Args:
        built: the contract, as far as it could be built.
        ignored: ids of rules that are turned off.
    """
    return in_order(each.diagnostic for each in _findings(built, _CHECKS, ignored))


def slips(built: Built, ignored: Collection[str] = ()) -> tuple[Diagnostic, ...]:
    """What the linter finds and `lbgen build` reports too, in the order of the text.

    Args:
        built: the contract, as far as it could be built.
        ignored: ids of rules that are turned off.
    """
    found = _findings(built, _SLIPS, ignored)
    return in_order(each.diagnostic for each in found if each.at_build)


def _findings(
    built: Built, checks: Iterable[ModuleType], ignored: Collection[str]
) -> Iterator[LintFinding]:
    subjects = Subjects(built)
    found = chain.from_iterable(module.check(subjects) for module in checks)
    for each in apply_ignores(subjects, found):
        if each.diagnostic.rule not in ignored:
            yield each
