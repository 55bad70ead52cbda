"""Draft-04 tells `1` from `1.0`: the second is a number, and not an integer."""

from __future__ import annotations

import itertools
import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from lbgen.compat.decide import Documents, Version, decide
from lbgen.source.document import Location

if TYPE_CHECKING:
    from collections.abc import Callable

URI = "lbgen:///event.json"
OLDEST = "http://json-schema.org/draft-04/schema#"
LATER = "http://json-schema.org/draft-07/schema#"
NUMBERS = (0, 1, 2, 0.0, 1.0, 2.0, 0.5, 1.5, -1, -1.0)
VALUES: tuple[Any, ...] = (
    *NUMBERS,
    "a",
    None,
    True,
    *([one] for one in NUMBERS),
    *([one, two] for one, two in itertools.product(NUMBERS[:7], repeat=2)),
    *({"n": one} for one in NUMBERS),
)


def version(schema: Any, draft: str = OLDEST) -> Version:
    # The parameter carries the schema, so that the value that decides may be of any type.
    return Version(Documents({URI: {**schema, "$schema": draft}}), Location(URI), strict=True)


class Numbers:
    """Random schemas of numbers, and of what holds numbers."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def schema(self, depth: int = 0) -> dict[str, Any]:
        choices: list[Callable[[int], Any]] = [self.type, self.type, self.enum, self.limit]
        if depth < 2:
            choices += [self.array, self.object, self.union, self.negation]
        return self.random.choice(choices)(depth)

    def type(self, _: int) -> dict[str, Any]:
        types = ["integer", "number", ["integer", "string"], ["integer", "number"], "string"]
        return {"type": self.random.choice(types)}

    def enum(self, _: int) -> dict[str, Any]:
        values = [0, 1, 2, 1.5, "a", [1], [0, 1], {"n": 1}]
        return {"enum": self.random.sample(values, self.random.randint(1, 3))}

    def limit(self, _: int) -> dict[str, Any]:
        return {"type": self.random.choice(["integer", "number"]), "minimum": 1, "multipleOf": 1}

    def array(self, depth: int) -> dict[str, Any]:
        return {
            "type": "array",
            "items": self.schema(depth + 1),
            "maxItems": 2,
            "uniqueItems": self.random.random() < 0.4,
        }

    def object(self, depth: int) -> dict[str, Any]:
        return {"type": "object", "properties": {"n": self.schema(depth + 1)}}

    def union(self, depth: int) -> dict[str, Any]:
        name = self.random.choice(["anyOf", "oneOf", "allOf"])
        return {name: [self.schema(depth + 1), self.schema(depth + 1)]}

    def negation(self, depth: int) -> dict[str, Any]:
        return {"not": self.schema(depth + 1)}


@pytest.mark.parametrize("chunk", range(6))
def test_every_verdict_on_numbers_holds_and_none_is_undecided(chunk: int) -> None:
    states: set[str] = set()
    for seed in range(chunk * 100, chunk * 100 + 100):
        numbers = Numbers(seed)
        writer = version(numbers.schema())
        reader = version(numbers.schema(), numbers.random.choice([OLDEST, OLDEST, LATER]))
        decision = decide(writer, reader)
        shown = [value for value in VALUES if writer.writes(value) and not reader.reads(value)]
        documents = [side.documents.documents[URI] for side in (writer, reader)]
        context = f"seed {seed}: {json.dumps(documents)}: {decision}"
        states.add(decision.state)
        assert decision.state != "undecided", context
        assert not (decision.state == "compatible" and shown), f"{context}: {shown[0]}"
        if decision.state == "breaking":
            assert writer.writes(decision.event), context
            assert not reader.reads(decision.event), context
    assert states == {"compatible", "breaking"}


def parameters(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def test_a_number_beside_an_integer_does_not_make_a_change_undecided() -> None:
    old = parameters(price={"type": "number"}, count={"type": "integer"})
    new = parameters(**old["properties"], note={"type": "string"})
    assert decide(version(old), version({**old, "description": "x"})).state == "compatible"
    assert decide(version(new), version(old)).state == "compatible"


def test_listed_whole_numbers_may_be_written_with_a_fraction() -> None:
    old, new = parameters(size={"enum": [1, 2]}), parameters(size={"type": "integer"})
    decision = decide(version(old), version(new))
    assert decision.state == "breaking"
    assert json.dumps(decision.event) == '{"size": 1.0}'


def test_an_integer_of_a_later_draft_may_be_written_with_a_fraction() -> None:
    schema = parameters(size={"type": "integer"})
    assert decide(version(schema, LATER), version(schema)).state == "breaking"
    assert decide(version(schema), version(schema, LATER)).state == "compatible"
