"""A service that uses the example as its authors mean it: no type checker objects."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from generated import Bus
from generated.auth import PasswordLogin, UserLoggedIn, UserRegistered
from generated.competitor_prices import Changed
from generated.shop_orders import Money, OrderLine, OrderPlaced
from lbgen_runtime import Delivery

bus = Bus(service_name="shop-web")


@bus.competitor_prices.changed.listen(listener_name="async_event")
async def async_event(event: Changed) -> None:
    amount: str = event.price.amount
    print(amount)


@bus.competitor_prices.changed.listen(listener_name="async_both")
async def async_both(event: Changed, delivery: Delivery) -> None:
    print(event.sku, delivery.event_id)


@bus.competitor_prices.changed.listen(listener_name="sync_event")
def sync_event(event: Changed) -> None:
    print(event.sku)


@bus.competitor_prices.changed.listen(listener_name="sync_both")
def sync_both(event: Changed, delivery: Delivery) -> None:
    print(event.sku, delivery.times_delivered)


def update_db(event: OrderPlaced) -> None:
    when: datetime = event.placed_at
    buyer: UUID = event.customer_id
    first: OrderLine = event.lines[0]
    print(when, buyer, first.quantity + 1)


def greet(event: UserRegistered) -> None:
    if event.birthday:
        day: date = event.birthday
        print(day)


def count(event: UserLoggedIn) -> None:
    if isinstance(event.method, PasswordLogin):
        print(event.method.second_factor)
    else:
        print(event.method.provider)


bus.shop.orders.order_placed.listen(update_db, listener_name="update_db")
bus.auth.user_registered.listen(greet, listener_name="greet")
bus.auth.user_logged_in.listen(count, listener_name="count")

fired: str = bus.shop.orders.order_placed.fire(
    order_id=uuid4(),
    customer_id=uuid4(),
    email="ann@example.org",
    placed_at=datetime.now(UTC),
    channel="web",
    total=Money(amount="19.90", currency="EUR"),
    lines=[OrderLine(sku="A-1", quantity=1, unit_price=Money(amount="19.90", currency="EUR"))],
    wanted_on=None,
)


async def fire_from_async_code() -> str:
    price = Money(amount="19.90", currency="EUR")
    return await bus.competitor_prices.changed.fire_async(
        sku="A-1", price=price, changed_at=datetime.now(UTC)
    )


parsed: OrderPlaced = OrderPlaced.from_json(b"{}")
text: str = parsed.to_json()
