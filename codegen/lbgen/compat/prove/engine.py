"""The engine of the prover: goals that were answered before, recursion, the budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..normal.formats import validator
from ..normal.json_values import KINDS, Kind
from ..normal.schema import REF, WRITTEN_WHOLE, Bundle, Node, UnsupportedSchema, children, to_schema
from .memory import Memory
from .search import Search
from .spellings import spellings
from .terms import (
    EMPTY,
    Answer,
    Goal,
    Lit,
    OutOfSteps,
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
        """Whether the value is not part of another one: the whole is judged once."""
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
        return Search(self, kind, goal).run()

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
