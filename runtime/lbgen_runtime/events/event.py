"""`Event`: the base of every generated event class."""

from __future__ import annotations

from typing import ClassVar

from .record import Record

__all__ = ["Event"]


class Event(Record):
    """An event of a contract."""

    __lbgen_event__: ClassVar[str]
    """Full name of the event (`shop.orders.order_placed`)."""

    @classmethod
    def __lbgen_name__(cls) -> str:
        return cls.__lbgen_event__
