"""Texts that match some regular expressions and do not match others.

The automata run side by side and are made deterministic only as far as the search goes, shortest
texts first, within a budget of steps. An exhausted search proves that there is no such text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from .automata import automaton

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .automata import Automaton, Edge
    from .characters import Ranges

_NICE: Final = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_. /:@"
_PER_STEP: Final = 4
_VISITS: Final = 8
"""How many known states are as much work as one step."""
_BEYOND: Final = 0x110000
_State: TypeAlias = tuple[tuple[frozenset[int], ...], bool]
"""Per automaton the set of states; whether this is the start."""
_Text: TypeAlias = "tuple[_Text, str] | None"
"""A text as its beginning and its last character: most texts of a search are never needed."""


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
        self.classes: dict[frozenset[int], list[tuple[str, frozenset[int]]]] = {}
        self.steps: dict[_State, list[tuple[str, _State]]] = {}
        self.accepting: dict[_State, bool] = {}
        self.visits = 0
        numbers: dict[Edge, int] = {}
        self.edges: list[list[list[tuple[int, int]]]] = [
            [
                [
                    (numbers.setdefault(edge, len(numbers)), target)
                    for edge, target in edges
                    if not isinstance(edge, str)
                ]
                for edges in automaton_.edges
            ]
            for automaton_ in automata
        ]
        """Per automaton and state the steps that take a character of a set, by its number."""
        self.sets = [edge for edge in numbers if not isinstance(edge, str)]

    def run(self) -> Iterator[str]:
        shortest, longest = self.language.shortest, self.language.longest
        start: _State = (tuple(frozenset({0}) for _ in self.automata), True)
        seen: set[tuple[_State, int]] = {(start, 0)}
        queue: deque[tuple[_State, int, _Text]] = deque([(start, 0, None)])
        while queue:
            self._visit()
            state, length, text = queue.popleft()
            if length >= shortest and self._accepts(state):
                yield _spelled(text)
            if longest is not None and length >= longest:
                continue
            counted = min(length + 1, shortest)  # beyond the shortest, lengths are all the same
            for char, following in self._steps(state):
                if following == state and length < shortest and (state, shortest) not in seen:
                    # Round and round, until the text is long enough, in one step.
                    seen.add((state, shortest))
                    queue.append((state, shortest, (text, char * (shortest - length))))
                if (following, counted) not in seen:
                    seen.add((following, counted))
                    queue.append((following, length + 1, (text, char)))

    def _visit(self) -> None:
        self.visits += 1
        if self.visits % _VISITS == 0:
            self.spend()

    def _accepts(self, state: _State) -> bool:
        if state not in self.accepting:
            self.accepting[state] = self._is_accepting(*state)
        return self.accepting[state]

    def _is_accepting(self, sets: tuple[frozenset[int], ...], start: bool) -> bool:
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
        """The states that follow, each with a character that leads there."""
        if state not in self.steps:
            # How much work a state is grows with the states of the automata in it.
            for _ in range(1 + sum(len(states) for states in state[0]) // _PER_STEP):
                self.spend()
            self.steps[state] = self._following(*state)
        return self.steps[state]

    def _following(self, sets: tuple[frozenset[int], ...], start: bool) -> list[tuple[str, _State]]:
        edges = [
            [
                step
                for one in self._closed(index, states, start=start)
                for step in self.edges[index][one]
            ]
            for index, states in enumerate(sets)
        ]
        steps: dict[_State, str] = {}
        for char, inside in self._classes(frozenset(one for group in edges for one, _ in group)):
            following = tuple(
                frozenset(target for one, target in group if one in inside) for group in edges
            )
            if not self._dead(following):
                steps.setdefault((following, False), char)
        return [(char, following) for following, char in steps.items()]

    def _classes(self, numbers: frozenset[int]) -> list[tuple[str, frozenset[int]]]:
        """One character of each class that some sets tell apart, with the sets that it is in."""
        if numbers not in self.classes:
            self.classes[numbers] = _classes({one: self.sets[one] for one in sorted(numbers)})
        return self.classes[numbers]

    def _dead(self, sets: tuple[frozenset[int], ...]) -> bool:
        return any(not states for states in sets[: len(self.language.matching)])


def _spelled(text: _Text) -> str:
    chars: list[str] = []
    while text is not None:
        text, char = text
        chars.append(char)
    return "".join(reversed(chars))


def _contains(chars: Ranges, code: int) -> bool:
    index = bisect_right(chars, (code, _BEYOND))
    return index > 0 and code <= chars[index - 1][1]


def _classes(sets: dict[int, Ranges]) -> list[tuple[str, frozenset[int]]]:
    """Readable characters come first and stand for their class."""
    cuts = {0, 0xE000}
    for chars in sets.values():
        for low, high in chars:
            cuts.update((low, high + 1))
    codes = [ord(char) for char in _NICE]
    codes += [code for code in sorted(cuts) if code < _BEYOND and not 0xD800 <= code < 0xE000]
    found: dict[frozenset[int], str] = {}
    for code in codes:
        inside = frozenset(one for one, chars in sets.items() if _contains(chars, code))
        found.setdefault(inside, chr(code))
    return [(char, inside) for inside, char in found.items()]
