"""What the solvers of single types ask of the engine that asks them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..normal.schema import Node
    from .terms import Answer, Goal

__all__ = ["Solver"]


class Solver(Protocol):
    """Decides goals, within a budget of steps."""

    @property
    def definitions(self) -> Mapping[str, Node]:
        """What the references in the schemas name."""
        ...

    @property
    def is_outermost(self) -> bool:
        """Whether the value is not part of another one: the whole is judged once."""
        ...

    def spend(self) -> None:
        """Count one step.

        Raises:
            OutOfSteps: it was one too many.
        """
        ...

    def inhabit(self, goal: Goal) -> Answer:
        """A value that fulfils the goal, a proof that there is none, or neither."""
        ...

    def among(self, values: Iterable[Any], goal: Goal) -> Answer:
        """A value of a list that fulfils a goal."""
        ...

    def fulfils(self, value: Any, goal: Goal) -> bool:
        """Whether a value fulfils a goal, by the validator."""
        ...
