"""Texts that match some regular expressions and do not match others.

The automata run side by side and are made deterministic only as far as the search goes, shortest
texts first, within a budget of steps. An exhausted search proves that there is no such text.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from .regex import Automaton, Ranges, automaton

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NICE: Final = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_. /:@"
_PER_STEP: Final = 4
_State: TypeAlias = tuple[tuple[frozenset[int], ...], bool, int]
"""Per automaton the set of states; whether this is the start; the length so far, if it matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A set of texts.

    Attributes:
        matching: patterns that find a match in each text.
        failing: patterns that find none.
        shortest: least length, in characters.
        longest: greatest length, in characters; `None` is any.
    """

    matching: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    shortest: int = 0
    longest: int | None = None


def texts(language: Language, spend: Callable[[], None]) -> Iterator[str]:
    """Texts of the language, shortest first; none at all proves that it is empty.

    Not every text comes: of characters that no pattern tells apart, one stands for all, and of
    texts that lead to the same states, the first stands for all.

    Args:
        language: the set of texts.
        spend: called once per step; what it raises ends the search.
    """
    if language.longest is not None and language.longest < language.shortest:
        return
    if set(language.matching) & set(language.failing):
        return
    patterns = (*language.matching, *language.failing)
    yield from _Search(language, [automaton(pattern) for pattern in patterns], spend).run()


class _Search:
    def __init__(
        self, language: Language, automata: list[Automaton], spend: Callable[[], None]
    ) -> None:
        self.language = language
        self.automata = automata
        self.spend = spend
        self.closures: dict[tuple[int, frozenset[int]], frozenset[int]] = {}

    def run(self) -> Iterator[str]:
        start: _State = (tuple(frozenset({0}) for _ in self.automata), True, 0)
        seen: set[_State] = {start}
        queue: deque[tuple[_State, str]] = deque([(start, "")])
        while queue:
            state, text = queue.popleft()
            for _ in range(1 + self._cost(state) // _PER_STEP):
                self.spend()
            if self._accepts(state):
                yield text
            if self.language.longest is not None and len(text) >= self.language.longest:
                continue
            for char, following in self._steps(state):
                if following not in seen:
                    seen.add(following)
                    queue.append((following, text + char))

    def _cost(self, state: _State) -> int:
        """How much work a state is: it grows with the states of the automata in it."""
        sets, _, length = state
        return sum(len(states) for states in sets) ** 2 + length // 10

    def _accepts(self, state: _State) -> bool:
        sets, start, length = state
        if length < self.language.shortest:
            return False
        for index, states in enumerate(sets):
            automaton_ = self.automata[index]
            matches = 1 in automaton_.closure(states, start=start, end=True)
            if matches != (index < len(self.language.matching)):
                return False
        return True

    def _closed(self, index: int, states: frozenset[int], *, start: bool) -> frozenset[int]:
        if start:
            return self.automata[index].closure(states, start=True, end=False)
        key = (index, states)
        if key not in self.closures:
            self.closures[key] = self.automata[index].closure(states, start=False, end=False)
        return self.closures[key]

    def _steps(self, state: _State) -> list[tuple[str, _State]]:
        sets, start, length = state
        edges: list[list[tuple[Ranges, int]]] = []
        for index, states in enumerate(sets):
            closed = self._closed(index, states, start=start)
            edges.append(
                [
                    (edge, target)
                    for one in sorted(closed)
                    for edge, target in self.automata[index].edges[one]
                    if not isinstance(edge, str)
                ]
            )
        after = min(length + 1, self.language.shortest)
        steps: dict[_State, str] = {}
        for char in _representatives([edge for group in edges for edge, _ in group]):
            code = ord(char)
            following = tuple(
                frozenset(target for edge, target in group if _within(code, edge))
                for group in edges
            )
            if self._dead(following):
                continue
            steps.setdefault((following, False, after), char)
        return [(char, following) for following, char in steps.items()]

    def _dead(self, sets: tuple[frozenset[int], ...]) -> bool:
        return any(not states for states in sets[: len(self.language.matching)])


def _within(code: int, chars: Ranges) -> bool:
    return any(low <= code <= high for low, high in chars)


def _representatives(groups: list[Ranges]) -> list[str]:
    """One character of each class that the ranges tell apart, readable ones where possible."""
    cuts = {0, 0xD800, 0xE000, 0x110000}
    for group in set(groups):
        for low, high in group:
            cuts.update((low, high + 1))
    ordered = sorted(cuts)
    signatures: dict[tuple[bool, ...], str] = {}
    distinct = sorted(set(groups))
    for char in _NICE:
        signatures.setdefault(tuple(_within(ord(char), group) for group in distinct), char)
    for low in ordered[:-1]:
        if 0xD800 <= low < 0xE000:
            continue
        signatures.setdefault(tuple(_within(low, group) for group in distinct), chr(low))
    return list(signatures.values())
