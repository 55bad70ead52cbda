"""Layer 3: a bounded, deterministic search for a value that one schema accepts and another rejects.

It starts from values that the prover found for either side and for the difference that the
algebra returns, and goes on from values that the first schema accepts, one change at a time.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final

from ...source.document import Location
from ...source.json_types import is_object
from ..normal.json_values import canonical
from ..normal.normal_form import SchemaSource, normalise
from ..normal.schema import Bundle, Node, UnsupportedSchema
from .algebra import difference
from .candidates import Candidates
from .engine import Engine
from .terms import Lit, OutOfSteps

if TYPE_CHECKING:
    from collections.abc import Callable

_TRIES: Final = 4000
_SEED_STEPS: Final = 3000
_MOST_SEEDS: Final = 40
_LARGEST: Final = 4000


def search(
    inner: Bundle,
    outer: Bundle,
    is_counterexample: Callable[[Any], bool],
    accepts: Callable[[Any], bool],
) -> Any | None:
    """A one-item list with a counterexample, or `None`.

    Args:
        inner: the schema that accepts it.
        outer: the schema that rejects it.
        is_counterexample: whether a value is a counterexample.
        accepts: whether a value is one that `inner` accepts.
    """
    definitions = {**inner.definitions, **outer.definitions}
    rest = _difference(inner, outer)
    if rest is not None:
        definitions.update(rest.definitions)
    nodes = [inner.root, outer.root, *([rest.root] if rest is not None else [])]
    candidates = Candidates(definitions)
    seeds: deque[Any] = deque()
    seen: set[str] = set()
    tries = _TRIES

    def fresh(value: Any) -> bool:
        nonlocal tries
        text = canonical(value)
        if text in seen or len(text) > _LARGEST:
            return False
        seen.add(text)
        tries -= 1
        return True

    for value in (*_seeds(definitions, nodes), *candidates.values(nodes)):
        if fresh(value):
            if is_counterexample(value):
                return [value]
            if accepts(value) and len(seeds) < _MOST_SEEDS:
                seeds.append(value)
    while seeds and tries > 0:
        for value in candidates.neighbours(seeds.popleft(), nodes):
            if fresh(value):
                if is_counterexample(value):
                    return [value]
                if len(seeds) < _MOST_SEEDS and accepts(value):
                    seeds.append(value)
            if tries <= 0:
                break
    return None


def _difference(inner: Bundle, outer: Bundle) -> Bundle | None:
    schema = difference(inner, outer)
    if not is_object(schema):
        return None
    try:
        return normalise(
            SchemaSource(documents={"difference:": schema}, location=Location("difference:"))
        )
    except UnsupportedSchema:
        return None


def _seeds(definitions: dict[str, Node], nodes: list[Node]) -> list[Any]:
    found: list[Any] = []
    for index, node in enumerate(nodes):
        engine = Engine(definitions, _SEED_STEPS)
        try:
            answer = engine.inhabit(frozenset({Lit(node, positive=index != 1)}))
        except (OutOfSteps, RecursionError):
            continue
        if answer.state == "found":
            found.append(answer.value)
    return found
