"""Saying one thing in one way: inlined references, merged compositions, stable names."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Final

from .merge import merged
from .recursion import recursive
from .schema import FALSE, NEVER, REF, Bundle, Node, children, rebuild, size_of

_MOST_NODES: Final = 20_000
_FEW_NODES: Final = 1_000
_TIMES: Final = 10
"""How much larger than what the author wrote a schema of more than a few nodes may become."""


def inlined(bundle: Bundle) -> Bundle:
    """The bundle with references only where they recurse.

    Where inlining would make the schema huge, all references stay.

    Raises:
        UnsupportedSchema: a recursion does not end.
    """
    recurring = recursive(bundle.definitions)
    sizes: dict[str, int] = {}
    shared = size_of(bundle)

    def size(node: Node) -> int:
        name = node.get(REF)
        if name is not None and name not in recurring:
            if name not in sizes:
                sizes[name] = size(bundle.definitions[name])
            return sizes[name]
        return 1 + sum(size(child) for _, child in children(node))

    most = min(_MOST_NODES, _FEW_NODES + _TIMES * shared)
    if size(bundle.root) + sum(size(bundle.definitions[name]) for name in recurring) > most:
        return bundle
    ready: dict[str, Node] = {}

    def inline(node: Node) -> Node:
        name = node.get(REF)
        if name is None or name in recurring:
            return rebuild(node, inline)
        if name not in ready:
            ready[name] = inline(bundle.definitions[name])
        return ready[name]

    return replace(
        bundle,
        root=inline(bundle.root),
        definitions={name: inline(bundle.definitions[name]) for name in sorted(recurring)},
    )


def simplified(bundle: Bundle) -> Bundle:
    """The same schema with fewer compositions, such as one schema for an `allOf`."""
    definitions = {name: _simple(node) for name, node in bundle.definitions.items()}
    return replace(bundle, root=_simple(bundle.root), definitions=definitions)


def _simple(node: Node) -> Node:
    """The node with compositions said in one schema where that is the same."""
    node = rebuild(node, _simple)
    keywords = dict(node.keywords)
    parts: list[Node] = [part for part in keywords.pop("allOf", ()) if not part.is_true]
    for name in ("anyOf", "oneOf"):
        branches: tuple[Node, ...] | None = keywords.get(name)
        if branches is None:
            continue
        alive = [branch for branch in branches if not branch.is_false]
        if len(alive) == 1:
            del keywords[name]
            parts.append(alive[0])
        elif not alive:
            return Node(keywords=FALSE.keywords, origin=node.origin)
        else:
            keywords[name] = tuple(alive)
    if "if" in keywords and "then" not in keywords and "else" not in keywords:
        evaluates = any(step for step, _ in children(keywords["if"]))
        if not evaluates:
            del keywords["if"]
    if NEVER in keywords or any(part.is_false for part in parts):
        return Node(keywords=FALSE.keywords, origin=node.origin, notes=node.notes)
    node = node.changed(keywords=keywords)
    return merged(node, parts) if parts else node


def renamed(bundle: Bundle) -> Bundle:
    """The bundle with its definitions named by what they say, so that equal ones are equal."""
    if not bundle.definitions:
        return bundle
    names = {name: _digest(name, bundle) for name in bundle.definitions}

    def rename(node: Node) -> Node:
        node = rebuild(node, rename)
        return node.with_(**{REF: names[node.get(REF)]}) if REF in node.keywords else node

    return replace(
        bundle,
        root=rename(bundle.root),
        definitions={names[name]: rename(node) for name, node in bundle.definitions.items()},
    )


def _digest(start: str, bundle: Bundle) -> str:
    numbers: dict[str, int] = {start: 0}
    order = [start]
    texts: list[str] = []

    def number(node: Node) -> Node:
        node = rebuild(node, number)
        name = node.get(REF)
        if name is None:
            return node
        if name not in numbers:
            numbers[name] = len(numbers)
            order.append(name)
        return node.with_(**{REF: str(numbers[name])})

    for name in order:  # which grows meanwhile
        texts += [number(bundle.definitions[name]).key]
    return "r" + hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
