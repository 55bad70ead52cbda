"""The ledger of double runs: what explains one, and what does not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from ledger import Ledger, Verdict

if TYPE_CHECKING:
    from pathlib import Path

ONE, OTHER = "journal-one", "journal-other"


def line(what: str, at: float, who: str = ONE, delivery: int = 1, **more: Any) -> dict[str, Any]:
    about: dict[str, Any] = {"group": "synchronous", "id": "x", "entry": "1-0", "kind": "ok"}
    return {"what": what, "at": at, "who": who, "delivery": delivery, **about, **more}


def judged(folder: Path, *lines: dict[str, Any]) -> Verdict:
    text = "".join(json.dumps(each) + "\n" for each in lines)
    (folder / "journal-all").write_text(text)
    verdict = Verdict()
    Ledger(folder, acknowledgement_timeout=1.5).check_double_runs(verdict)
    return verdict


TWICE = (line("began", 10), line("done", 10.1), line("began", 12, OTHER, 2))
STOPPED = {"who": "harness", "whom": ONE}


def test_a_double_run_without_a_cause_is_a_violation(tmp_path: Path) -> None:
    verdict = judged(tmp_path, *TWICE)
    assert verdict.double_runs == 1
    assert verdict.broken == {"every double run has a cause"}


@pytest.mark.parametrize(
    "cause",
    [
        [line("kill", 11, "harness", whom=ONE)],
        [line("group lost", 11, "harness")],
        [line("server", 9, "harness")],
        [line("network", 11, "harness", mode="blackhole", seconds=2)],
        [line("log", 12.5, text="another process has taken event x over", level="WARNING")],
        [line("resumed", 13, **STOPPED)],
        [line("failed", 10.2)],
        # It was done before its process was stopped, which runs the event once more much later.
        [
            line("resumed", 13, **STOPPED),
            line("group lost", 39, "harness"),
            line("began", 40),
            line("done", 40.1),
        ],
    ],
    ids=lambda cause: f"{cause[0]['what']}-{len(cause)}",
)
def test_each_cause_explains_it(tmp_path: Path, cause: list[dict[str, Any]]) -> None:
    assert judged(tmp_path, *TWICE, *cause).broken == set()


@pytest.mark.parametrize(
    "no_cause",
    [
        line("kill", 15, "harness", whom=ONE),
        line("kill", 11, "harness", whom=OTHER),
        line("group lost", 15, "harness"),
        line("server", 2, "harness"),
        line("network", 11, "harness", mode="blackhole", seconds=0.1),
        line("log", 12.5, text="another process has taken event y over", level="WARNING"),
        line("resumed", 8, **STOPPED),
        line("failed", 40),
    ],
    ids=lambda cause: cause["what"],
)
def test_what_was_elsewhere_or_at_another_time_does_not(
    tmp_path: Path, no_cause: dict[str, Any]
) -> None:
    assert judged(tmp_path, *TWICE, no_cause).broken
