"""Rewritings that change nothing give no finding, alone or beside a real change."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from lbgen.compat.decide import Documents, Version, decide
from lbgen.source.document import Location
from tests.compat.random_schemas import Schemas
from tests.compat.rewrites import NEUTRAL, as_draft_07, sayable_in_draft_07

if TYPE_CHECKING:
    from collections.abc import Callable

URI = "lbgen:///event.json"
CASES = 60

pytestmark = pytest.mark.thorough


def version(document: Any, *, strict: bool) -> Version:
    return Version(Documents({URI: document}), Location(URI), strict=strict)


@pytest.mark.parametrize("rewrite", NEUTRAL, ids=lambda rewrite: rewrite.__name__)
def test_a_rewriting_that_changes_nothing_is_compatible(
    rewrite: Callable[[Any, random.Random], Any],
) -> None:
    for seed in range(CASES):
        document = Schemas(seed).document()
        if rewrite is as_draft_07 and not sayable_in_draft_07(document):
            continue
        rewritten = rewrite(document, random.Random(seed))
        old = version(document, strict=seed % 2 == 0)
        new = version(rewritten, strict=seed % 2 == 0)
        for writer, reader in ((old, new), (new, old)):
            decision = decide(writer, reader)
            context = f"seed {seed}: {json.dumps([document, rewritten])}: {decision}"
            assert decision.state == "compatible", context


@pytest.mark.parametrize("rewrite", NEUTRAL, ids=lambda rewrite: rewrite.__name__)
def test_a_rewriting_beside_a_change_leaves_the_verdict_alone(
    rewrite: Callable[[Any, random.Random], Any],
) -> None:
    for seed in range(CASES):
        schemas = Schemas(10_000 + seed)
        document = schemas.document()
        changed = schemas.changed(document)
        if rewrite is as_draft_07 and not sayable_in_draft_07(changed):
            continue
        rewritten = rewrite(changed, random.Random(seed))
        old = version(document, strict=False)
        plain, other = version(changed, strict=False), version(rewritten, strict=False)
        for pairs in (((old, plain), (old, other)), ((plain, old), (other, old))):
            verdicts = [decide(writer, reader).state for writer, reader in pairs]
            if "undecided" in verdicts:
                continue
            assert len(set(verdicts)) == 1, f"seed {seed}: {json.dumps([document, changed])}"
