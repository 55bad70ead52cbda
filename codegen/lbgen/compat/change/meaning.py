"""Changes after which every event can be read as before, and means something else.

A parameter that may be left out is gone or has another name: nobody rejects an event, and nobody
finds the value. A default changed: what is left out stands for another value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lbgen_runtime.printable import printable

from ...schema.equality import json_equal
from ..normal.schema import REF, UnsupportedSchema, children
from .difference import differences
from .event_text import written
from .kinds import Change, change_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..decide import Version
    from ..normal.schema import Bundle, Node
    from ..settings import Direction
    from .edit import Edit

__all__ = ["meanings"]

_GONE: Final = {
    "property": "compat-optional-removed",
    "rename": "compat-optional-renamed",
}
_ABOUT_GONE: Final[Mapping[Direction, str]] = {
    "backward": (
        "services with the new contract ignore the value in events fired before this change"
    ),
    "forward": (
        "services with the old contract do not find the value in events fired after this change"
    ),
}
_ABOUT_DEFAULT: Final[Mapping[Direction, str]] = {
    "backward": (
        "services with the new contract read another value if it is missing in events fired "
        "before this change"
    ),
    "forward": "services with the old contract get another value if it was left out",
}


def meanings(old: Version, new: Version) -> Iterator[tuple[Change, Mapping[Direction, str]]]:
    """The changes of meaning of one event, each with whom it concerns, by direction."""
    try:
        before, after = old.reader, new.reader
        edits = differences(before, after)
    except UnsupportedSchema:
        return
    for edit in edits:
        if edit.what == "rename" or (edit.what == "property" and _optional_and_gone(edit)):
            change = change_of(edit, "backward")
            yield (
                Change(
                    rule=_GONE[edit.what],
                    text=change.text,
                    path=change.path,
                    old_place=change.old_place,
                    new_place=change.new_place,
                    ways=change.ways,
                ),
                _ABOUT_GONE,
            )
    for change in _Defaults(before, after).changes(before.root, after.root, ""):
        yield change, _ABOUT_DEFAULT


def _optional_and_gone(edit: Edit) -> bool:
    return edit.reader is None and not edit.writer[1]


class _Defaults:
    """Walks two versions of a schema side by side.

    Args:
        old: the old version.
        new: the new version.
    """

    def __init__(self, old: Bundle, new: Bundle) -> None:
        self.old = old
        self.new = new
        self.seen: set[tuple[int, int]] = set()

    def changes(self, old: Node, new: Node, path: str) -> Iterator[Change]:
        old, new = _followed(self.old, old), _followed(self.new, new)
        if (id(old), id(new)) in self.seen:
            return
        self.seen.add((id(old), id(new)))
        there = dict(children(new))
        for step, child in children(old):
            if step in there:
                yield from self._at(child, there[step], _inside(path, step))

    def _at(self, old: Node, new: Node, path: str) -> Iterator[Change]:
        one, two = (_default(node) for node in (old, new))
        if one and not (two and json_equal(one[0], two[0])):
            to = _shown(two) if two else "none"
            yield Change(
                rule="compat-default-changed",
                text=f'parameter "{path}": the default changed from {_shown(one)} to {to}',
                path=path,
                old_place=old.origin / "default",
                new_place=new.origin / "default" if two else new.origin,
                ways=("keep the default, and pass the new value when you fire",),
            )
        yield from self.changes(old, new, path)


def _followed(bundle: Bundle, node: Node) -> Node:
    while REF in node.keywords:
        node = bundle.definitions[node.get(REF)]
    return node


def _default(node: Node) -> tuple[Any, ...]:
    return (node.notes["default"],) if "default" in node.notes else ()


def _shown(default: tuple[Any, ...]) -> str:
    return printable(written(default[0]))


def _inside(path: str, step: tuple[str | int, ...]) -> str:
    """A path in words, one step deeper: `lines[].quantity`."""
    match step:
        case ("properties", str(name)):
            return f"{path}.{name}" if path else name
        case ("items",):
            return f"{path}[]"
        case ("prefixItems", int(index)):
            return f"{path}[{index}]"
        case ("additionalProperties",):
            return f"{path}.*" if path else "*"
        case ("patternProperties", str(name)):
            return f"{path}./{name}/" if path else f"/{name}/"
        case _:
            return path
