"""A service that listens: it runs as `lbgen run services.price_monitor:bus`."""

from generated import Bus
from generated.competitor_prices import Changed
from lbgen_runtime import Delivery

bus = Bus(service_name="price-monitor")


@bus.competitor_prices.changed.listen(listener_name="send_price_alerts")
async def send_price_alerts(event: Changed, delivery: Delivery) -> None:
    price = f"{event.price.amount} {event.price.currency}"
    print(f"{delivery.group}: {event.sku} costs {price} now\n", end="", flush=True)


@bus.competitor_prices.changed.listen(listener_name="update_db")
def update_db(event: Changed, delivery: Delivery) -> None:
    line = f"{delivery.group}: row {event.sku} written (event {delivery.event_id})"
    print(f"{line}\n", end="", flush=True)
