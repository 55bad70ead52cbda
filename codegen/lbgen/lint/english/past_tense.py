"""Whether an event's name is in the past tense, and what it would be called if it were.

The last word counts, or the one before a particle (`logged_in`). Words before it change the
verdict where they make it a command (`mark_paid`) or a state (`is_paid`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise
from typing import Final

from .verbs import PARTICLES, SAME_IN_PAST, base_of, is_base, is_past, past_of
from .vocabulary import (
    ADJECTIVES,
    BEHIND,
    CLEARER,
    NOUNS,
    NOUNS_TOO,
    ONLY_VERBS,
    OUTCOMES,
    PREPOSITIONS,
    STATES,
    VERBS,
)

__all__ = ["Judgement", "Tense", "judge", "name_words"]


class Tense(Enum):
    """What a name's verb says about time."""

    PAST = auto()
    AMBIGUOUS = auto()
    """Past tense and base form look alike: `price_set`."""
    NOT_PAST = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the linter thinks of a name.

    Attributes:
        tense: of its verb.
        word: the word that decided.
        suggestion: a name in the past tense; `None` where none is clear.
    """

    tense: Tense
    word: str
    suggestion: str | None = None


_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_VERSION: Final = re.compile(r"v?[0-9]+")


def name_words(name: str) -> list[str]:
    """The words of a name in snake_case or CamelCase, in lower case."""
    return [word.lower() for piece in name.split("_") for word in _WORD.findall(piece)]


def judge(name: str) -> Judgement:
    """Judge an event's name.

    Args:
        name: as the contract writes it.
    """
    words = name_words(name)
    while len(words) > 1 and _VERSION.fullmatch(words[-1]):
        words.pop()
        if len(words) > 1 and words[-1] == "v":
            words.pop()
    if not words:
        return Judgement(tense=Tense.NOT_PAST, word=name)
    if words[-1] == "event" and len(words) > 1:
        inner = judge("_".join(words[:-1]))
        better = "_".join(words[:-1]) if inner.tense is Tense.PAST else inner.suggestion
        return Judgement(tense=Tense.NOT_PAST, word="event", suggestion=better)
    index = _verb_index(words)
    verb = words[index]
    command = index > 0 and words[0] in ONLY_VERBS
    if command and verb in OUTCOMES and words[0] != "mark":
        return Judgement(tense=Tense.PAST, word=verb)
    if index > 0 and words[index - 1] in STATES:
        kept = [word for word in words[:index] if word not in STATES and word != "to"]
        past = verb if is_past(verb) else past_of(verb)
        better = "_".join([*kept, past, *words[index + 1 :]])
        return Judgement(tense=Tense.NOT_PAST, word=words[index - 1], suggestion=better)
    if is_past(verb):
        if not command:
            return Judgement(tense=Tense.PAST, word=verb)
        rest = [word for word in words[1:] if word not in ("as", "to")]
        return Judgement(tense=Tense.NOT_PAST, word=words[0], suggestion="_".join(rest))
    if verb in SAME_IN_PAST and not command:
        if index < len(words) - 1:
            return Judgement(tense=Tense.PAST, word=verb)
        clearer = CLEARER.get(verb) or CLEARER.get(verb.removeprefix("re"))
        suggestion = "_".join([*words[:-1], clearer]) if clearer else None
        return Judgement(tense=Tense.AMBIGUOUS, word=verb, suggestion=suggestion)
    if not command and _past_before_preposition(words):
        return Judgement(tense=Tense.PAST, word=words[-1])
    return Judgement(tense=Tense.NOT_PAST, word=verb, suggestion=_suggest(words, index))


def _verb_index(words: list[str]) -> int:
    """Where the word is that decides."""
    last = len(words) - 1
    if last and words[last] in PARTICLES:
        return last - 1
    if (
        last
        and words[last] in BEHIND
        and (is_past(words[last - 1]) or (last > 1 and words[last - 1] in SAME_IN_PAST))
    ):
        return last - 1
    if last > 1 and words[last] in BEHIND and words[last - 1] in PARTICLES:
        return last - 2
    return last


def _past_before_preposition(words: list[str]) -> bool:
    """Whether the name goes on behind its verb: `user_added_to_group`."""
    return any(
        (is_past(word) or (word in SAME_IN_PAST and index)) and following in PREPOSITIONS
        for index, (word, following) in enumerate(pairwise(words))
    )


def _suggest(words: list[str], index: int) -> str | None:
    first, verb, behind = words[0], words[index], words[index + 1 :]
    more = len(words) > 1
    if index and (words[index - 1] in ADJECTIVES or words[index - 1].endswith("ly")):
        return None
    if more and is_past(first) and not behind:
        return "_".join([*words[1:], first])
    if more and first not in NOUNS_TOO and _is_verb(first) and not behind:
        return _from_command(words)
    if _is_verb(verb) and (verb not in NOUNS_TOO or behind):
        return "_".join([*words[:index], past_of(verb), *behind])
    if verb in NOUNS:
        return "_".join([*words[:index], NOUNS[verb], *behind])
    base = base_of(verb, VERBS | NOUNS_TOO)
    if base is not None:
        return "_".join([*words[:index], past_of(base), *behind])
    if more and first == "new":
        return "_".join([*words[1:], "added"])
    if more and verb in NOUNS_TOO and _is_verb(first):
        return "_".join([*words, "requested"])
    if verb in NOUNS_TOO and more:
        return "_".join([*words[:index], past_of(verb), *behind])
    return None


def _from_command(words: list[str]) -> str:
    """A command's object, and its verb in the past tense: `create_order` is `order_created`."""
    past = [past_of(words[0])]
    rest = words[1:]
    if len(rest) > 1 and rest[0] in PARTICLES:
        past.append(rest.pop(0))
    if len(rest) > 1 and rest[0] in PREPOSITIONS:
        return "_".join([*past, *rest])
    if past[-1] in SAME_IN_PAST:
        past[-1] = CLEARER.get(past[-1], past[-1])
    return "_".join([*rest, *past])


def _is_verb(word: str) -> bool:
    return word in VERBS or word in NOUNS_TOO or is_base(word)
