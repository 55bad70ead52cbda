"""Keywords in odd company: no small value contradicts a decision.

`LBGEN_PAIRS=20000 pytest -m thorough tests/compat/test_corners.py` is the nightly size.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import Any

import jsonschema_rs
import pytest

from lbgen.compat.decide import Documents, Version, decide
from lbgen.compat.normal.schema import UnsupportedSchema
from lbgen.source.document import Location
from tests.compat.corner_schemas import Corners, small_values

PAIRS = int(os.environ.get("LBGEN_PAIRS", "1500"))
CHUNK = 300
URI = "lbgen:///event.json"
VALUES = small_values()

pytestmark = pytest.mark.thorough


def version(document: Any, *, strict: bool) -> Version:
    return Version(Documents({URI: document}), Location(URI), strict=strict)


@pytest.mark.parametrize("chunk", range((PAIRS + CHUNK - 1) // CHUNK))
def test_no_small_value_contradicts_a_verdict(chunk: int) -> None:
    verdicts: Counter[str] = Counter()
    for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        corners = Corners(seed)
        old = corners.document()
        new = corners.changed(old)
        sides = [version(document, strict=seed % 3 != 0) for document in (old, new)]
        try:
            written = [[side.writes(value) for value in VALUES] for side in sides]
        except (UnsupportedSchema, jsonschema_rs.ValidationError):
            continue  # a change made it no schema, or one that asks itself
        read = [[side.reads(value) for value in VALUES] for side in sides]
        for one, two in ((0, 1), (1, 0)):
            decision = decide(sides[one], sides[two])
            verdicts[decision.state] += 1
            context = f"seed {seed}: {json.dumps([old, new])}, {one} to {two}: {decision}"
            shown = [
                value
                for value, writes, reads in zip(VALUES, written[one], read[two], strict=True)
                if writes and not reads
            ]
            if decision.state == "compatible":
                assert not shown, f"{context}: {shown[0]}"
            if decision.state == "breaking":
                assert sides[one].writes(decision.event), context
                assert not sides[two].reads(decision.event), context
    assert verdicts["compatible"] > CHUNK / 3, verdicts
    assert verdicts["undecided"] <= 0.01 * 2 * CHUNK, verdicts
