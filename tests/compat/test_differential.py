"""Random pairs through the checker: what it says must be so.

`LBGEN_PAIRS=20000 pytest -m thorough tests/compat/test_differential.py` is the nightly size;
`LBGEN_SEED` starts somewhere else.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import Any

import pytest

from lbgen.compat.decide import Decision, Documents, Version, decide
from lbgen.source.document import Location
from tests.compat.algebra import proves
from tests.compat.random_schemas import Schemas
from tests.compat.random_values import Values

PAIRS = int(os.environ.get("LBGEN_PAIRS", "500"))
SEED = int(os.environ.get("LBGEN_SEED", "1"))
INSTANCES = 300
URI = "lbgen:///event.json"
CHUNK = 100

pytestmark = pytest.mark.thorough


def version(document: Any, *, strict: bool) -> Version:
    return Version(Documents({URI: document}), Location(URI), strict=strict)


def assert_true(decision: Decision, writer: Version, reader: Version, seed: int) -> None:
    """The decision holds for every value that can be thought of."""
    documents = [side.documents.documents[URI] for side in (writer, reader)]
    context = f"seed {seed}, strict {writer.strict}: {json.dumps(documents)}"
    if decision.state == "breaking":
        assert writer.writes(decision.event), context
        assert writer.authors.is_valid(decision.event), context
        assert not reader.authors.is_valid(decision.event), context
        assert decision.message, context
        assert not proves(writer.writer, reader.reader), context
    if decision.state == "compatible":
        accepted = 0
        for index, document in enumerate(documents):
            values = Values(document, seed + index)
            for _ in range(INSTANCES * 2):
                value = values.value(document)
                if writer.writes(value):
                    accepted += 1
                    assert reader.reads(value), f"{context}: {value}"
                if accepted == INSTANCES * (index + 1):
                    break


@pytest.mark.parametrize("chunk", range((PAIRS + CHUNK - 1) // CHUNK))
def test_every_verdict_on_random_pairs_holds(chunk: int) -> None:
    verdicts: Counter[str] = Counter()
    for seed in range(SEED * 1_000_000 + chunk * CHUNK, SEED * 1_000_000 + (chunk + 1) * CHUNK):
        schemas = Schemas(seed)
        old = schemas.document()
        new = schemas.changed(old)
        strict = seed % 4 == 0
        one, two = version(old, strict=strict), version(new, strict=strict)
        for writer, reader in ((one, two), (two, one)):
            decision = decide(writer, reader)
            verdicts[decision.state] += 1
            assert_true(decision, writer, reader, seed)
    assert verdicts["undecided"] <= 0.01 * 2 * CHUNK + 1, verdicts
