"""What a class may be called, in the words of its schema: the best name first.

Cases: a `$defs` key, a title, or a file's name; the property that led to the class, behind the name
of the class around it; for a schema that is written elsewhere than the class around it, the way to
it from the `$defs` key or the document around it. Where two classes would have one name, as in the
branches of a union, the second is told apart by its place (`item`, `else`) or by a property that it
has (`RefundWithIban`). No name is ever a number in a row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...schema.paths import definition_name, words_on_the_way
from ..names import class_name

if TYPE_CHECKING:
    from ...model import RecordType
    from ...source.document import Location, Path

__all__ = ["class_names"]


def class_names(record: RecordType, outer: tuple[Location, str] | None, document: str) -> list[str]:
    """The names that a class may have.

    Args:
        record: the class.
        outer: of the class in which it was found, where its schema is and what it is called.
        document: what the document is called that holds its schema.
    """
    names = [class_name(record.name)] if record.name else []
    path = record.location.path
    start, holder = _holder(path)
    written = class_name(
        f"{document if holder is None else holder} {words_on_the_way(path[start:])}"
    )
    if record.owner is not None and outer is not None:
        by_owner = outer[1] + class_name(record.owner[1])
        inside = record.location.is_in(outer[0]) and start <= len(outer[0].path)
        names += [by_owner, written] if inside else [written, by_owner]
    else:
        names.append(written)
    if holder is not None:
        names.append(class_name(f"{document} {written}"))
    places = words_on_the_way(path[start:], places=True)
    names.append(class_name(f"{document if holder is None else holder} {places}"))
    names += [f"{written}With{class_name(field.key)}" for field in record.fields]
    return list(dict.fromkeys(names))


def _holder(path: Path) -> tuple[int, str | None]:
    """Where the way from the nearest schema with a name of its own starts, and that name."""
    for end in range(len(path), 1, -1):
        name = definition_name(path[:end])
        if name is not None:
            return end, name
    if path[:1] == ("events",) and len(path) > 2:
        return 3, str(path[1])
    return 0, None
