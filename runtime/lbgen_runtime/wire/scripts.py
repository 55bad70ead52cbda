"""The steps that must be atomic on the server, as Lua scripts.

Each is read from `lua/` once, is sent by its digest, and in full where the server has not seen it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .resp import Command

__all__ = [
    "ACKNOWLEDGE",
    "CLAIM",
    "DEAD",
    "FIRE",
    "FORGET",
    "IDLE",
    "LEASE",
    "LOOK",
    "REGISTER",
    "RELEASE",
    "RENEW",
    "REPLAY",
    "RETRY",
    "SCHEMA",
    "SCRIPTS",
    "TRIM",
    "Script",
]


@dataclass(frozen=True, slots=True)
class Script:
    """A Lua script.

    Attributes:
        source: its text.
        digest: what `EVALSHA` calls it by.
    """

    source: bytes
    digest: bytes

    @classmethod
    def load(cls, *names: str) -> Script:
        """The script made of these files of `lua/`, one after the other."""
        folder = files("lbgen_runtime.wire").joinpath("lua")
        source = b"".join(folder.joinpath(f"{name}.lua").read_bytes() for name in names)
        return cls(source, hashlib.sha1(source, usedforsecurity=False).hexdigest().encode())

    def call(self, keys: Sequence[bytes], arguments: Sequence[Any]) -> Command:
        """The command that runs the script by its digest."""
        return (b"EVALSHA", self.digest, len(keys), *keys, *arguments)

    def call_in_full(self, command: Command) -> Command:
        """The same call for a server that does not know the digest."""
        return (b"EVAL", self.source, *command[2:])


ACKNOWLEDGE: Final = Script.load("acknowledge")
CLAIM: Final = Script.load("claim")
DEAD: Final = Script.load("dead")
FIRE: Final = Script.load("ids", "floor", "holder", "look_through", "fire")
FORGET: Final = Script.load("forget")
IDLE: Final = Script.load("idle")
LEASE: Final = Script.load("lease")
LOOK: Final = Script.load("look_through", "look")
REGISTER: Final = Script.load("ids", "register")
RELEASE: Final = Script.load("release")
RENEW: Final = Script.load("renew")
REPLAY: Final = Script.load("replay")
RETRY: Final = Script.load("retry")
SCHEMA: Final = Script.load("schema")
TRIM: Final = Script.load("ids", "floor", "holder", "trim")

SCRIPTS: Final = (
    ACKNOWLEDGE,
    CLAIM,
    DEAD,
    FIRE,
    FORGET,
    IDLE,
    LEASE,
    LOOK,
    REGISTER,
    RELEASE,
    RENEW,
    REPLAY,
    RETRY,
    SCHEMA,
    TRIM,
)
"""All of them."""
