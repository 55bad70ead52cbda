"""What validation and conversion of the example's `order_placed` cost, beside pydantic's own.

    PYTHONPATH=. python benchmarks/codec.py

`fire`: from the event as Python has it to the JSON text of each parameter, with the verdict of the
schema. `handler`: from these texts to the event, with the verdict of the schema. pydantic:
`model_validate_json` and `model_dump_json` of a model with the same fields and bounds, of the
event as one text. All in one run, in turns of a few milliseconds; CPU microseconds, of the fastest
tenth of the rounds, because neighbours on a machine make a round slower and never faster. The goal
is that each of ours costs at most 1.2 times what pydantic's two take together.
"""

from __future__ import annotations

import argparse
import datetime
import gc
import json
import statistics
import time
import uuid
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pydantic

from generated.shop_orders import Money, OrderLine, OrderPlaced
from lbgen_runtime import ApiContract, EventContract

if TYPE_CHECKING:
    from collections.abc import Callable


class PydanticMoney(pydantic.BaseModel):
    """An amount of money."""

    amount: Annotated[str, pydantic.Field(pattern=r"^-?[0-9]{1,12}\.[0-9]{2}$")]
    currency: Annotated[str, pydantic.Field(pattern="^[A-Z]{3}$")]


class PydanticOrderLine(pydantic.BaseModel):
    """Some pieces of one product."""

    sku: Annotated[str, pydantic.Field(min_length=1)]
    quantity: Annotated[int, pydantic.Field(ge=1, le=999)]
    unit_price: PydanticMoney
    options: dict[str, int | str] | None = None


class PydanticOrderPlaced(pydantic.BaseModel):
    """A customer placed an order.

    An e-mail address is a string with a pattern: `EmailStr` needs another distribution, and would
    cost pydantic more.
    """

    order_id: uuid.UUID
    customer_id: uuid.UUID
    email: Annotated[str, pydantic.Field(max_length=254, pattern=r"^[^@ ]+@[^@ ]+\.[^@ ]+$")]
    placed_at: pydantic.AwareDatetime
    channel: Literal["web", "app", "phone"]
    total: PydanticMoney
    lines: Annotated[list[PydanticOrderLine], pydantic.Field(min_length=1)]
    wanted_on: datetime.date | None = None
    gift_wrapped: bool = False
    note: Annotated[str, pydantic.Field(max_length=500)] | None = None
    labels: Annotated[dict[str, str], pydantic.Field(max_length=20)] | None = None


def order() -> OrderPlaced:
    """An order of three lines."""
    return OrderPlaced(
        order_id=uuid.UUID("6f1c1f2e-8f0a-4f57-9a3e-2d8d7f2f3b10"),
        customer_id=uuid.UUID("0d9aa5c4-58c1-4d47-8f9e-71b9c2a7f6d3"),
        email="ada@example.com",
        placed_at=datetime.datetime(2026, 3, 1, 12, 30, 15, 250000, tzinfo=datetime.UTC),
        channel="web",
        total=Money(amount="59.70", currency="EUR"),
        lines=[
            OrderLine(
                sku=f"A-{number}",
                quantity=number,
                unit_price=Money(amount="9.95", currency="EUR"),
            )
            for number in (1, 2, 3)
        ],
    )


def cost(call: Callable[[], Any], calls: int) -> float:
    """CPU microseconds of one call."""
    gc.collect()
    start = time.process_time()
    for _ in range(calls):
        call()
    return (time.process_time() - start) / calls * 1e6


def fastest_tenth(rounds: list[float]) -> float:
    """The median of the fastest tenth of some rounds."""
    return statistics.median(sorted(rounds)[: max(1, len(rounds) // 10)])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=300, help="calls per round (default: 300)")
    parser.add_argument("--rounds", type=int, default=400, help="rounds (default: 400)")
    arguments = parser.parse_args()

    contract = EventContract(
        api=ApiContract(name="shop.orders"), name="order_placed", event_type=OrderPlaced
    )
    event = order()
    texts = contract.encode(event)
    text = json.dumps(event.to_dict())
    model = PydanticOrderPlaced.model_validate_json(text)
    values = dict(event.__dict__)
    subjects: dict[str, Callable[[], Any]] = {
        "pydantic model_validate_json": lambda: PydanticOrderPlaced.model_validate_json(text),
        "pydantic model_dump_json": model.model_dump_json,
        "lbgen fire: make, encode, validate": lambda: contract.encode(OrderPlaced(**values)),
        "lbgen handler: validate, decode": lambda: contract.decode(texts),
    }
    rounds: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(arguments.rounds):
        for name, call in subjects.items():
            rounds[name].append(cost(call, arguments.calls))
    fastest = {name: fastest_tenth(each) for name, each in rounds.items()}
    first, second, *ours = fastest
    together = fastest[first] + fastest[second]
    for name in (first, second):
        print(f"{name:<36} {fastest[name]:6.2f} µs")
    print(f"{'pydantic together':<36} {together:6.2f} µs")
    for name in ours:
        print(f"{name:<36} {fastest[name]:6.2f} µs   ratio {fastest[name] / together:.2f}")


if __name__ == "__main__":
    main()
