"""In how many ways, and how far, a validator comes to one value through shared schemas.

`{"allOf": [{"$ref": "T"}, {"$ref": "T"}]}` has a validator look at a value twice, a chain of twenty
such schemas a million times. The validator remembers what it found only where a schema recurs. So
a contract of a kilobyte could keep the compiler, and every worker, busy for hours.

Counted are the schemas that apply to one value, each as often as something leads to it, and the
most that apply to any one of the values inside it, counted in the same way. What leads back to a
schema around it counts once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from ..findings.diagnostic import Diagnostic
from ..schema.walk import subschemas
from ..source.document import Location
from ..source.json_types import is_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..contract.contract import Contract, Schemas
    from ..schema.drafts import Draft
    from ..source.document import Path
    from .references import References

__all__ = ["DEEPEST", "MOST_WAYS", "WayCounter", "step_of", "too_many_ways"]

K = TypeVar("K")

MOST_WAYS: Final = 100_000
"""Ways to one value: a validator takes some milliseconds for them."""
DEEPEST: Final = 100
"""Schemas that lead to one another for the same value."""
_IN_PLACE: Final = frozenset(
    {"allOf", "anyOf", "dependencies", "dependentSchemas", "else", "if", "not", "oneOf", "then"}
)
"""Keywords whose schemas apply to the same value."""
_NAMES: Final = frozenset({"$defs", "definitions"})
"""Keywords whose schemas apply to nothing by themselves."""
_PREFIXES: Final = frozenset({"prefixItems", "properties"})
"""Keywords whose schemas each apply to a value of their own."""


@dataclass(slots=True)
class _Ways:
    """How often schemas apply to a value, and to each of the values inside it.

    Attributes:
        here: how many apply to the value.
        deep: how many of these lead to one another at most.
        inside: how many apply to each of the values inside it.
    """

    here: int = 1
    deep: int = 1
    inside: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def all(self) -> int:
        own = max((count for step, count in self.inside.items() if step[:1] == "/"), default=0)
        shared = sum(count for step, count in self.inside.items() if step[:1] != "/")
        return min(self.here + own + shared, MOST_WAYS + 1)

    def add(self, step: str, ways: int) -> None:
        self.inside[step] = min(self.inside.get(step, 0) + ways, MOST_WAYS + 1)

    def join(self, other: _Ways) -> None:
        self.here = min(self.here + other.here, MOST_WAYS + 1)
        self.deep = max(self.deep, other.deep + 1)
        for step, ways in other.inside.items():
            self.add(step, ways)


class WayCounter(Generic[K]):
    """Counts ways through schemas, each schema once.

    Args:
        steps: where a schema leads: to schemas for the same value (`None`), and for values inside
            it (a name that starts with `/` for a value of its own, another for several values).
    """

    def __init__(self, steps: Callable[[K], Iterable[tuple[str | None, K]]]) -> None:
        self._steps = steps
        self._counted: dict[K, _Ways] = {}

    def count(self, start: K) -> Iterator[tuple[K, str]]:
        """The innermost schemas from here on with too many ways, and in words what is too many.

        Those that were counted before are not named again.
        """
        around: set[K] = set()
        waiting = [start]
        while waiting:
            schema = waiting[-1]
            if schema in self._counted:
                waiting.pop()
                continue
            steps = list(self._steps(schema))
            if schema not in around:
                around.add(schema)
                new = [to for _, to in steps if to not in self._counted and to not in around]
                if new:
                    waiting += new
                    continue
            waiting.pop()
            around.discard(schema)
            yield from ((schema, words) for words in self._add(schema, steps))

    def _add(self, schema: K, steps: list[tuple[str | None, K]]) -> Iterator[str]:
        ways, once = _Ways(), _Ways()
        most = deepest = 0
        for step, to in steps:
            found = self._counted.get(to, once)
            most, deepest = max(most, found.all), max(deepest, found.deep)
            if step is None:
                ways.join(found)
            else:
                ways.add(step, found.all)
        self._counted[schema] = ways
        if ways.deep > DEEPEST >= deepest:
            yield f"more than {DEEPEST} schemas refer to one another for the same value"
        if ways.all > MOST_WAYS >= most:
            yield f"shared schemas apply to one value in more than {MOST_WAYS:,} ways"


def step_of(path: tuple[str | int, ...]) -> str | None:
    """What a schema inside another one applies to, as `WayCounter` wants it.

    Args:
        path: from the other one: a keyword, and a name or an index.
    """
    keyword = str(path[0])
    if keyword in _IN_PLACE:
        return None
    if keyword in _PREFIXES:
        return f"/{path[1]}"
    return "items" if "tems" in keyword or keyword == "contains" else "properties"


def too_many_ways(contract: Contract, references: References) -> Iterator[Diagnostic]:
    """The innermost schemas of a contract in which there are too many ways to one value."""

    def steps(location: Location) -> Iterator[tuple[str | None, Location]]:
        schema = references.schema(location)
        if not is_object(schema):
            return
        for keyword in ("$ref", "$dynamicRef"):
            reference = schema.get(keyword)
            target = references.resolve(location, reference) if isinstance(reference, str) else None
            if isinstance(target, Location):
                yield None, target
        for path, _ in subschemas(schema, references.draft(location)):
            if path[0] not in _NAMES:
                yield step_of(path), Location(location.uri, (*location.path, *path))

    counter = WayCounter(steps)
    bounds = _Bounds(contract, references)
    for uri, roots in contract.roots.items():
        for path, draft in roots:
            if bounds.hold(uri, path, draft):
                continue
            for inner, schema, _ in contract.schemas(uri, path, draft):
                if not is_object(schema):
                    continue
                for location, words in counter.count(Location(uri, inner)):
                    yield Diagnostic(
                        place=contract.documents[location.uri].key_place(location.path),
                        rule="too-large",
                        message=f"{words} here; a validator follows them all",
                        help=(
                            "refer to a shared schema once: merge the branches of `allOf`, "
                            "`anyOf` and `oneOf` that refer to the same schemas"
                        ),
                    )


class _Bounds:
    """Finds roots with few ways without counting ways, by how many schemas there are.

    Each schema of a root and of what it refers to is taken to apply to one value.
    """

    def __init__(self, contract: Contract, references: References) -> None:
        self._contract = contract
        self._references = references
        self._found: dict[Location, tuple[int, int] | None] = {}
        self._roots = {uri: dict(roots) for uri, roots in contract.roots.items()}

    def hold(self, uri: str, root: Path, draft: Draft) -> bool:
        """Whether a root has few ways in any case."""
        return self._bound(Location(uri, root), draft, 0) is not None

    def _bound(self, root: Location, draft: Draft, level: int) -> tuple[int, int] | None:
        """Most ways and deepest schemas; `None` where there may be too many."""
        if root in self._found:
            return self._found[root]
        self._found[root] = None  # what leads back to itself is counted
        if level > DEEPEST:
            return None
        schemas = self._contract.schemas(root.uri, root.path, draft)
        ways, below = len(schemas), 0
        deepest = max(len(path) for path, _, _ in schemas) - len(root.path) + 1
        for target in self._targets(root.uri, schemas):
            if target is None:
                return None
            bound = self._bound(target, self._roots[target.uri][target.path], level + 1)
            if bound is None:
                return None
            ways += bound[0]
            below = max(below, bound[1])
            if ways > MOST_WAYS or deepest + below > DEEPEST:
                return None
        self._found[root] = ways, deepest + below
        return ways, deepest + below

    def _targets(self, uri: str, schemas: Schemas) -> Iterator[Location | None]:
        """The roots around what schemas refer to; `None` where there is none."""
        for path, schema, _ in schemas:
            if not is_object(schema):
                continue
            for keyword in ("$ref", "$dynamicRef"):
                reference = schema.get(keyword)
                if not isinstance(reference, str):
                    continue
                target = self._references.resolve(Location(uri, path), reference)
                if isinstance(target, Location):
                    yield self._root(target)

    def _root(self, target: Location) -> Location | None:
        roots = self._roots.get(target.uri, {})
        path = target.path
        while path not in roots:
            if not path:
                return None
            path = path[:-1]
        return Location(target.uri, path)
