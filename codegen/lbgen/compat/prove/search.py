"""The search of one goal for values of one type: alternatives, and what follows from each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import arrays, numbers, objects, strings
from .facts import Facts
from .literals import Tautology, failing, holding
from .terms import (
    EMPTY,
    Absent,
    Alternative,
    Answer,
    Clause,
    Goal,
    Item,
    Lit,
    Present,
    unknown,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..normal.json_values import Kind
    from .solver import Solver

__all__ = ["Search"]


def _order(clause: Clause) -> tuple[bool, int]:
    """Unions of schemas that hold come first: choosing one settles most of the others."""
    chooses = any(isinstance(item, Lit) and item.positive for way in clause for item in way)
    return not chooses, len(clause)


class Search:
    """Follows the alternatives of one goal for values of one type."""

    def __init__(self, solver: Solver, kind: Kind, goal: Goal) -> None:
        self.solver = solver
        self.kind: Kind = kind
        self.goal = goal

    def run(self) -> Answer:
        """Whether a value fulfils the goal, and one that does."""
        start = self._assume(Facts(), (), frozenset(), self.goal)
        return EMPTY if start is None else self._search(*start)

    def _search(self, facts: Facts, clauses: tuple[Clause, ...], seen: frozenset[Lit]) -> Answer:
        self.solver.spend()
        clauses = tuple(dict.fromkeys(clauses))
        while True:
            open_: list[Clause] = []
            forced: Alternative | None = None
            for clause in clauses:
                if forced is None and not any(self._holds(facts, way) for way in clause):
                    alive = tuple(way for way in clause if self._alive(facts, seen, way))
                    if not alive:
                        return EMPTY
                    if len(alive) == 1:
                        forced = alive[0]
                    else:
                        open_.append(alive)
                elif forced is not None:
                    open_.append(clause)
            if forced is None:
                break
            step = self._assume(facts, tuple(open_), seen, forced)
            if step is None:
                return EMPTY
            facts, clauses, seen = step
        if not open_:
            return self._leaf(facts)
        open_.sort(key=_order)
        doubt: Answer | None = None
        for way in open_[0]:
            step = self._assume(facts, tuple(open_[1:]), seen, way)
            answer = EMPTY if step is None else self._search(*step)
            if answer.state == "found":
                return answer
            if answer.state == "unknown":
                doubt = answer
        return doubt or EMPTY

    def _assume(
        self,
        facts: Facts,
        clauses: tuple[Clause, ...],
        seen: frozenset[Lit],
        items: Iterable[Item],
    ) -> tuple[Facts, tuple[Clause, ...], frozenset[Lit]] | None:
        """What is known if the items hold, too; `None` if they cannot."""
        more: list[Clause] = []
        visited = set(seen)
        stack: list[Item] = list(items)
        while stack:
            item = stack.pop(0)
            self.solver.spend()
            if isinstance(item, Lit):
                if item in visited:
                    continue
                if item.negated() in visited:
                    return None
                visited.add(item)
                if item.positive:
                    direct, alternatives = holding(item.node, self.kind, self.solver.definitions)
                    stack[:0] = direct
                    more += alternatives
                else:
                    try:
                        more.append(tuple(failing(item.node, self.kind, self.solver.definitions)))
                    except Tautology:
                        continue
                    if not more[-1]:
                        return None
                    if len(more[-1]) == 1:
                        stack[:0] = more.pop()[0]
            else:
                facts = facts.plus(item)
                if facts.dead:
                    return None
        return facts, (*clauses, *more), frozenset(visited)

    def _alive(self, facts: Facts, seen: frozenset[Lit], way: Alternative) -> bool:
        self.solver.spend()
        step = self._assume(facts, (), seen, way)
        if step is None:
            return False
        return self.kind != "object" or not objects.contradicts(
            self.solver, step[0], self._touched(facts, step[0])
        )

    def _touched(self, before: Facts, after: Facts) -> set[str]:
        if after.required is before.required and after.groups is before.groups:
            return set()
        names = {
            name for name in after.required if after.fields.get(name) != before.fields.get(name)
        }
        names |= after.required - before.required
        if after.groups != before.groups:
            for group in after.groups[len(before.groups) :]:
                names |= after.required & set(group.properties)
        return names

    def _holds(self, facts: Facts, way: Alternative) -> bool:
        """Whether an alternative holds already, so that nothing follows from its clause."""
        if len(way) != 1:
            return all(self._holds(facts, (item,)) for item in way)
        (item,) = way
        match item:
            case Absent(name):
                return name in facts.absent
            case Present(name, lit):
                if name not in facts.required:
                    return False
                if lit is None:
                    return True
                known = objects.literals(facts, name)
                if lit in known:
                    return True
                opposite = self.solver.inhabit(known | {lit.negated()})
                return opposite.state == "empty"
            case _:
                return False

    def _leaf(self, facts: Facts) -> Answer:
        self.solver.spend()
        if facts.allowed is not None:
            return self.solver.among(facts.allowed, self.goal)
        match self.kind:
            case "null":
                answer = self.solver.among([None], self.goal)
            case "boolean":
                answer = self.solver.among([True, False], self.goal)
            case "number":
                answer = numbers.solve(facts, self.solver.spend)
            case "string":
                answer = strings.solve(facts, self.solver.spend)
            case "array":
                answer = arrays.solve(self.solver, facts)
            case "object":
                answer = objects.solve(self.solver, facts)
        judged = answer.state == "found" and self.solver.is_outermost
        if judged and not self.solver.fulfils(answer.value, self.goal):
            return unknown(f"a constructed {self.kind} that the validator judges differently")
        return answer
