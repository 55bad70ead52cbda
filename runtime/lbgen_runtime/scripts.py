"""The steps that must be atomic on the server, as Lua scripts.

Each is read from `lua/` once, is sent by its digest, and in full where the server has not seen it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .connection import Command

__all__ = ["CLAIM", "FIRE", "Script"]


@dataclass(frozen=True, slots=True)
class Script:
    """A Lua script.

    Attributes:
        name: the file's name in `lua/`, without its ending.
        source: its text.
        digest: what `EVALSHA` calls it by.
    """

    name: str
    source: bytes
    digest: bytes

    @classmethod
    def load(cls, name: str) -> Script:
        """The script of that name."""
        source = files("lbgen_runtime").joinpath("lua", f"{name}.lua").read_bytes()
        return cls(name, source, hashlib.sha1(source, usedforsecurity=False).hexdigest().encode())

    def call(self, keys: Sequence[bytes], arguments: Sequence[bytes | int]) -> Command:
        """The command that runs the script by its digest."""
        return (b"EVALSHA", self.digest, len(keys), *keys, *arguments)

    def call_in_full(self, command: Command) -> Command:
        """The same call for a server that does not know the digest."""
        return (b"EVAL", self.source, *command[2:])


CLAIM: Final = Script.load("claim")
FIRE: Final = Script.load("fire")
