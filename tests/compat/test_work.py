"""How much work a decision and the search for its causes may take: calls are counted, not time."""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING, Any

import pytest

from lbgen.compat.change.blame import causes
from lbgen.compat.decide import Documents, Parameters, decide
from lbgen.compat.prove.containment import STEPS
from lbgen.source.document import Location

if TYPE_CHECKING:
    from collections.abc import Callable

URI = "lbgen:///event.json"
CALLS_PER_STEP = 70
MULTIPLE = 5
"""A decision, and four times as much for its causes."""


def version(document: Any) -> Parameters:
    return Parameters(Documents({URI: document}), Location(URI))


def calls_of(work: Callable[[], object]) -> int:
    """How many functions some work calls."""
    calls = 0

    def count(_: object, event: str, __: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


def many_fields(seed: int) -> dict[str, Any]:
    """Each field has another limit in each version."""
    pick = random.Random(seed)
    limits = {f"f{at}": {"type": "string", "maxLength": pick.randrange(500)} for at in range(800)}
    return {"type": "object", "properties": limits}


def many_branches(first: int, count: int = 60, keyword: str = "anyOf") -> dict[str, Any]:
    """Each choice of branches has looked at other properties."""
    branches = [
        {"required": [f"p{at}"], "properties": {f"p{at}": {"type": "integer", "minimum": at}}}
        for at in range(first, first + count)
    ]
    return {"type": "object", keyword: branches, "unevaluatedProperties": False}


def many_unions(seed: int) -> dict[str, Any]:
    """Unions without a tag, all of whose members overlap."""
    pick = random.Random(seed)

    def member() -> dict[str, Any]:
        names = pick.sample(range(40), 8)
        fields = {f"p{at}": {"type": "string", "maxLength": pick.randrange(5, 50)} for at in names}
        return {"type": "object", "properties": fields, "not": {"required": [f"p{names[0]}"]}}

    return {"type": "object", "properties": {"one": {"oneOf": [member() for _ in range(24)]}}}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(many_fields(1), many_fields(2), marks=pytest.mark.thorough),
        (many_branches(0), many_branches(7)),
        (many_branches(0, 24, "oneOf"), many_branches(7, 24, "oneOf")),
        pytest.param(many_unions(1), many_unions(2), marks=pytest.mark.thorough),
    ],
    ids=["fields", "branches", "exclusive-branches", "unions"],
)
def test_decision_and_causes_take_a_bounded_amount_of_work(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    """U22: to find the causes of an undecided event took 25 times as long as to decide it."""

    def work() -> None:
        writer, reader = version(old), version(new)
        decision = decide(writer, reader)
        if decision.state != "compatible":
            assert causes(writer, reader, decision)

    assert calls_of(work) < MULTIPLE * STEPS * CALLS_PER_STEP


@pytest.mark.parametrize(
    ("longest", "state"), [(2**31 - 1, "compatible"), (2**29 - 1, "undecided"), (999, "breaking")]
)
def test_no_text_is_made_that_no_event_can_hold(longest: int, state: str) -> None:
    old = {"type": "object", "properties": {"text": {"type": "string"}}}
    new = {"type": "object", "properties": {"text": {"type": "string", "maxLength": longest}}}
    assert decide(version(old), version(new)).state == state
