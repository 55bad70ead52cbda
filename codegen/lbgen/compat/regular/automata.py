"""Finite automata of regular expressions."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from ..normal.schema import UnsupportedSchema
from .characters import ANY, Ranges
from .regex import Part, parsed

_MOST_STATES: Final = 6000

Edge: TypeAlias = Ranges | Literal["", "start", "end"]
"""What a step consumes: a character, or nothing (always, or only at the start or the end)."""


@dataclass(frozen=True, slots=True)
class Automaton:
    """A nondeterministic automaton; state 0 is the start, 1 accepts.

    Attributes:
        edges: per state, the steps that leave it.
    """

    edges: tuple[tuple[tuple[Edge, int], ...], ...]

    def closure(self, states: frozenset[int], *, start: bool, end: bool) -> frozenset[int]:
        """The states reachable without a character."""
        found = set(states)
        stack = list(states)
        while stack:
            for edge, target in self.edges[stack.pop()]:
                free = edge == "" or (start and edge == "start") or (end and edge == "end")
                if free and target not in found:
                    found.add(target)
                    stack.append(target)
        return frozenset(found)


@lru_cache(maxsize=4096)
def automaton(pattern: str) -> Automaton:
    """The automaton of all texts in which `pattern` finds a match.

    Raises:
        UnsupportedSchema: the pattern uses something that is not modelled.
    """
    part = parsed(pattern)
    builder = _Builder()
    # A match may start after any prefix and end before any suffix.
    before, after = builder.state(), builder.state()
    builder.edge(0, "", before)
    builder.edge(before, ANY, before)
    builder.add(part, before, after)
    builder.edge(after, ANY, after)
    builder.edge(after, "", 1)
    return Automaton(tuple(tuple(edges) for edges in builder.edges))


@dataclass(slots=True)
class _Builder:
    edges: list[list[tuple[Edge, int]]] = field(default_factory=lambda: [[], []])

    def state(self) -> int:
        if len(self.edges) > _MOST_STATES:
            raise UnsupportedSchema("a regular expression with too many repetitions")
        self.edges.append([])
        return len(self.edges) - 1

    def edge(self, source: int, edge: Edge, target: int) -> None:
        self.edges[source].append((edge, target))

    def add(self, part: Part, source: int, target: int) -> None:
        match part:
            case ("chars", chars):
                self.edge(source, chars, target)
            case ("at", where):
                self.edge(source, where, target)
            case ("seq", parts):
                for one in parts:
                    after = self.state()
                    self.add(one, source, after)
                    source = after
                self.edge(source, "", target)
            case ("alt", branches):
                for branch in branches:
                    self.add(branch, source, target)
            case ("repeat", body, low, high):
                self._repeat(body, low, high, source, target)

    def _repeat(self, body: Part, low: int, high: int | None, source: int, target: int) -> None:
        for _ in range(low):
            after = self.state()
            self.add(body, source, after)
            source = after
        if high is None:
            loop = self.state()
            self.edge(source, "", loop)
            self.add(body, loop, loop)
            self.edge(loop, "", target)
            return
        for _ in range(high - low):
            self.edge(source, "", target)
            after = self.state()
            self.add(body, source, after)
            source = after
        self.edge(source, "", target)
