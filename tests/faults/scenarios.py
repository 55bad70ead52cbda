"""Faults that are aimed at one promise each; every one also catches a planted fault."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ledger import STREAM

import servers

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger import Verdict
    from stage import Stage

__all__ = ["SCENARIOS", "Scenario"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A fault and what it needs.

    Attributes:
        play: makes the fault happen, and asks the ledger.
        plant: the planted fault that the scenario must catch.
        breaks: the rule that the planted fault breaks.
        options: how the stage is set up.
    """

    play: Callable[[Stage], Verdict]
    plant: str
    breaks: str
    options: dict[str, Any] = field(default_factory=dict[str, Any])


def _listening(stage: Stage, count: int = 2) -> list[str]:
    """Start processes that listen; returns when they do."""
    stage.wanted = count
    names = [stage.consume() for _ in range(count)]
    servers.wait_for(
        lambda: sum("listening as" in line["text"] for line in stage.lines("log")) >= count, 30
    )
    return names


def _until_confirmed(stage: Stage, count: int, seconds: float = 60) -> None:
    servers.wait_for(lambda: len(stage.lines("confirmed")) >= count, seconds)


def consumers_are_killed(stage: Stage) -> Verdict:
    """kill -9 of processes in the middle of their handlers."""
    _listening(stage)
    stage.produce(count=300, rate=60)
    for _ in range(5):
        time.sleep(stage.random.uniform(0.3, 0.8))
        stage.kill(stage.random.choice(stage.consumers))
        stage.consume()
    _until_confirmed(stage, 300)
    return stage.settle()


def replies_are_lost(stage: Stage) -> Verdict:
    """The server takes what is fired, and its replies never come."""
    _listening(stage)
    stage.produce(count=300, rate=60, threads=4)
    for _ in range(4):
        time.sleep(stage.random.uniform(0.1, 0.3))
        stage.network("drop_replies", 0.3)
    _until_confirmed(stage, 300)
    return stage.settle()


def handlers_are_slow(stage: Stage) -> Verdict:
    """Handlers take longer than the acknowledgement timeout, in healthy processes."""
    _listening(stage)
    stage.produce(count=12, rate=20)
    _until_confirmed(stage, 12)
    return stage.settle()


def a_process_is_stopped(stage: Stage) -> Verdict:
    """A process stands still for longer than the acknowledgement timeout, and goes on."""
    names = _listening(stage)
    stage.produce(count=12, rate=50)
    _until_confirmed(stage, 12)
    stage.stop_and_go(names[0], 2.5 * stage.timeout)
    return stage.settle()


def groups_are_destroyed(stage: Stage) -> Verdict:
    """The consumer groups vanish, and events are fired before anybody notices."""
    names = _listening(stage)
    stage.produce(count=200, rate=50)
    _until_confirmed(stage, 50)
    for name in names:
        stage.pause(name)
    stage.note("group lost")
    for group in ("service-asynchronous", "service-synchronous"):
        stage.server.client.xgroup_destroy(STREAM, group)
    fired = len(stage.lines("confirmed"))
    _until_confirmed(stage, fired + 30)
    for name in names:
        stage.resume(name)
    _until_confirmed(stage, 200)
    stage.note("group lost")
    return stage.settle()


def nobody_listens_for_a_while(stage: Stage) -> Verdict:
    """All processes that listen are gone while events are fired and streams are trimmed."""
    _listening(stage)
    stage.produce(count=400, rate=50)
    _until_confirmed(stage, 50)
    for name in stage.consumers:
        stage.kill(name)
    _until_confirmed(stage, 400)
    time.sleep(1)
    return stage.settle()


SCENARIOS = {
    scenario.play.__name__: scenario
    for scenario in (
        Scenario(
            play=consumers_are_killed,
            plant="acknowledges before handling",
            breaks="every confirmed event is run or dead",
            options={"kinds": {"ok": 0.5, "late": 0.4, "flaky": 0.1}},
        ),
        Scenario(
            play=replies_are_lost,
            plant="fires with blind retries",
            breaks="one entry per fired id",
        ),
        Scenario(
            play=handlers_are_slow,
            plant="sends no heartbeat",
            breaks="every double run has a cause",
            options={"kinds": {"slow": 1}},
        ),
        Scenario(
            play=a_process_is_stopped,
            plant="renews unfenced",
            breaks="every double run has a cause",
            options={
                "kinds": {"slower": 1},
                "listen": {"concurrency": 16, "acknowledgement_timeout": 1.0},
            },
        ),
        Scenario(
            play=groups_are_destroyed,
            plant="recreates groups at the end",
            breaks="every confirmed event is run or dead",
        ),
        Scenario(
            play=nobody_listens_for_a_while,
            plant="trims by length",
            breaks="every confirmed event is run or dead",
            options={"bus": {"retention": 0, "trim_interval": 0.3}},
        ),
    )
}
