"""Why a schema refuses a value: which keyword, at which place, and what to write instead.

The way leads from the whole value to its parts, and at each step the validator's own verdict says
which parts are refused. Of a union the branch that was meant is followed, and no other. The work is
bounded by a budget that grows with the value, not with the number of ways through the schema.
"""

# JSON values are `Any` here: narrowing one by its type leaves pyright with parts unknown.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from .budget import Budget, Spent
from .closest_branch import chosen
from .found import Found, Refused
from .schema_parts import REFERENCES, named, numbers
from .suggestions import did_you_mean
from .violation_words import missing, number_of, shown, unexpected, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .alternatives import Branches
    from .found import Path
    from .part_verdicts import PartVerdicts
    from .schema_parts import SchemaPart, SchemaParts

__all__ = ["Explanation"]

_CHUNK: Final = 64
"""Items of an array that are asked about in one question, as long as all are accepted."""
_ANY: Final = (object,)
_NUMBER: Final = (int, float)
_FLAT: Final[dict[str, tuple[type, ...]]] = {
    **dict.fromkeys(("type", "enum", "const"), _ANY),
    **dict.fromkeys(("minimum", "maximum", "multipleOf"), _NUMBER),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), _NUMBER),
    **dict.fromkeys(("minLength", "maxLength", "pattern", "format"), (str,)),
    **dict.fromkeys(("contentEncoding", "contentMediaType"), (str,)),
    **dict.fromkeys(("minItems", "maxItems", "uniqueItems"), (list,)),
    **dict.fromkeys(("minProperties", "maxProperties"), (dict,)),
}
"""Keywords that hold no schema, and the types of the values that they are about."""
_TOO_MUCH: Final = "the schema refuses this value; the value is too large to find the reason"
_NO_REASON: Final = "the schema refuses this value; compare it with the schema"


