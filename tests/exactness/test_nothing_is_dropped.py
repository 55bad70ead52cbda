"""What a schema declares, at any nesting of its compositions, is read and given back.

An event has declared content if some schema or branch declares each of its properties, and if the
closed form of its schema (`lbgen.compat.normal.writer`) accepts it, which is what `fire` can send.
Every such event comes back whole from `from_dict` and `to_json`; where the schema has defaults,
with some of them filled in, and still valid.

`LBGEN_COMPOSITIONS=10000 pytest -m thorough tests/exactness/test_nothing_is_dropped.py` is the
long run.
"""

from __future__ import annotations

import importlib
import json
import os
from typing import TYPE_CHECKING

import pytest

from lbgen_runtime import InvalidParameters
from tests.exactness.compositions import (
    Compositions,
    closed_form,
    declared,
    filled_in,
    without_defaults,
)
from tests.support.packages import build_json, imported, write_package

if TYPE_CHECKING:
    from pathlib import Path

COUNT = int(os.environ.get("LBGEN_COMPOSITIONS", "300"))
CHUNK = 100
TRIES = 250

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("defaults", [False, True], ids=["plain", "defaults"])
@pytest.mark.parametrize("chunk", range((COUNT + CHUNK - 1) // CHUNK))
def test_an_event_of_declared_content_comes_back_whole(
    chunk: int, tmp_path: Path, *, defaults: bool
) -> None:
    seeds = range(chunk * CHUNK, (chunk + 1) * CHUNK)
    made = {seed: Compositions(seed, defaults=defaults) for seed in seeds}
    schemas = {seed: made[seed].event() for seed in seeds}
    files = {f"shop/thing{seed}_happened.schema.json": schemas[seed] for seed in seeds}
    built = build_json(files)
    for problem in built.problems:  # a contract that has no names for all its types is refused
        if problem.rule == "name-collision":
            del files[str(problem.place.file)]
    assert len(files) > 0.98 * CHUNK
    package = write_package(built if built.files else build_json(files), tmp_path / "composed")
    compared = 0
    with imported(package):
        module = importlib.import_module("composed.shop")
        for seed in seeds:
            if f"shop/thing{seed}_happened.schema.json" not in files:
                continue
            schema = schemas[seed]
            plain = closed_form(without_defaults(schema))
            event = getattr(module, f"Thing{seed}Happened")
            for _ in range(TRIES):
                given = made[seed].instance()
                if not declared(given, [schema], schema["$defs"]) or not plain.writes(given):
                    continue
                compared += 1
                context = f"seed {seed}: {json.dumps(schema)}: {json.dumps(given)}"
                read = event.from_dict(given)
                try:
                    written = json.loads(read.to_json())
                except InvalidParameters as error:
                    raise AssertionError(f"{context}: {read}: {error}") from None
                assert filled_in(given, written), f"{context}: {written}"
                assert defaults or given == written, f"{context}: {written}"
                assert closed_form(schema).writes(written), f"{context}: {written}"
    assert compared > CHUNK
