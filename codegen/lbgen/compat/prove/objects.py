"""An object whose properties fulfil what is known of them."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Final

from ..normal.json_values import canonical
from ..normal.schema import Node
from .strings import matches
from .terms import EMPTY, Answer, Goal, Lit, SomeProperty, found, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .facts import Facts
    from .solver import Solver

_MOST_PATTERNS: Final = 6
_MOST_PROPERTIES: Final = 2000
_PLAIN_NAMES: Final = 2


def literals(facts: Facts, name: str) -> Goal:
    """What the value of a property fulfils, if it is there."""
    found_ = set(facts.fields.get(name, frozenset()))
    for group in facts.groups:
        matched = [schema for pattern, schema in group.patterns if matches(pattern, name)]
        if name in group.properties:
            matched.append(group.properties[name])
        if not matched and group.rest is not None:
            matched.append(group.rest)
        found_ |= {Lit(schema, positive=True) for schema in matched}
    return frozenset(lit for lit in found_ if not (lit.positive and lit.node.is_true))


def contradicts(solver: Solver, facts: Facts, names: Iterable[str]) -> bool:
    """Whether some of the required properties cannot have a value."""
    return any(solver.inhabit(literals(facts, name)).state == "empty" for name in sorted(names))


def solve(solver: Solver, facts: Facts) -> Answer:
    """An object that fulfils the facts."""
    return _Object(solver, facts).solve()


class _Object:
    def __init__(self, solver: Solver, facts: Facts) -> None:
        self.solver = solver
        self.facts = facts
        named = {*facts.required, *facts.absent, *facts.fields}
        for group in facts.groups:
            named |= set(group.properties)
        for some in facts.some_properties:
            named |= some.others
        self.named = sorted(named)
        self.goals: dict[str, Goal] = {}
        self.doubt = ""

    def solve(self) -> Answer:
        facts = self.facts
        if facts.most is not None and len(facts.required) > facts.most:
            return EMPTY
        for name in sorted(facts.required):
            if not self._may_be_named(name):
                return EMPTY
            answer = self.solver.inhabit(self._goal(name))
            if answer.state == "empty":
                return EMPTY
            if answer.state == "unknown":
                self.doubt = answer.reason
        for some in facts.some_properties:
            if not any(True for _ in self._options(some, frozenset(), {})):
                return EMPTY
        return self._placed(
            list(facts.some_properties), {name: self._goal(name) for name in facts.required}
        )

    def _goal(self, name: str) -> Goal:
        if name not in self.goals:
            self.goals[name] = literals(self.facts, name)
        return self.goals[name]

    def _may_be_named(self, name: str) -> bool:
        return self.solver.fulfils(name, self.facts.names)

    def _options(
        self, some: SomeProperty, used: frozenset[str], chosen: dict[str, Goal]
    ) -> Iterator[tuple[str, Goal, Answer]]:
        """The names that a wanted property can have, with what its value fulfils then."""
        extra: Goal = frozenset() if some.lit is None else frozenset({some.lit})
        for name in [*self.named, *sorted(used)]:
            if name in self.facts.absent or not self._is_named(name, some):
                continue
            goal = chosen.get(name, self._goal(name)) | extra
            answer = self.solver.inhabit(goal)
            if answer.state != "empty":
                yield name, goal, answer
        yield from self._fresh(some, extra, used)

    def _is_named(self, name: str, some: SomeProperty) -> bool:
        return (
            name not in some.others
            and all(matches(pattern, name) for pattern in some.matching)
            and not any(matches(pattern, name) for pattern in some.failing)
            and self.solver.fulfils(name, some.names)
            and self._may_be_named(name)
        )

    def _fresh(
        self, some: SomeProperty, extra: Goal, used: frozenset[str]
    ) -> Iterator[tuple[str, Goal, Answer]]:
        """Names that no schema mentions, one per set of patterns that they match."""
        patterns = {pattern for group in self.facts.groups for pattern, _ in group.patterns}
        free = sorted(patterns - {*some.matching, *some.failing})
        if len(free) > _MOST_PATTERNS:
            yield "", extra, unknown("many patterns of property names")
            return
        taken = Lit(Node(keywords={"enum": [*self.named, *sorted(used)]}), positive=False)
        text = Lit(Node(keywords={"type": ["string"]}), positive=True)
        fixed = {(pattern, True) for pattern in some.matching}
        fixed |= {(pattern, False) for pattern in some.failing}
        for signs in product((False, True), repeat=len(free)):
            signed = fixed | set(zip(free, signs, strict=True))
            goal = self._fresh_goal({pattern for pattern, sign in signed if sign}) | extra
            answer = self.solver.inhabit(goal)
            if answer.state == "empty":
                continue
            wanted = frozenset({text, *self.facts.names, *some.names})
            wanted |= {_pattern(pattern, sign) for pattern, sign in signed}
            name = self._plain_name(wanted, used) or self.solver.inhabit(wanted | {taken})
            if name.state == "found":
                yield name.value, goal, answer
            elif name.state == "unknown":
                yield "", goal, name

    def _plain_name(self, goal: Goal, used: frozenset[str]) -> Answer | None:
        """A name that reads well, if one will do: it spares the search for any."""
        for number in range(len(used), len(used) + _PLAIN_NAMES):
            name = f"other{number + 1 if number else ''}"
            free = name not in used and name not in self.named
            if free and self.solver.fulfils(name, goal):
                return found(name)
        return None

    def _fresh_goal(self, matched: set[str]) -> Goal:
        schemas: list[Node] = []
        for group in self.facts.groups:
            here = [schema for pattern, schema in group.patterns if pattern in matched]
            if not here and group.rest is not None:
                here = [group.rest]
            schemas += here
        return frozenset(Lit(schema, positive=True) for schema in schemas if not schema.is_true)

    def _placed(self, wanted: list[SomeProperty], chosen: dict[str, Goal]) -> Answer:
        self.solver.spend()
        most = self.facts.most
        if not wanted:
            return self._filled(chosen)
        doubt: Answer = EMPTY
        used = frozenset(chosen) - set(self.named)
        for name, goal, answer in self._options(wanted[0], used, chosen):
            if answer.state == "found":
                following = {**chosen, name: goal}
                if most is not None and len(following) > most:
                    if len(self.facts.some_properties) > 1:
                        doubt = unknown("several properties where few are allowed")
                    continue
                answer = self._placed(wanted[1:], following)
            if answer.state == "found":
                return answer
            if answer.state == "unknown":
                doubt = answer
        return doubt

    def _filled(self, chosen: dict[str, Goal]) -> Answer:
        """Add properties until there are enough."""
        chosen = dict(chosen)
        least, most = self.facts.least, self.facts.most
        for name in self.named:
            if len(chosen) >= least:
                break
            if name in chosen or name in self.facts.absent or not self._may_be_named(name):
                continue
            answer = self.solver.inhabit(self._goal(name))
            if answer.state == "found":
                chosen[name] = self._goal(name)
            elif answer.state == "unknown":
                self.doubt = answer.reason
        if least > _MOST_PROPERTIES:
            return unknown("objects with very many properties")
        anything = SomeProperty()
        while len(chosen) < least:
            used = frozenset(chosen) - set(self.named)
            options = list(self._fresh(anything, frozenset(), used))
            fresh = [(name, goal) for name, goal, answer in options if answer.state == "found"]
            if not fresh:
                if self.doubt or options:
                    return unknown(self.doubt or options[0][2].reason)
                return EMPTY
            chosen[fresh[0][0]] = fresh[0][1]
        if most is not None and len(chosen) > most:
            return unknown("a number of properties")
        return self._valued(chosen)

    def _valued(self, chosen: dict[str, Goal]) -> Answer:
        value: dict[str, Any] = {}
        for name, goal in chosen.items():
            answer = self.solver.inhabit(goal)
            if answer.state != "found":
                return unknown(answer.reason or self.doubt or "a property")
            value[name] = answer.value
        if self.doubt:
            return unknown(self.doubt)
        refused = {canonical(one) for one in self.facts.refused}
        if canonical(value) not in refused:
            return found(value)
        for other in self._others(value, chosen):
            if canonical(other) not in refused:
                return found(other)
        if self.facts.most == 0:
            return EMPTY
        return unknown("objects other than the listed ones")

    def _others(self, value: dict[str, Any], chosen: dict[str, Goal]) -> Iterator[dict[str, Any]]:
        """Objects that differ in one property."""
        for name, goal in chosen.items():
            values = [value[name]]
            values += [one[name] for one in self.facts.refused if name in one]
            listed = Lit(Node(keywords={"enum": values}), positive=False)
            answer = self.solver.inhabit(goal | {listed})
            if answer.state == "found":
                yield {**value, name: answer.value}
        most = self.facts.most
        if most is not None and len(value) >= most:
            return
        for name in self.named:
            if name in value or name in self.facts.absent or not self._may_be_named(name):
                continue
            goal = self._goal(name)
            for refused in (None, *self.facts.refused):
                unlike: Goal = frozenset()
                if refused is not None and name in refused:
                    values = [one[name] for one in self.facts.refused if name in one]
                    unlike = frozenset({Lit(Node(keywords={"enum": values}), positive=False)})
                answer = self.solver.inhabit(goal | unlike)
                if answer.state == "found":
                    yield {**value, name: answer.value}
        for count in range(1, 4):
            wider = dict(value)
            for _ in range(count):
                used = frozenset(wider)
                fresh = self._fresh(SomeProperty(), frozenset(), used)
                for name, _goal, answer in fresh:
                    if answer.state == "found" and name not in wider:
                        wider[name] = answer.value
                        break
            if most is None or len(wider) <= most:
                yield wider


def _pattern(pattern: str, sign: bool) -> Lit:
    return Lit(Node(keywords={"pattern": pattern}), positive=sign)
