"""Which events a change can touch at all: those whose files, or files they refer to, changed."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ...schema.uris import join, split_fragment
from ...source.json_types import is_array, is_object

if TYPE_CHECKING:
    from ...contract.contract import Contract
    from ...source.document import Document, Location


class Touched:
    """Compares the files of two versions.

    Args:
        old: the old version.
        new: the new version.
    """

    def __init__(self, old: Contract, new: Contract) -> None:
        self.old = old.documents
        self.new = new.documents
        self._reached: dict[str, frozenset[str] | None] = {}

    @cached_property
    def _changed(self) -> frozenset[str]:
        """URIs of the documents that differ, beyond the events themselves."""
        names = {*self.old, *self.new}
        return frozenset(name for name in names if not self._same(name))

    def _same(self, name: str) -> bool:
        old, new = self.old.get(name), self.new.get(name)
        if old is None or new is None:
            return False
        return old.lines == new.lines or _text(old.value) == _text(new.value)

    def event(self, old: Location, new: Location) -> bool:
        """Whether the schema of an event may have changed."""
        if old != new:
            return True
        if old.uri not in self._changed:
            reached = self.reach(old.uri)
            return reached is None or bool(reached & self._changed)
        try:
            one, two = self.old[old.uri].at(old.path), self.new[new.uri].at(new.path)
        except (KeyError, LookupError):
            return True
        if _text(one) != _text(two):
            return True
        direct = _targets(one, old.uri)
        if direct is None or old.uri in direct:
            return True
        around = [self.reach(uri) for uri in direct]
        return any(names is None or names & self._changed for names in around)

    def reach(self, uri: str) -> frozenset[str] | None:
        """The documents that a document refers to, itself included; `None` if it is unclear."""
        if uri not in self._reached:
            self._reached[uri] = self._follow(uri)
        return self._reached[uri]

    def _follow(self, uri: str) -> frozenset[str] | None:
        found: set[str] = set()
        stack = [uri]
        while stack:
            one = stack.pop()
            if one in found:
                continue
            document: Document | None = self.new.get(one)
            if document is None:
                return None
            found.add(one)
            targets = _targets(document.value, one)
            if targets is None:
                return None
            stack.extend(targets)
        return frozenset(found)


def _text(value: Any) -> str:
    """A text that two values share only if they are written alike; `true` is not `1` in it."""
    return json.dumps(value, sort_keys=True)


def _targets(value: Any, base: str) -> set[str] | None:
    """The documents that references in a value lead to; `None` where `$id` may move them."""
    found: set[str] = set()
    stack = [value]
    while stack:
        one = stack.pop()
        if is_object(one):
            if isinstance(one.get("$id"), str) or "$dynamicRef" in one or "$recursiveRef" in one:
                return None
            reference = one.get("$ref")
            if isinstance(reference, str):
                found.add(split_fragment(join(base, reference))[0])
            stack.extend(one.values())
        elif is_array(one):
            stack.extend(one)
    return found
