from datetime import UTC, datetime

from generated import Bus
from generated.competitor_prices import Money

bus = Bus(service_name="price-crawler")

event_id = bus.competitor_prices.changed.fire(
    sku="A-1",
    price=Money(amount="19.90", currency="EUR"),
    changed_at=datetime.now(UTC),
)
print("fired", event_id)
