"""What is remembered of a consumer group beside its stream, as `lua/register.lua` writes it."""

from __future__ import annotations

__all__ = ["is_set_back", "service_of"]


def service_of(registration: bytes) -> str:
    """The service of a registered group."""
    return registration.partition(b" ")[0].decode(errors="replace")


def is_set_back(registration: bytes) -> bool:
    """Whether a group reads once more what it may have missed."""
    return registration.count(b" ") > 2
