"""A folder per case: an old contract, a new one, and the text of what the check says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lbgen.compat.contracts.version import ContractVersion
from lbgen.compat.decide import Version
from lbgen.compat.normal.schema import to_schema
from lbgen.compiler import analyse
from lbgen.source.files import read_sources
from lbgen.tasks.check import run_check
from tests.compat.expected_output import CASES, check_case
from tests.compat.random_values import Values

if TYPE_CHECKING:
    from pathlib import Path


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 250


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_check_says_what_is_expected(case: Path) -> None:
    assert check_case(case) == (case / "expected.txt").read_text("utf-8")


def versions(case: Path) -> dict[str, tuple[Version, Version]]:
    """The old and the new version of every event that is in both."""
    old, new = (
        ContractVersion(analyse(read_sources(case / name).files).contract)
        for name in ("old", "new")
    )
    return {
        name: (
            Version(old.documents, old.events[name][1].location),
            Version(new.documents, new.events[name][1].location),
        )
        for name in old.events
        if name in new.events
    }


@pytest.mark.thorough
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_event_contradicts_what_is_called_compatible(case: Path) -> None:
    result = run_check(case / "new", against=[str(case / "old")])
    breaks = [finding for finding in result.findings if finding.state != "meaning"]
    broken = {(one.full_name, proof.direction) for one in breaks for proof in one.proofs}
    for name, (old, new) in versions(case).items():
        for direction, writer, reader in (("backward", old, new), ("forward", new, old)):
            if (name, direction) in broken:
                continue

            search_for_a_counterexample(writer, reader)


def search_for_a_counterexample(writer: Version, reader: Version) -> None:
    schemas = (to_schema(writer.writer), to_schema(reader.reader))

    @settings(max_examples=30, derandomize=True, deadline=None, database=None)
    @given(seed=st.integers(0, 2**32))
    def search(seed: int) -> None:
        for schema in schemas:
            value = Values(schema, seed).value(schema)
            assert not writer.writes(value) or reader.reads(value), value

    search()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_break_is_shown_by_an_event(case: Path) -> None:
    result = run_check(case / "new", against=[str(case / "old")])
    pairs = versions(case)
    for finding in result.findings:
        if finding.full_name not in pairs:
            continue
        old, new = pairs[finding.full_name]
        for proof in finding.proofs:
            writer, reader = (old, new) if proof.direction == "backward" else (new, old)
            if proof.event is not None:
                assert writer.authors.is_valid(proof.event)
                assert writer.writes(proof.event)
                assert not reader.authors.is_valid(proof.event)
