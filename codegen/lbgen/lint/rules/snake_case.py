"""`snake-case`: names of APIs, events, parameters and properties."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ...source.document import Location
from ..english.past_tense import name_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..subjects import LintFinding, Subjects

__all__ = ["check"]

_SNAKE: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def check(subjects: Subjects) -> Iterator[LintFinding]:
    """Names that are not in snake_case."""
    for api in subjects.contract.apis:
        parts = api.name.split(".")
        if api.uri in subjects.contract.documents and not all(map(_SNAKE.fullmatch, parts)):
            better = ".".join(_snake(part) for part in parts)
            yield _finding(subjects, Location(api.uri, ("api",)), "API", api.name, better, True)
    for _, event, location in subjects.events():
        if not _SNAKE.fullmatch(event.name):
            yield _finding(subjects, location, "event", event.name, _snake(event.name))
    for schema in subjects.schemas:
        name = schema.property_name
        if name is not None and not _SNAKE.fullmatch(name):
            yield _finding(subjects, schema.location, "property", name, _snake(name))


def _finding(
    subjects: Subjects,
    location: Location,
    kind: str,
    name: str,
    better: str,
    at_value: bool = False,
) -> LintFinding:
    return subjects.finding(
        "snake-case",
        location,
        f"the {kind} name {name!r} is not in snake_case",
        f"did you mean `{better}`?" if better else "use lowercase letters, digits and `_`",
        place=subjects.place(location) if at_value else None,
    )


def _snake(name: str) -> str:
    pieces = (piece for piece in re.split(r"[^A-Za-z0-9]+", name) if piece)
    better = "_".join("_".join(name_words(piece)) for piece in pieces)
    return better if _SNAKE.fullmatch(better) and better != name else ""
