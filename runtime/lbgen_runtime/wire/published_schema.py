"""The schema of an API on the bus, where Lightbus's processes look for it."""

from __future__ import annotations

from typing import Final

from .keys import PUBLISHED_KEY, schema_key
from .requests import Request, nothing, scripted
from .scripts import SCHEMA

__all__ = ["publish"]

_HOLDS: Final = 60
"""Seconds for which a schema is on the bus, as Lightbus's are."""
_MARK: Final = b"published by lbgen"
"""Every schema of ours says so in its `$comment`."""


def publish(api: str, schema: bytes) -> list[Request[None]]:
    """Publish the schema of an API, unless a Lightbus process keeps its own there.

    Args:
        api: the API's name.
        schema: JSON.
    """
    return [
        scripted(SCHEMA, [schema_key(api)], [schema, _HOLDS, _MARK], nothing),
        Request((b"SADD", PUBLISHED_KEY, api), nothing),
    ]
