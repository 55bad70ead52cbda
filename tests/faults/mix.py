"""A random mix of all faults, for as long as it is told."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from ledger import GROUPS, STREAM, buried

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger import Verdict
    from stage import Stage

__all__ = ["KINDS", "run_mix"]

KINDS: Final = {
    "ok": 0.90,
    "late": 0.04,
    "flaky": 0.03,
    "large": 0.015,
    "poison": 0.005,
    "gil": 0.005,
    "crash": 0.0003,
}
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
    for _ in range(_CONSUMERS):
        stage.consume()
    time.sleep(1.5)  # the groups begin with what is fired after their first registration
    for _ in range(2):
        stage.produce(rate=rate)
    faults: dict[str, tuple[float, Callable[[], Any]]] = {
        "kill a consumer": (4, lambda: _replace(stage, stage.kill)),
        "terminate a consumer": (2, lambda: _replace(stage, stage.terminate)),
        "restart a consumer under its name": (2, lambda: _restart_under_its_name(stage)),
        "stop a consumer for a while": (1, lambda: _stop_and_go(stage)),
        "restart the server": (1, stage.restart_server),
        "kill all clients": (2, stage.kill_clients),
        "reset all connections": (2, stage.proxy.reset),
        "delay": (1, lambda: stage.network("delay", random.uniform(0.5, 2))),
        "drop replies": (1, lambda: stage.network("drop_replies", random.uniform(0.2, 2))),
        "blackhole": (1, lambda: stage.network("blackhole", random.uniform(0.2, 3))),
        "destroy a group": (0.5, lambda: _destroy_group(stage)),
        "flush": (0.3, lambda: _flush(stage)),
        "write nonsense": (1, lambda: _write_nonsense(stage)),
    }
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(random.uniform(0.5, 3.5))
        names = list(faults)
        [name] = random.choices(names, [faults[each][0] for each in names])
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


def _stop_and_go(stage: Stage) -> None:
    if stage.consumers:
        stage.stop_and_go(stage.random.choice(stage.consumers), 2.5 * stage.timeout)


def _destroy_group(stage: Stage) -> None:
    group = stage.random.choice(("service-asynchronous", "service-synchronous"))
    stage.note("group lost")
    stage.server.client.xgroup_destroy(STREAM, group)
    time.sleep(0.5)
    stage.note("group lost")


def _flush(stage: Stage) -> None:
    """Lose everything: only at a moment at which nothing is open, since what is open is lost."""
    stage.pause_producers()
    if stage.quiet(30):
        time.sleep(0.5)
        if stage.quiet(1):
            for group in GROUPS:
                for event_id, death in buried(stage.server.client, group):
                    if death is not None:
                        stage.note("buried", group=group, id=event_id, death=asdict(death))
            stage.note("group lost")
            stage.server.client.flushall()
            stage.quiet(10)
            stage.note("group lost")
    stage.resume_producers()


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
