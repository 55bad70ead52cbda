from generated import Bus
from generated.competitor_prices import Changed
from lbgen_runtime import Delivery

bus = Bus(service_name="price-monitor")


@bus.competitor_prices.changed.listen(listener_name="send_price_alerts")
async def send_price_alerts(event: Changed) -> None:
    print(f"alert: {event.sku} {event.price.amount} {event.price.currency}")


@bus.competitor_prices.changed.listen(listener_name="update_db")
def update_db(event: Changed, delivery: Delivery) -> None:
    print(f"row: {event.sku} {delivery.event_id}")
