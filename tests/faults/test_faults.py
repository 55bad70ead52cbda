"""Each fault leaves every promise whole; and each planted fault is caught by the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.kinds import MIX
from tests.faults.mix import run_mix
from tests.faults.scenarios import SCENARIOS
from tests.faults.stage import Stage
from tests.support import servers

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("kind", servers.KINDS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_promise_holds_when(name: str, kind: str, tmp_path: Path) -> None:
    if reason := servers.missing(kind):
        pytest.skip(reason)
    scenario = SCENARIOS[name]
    stage = Stage(kind, tmp_path, seed=1, **scenario.options)
    try:
        verdict = scenario.play(stage)
    finally:
        stage.close()
    assert not verdict.broken, f"{verdict}\njournals: {tmp_path}"
    assert verdict.confirmed


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_ledger_catches_a_runtime_that(name: str, tmp_path: Path) -> None:
    scenario = SCENARIOS[name]
    stage = Stage("valkey", tmp_path, seed=1, plant=scenario.plant, **scenario.options)
    try:
        verdict = scenario.play(stage)
    finally:
        stage.close()
    assert scenario.breaks in verdict.broken, f"{verdict}\njournals: {tmp_path}"


@pytest.mark.parametrize("kind", servers.KINDS)
def test_every_promise_holds_under_a_random_mix_of_all_faults(kind: str, tmp_path: Path) -> None:
    if reason := servers.missing(kind):
        pytest.skip(reason)
    stage = Stage(kind, tmp_path, seed=7, kinds=MIX, listen={"max_deliveries": 8})
    try:
        verdict = run_mix(stage, 30)
    finally:
        stage.close()
    assert not verdict.broken, f"{verdict}\njournals: {tmp_path}"
    assert verdict.confirmed
