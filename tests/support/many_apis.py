"""A bus with many APIs of one shape, so that a cluster has streams of them on every master."""

from __future__ import annotations

from typing import Any

import lbgen_runtime
from lbgen_runtime import ApiContract, EventContract, EventEndpoint
from tests.delivery.notes import Noted

__all__ = ["ManyBus"]


class ManyBus(lbgen_runtime.Bus):
    """A bus with so many APIs, each with an event `noted` and a stream of its own.

    Args:
        count: how many APIs.
        options: what `Bus` takes.

    Attributes:
        noted: the endpoint of each API.
        streams: the stream of each.
    """

    def __init__(self, count: int, **options: Any) -> None:
        super().__init__(**options)
        apis = [ApiContract(name=f"notes{number}") for number in range(count)]
        self.noted = [
            EventEndpoint(self, EventContract(api=api, name="noted", event_type=Noted))
            for api in apis
        ]
        self.streams = [f"{api.name}.*:stream" for api in apis]
