"""Runtimes with a fault in them: what the ledger must catch."""

from __future__ import annotations

from typing import Any

from lbgen_runtime import consumer, firing, group, heartbeat, scripts

__all__ = ["FAULTS", "plant"]


def _acknowledge_before_handling() -> None:
    received = consumer.Consumer.received

    def early(self: Any, stream: bytes, entries: list[Any], asked: float) -> None:
        for entry_id, _ in entries:
            self.pass_over(stream, entry_id, 1)
        received(self, stream, entries, asked)

    consumer.Consumer.received = early  # type: ignore[method-assign]


def _fire_with_blind_retries() -> None:
    attempt: Any = firing._Attempt

    def never_unsure(self: Any, answered: int) -> None: ...

    attempt.outcome_unknown = never_unsure


def _send_no_heartbeat() -> None:
    def none(self: Any, consumer: Any) -> None: ...

    heartbeat.Heartbeat._renew = none  # type: ignore[method-assign]


def _renew_unfenced() -> None:
    source = b"""
    local ids = {}
    for i = 5, #ARGV do ids[#ids + 1] = ARGV[i] end
    ids[#ids + 1] = 'JUSTID'
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, unpack(ids))
    ids[#ids] = nil
    return { {}, ids, {} }
    """
    heartbeat.RENEW = scripts.Script(source, b"0" * 40)  # type: ignore[misc]


def _recreate_groups_at_the_end() -> None:
    _replace_in_register(b"result == 'lost' and '0' or", b"result == 'lost' and '$' or")
    _keep_the_group_of_a_newcomer()


def _keep_the_group_of_a_newcomer() -> None:
    _replace_in_register(b"local unknown =", b"local unknown = false and")


def _replace_in_register(part: bytes, other: bytes) -> None:
    source = group.REGISTER.source
    assert part in source, "the plant fits the script no more"
    group.REGISTER = scripts.Script(source.replace(part, other), b"1" * 40)  # type: ignore[misc]


def _trim_by_length() -> None:
    source = b"return { redis.call('XTRIM', KEYS[1], 'MAXLEN', 20) }"
    from lbgen_runtime import trimming

    trimming.TRIM = scripts.Script(source, b"2" * 40)  # type: ignore[misc]


FAULTS = {
    "acknowledges before handling": _acknowledge_before_handling,
    "fires with blind retries": _fire_with_blind_retries,
    "sends no heartbeat": _send_no_heartbeat,
    "renews unfenced": _renew_unfenced,
    "recreates groups at the end": _recreate_groups_at_the_end,
    "trims by length": _trim_by_length,
}


def plant(fault: str) -> None:
    """Put a fault into this process's runtime; none where the name is empty."""
    if fault:
        FAULTS[fault]()
