"""Mistakes: each line that ends in `refused` is an error to every type checker, no other is."""

from datetime import UTC, datetime

from generated import Bus
from generated.competitor_prices import Changed
from generated.shop_orders import Money, OrderPaid
from lbgen_runtime import Delivery

bus = Bus(service_name="shop-web")
changed = bus.competitor_prices.changed
price = Money(amount="19.90", currency="EUR")
now = datetime.now(UTC)

changed.fire(sku="A", price=price, changed_at=now, sorce="feed")  # refused
changed.fire(sku=1, price=price, changed_at=now)  # refused
changed.fire("A", price=price, changed_at=now)  # refused
changed.fire(sku="A", price=price)  # refused
changed.fire(sku="A", price="19.90", changed_at=now)  # refused
changed.fire(sku="A", price=price, changed_at=now, source="guess")  # refused
Money(amount="19.90")  # refused
Money(amount="19.90", currency="EUR", rounded=True)  # refused
Money("19.90", "EUR")  # refused
price.amount = "0.00"  # refused
_ = bus.competitor_prices.chanced  # refused
_ = bus.competitors  # refused


def other_event(event: OrderPaid) -> None: ...


def third_parameter(event: Changed, delivery: Delivery, more: int) -> None: ...


def no_parameter() -> None: ...


def good(event: Changed) -> None: ...


changed.listen(other_event, listener_name="a")  # refused
changed.listen(third_parameter, listener_name="b")  # refused
changed.listen(no_parameter, listener_name="c")  # refused
changed.listen(good)  # refused
changed.listen()  # refused
changed.listen(listener_name="d")(other_event)  # refused
changed.listen(good, listener_name=1)  # refused
