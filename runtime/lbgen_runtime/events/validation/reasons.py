"""Why the schemas of a set of documents refuse values: what is asked of `violations`, and kept."""

from __future__ import annotations

import logging
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from ...errors import Violation
from ...printable import printable
from ..json_pointer import pointer_of
from .alternatives import Branches
from .part_verdicts import PartVerdicts
from .schema_parts import SchemaParts
from .violations import Explanation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import jsonschema_rs

    from .found import Found

__all__ = ["Reasons"]

_log = logging.getLogger("lbgen")

_MOST: Final = 100
"""Violations that are named."""
_LONGEST: Final = 100_000
"""Characters of all violations together."""


class Reasons:
    """Tells why schemas refuse values.

    Args:
        documents: by URI.
        compile_schema: the validator of a schema of a draft, whose references lead to the
            documents.

    Attributes:
        parts: finds the schemas.
    """

    def __init__(
        self,
        documents: Mapping[str, Any],
        compile_schema: Callable[[Any, int], jsonschema_rs.Validator],
    ) -> None:
        self.parts = SchemaParts(documents)
        self._verdicts = PartVerdicts(compile_schema)
        self._branches = Branches(self.parts)

    def violations(self, location: str, value: Any) -> tuple[Violation, ...]:
        """Why a schema does not accept a value, at least one reason.

        Args:
            location: of the schema.
            value: a JSON value that the schema does not accept.
        """
        try:
            return self._named(location, value)
        except Exception:  # noqa: BLE001
            # The verdict stands, whatever becomes of its reasons.
            _log.exception("cannot find the reason why %s refuses a value", printable(location))
            return (_unexplained(location),)

    def _named(self, location: str, value: Any) -> tuple[Violation, ...]:
        found: list[Violation] = []
        length = 0
        for each in islice(self._found(location, value), _MOST + 1):
            if len(found) == _MOST or length > _LONGEST:
                words = f"there are more than these {len(found)} violations; fix them and try again"
                found.append(Violation(pointer="", rule="schema", message=words, location=location))
                break
            found.append(_violation(each))
            length += len(found[-1].pointer) + len(found[-1].message)
        return tuple(dict.fromkeys(found)) or (_unexplained(location),)

    def in_every_branch(self, location: str, value: Any) -> Iterator[Found]:
        """The reasons in all branches of all unions whose types fit."""
        return self._found(location, value, every_branch=True)

    def explanation(self, value: Any, *, every_branch: bool = False) -> Explanation:
        """What explains a value.

        Args:
            value: a JSON value.
            every_branch: follow all branches of a union whose types fit, not only the one meant.
        """
        return Explanation(
            self.parts, self._verdicts, self._branches, value, every_branch=every_branch
        )

    def _found(self, location: str, value: Any, *, every_branch: bool = False) -> Iterator[Found]:
        part = self.parts.at(location)
        if part is not None:
            yield from self.explanation(value, every_branch=every_branch).of(part)


def _violation(found: Found) -> Violation:
    location = found.part.location
    if found.keyword != "schema":
        location += quote(f"/{found.keyword}", safe="/$")
    return Violation(
        pointer=pointer_of(found.path),
        rule=found.keyword,
        message=found.message,
        location=location,
    )


def _unexplained(location: str) -> Violation:
    words = "the schema refuses this value; compare it with the schema"
    return Violation(pointer="", rule="schema", message=words, location=location)
