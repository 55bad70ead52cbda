"""The search for a value that fulfils a goal: alternatives, recursion, the budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..normal.formats import validator
from ..normal.json_values import KINDS, Kind
from ..normal.schema import REF, WRITTEN_WHOLE, Bundle, Node, UnsupportedSchema, children, to_schema
from . import arrays, numbers, objects, strings
from .expand import Tautology, failing, holding
from .facts import Facts
from .memory import Memory
from .spellings import spellings
from .terms import (
    EMPTY,
    Absent,
    Alternative,
    Answer,
    Clause,
    Goal,
    Item,
    Lit,
    OutOfSteps,
    Present,
    found,
    unknown,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import jsonschema_rs

_DEEPEST: Final = 80
_MEMORY: Final = Memory()


class Engine:
    """Decides goals over one set of definitions.

    Args:
        definitions: what the references in the schemas name.
        steps: how many steps may be spent before everything else is unknown.
    """

    def __init__(self, definitions: Mapping[str, Node], steps: int) -> None:
        self.definitions = definitions
        self.steps = steps
        self._answers: dict[Goal, Answer] = {}
        self._active: dict[Goal, int] = {}
        self._lowest = _DEEPEST + 1
        self._validators: dict[str, jsonschema_rs.Validator] = {}
        self._spelling_matters = any(
            _spelled(definition.key) for definition in definitions.values()
        )

    def spend(self) -> None:
        """Count one step.

        Raises:
            OutOfSteps: it was one too many.
        """
        self.steps -= 1
        if self.steps < 0:
            raise OutOfSteps

    @property
    def is_outermost(self) -> bool:
        """Whether the value that is sought is no part of another: the whole is judged once."""
        return len(self._active) <= 1

    def inhabit(self, goal: Goal) -> Answer:
        """A value that fulfils the goal, a proof that there is none, or neither."""
        goal = frozenset(lit for lit in goal if not (lit.positive and lit.node.is_true))
        if any(lit.negated() in goal or _impossible(lit) for lit in goal):
            return EMPTY
        if not goal:
            return found("")
        known = self._answers.get(goal)
        if known is not None:
            return known
        if goal in self._active:
            # A smallest value of the goal holds no smaller value of the same goal inside it, so
            # the goal may be taken as empty while its own answer is sought.
            self._lowest = min(self._lowest, self._active[goal])
            return EMPTY
        return self._decided(goal)

    def _decided(self, goal: Goal) -> Answer:
        question = _MEMORY.question(goal)
        if question is not None:
            answer = _MEMORY.recall(question)
            if answer is not None:
                return answer
        depth = len(self._active)
        if depth > _DEEPEST:
            return unknown("a deeply nested schema")
        outer, self._lowest = self._lowest, _DEEPEST + 1
        self._active[goal] = depth
        try:
            answer = self._by_kind(goal)
        except UnsupportedSchema as unsupported:
            answer = unknown(str(unsupported))
        finally:
            del self._active[goal]
            inner, self._lowest = self._lowest, outer
        if answer.state == "found" or inner >= depth:
            self._answers[goal] = answer
            if question is not None:
                _MEMORY.keep(question, answer)
        else:
            self._lowest = min(self._lowest, inner)
        return answer

    def _by_kind(self, goal: Goal) -> Answer:
        values = _enumerated(goal)
        if values is not None:
            return self.among(values, goal)
        doubt: Answer | None = None
        for kind in KINDS:
            answer = self.of_kind(kind, goal)
            if answer.state == "found":
                return answer
            if answer.state == "unknown":
                doubt = answer
        return doubt or EMPTY

    def among(self, values: Iterable[Any], goal: Goal) -> Answer:
        """A value of a list that fulfils a goal."""
        if self._spelling_matters or any(_spelled(lit.key) for lit in goal):
            values = [spelled for value in values for spelled in spellings(value)]
        return next((found(value) for value in values if self.fulfils(value, goal)), EMPTY)

    def of_kind(self, kind: Kind, goal: Goal) -> Answer:
        """As `inhabit`, for values of one JSON type."""
        return _Search(self, kind, goal).run()

    def fulfils(self, value: Any, goal: Goal) -> bool:
        """Whether a value fulfils a goal, by the validator."""
        return all(self.valid(value, lit.node) == lit.positive for lit in goal)

    def valid(self, value: Any, node: Node) -> bool:
        """Whether a schema accepts a value, by the validator."""
        compiled = self._validators.get(node.key)
        if compiled is None:
            if '"content":' in node.key:
                raise UnsupportedSchema("contentEncoding or contentMediaType")
            used = self._used(node)
            compiled = validator(to_schema(Bundle(root=node, definitions=used)))
            self._validators[node.key] = compiled
        return compiled.is_valid(value)

    def _used(self, node: Node) -> dict[str, Node]:
        used: dict[str, Node] = {}
        stack = [node]
        while stack:
            one = stack.pop()
            name = one.get(REF)
            if name is not None and name not in used:
                used[name] = self.definitions[name]
                stack.append(used[name])
            stack.extend(child for _, child in children(one))
        return used


def _spelled(key: str) -> bool:
    """Whether a schema tells `1` from `1.0`."""
    return f'"{WRITTEN_WHOLE}":' in key


def _impossible(lit: Lit) -> bool:
    return lit.node.is_false if lit.positive else lit.node.is_true


def _enumerated(goal: Goal) -> list[Any] | None:
    lists = [lit.node.get("enum") for lit in goal if lit.positive and "enum" in lit.node.keywords]
    return min(lists, key=len) if lists else None


def _order(clause: Clause) -> tuple[bool, int]:
    """Unions of schemas that hold come first: choosing one settles most of the others."""
    chooses = any(isinstance(item, Lit) and item.positive for way in clause for item in way)
    return not chooses, len(clause)


class _Search:
    """Follows the alternatives of one goal for values of one type."""

    def __init__(self, engine: Engine, kind: Kind, goal: Goal) -> None:
        self.engine = engine
        self.kind: Kind = kind
        self.goal = goal

    def run(self) -> Answer:
        start = self._assume(Facts(), (), frozenset(), self.goal)
        return EMPTY if start is None else self._search(*start)

    def _search(self, facts: Facts, clauses: tuple[Clause, ...], seen: frozenset[Lit]) -> Answer:
        self.engine.spend()
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
            self.engine.spend()
            if isinstance(item, Lit):
                if item in visited:
                    continue
                if item.negated() in visited:
                    return None
                visited.add(item)
                if item.positive:
                    direct, alternatives = holding(item.node, self.kind, self.engine.definitions)
                    stack[:0] = direct
                    more += alternatives
                else:
                    try:
                        more.append(tuple(failing(item.node, self.kind, self.engine.definitions)))
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
        self.engine.spend()
        step = self._assume(facts, (), seen, way)
        if step is None:
            return False
        return self.kind != "object" or not objects.contradicts(
            self.engine, step[0], self._touched(facts, step[0])
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
                known = objects.literals(self.engine, facts, name)
                if lit in known:
                    return True
                opposite = self.engine.inhabit(known | {lit.negated()})
                return opposite.state == "empty"
            case _:
                return False

    def _leaf(self, facts: Facts) -> Answer:
        self.engine.spend()
        if facts.allowed is not None:
            return self.engine.among(facts.allowed, self.goal)
        match self.kind:
            case "null":
                answer = found(None)
            case "boolean":
                answer = self.engine.among([True, False], self.goal)
            case "number":
                answer = numbers.solve(facts, self.engine.spend)
            case "string":
                answer = strings.solve(facts, self.engine.spend)
            case "array":
                answer = arrays.solve(self.engine, facts)
            case "object":
                answer = objects.solve(self.engine, facts)
        judged = answer.state == "found" and self.engine.is_outermost
        if judged and not self.engine.fulfils(answer.value, self.goal):
            return unknown(f"a constructed {self.kind} that the validator judges differently")
        return answer
