"""What was decided before: the events of a contract share most of their parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from ..normal.schema import REF

if TYPE_CHECKING:
    from .terms import Answer, Goal

_MOST_CHARACTERS: Final = 20_000_000
_Question: TypeAlias = frozenset[tuple[str, bool]]
_REFERENCE: Final = f'"{REF}":'


class Memory:
    """Answers by what their goals say, for goals that mean the same everywhere.

    A reference means what the definitions around it say, so goals with references are left out.
    """

    def __init__(self) -> None:
        self._answers: dict[_Question, Answer] = {}
        self._characters = 0

    def question(self, goal: Goal) -> _Question | None:
        """What a goal says; `None` if it depends on definitions."""
        if any(_REFERENCE in lit.key for lit in goal):
            return None
        return frozenset((lit.key, lit.positive) for lit in goal)

    def recall(self, question: _Question) -> Answer | None:
        """What was decided before."""
        return self._answers.get(question)

    def keep(self, question: _Question, answer: Answer) -> None:
        """Remember a decision that rests on no assumption."""
        if answer.state == "unknown":
            return  # with more steps, or nearer to the surface, it may be decided
        self._characters += sum(len(key) for key, _ in question)
        if self._characters > _MOST_CHARACTERS:
            self._answers.clear()
            self._characters = 0
        self._answers[question] = answer