class Explanation:
    """Explains one value.

    Args:
        parts: finds schemas.
        verdicts: of parts of schemas.
        branches: what is known of the branches of unions.
        value: the value.
        every_branch: follow all branches of a union whose types fit, not only the one meant.
    """

    def __init__(
        self,
        parts: SchemaParts,
        verdicts: PartVerdicts,
        branches: Branches,
        value: Any,
        *,
        every_branch: bool = False,
    ) -> None:
        self.parts = parts
        self.branches = branches
        self.every_branch = every_branch
        self.budget = Budget(value)
        self._verdicts = verdicts
        self._value = value
        self._comparing = 0
        self._known: dict[tuple[str, int], bool] = {}

    def of(self, part: SchemaPart) -> Iterator[Found]:
        """The reasons why a schema does not accept the value, at least one."""
        seen: set[tuple[str, Path]] = set()
        open_: list[tuple[Iterator[Found | Refused], Refused]] = []
        given: list[bool] = []
        new: Refused | None = Refused(part, self._value, ())
        while new is not None or open_:
            if new is not None:
                open_.append((self._reasons(new), new))
                given.append(False)
                new = None
            reasons, refused = open_[-1]
            why = _NO_REASON
            try:
                each = next(reasons, None)
            except Spent:
                each, why = None, _TOO_MUCH
            if each is None:
                open_.pop()
                if not given.pop():
                    yield refused.found("schema", why)
                continue
            given[-1] = True
            if isinstance(each, Found):
                yield each
            elif (key := (each.part.location, each.path)) not in seen:
                seen.add(key)
                new = each

    def accepts(self, part: SchemaPart, value: Any) -> bool:
        """Whether a schema accepts a value, or may do so.

        Raises:
            Spent: the budget is used up.
        """
        asked = (part.location, id(value))
        if asked not in self._known:
            self.budget.ask(value)
            self._known[asked] = self._verdicts.accepts(part, value) is not False
        return self._known[asked]

    def accepts_keyword(self, part: SchemaPart, keyword: str, value: Any) -> bool:
        """Whether a keyword that holds no schema accepts a value.

        Raises:
            Spent: the budget is used up.
        """
        self.budget.ask(value)
        return self._verdicts.accepts_keyword(part, keyword, value)

    def broken(self, part: SchemaPart, value: Any) -> Iterator[str]:
        """The keywords that hold no schema, and that do not accept a value."""
        for keyword in part.schema:
            kinds = _FLAT.get(keyword)
            if kinds is None or not part.has(keyword) or not isinstance(value, kinds):
                continue
            if isinstance(value, bool) and kinds is _NUMBER:
                continue
            if isinstance(part.schema[keyword], bool) and kinds is _NUMBER:
                continue  # of draft-04; its bound tells
            if not self.accepts_keyword(part, keyword, value):
                yield keyword

    def refused_of(
        self, part: SchemaPart, items: Iterable[tuple[Any, Any]]
    ) -> Iterator[tuple[Any, Any]]:
        """Those of many values that one schema does not accept, each with the step to it."""
        items = iter(items)
        while chunk := list(islice(items, _CHUNK)):
            values = [value for _, value in chunk]
            if len(chunk) > 1:
                self.budget.ask(values)
                if self._verdicts.accepts_each(part, values) is not False:
                    continue
            for step, value in chunk:
                if not self.accepts(part, value):
                    yield step, value

    def similar(self, word: str, known: Iterable[str]) -> str | None:
        """The known word that was meant, if there is one and time to find it."""
        names = list(known)
        if not names or self._comparing or not self.budget.compare(len(names)):
            return None
        return did_you_mean(word, names)

    def _reasons(self, refused: Refused) -> Iterator[Found | Refused]:
        part, value = refused.part, refused.value
        schema = part.schema
        if type(schema) is not dict:
            yield refused.found("schema", "nothing is allowed here; remove it")
            return
        for keyword in REFERENCES:
            target = self.parts.target(part, keyword) if part.has(keyword) else None
            if target is not None:
                self._verdicts.prepare(target)
                if len(schema) == 1 or not self.accepts(target, value):
                    yield refused.by(target)
        self._verdicts.prepare(part)
        for keyword in self.broken(part, value):
            yield refused.found(keyword, words_of(keyword, schema, value, self.similar))
            if keyword == "type":
                return
        if type(value) is dict:
            yield from self._of_object(refused)
        elif type(value) is list:
            yield from self._of_array(refused)
        yield from self._in_place(refused)
        yield from self._unevaluated(refused)

    def _of_object(self, refused: Refused) -> Iterator[Found | Refused]:
        part, value, schema = refused.part, refused.value, refused.part.schema
        properties = named(part, "properties")
        if part.has("required") and type(schema["required"]) is list:
            for name in schema["required"]:
                if name not in value:
                    given = [each for each in value if each not in properties]
                    yield refused.found("required", missing(name, given, self.similar))
        yield from self._of_dependencies(refused)
        for name, inner in value.items():
            if name in properties:
                at = part.step("properties", name)
                if not self.accepts(at, inner):
                    yield refused._replace(part=at, value=inner, path=(*refused.path, name))
        others = [name for name in value if name not in properties]
        for pattern in named(part, "patternProperties"):
            self.budget.ask(others)
            matching = {each for each in others if self._verdicts.matches(pattern, each)}
            found = ((each, value[each]) for each in value if each in matching)
            yield from self._children(refused, part.step("patternProperties", pattern), found)
            others = [each for each in others if each not in matching]
        if part.has("additionalProperties"):
            if schema["additionalProperties"] is False:
                known = properties.keys() - value.keys()
                for name in others:
                    message = unexpected(name, known, self.similar)
                    yield refused.found("additionalProperties", message, name)
            elif schema["additionalProperties"] is not True:
                found = ((each, value[each]) for each in others)
                yield from self._children(refused, part.step("additionalProperties"), found)
        if part.has("propertyNames"):
            names = ((each, each) for each in value)
            for each in self._children(refused, part.step("propertyNames"), names):
                yield each._replace(is_name=True)

    def _children(
        self, refused: Refused, part: SchemaPart, items: Iterable[tuple[Any, Any]]
    ) -> Iterator[Refused]:
        for step, value in self.refused_of(part, items):
            yield refused._replace(part=part, value=value, path=(*refused.path, step))

    def _of_dependencies(self, refused: Refused) -> Iterator[Found | Refused]:
        for keyword in ("dependentRequired", "dependentSchemas", "dependencies"):
            for name, needed in named(refused.part, keyword).items():
                if name not in refused.value:
                    continue
                if type(needed) is list:
                    for each in needed:
                        if each not in refused.value:
                            words = f"{shown(each)} is missing; add it, or remove {shown(name)}"
                            yield refused.found(keyword, words)
                elif not self.accepts(at := refused.part.step(keyword, name), refused.value):
                    yield refused.by(at)

    def _of_array(self, refused: Refused) -> Iterator[Found | Refused]:
        part, value, schema = refused.part, refused.value, refused.part.schema
        first = "prefixItems" if part.draft == 20 else "items"
        prefix = schema[first] if part.has(first) and type(schema[first]) is list else []
        for index, inner in enumerate(value[: len(prefix)]):
            at = part.step(first, index)
            if not self.accepts(at, inner):
                yield refused._replace(part=at, value=inner, path=(*refused.path, index))
        rest = "additionalItems" if prefix and first == "items" else "items"
        if part.has(rest) and type(schema[rest]) in (dict, bool):
            if schema[rest] is False and len(value) > len(prefix):
                have, most = number_of(len(value), "item"), len(prefix)
                yield refused.found(rest, f"the array has {have}; write at most {most}")
            elif schema[rest] is not False:
                after = islice(enumerate(value), len(prefix), None)
                yield from self._children(refused, part.step(rest), after)
        if part.has("contains") and part.draft > 4:
            yield from self._of_contains(refused)

    def _of_contains(self, refused: Refused) -> Iterator[Found]:
        part, schema = refused.part, refused.part.schema
        least = schema.get("minContains", 1) if part.draft > 7 else 1
        most = schema.get("maxContains") if part.draft > 7 else None
        at = part.step("contains")
        count = sum(1 for each in refused.value if self.accepts(at, each))
        have = number_of(count, "item")
        if count < least:
            keyword = "minContains" if "minContains" in schema and part.draft > 7 else "contains"
            words = f"'contains' matches {have} of the array; write at least {least} matching"
            yield refused.found(keyword, words)
        elif most is not None and count > most:
            words = f"'contains' matches {have} of the array; write at most {most} matching"
            yield refused.found("maxContains", words)

    def _in_place(self, refused: Refused) -> Iterator[Found | Refused]:
        """Reasons of schemas that are about the same value."""
        part, value, schema = refused.part, refused.value, refused.part.schema
        for index in numbers(part, "allOf"):
            at = part.step("allOf", index)
            if not self.accepts(at, value):
                yield refused.by(at)
        for keyword in ("anyOf", "oneOf"):
            accepting = self._accepting(part, keyword, value)
            if accepting is None:
                continue
            if not accepting:
                yield from chosen(self, refused, keyword)
            elif len(accepting) > 1:
                one, other = (
                    self.branches.of(part.step(keyword, each), each + 1).name for each in accepting
                )
                yield refused.found(
                    keyword,
                    f"this matches {one} and {other}; change it so that it matches only one",
                )
        if part.has("not") and self.accepts(part.step("not"), value):
            yield refused.found("not", _excluded(schema["not"], value))
        if part.has("if") and part.draft > 6:
            keyword = "then" if self.accepts(part.step("if"), value) else "else"
            if part.has(keyword) and not self.accepts(at := part.step(keyword), value):
                yield refused.by(at)

    def _accepting(self, part: SchemaPart, keyword: str, value: Any) -> list[int] | None:
        """The first branches of a union that accept a value; `None` if there is no union."""
        accepting: list[int] = []
        if not (indexes := numbers(part, keyword)):
            return None
        for index in indexes:
            if self.accepts(part.step(keyword, index), value):
                accepting.append(index)
                if keyword == "anyOf" or len(accepting) > 1:
                    break
        return accepting

    def count_inside(self, part: SchemaPart, value: Any, most: int) -> int:
        """How many reasons to refuse a value are in its parts and in unions, up to a number.

        Raises:
            Spent: the budget is used up.
        """
        refused = Refused(part, value, ())
        self._verdicts.prepare(part)
        self._comparing += 1
        try:
            if type(value) is dict:
                count = sum(1 for _ in islice(self._of_object(refused), most))
            elif type(value) is list:
                count = sum(1 for _ in islice(self._of_array(refused), most))
            else:
                count = 0
            return count + sum(
                1 for each in ("anyOf", "oneOf") if self._accepting(part, each, value) == []
            )
        finally:
            self._comparing -= 1

    def _unevaluated(self, refused: Refused) -> Iterator[Found]:
        part, value = refused.part, refused.value
        keyword = "unevaluatedProperties" if type(value) is dict else "unevaluatedItems"
        if not isinstance(value, dict | list) or not part.has(keyword) or part.draft <= 7:
            return
        if type(value) is dict and part.schema[keyword] is False:
            known = self.branches.all_names(part)
            others = [each for each in value if each not in known] if known is not None else []
            for name in others:
                message = unexpected(name, (known or set()) - value.keys(), self.similar)
                yield refused.found(keyword, message, name)


def _excluded(schema: Any, value: Any) -> str:
    if type(schema) is dict and schema.keys() == {"required"}:
        names = " and ".join(map(shown, schema["required"]))
        return (
            f"{names} must not be present; remove {'it' if len(schema['required']) == 1 else 'one'}"
        )
    if type(schema) is dict and schema.keys() & {"const", "enum"}:
        return f"{shown(value)} is not allowed; write another value"
    return "the schema does not allow this value ('not'); write another value"
