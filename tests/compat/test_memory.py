"""What the prover remembers from one pair of schemas to the next."""

from __future__ import annotations

from lbgen.compat.normal.schema import REF, Node
from lbgen.compat.prove.engine import Engine
from lbgen.compat.prove.terms import Lit

TEXT = Node(keywords={"type": ["string"]})
NUMBER = Node(keywords={"type": ["number"]})
INSIDE = Node(keywords={"type": ["array"], "items": Node(keywords={REF: "A"}), "minItems": 1})
TEXTS = Node(keywords={"type": ["array"], "items": TEXT})


def answer(definition: Node) -> str:
    """Whether there is an array of what the definition says that holds no text."""
    goal = frozenset({Lit(INSIDE, positive=True), Lit(TEXTS, positive=False)})
    return Engine({"A": definition}, 1000).inhabit(goal).state


def test_a_reference_means_what_the_definitions_around_it_say() -> None:
    assert answer(TEXT) == "empty"
    assert answer(NUMBER) == "found"
    assert answer(TEXT) == "empty"
