"""A random mix of all faults, for as long as it is told."""

from __future__ import annotations

import signal
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from tests.faults.ledger import GROUPS, STREAM, buried
from tests.support import servers

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.stage import Stage
    from tests.faults.verdict import Verdict

__all__ = ["run_mix"]

_CONSUMERS: Final = 4


def run_mix(
    stage: Stage, seconds: float, *, rate: float = 20, tell: Callable[[str], None] = lambda _: None
) -> Verdict:
    """Fire and listen while everything breaks, then let calm return and ask the ledger.

    Args:
        stage: where.
        seconds: for how long faults happen.
        rate: events that each of two threads of each of two producers fires per second.
        tell: gets a line about what happens.
    """
    random = stage.random
    stage.wanted = _CONSUMERS
    stage.pair.replica()
    for _ in range(_CONSUMERS):
        stage.consume()
    # The groups begin with what is fired after their first registration.
    servers.wait_for(lambda: stage.listening >= _CONSUMERS, 60)
    producers = {stage.produce(rate=rate, again=0.02) for _ in range(2)}
    names = {f"journal-{name}" for name in producers}
    servers.wait_for(lambda: names <= {line["who"] for line in stage.lines("confirmed")}, 60)
    faults: dict[str, tuple[float, Callable[[], Any]]] = {
        "kill a consumer": (4, lambda: _replace(stage, stage.kill)),
        "terminate a consumer": (2, lambda: _replace(stage, stage.terminate)),
        "restart a consumer under its name": (2, lambda: _restart_under_its_name(stage)),
        "suspend a consumer": (1, lambda: _suspend(stage)),
        "suspend a consumer, kill another": (1, lambda: _suspend(stage, kill=True)),
        "fire again": (1, lambda: _fire_again(stage)),
        "restart the server": (1, stage.pair.restart),
        "demote the server": (1, lambda: stage.pair.demote(2)),
        "kill all clients": (2, stage.pair.kill_clients),
        "reset all connections": (2, stage.pair.reset),
        "delay": (1, lambda: stage.pair.network("delay", random.uniform(0.5, 2))),
        "drop replies": (1, lambda: stage.pair.network("drop_replies", random.uniform(0.2, 2))),
        "blackhole": (1, lambda: stage.pair.network("blackhole", random.uniform(0.2, 3))),
        "destroy a group": (0.5, lambda: _destroy_group(stage)),
        "lose everything": (0.3, lambda: _lose_everything(stage)),
        "lose everything before a newcomer": (0.3, lambda: _lose_everything(stage, newcomer=True)),
        "write nonsense": (1, lambda: _write_nonsense(stage)),
    }
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(random.uniform(0.5, 3.5))
        likely = list(faults)
        [name] = random.choices(likely, [faults[each][0] for each in likely])
        tell(name)
        faults[name][1]()
        for _ in range(_CONSUMERS - len(stage.consumers)):
            stage.consume()
    return stage.settle(300)


def _replace(stage: Stage, end: Callable[[str], None]) -> None:
    if stage.consumers:
        end(stage.random.choice(stage.consumers))
    stage.consume()


def _restart_under_its_name(stage: Stage) -> None:
    name = "fixed"
    for consumer in stage.consumers:
        if stage.actors[consumer].args and f'"process_name": "{name}"' in str(
            stage.actors[consumer].args
        ):
            stage.kill(consumer)
    stage.consume(process=name)


def _suspend(stage: Stage, *, kill: bool = False) -> None:
    """Have a process stand still until others have its events; kill one of those afterwards."""
    if stage.consumers:
        name = stage.random.choice(stage.consumers)
        stage.stop_and_go(name, 2.5 * stage.timeout)
        time.sleep(stage.random.uniform(0, 1))
        others = [other for other in stage.consumers if other != name]
        if kill and others:
            stage.kill(stage.random.choice(others))


def _fire_again(stage: Stage) -> None:
    """Have everything fired again that was fired lately."""
    for name in stage.producers:
        stage.actors[name].send_signal(signal.SIGUSR1)


def _destroy_group(stage: Stage) -> None:
    group = stage.random.choice(("service-asynchronous", "service-synchronous"))
    stage.note("group lost")
    stage.server.client.xgroup_destroy(STREAM, group)
    time.sleep(0.5)
    stage.note("group lost")


def _lose_everything(stage: Stage, *, newcomer: bool = False) -> None:
    """Empty the server, only at a moment at which nothing is open: what is open is lost.

    Args:
        stage: where.
        newcomer: only one process lives on, and stands still until another has registered.
    """
    stage.pause_producers()
    if stage.quiet(30):
        time.sleep(0.5)
        if stage.quiet(1):
            for group in GROUPS:
                for event_id, death in buried(stage.server.client, group):
                    if death is not None:
                        stage.note("buried", group=group, id=event_id, death=asdict(death))
            stage.note("group lost")
            if newcomer:
                _empty_before_a_newcomer(stage)
            else:
                stage.server.client.flushall()
            stage.quiet(10)
            stage.note("group lost")
    stage.resume_producers()


def _empty_before_a_newcomer(stage: Stage) -> None:
    # Where no process lives on that has registered its groups, nothing is remembered of them, as is
    # documented.
    registered = {line["who"] for line in stage.lines("log") if "listening as" in line["text"]}
    told = {line["whom"] for line in stage.lines("terminate")}
    alive = [name for name in stage.consumers if f"journal-{name}" in registered - told]
    if not alive:
        stage.server.client.flushall()
        return
    survivor = alive[0]
    stage.pause(survivor)
    for name in stage.consumers:
        if name != survivor:
            stage.kill(name)
    stage.server.client.flushall()
    stage.resume_producers()
    time.sleep(0.5)
    stage.pause_producers()
    before = stage.listening
    stage.consume()
    servers.wait_for(lambda: stage.listening > before, 30)
    stage.resume(survivor)


def _write_nonsense(stage: Stage) -> None:
    add = stage.server.client.xadd
    add(STREAM, {"": ""})
    add(STREAM, {"nonsense": "1"})
    add(STREAM, {"id": "", "api_name": "notes", "event_name": "noted", "version": "1"})
    whole = {"api_name": "notes", "event_name": "noted", "version": "1"}
    number = next(stage.names)
    add(STREAM, {"id": f"bad-{number}-a", **whole, ":number": "no json"})
    add(STREAM, {"id": f"bad-{number}-b", **whole, ":number": "-1"})
    add(STREAM, {"id": f"bad-{number}-c", **whole, ":number": "[" * 100_000})
    add(STREAM, {"id": f"old-{number}", **whole, "trace": "unknown metadata", ":number": "1"})
