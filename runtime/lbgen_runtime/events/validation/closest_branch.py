"""Of a union, the branch to explain to somebody whose value none of the branches accepts.

A tag decides, or the types; else the branch with the fewest reasons is the closest one.
"""

# JSON values are `Any` here: narrowing one by its type leaves pyright with parts unknown.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from .alternatives import admits
from .violation_words import any_of, is_naive, not_one_of, shown, wrong_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .alternatives import Branch, Branches
    from .found import Found, Refused
    from .schema_parts import SchemaPart, SchemaParts

__all__ = ["chosen"]

_COMPARED: Final = 20
"""Branches that are compared."""
_MOST_REASONS: Final = 20
_NEARLY: Final = 0.5
"""What a date-time without an offset counts, where another reason counts 1."""


class Comparison(Protocol):
    """What explains the whole value, as far as a choice needs it.

    Attributes:
        parts: finds schemas.
        branches: what is known of the branches of unions.
        every_branch: all branches of a union whose types fit are followed.
    """

    parts: SchemaParts
    branches: Branches
    every_branch: bool

    def broken(self, part: SchemaPart, value: Any) -> Iterator[str]:
        """The keywords of a schema, without those that hold schemas, that refuse a value."""
        ...

    def similar(self, word: str, known: Iterable[str]) -> str | None:
        """The known word that was probably meant."""
        ...

    def count_inside(self, part: SchemaPart, value: Any, most: int) -> int:
        """How many parts of a value a schema refuses, counted up to `most`."""
        ...


def chosen(explanation: Comparison, refused: Refused, keyword: str) -> Iterator[Found | Refused]:
    """What to say of a value that no branch of a union accepts.

    Args:
        explanation: of the whole value.
        refused: the value, and the schema with the union.
        keyword: `anyOf` or `oneOf`.
    """
    part, value = refused.part, refused.value
    branches = [
        explanation.branches.of(part.step(keyword, index), index + 1)
        for index in range(len(part.schema[keyword]))
    ]
    fitting = [each for each in branches if admits(each.kinds, value)]
    if not fitting:
        kinds = [kind for each in branches for kind in _wanted(each)]
        yield refused.found(keyword, wrong_kind(value, kinds))
        return
    if explanation.every_branch:
        yield from (refused.by(each.part) for each in fitting)
        return
    options = [each.values for each in fitting if each.values is not None]
    if len(options) == len(fitting):
        every = [each for values in options for each in values]
        yield refused.found(keyword, not_one_of(value, every, explanation.similar))
        return
    if type(value) is dict:
        answer = _by_tag(explanation, refused, fitting)
        if not isinstance(answer, list):
            yield answer
            return
        fitting = answer
    if len(fitting) == 1:
        yield refused.by(fitting[0].part)
        return
    best = min(fitting[:_COMPARED], key=lambda branch: _distance(explanation, branch.part, value))
    note = f" (closest of {len(fitting)} alternatives: {best.name})"
    yield refused.by(best.part)._replace(note=note)


def _wanted(branch: Branch) -> Iterator[str]:
    """The JSON types of a branch, in the order in which people name them."""
    kinds = branch.kinds - ({"integer"} if "number" in branch.kinds else set())
    for kind in ("string", "integer", "number", "boolean", "array", "object", "null"):
        if kind in kinds:
            yield kind


def _by_tag(
    explanation: Comparison, refused: Refused, branches: list[Branch]
) -> list[Branch] | Found:
    """The branches that a tag leaves, or what is wrong with the tag itself."""
    value = refused.value
    names = dict.fromkeys(name for branch in branches for name in branch.tags)
    for name in names:
        tagged = [each for each in branches if name in each.tags]
        if len(tagged) < 2:
            continue
        values = [one for each in tagged for one in each.tags[name].values]
        if name in value:
            meant = [each for each in tagged if _is_one_of(value[name], each.tags[name].values)]
            if meant:
                branches = meant
            elif len(tagged) == len(branches):
                tag = tagged[0].tags[name]
                words = not_one_of(value[name], values, explanation.similar)
                return refused.by(tag.part).found(tag.keyword, words, name)
        elif len(tagged) == len(branches) and all(name in each.required for each in tagged):
            words = f"{shown(name)} is missing; add it: {any_of(map(shown, values))}"
            return refused.by(tagged[0].required[name]).found("required", words)
    return _by_inner_tag(explanation, refused, branches)


def _by_inner_tag(
    explanation: Comparison, refused: Refused, branches: list[Branch]
) -> list[Branch] | Found:
    """The branches that the tag of an object inside leaves, or what is wrong with that tag."""
    for path in dict.fromkeys(path for branch in branches for path in branch.inner_tags):
        tagged = [each for each in branches if path in each.inner_tags]
        around = refused.value.get(path[0])
        if len(tagged) < 2 or type(around) is not dict or path[1] not in around:
            continue
        value = around[path[1]]
        meant = [each for each in tagged if _is_one_of(value, each.inner_tags[path].values)]
        if meant:
            branches = meant
        elif len(tagged) == len(branches):
            tag = tagged[0].inner_tags[path]
            values = [one for each in tagged for one in each.inner_tags[path].values]
            words = not_one_of(value, values, explanation.similar)
            return refused.by(tag.part).found(tag.keyword, words, *path)
    return branches


def _is_one_of(value: Any, options: Sequence[Any]) -> bool:
    return any(
        value == each and isinstance(value, bool) == isinstance(each, bool) for each in options
    )


def _distance(explanation: Comparison, part: SchemaPart, value: Any) -> float:
    """How many reasons a schema has to refuse a value, without looking further inside."""
    distance = 0.0
    waiting, seen = [part], {part.location}
    while waiting and distance < _MOST_REASONS:
        part = waiting.pop()
        if type(part.schema) is not dict:
            distance += 0 if part.schema else _MOST_REASONS
            continue
        for keyword in explanation.broken(part, value):
            nearly = keyword == "format" and is_naive(value)
            distance += _NEARLY if nearly else _MOST_REASONS if keyword == "type" else 1
        distance += explanation.count_inside(part, value, _MOST_REASONS)
        for inner in explanation.parts.in_place(part):
            if inner.location not in seen:
                seen.add(inner.location)
                waiting.append(inner)
    return distance
