"""What many threads need at the same moment, and one of them makes for all."""

from __future__ import annotations

import functools
import os
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, TypeVar

__all__ = ["MAKING", "cached_property"]

T = TypeVar("T")


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


class cached_property(functools.cached_property[T]):  # noqa: N801 (a name for users of properties)
    """An attribute of an instance that is made at its first use; every thread gets the same.

    It takes no lock. `functools.cached_property` takes one in Python 3.11, and a forked process
    would wait for ever if a thread of its parent held it. So two threads may make a value, and the
    first one counts: for values that cost little and have no effects.
    """

    if not TYPE_CHECKING:

        def __get__(self, instance: Any, owner: Any = None) -> Any:
            if instance is None:
                return self
            return instance.__dict__.setdefault(self.attrname, self.func(instance))
