"""An array whose items fulfil what is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..normal.json_values import canonical
from .distinct import other_than, representatives
from .terms import EMPTY, Answer, Goal, SomeItem, found, unknown

if TYPE_CHECKING:
    from .facts import Facts
    from .solver import Solver

_MOST_WANTED: Final = 300
"""Items that each are sought for themselves."""

_MOST_ITEMS: Final = 20_000
"""Items that may be alike."""


def solve(solver: Solver, facts: Facts) -> Answer:
    """An array that fulfils the facts."""
    return _Array(solver, facts).solve()


class _Array:
    def __init__(self, solver: Solver, facts: Facts) -> None:
        self.solver = solver
        self.facts = facts
        starts = [start for start, _ in facts.items_from]
        starts += [some.start for some in facts.some_items]
        self.tail = max([*(index + 1 for index, _ in facts.items_at), *starts, 0])
        self.doubt = ""
        self.most = facts.most
        self.few_are_exact = True

    def solve(self) -> Answer:
        facts = self.facts
        for index in range(self.tail + 1):
            if self.most is not None and index >= self.most:
                break
            answer = self.solver.inhabit(self._at(index))
            if answer.state == "empty":
                self.most = index if self.most is None else min(self.most, index)
            elif answer.state == "unknown" and index < facts.least:
                self.doubt = answer.reason
        if self.most is not None and self.most < facts.least:
            return EMPTY
        wanted = [some for some in facts.some_items for _ in range(some.count)]
        listed = facts.distinct or facts.repeated
        if len(wanted) > _MOST_WANTED or facts.least > (_MOST_WANTED if listed else _MOST_ITEMS):
            return unknown("long arrays")
        return self._placed(wanted, {}, frozenset())

    def _at(self, index: int) -> Goal:
        index = min(index, self.tail)
        facts = self.facts
        here = {lit for at, lit in facts.items_at if at == index}
        return frozenset(here | {lit for start, lit in facts.items_from if start <= index})

    def _placed(
        self, wanted: list[SomeItem], chosen: dict[int, Goal], used: frozenset[tuple[SomeItem, int]]
    ) -> Answer:
        """Give every wanted item an index, then build the array.

        Of several items that one keyword wants, each has an index of its own (`used`); items that
        different keywords want may be the same.
        """
        self.solver.spend()
        if not wanted:
            return self._built(chosen)
        some, *rest = wanted
        end = self.tail + len(self.facts.some_items) + sum(s.count for s in self.facts.some_items)
        if self.most is not None:
            end = min(end, self.most)
        doubt = Answer("empty")
        # Free indexes first, and of those beyond the prefix only the first: they are all alike.
        free_tail = next((i for i in range(self.tail, end) if i not in chosen), None)
        order = list(range(some.start, min(self.tail, end)))
        if free_tail is not None and free_tail >= some.start:
            order.insert(0, free_tail)
        order += [i for i in chosen if i >= self.tail]
        for index in order:
            if (some, index) in used:
                continue
            goal = chosen.get(index, self._at(index)) | {some.lit}
            answer = self.solver.inhabit(goal)
            if answer.state == "found":
                answer = self._placed(rest, {**chosen, index: goal}, used | {(some, index)})
            if answer.state == "found":
                return answer
            if answer.state == "unknown":
                doubt = answer
        return doubt

    def _built(self, chosen: dict[int, Goal]) -> Answer:
        facts = self.facts
        length = max([facts.least, *(index + 1 for index in chosen)])
        goals = [chosen.get(index, self._at(index)) for index in range(length)]
        if facts.repeated:
            return self._repeated(goals)
        if facts.distinct:
            answer = representatives(self.solver, goals, self._wishes())
            return self._checked(answer.value) if answer.state == "found" else answer
        known = {goal: self._outside_few(goal) for goal in dict.fromkeys(goals)}
        answers = [known[goal] for goal in goals]
        unfound = {answer.state: answer for answer in known.values() if answer.state != "found"}
        if unfound:
            return unfound.get("empty") or unfound["unknown"]
        return self._checked([answer.value for answer in answers])

    def _wishes(self) -> Goal:
        """Not to be one of those items of which there may only be few."""
        return frozenset(few.lit.negated() for few in self.facts.few_items)

    def _outside_few(self, goal: Goal) -> Answer:
        """An item, if possible none of those of which there may only be few."""
        answer = self.solver.inhabit(goal | self._wishes())
        if answer.state == "found" or not self.facts.few_items:
            return answer
        if answer.state == "unknown" or len(self.facts.few_items) > 1:
            self.few_are_exact = False
        return self.solver.inhabit(goal)

    def _repeated(self, goals: list[Goal]) -> Answer:
        """Two equal items: a value for two indexes at once."""
        doubt = ""
        least = len(goals)
        # One item more than are wanted anyway can be equal to any of them.
        end = max(least + 1, self.tail + 2)
        if self.most is not None:
            end = min(end, self.most)
        goals += [self._at(index) for index in range(least, end)]
        for second in range(end - 1, 0, -1):
            for first in range(second):
                both = self._outside_few(goals[first] | goals[second])
                if both.state == "empty":
                    continue
                answers = [self._outside_few(goal) for goal in goals[: max(second + 1, least)]]
                values = [answer.value for answer in answers]
                values[first] = values[second] = both.value
                states = {both.state, *(answer.state for answer in answers)}
                answer = self._checked(values) if states == {"found"} else unknown("repeated items")
                if answer.state == "found":
                    return answer
                doubt = both.reason or answer.reason
        return unknown(doubt) if doubt else EMPTY

    def _checked(self, values: list[Any]) -> Answer:
        for few in self.facts.few_items:
            goal = frozenset({few.lit})
            count = sum(self.solver.fulfils(value, goal) for value in values)
            if count > few.count:
                # Each item that can be something else is, so there is no array with fewer.
                exact = self.few_are_exact and not (self.facts.distinct or self.facts.repeated)
                return EMPTY if exact else unknown("a limited number of matching items")
        if self.doubt:
            return unknown(self.doubt)
        refused = {canonical(value) for value in self.facts.refused}
        if self.most == 0 and "[]" in refused:
            return EMPTY
        while canonical(values) in refused:
            if self.facts.few_items or (self.most is not None and len(values) >= self.most):
                return unknown("arrays other than the listed ones")
            goal = self._at(len(values))
            if self.facts.distinct:
                goal |= {other_than(values)}
            answer = self.solver.inhabit(goal)
            if answer.state != "found":
                return unknown("arrays other than the listed ones")
            values = [*values, answer.value]
        return found(values)
