"""Different values, one for each of several goals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..normal.json_values import canonical
from ..normal.schema import Node
from .terms import EMPTY, Answer, Goal, Lit, found, unknown

if TYPE_CHECKING:
    from .solver import Solver


def other_than(values: list[Any]) -> Lit:
    """What is none of the values."""
    return Lit(Node(keywords={"enum": list(values)}), positive=False)


def representatives(solver: Solver, goals: list[Goal], wishes: Goal) -> Answer:
    """A list with a value for each goal, all different, or a proof that there is none.

    Of each goal as many values are known as there are goals, or all: whoever has that many finds
    a free one. So a matching of goals and values decides.

    Args:
        solver: decides goals.
        goals: what the values fulfil, in order.
        wishes: what they fulfil, too, where that is possible.
    """
    known: dict[Goal, dict[str, Any]] = {}
    complete = True
    for goal in dict.fromkeys(goals):
        known[goal] = {}
        for wanted in (goal | wishes, goal) if wishes else (goal,):
            complete &= _enumerate(solver, wanted, len(goals), known[goal])
    taken: dict[str, int] = {}

    def place(index: int, tried: set[str]) -> bool:
        for text in known[goals[index]]:
            if text not in tried:
                tried.add(text)
                if text not in taken or place(taken[text], tried):
                    taken[text] = index
                    return True
        return False

    for index in range(len(goals)):
        if not place(index, set()):
            return EMPTY if complete else unknown("distinct items")
    chosen = {index: known[goals[index]][text] for text, index in taken.items()}
    return found([chosen[index] for index in range(len(goals))])


def _enumerate(solver: Solver, goal: Goal, most: int, values: dict[str, Any]) -> bool:
    """Add up to `most` values of a goal; whether they are that many or all."""
    for _ in range(most):
        known = [value for value in values.values() if solver.fulfils(value, goal)]
        if len(known) >= most:
            break
        answer = solver.inhabit(goal | {other_than(known)} if known else goal)
        if answer.state != "found":
            return answer.state == "empty"
        values[canonical(answer.value)] = answer.value
    return True
