"""An array whose items fulfil what is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..json_values import canonical
from ..schema import Node
from .terms import EMPTY, Answer, Goal, Lit, found, unknown

if TYPE_CHECKING:
    from .engine import Engine
    from .facts import Facts

_MOST_ITEMS: Final = 300


def solve(engine: Engine, facts: Facts) -> Answer:
    """An array that fulfils the facts."""
    return _Array(engine, facts).solve()


class _Array:
    def __init__(self, engine: Engine, facts: Facts) -> None:
        self.engine = engine
        self.facts = facts
        starts = [start for start, _ in facts.items_from]
        starts += [some.start for some in facts.some_items]
        self.tail = max([*(index + 1 for index, _ in facts.items_at), *starts, 0])
        self.doubt = ""
        self.most = facts.most

    def solve(self) -> Answer:
        facts = self.facts
        for index in range(self.tail + 1):
            if self.most is not None and index >= self.most:
                break
            answer = self.engine.inhabit(self._at(index))
            if answer.state == "empty":
                self.most = index if self.most is None else min(self.most, index)
            elif answer.state == "unknown" and index < facts.least:
                self.doubt = answer.reason
        if self.most is not None and self.most < facts.least:
            return EMPTY
        wanted = [some.lit for some in facts.some_items for _ in range(some.count)]
        starts = [some.start for some in facts.some_items for _ in range(some.count)]
        if len(wanted) > _MOST_ITEMS or facts.least > _MOST_ITEMS:
            return unknown("long arrays")
        return self._placed(list(zip(starts, wanted, strict=True)), {})

    def _at(self, index: int) -> Goal:
        index = min(index, self.tail)
        facts = self.facts
        here = {lit for at, lit in facts.items_at if at == index}
        return frozenset(here | {lit for start, lit in facts.items_from if start <= index})

    def _placed(self, wanted: list[tuple[int, Lit]], chosen: dict[int, Goal]) -> Answer:
        """Give every wanted item an index, then build the array."""
        self.engine.spend()
        if not wanted:
            return self._built(chosen)
        (start, lit), *rest = wanted
        end = self.tail + len(self.facts.some_items) + sum(s.count for s in self.facts.some_items)
        if self.most is not None:
            end = min(end, self.most)
        doubt = Answer("empty")
        # Free indexes first, and of those beyond the prefix only the first: they are all alike.
        free_tail = next((i for i in range(self.tail, end) if i not in chosen), None)
        order = list(range(start, min(self.tail, end)))
        if free_tail is not None and free_tail >= start:
            order.insert(0, free_tail)
        counted = any(some.count > 1 for some in self.facts.some_items)
        order += [i for i in chosen if i >= self.tail]
        for index in order:
            if counted and index in chosen and lit in chosen[index]:
                continue
            goal = chosen.get(index, self._at(index)) | {lit}
            answer = self.engine.inhabit(goal)
            if answer.state == "found":
                answer = self._placed(rest, {**chosen, index: goal})
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
        values: list[Any] = []
        for goal in goals:
            if facts.distinct and values:
                answer = self._another(goal, values)
            else:
                answer = self.engine.inhabit(goal)
            if answer.state == "empty":
                alike = len({*goals}) == 1 and not chosen
                return EMPTY if alike or not facts.distinct else unknown("distinct items")
            if answer.state == "unknown":
                return answer
            values.append(answer.value)
        return self._checked(values)

    def _another(self, goal: Goal, values: list[Any]) -> Answer:
        plain = self.engine.inhabit(goal)
        if plain.state == "found" and canonical(plain.value) not in map(canonical, values):
            return plain
        return self.engine.inhabit(goal | {_other_than(values)})

    def _repeated(self, goals: list[Goal]) -> Answer:
        """Two equal items: a value for two indexes at once."""
        doubt = ""
        end = max(len(goals), self.tail + 2)
        if self.most is not None:
            end = min(end, self.most)
        goals += [self._at(index) for index in range(len(goals), end)]
        for second in range(end - 1, 0, -1):
            for first in range(second):
                both = self.engine.inhabit(goals[first] | goals[second])
                if both.state == "empty":
                    continue
                if both.state == "unknown":
                    doubt = both.reason
                    continue
                length = max(second + 1, self.facts.least)
                answers = [self.engine.inhabit(goal) for goal in goals[:length]]
                if any(answer.state != "found" for answer in answers):
                    doubt = "repeated items"
                    continue
                values = [answer.value for answer in answers]
                values[first] = values[second] = both.value
                return self._checked(values)
        return unknown(doubt) if doubt else EMPTY

    def _checked(self, values: list[Any]) -> Answer:
        for few in self.facts.few_items:
            goal = frozenset({few.lit})
            count = sum(self.engine.fulfils(value, goal) for value in values)
            if count > few.count:
                return unknown("a limited number of matching items")
        if self.doubt:
            return unknown(self.doubt)
        refused = {canonical(value) for value in self.facts.refused}
        while canonical(values) in refused:
            if self.facts.few_items or (self.most is not None and len(values) >= self.most):
                return unknown("arrays other than the listed ones")
            goal = self._at(len(values))
            answer = self._another(goal, values) if self.facts.distinct else self._first(goal)
            if answer.state != "found":
                return unknown("arrays other than the listed ones")
            values = [*values, answer.value]
        return found(values)

    def _first(self, goal: Goal) -> Answer:
        return self.engine.inhabit(goal)


def _other_than(values: list[Any]) -> Lit:
    return Lit(Node(keywords={"enum": list(values)}), positive=False)
