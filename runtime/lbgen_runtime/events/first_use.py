"""What many threads need at the same moment, and one of them makes for all."""

from __future__ import annotations

import os
from threading import RLock
from typing import Final

__all__ = ["MAKING"]


class Making:
    """A lock that a forked process finds free, whoever held it.

    Attributes:
        lock: held by a thread that makes something for all.
    """

    def __init__(self) -> None:
        self.lock = RLock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        self.lock = RLock()


MAKING: Final = Making()
