"""Random contracts of every keyword whose names are those that generated code uses itself.

Each builds and imports; what the validator accepts is read, and nothing else; each event that
`fire` can send comes back whole; something added renames nothing, or the check says so; a sample
passes both type checkers.

`LBGEN_UNLUCKY_CONTRACTS=10000 pytest -m thorough tests/exactness/test_unlucky_contracts.py` is the
long run.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from lbgen.findings.diagnostic import Severity
from lbgen.generate.names import ADDITIONAL, class_name
from lbgen.tasks.check import run_check
from lbgen_runtime import InvalidParameters
from tests.exactness.compositions import closed_form, declared, filled_in, holds, without_defaults
from tests.exactness.unlucky import Unlucky
from tests.support.generated_names import names_in
from tests.support.packages import build_json, imported, write_package

if TYPE_CHECKING:
    from pathlib import Path

COUNT = int(os.environ.get("LBGEN_UNLUCKY_CONTRACTS", "200"))
CHUNK = 50
TRIES = 40
SAMPLE = 30

pytestmark = pytest.mark.thorough

REFUSED = {"name-collision", "parameters-no-object"}
"""Rules by which a random contract may be refused."""


def built_contracts(seeds: range) -> dict[int, tuple[Unlucky, dict[str, Any]]]:
    """The contracts of some seeds that build; of the others at most a few, for a known reason."""
    found: dict[int, tuple[Unlucky, dict[str, Any]]] = {}
    for seed in seeds:
        made = Unlucky(seed, defaults=seed % 4 == 0)
        contract = made.contract(f"c{seed}")
        built = build_json({f"c{seed}.json": contract})
        errors = [each for each in built.problems if each.severity is Severity.ERROR]
        assert {each.rule for each in errors} <= REFUSED, (seed, errors)
        assert bool(errors) != bool(built.files)
        if built.files:
            found[seed] = made, contract
    assert len(found) > 0.8 * len(seeds)
    return found


@pytest.mark.parametrize("chunk", range((COUNT + CHUNK - 1) // CHUNK))
def test_what_fire_can_send_comes_back_whole(chunk: int, tmp_path: Path) -> None:
    contracts = built_contracts(range(chunk * CHUNK, (chunk + 1) * CHUNK))
    built = build_json({f"c{seed}.json": contract for seed, (_, contract) in contracts.items()})
    count: Counter[str] = Counter(contracts=len(contracts))
    with imported(write_package(built, tmp_path / "unlucky_package")):
        for seed, (made, contract) in contracts.items():
            module = importlib.import_module(f"unlucky_package.c{seed}")
            for name, event in contract["events"].items():
                schema = {**event["parameters"], "$defs": contract["$defs"]}
                event_type = getattr(module, class_name(name))
                for _ in range(TRIES):
                    given = made.fitting(contract, name)
                    context = f"seed {seed}: {name}: {json.dumps(given)}"
                    count[_round_trip(event_type, schema, given, context)] += 1
    print(dict(count))
    assert count["whole"] > CHUNK


def _round_trip(event_type: Any, schema: dict[str, Any], given: Any, context: str) -> str:
    """Read and write an event; what it was."""
    valid = holds(schema, given, schema["$defs"])
    read, refusal = None, None
    try:
        read = event_type.from_json(json.dumps(given))
    except InvalidParameters as error:
        refusal = error
    assert valid == (refusal is None), f"{context}: {refusal}"
    if read is None:
        return "refused"
    plain = without_defaults(schema)
    if not declared(given, [schema], schema["$defs"]):
        return "open"
    if not closed_form(plain).writes(given):
        return "unwritable"
    try:
        written = json.loads(read.to_json())
    except InvalidParameters as error:
        raise AssertionError(f"{context}: {read}: {error}") from None
    assert filled_in(given, written), f"{context}: {written}"
    assert plain != schema or given == written, f"{context}: {written}"
    assert event_type.from_json(read.to_json()) == read, context
    assert event_type.from_dict(given) == read, context
    return "whole"


@pytest.mark.parametrize("chunk", range((COUNT + CHUNK - 1) // CHUNK))
def test_something_added_renames_nothing_or_the_check_says_so(chunk: int, tmp_path: Path) -> None:
    count: Counter[str] = Counter()
    for seed, (made, old) in built_contracts(range(chunk * CHUNK, (chunk + 1) * CHUNK)).items():
        api = f"c{seed}"
        new = made.added(old)
        before, after = names_in(api, old), names_in(api, new)
        if before is None or after is None:
            count["refused"] += 1
            continue
        moved = renamed(before, after)
        count["renamed" if moved else "stable"] += 1
        if moved:
            told = checked(tmp_path / api, api, old, new)
            assert moved <= told, f"seed {seed}: {moved - told}: {json.dumps([old, new])}"
    print(dict(count))


Names = dict[str, tuple[str, dict[str, str]]]


def renamed(before: Names, after: Names) -> set[str]:
    """The names that mean something else in another version, though what they meant is there."""
    places = {place: name for name, (place, _) in after.items()}
    found: set[str] = set()
    for name, (place, fields) in before.items():
        if after.get(name, ("", {}))[0] != place:
            if place in places:
                found.add(name)
            continue
        now = after[name][1]
        keys = {key: field for field, key in now.items() if field != ADDITIONAL}
        named = {field: key for field, key in fields.items() if field != ADDITIONAL}
        found |= {f"{name}.{one}" for one, key in named.items() if keys.get(key, one) != one}
    return found


def checked(folder: Path, api: str, old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    """The names that the check says something of."""
    for version, contract in (("old", old), ("new", new)):
        (folder / version).mkdir(parents=True)
        (folder / version / f"{api}.json").write_text(json.dumps(contract))
    result = run_check(folder / "new", against=[str(folder / "old")])
    return {one.path for one in result.findings if one.rule.startswith("compat-name")}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a package of some contracts."""
    folder = tmp_path_factory.mktemp("sample")
    contracts = built_contracts(range(COUNT, COUNT + SAMPLE))
    files = {f"c{seed}.json": contract for seed, (_, contract) in contracts.items()}
    write_package(build_json(files), folder / "unlucky_package")
    return folder


@pytest.mark.parametrize("command", ["mypy --strict --config-file= .", "pyright -p ."])
def test_a_sample_passes_a_type_checker(command: str, sample: Path) -> None:
    (sample / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    done = subprocess.run(
        [sys.executable, "-m", *command.split()],
        cwd=sample,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[:5000]
