"""Containment of two schemas by the structural prover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .engine import Engine
from .terms import Answer, Lit, OutOfSteps, unknown

if TYPE_CHECKING:
    from ..normal.schema import Bundle, Node

STEPS: Final = 60_000
"""The budget of one question; a step takes a few dozen microseconds."""


def find_counterexample(*inner: Bundle, outer: Bundle, steps: int = STEPS) -> tuple[Answer, int]:
    """A value that all of `inner` accept and `outer` rejects, or a proof that there is none.

    Returns:
        The answer, and how many steps it took.
    """
    definitions: dict[str, Node] = {}
    for bundle in (*inner, outer):
        definitions.update(bundle.definitions)
    goal = {Lit(bundle.root, positive=True) for bundle in inner}
    engine = Engine(definitions, steps)
    try:
        answer = engine.inhabit(frozenset({*goal, Lit(outer.root, positive=False)}))
    except OutOfSteps:
        answer = unknown("a comparison of very many cases")
    except RecursionError:
        answer = unknown("a deeply nested schema")
    return answer, steps - engine.steps
