"""What the path to a schema says of its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .drafts import DRAFTS

if TYPE_CHECKING:
    from ..source.document import Path

__all__ = ["definition_name", "words_on_the_way"]

_KEYWORDS: Final = frozenset(keyword for draft in DRAFTS.values() for keyword in draft.keywords)
_NAMED: Final = frozenset({"properties", "patternProperties", "dependentSchemas", "dependencies"})


def definition_name(path: Path) -> str | None:
    """The key of a schema that is in a container of definitions; `None` elsewhere.

    A container is `$defs`, `definitions`, or one that no draft knows (`#/components/schemas`).

    Args:
        path: of the schema.
    """
    if len(path) < 2:
        return None
    container, key = path[-2:]
    if not isinstance(key, str):
        return None
    if container in ("$defs", "definitions"):
        return None if path[-3:-2] == ("properties",) else key
    elsewhere = container in _NAMED or isinstance(container, int) or key in _KEYWORDS
    return None if elsewhere or (path[0] == "events" and len(path) == 3) else key


_PLACES: Final = {
    "additionalItems": "item",
    "additionalProperties": "value",
    "contains": "item",
    "else": "else",
    "items": "item",
    "then": "then",
}
"""What a schema is to the one around it, in a word."""


def words_on_the_way(path: Path, *, places: bool = False) -> str:
    """The names of properties, of patterns and of what is not a keyword, along a path.

    Args:
        path: from a schema to another inside it.
        places: whether to say where items, further properties and branches lie between.
    """
    words: list[str] = []
    steps = iter(path)
    for step in steps:
        name = next(steps, "") if step in _NAMED else step
        if step in _NAMED or name not in _KEYWORDS:
            words += re.findall(r"[^\W\d]\w*", str(name))
        elif places and step in _PLACES:
            words.append(_PLACES[str(step)])
    return " ".join(words)
