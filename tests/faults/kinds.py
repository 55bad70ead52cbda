"""What an event does to its handlers: the first word of its text, and how often each is fired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random

__all__ = ["DEATHS", "FADES", "MIX", "WAITS", "any_kind", "text_of"]

WAITS: Final = {"brief": 0.02, "late": 1.0, "slow": 4.0, "slower": 8.0, "yields": 6.0}
"""Kinds whose handlers take time: half of these seconds to all of them."""

FADES: Final = frozenset({"yields", "gate"})
"""Kinds whose handlers return as soon as they learn that their claim is lost: they look at
`Delivery.lost`, or swallow their cancellation."""

DEATHS: Final = {
    "poison": {"failed", "crashed"},
    "crash": {"crashed"},
    "invalid": {"invalid"},
}
"""Kinds that end among the dead, and the reasons with which they may."""

MIX: Final = {
    "ok": 0.8168,
    "wide": 0.04,
    "late": 0.03,
    "flaky": 0.03,
    "outbox": 0.03,
    "chain": 0.02,
    "yields": 0.008,
    "large": 0.015,
    "poison": 0.005,
    "gil": 0.005,
    "crash": 0.0002,
}
"""What the handlers of a random mix do.

They get through three times as many events as are fired, so that they catch up when their group was
destroyed. Few events kill their process: each does so `max_deliveries` times for each listener, and
all over again when the group was destroyed.
"""


def any_kind(random_: random.Random, mix: dict[str, float]) -> str:
    """A kind, each as often as the mix says."""
    return random_.choices(list(mix), list(mix.values()))[0]


def text_of(kind: str, random_: random.Random) -> str:
    """The text of an event of a kind."""
    if seconds := WAITS.get(kind):
        return f"{kind}:{random_.uniform(seconds / 2, seconds):.3f}"
    match kind:
        case "large":
            return "large:" + "x" * random_.randrange(1, 200_000)
        case "chain":
            return "chain:2"
        case _:
            return kind
