"""A service that fires."""

from datetime import UTC, datetime

from generated import Bus
from generated.competitor_prices import Money
from lbgen_runtime import InvalidParameters

bus = Bus(service_name="price-crawler")

for sku, amount in [("A-1", "19.90"), ("B-2", "4.50"), ("C-3", "129.00")]:
    event_id = bus.competitor_prices.changed.fire(
        sku=sku,
        price=Money(amount=amount, currency="EUR"),
        changed_at=datetime.now(UTC),
    )
    print(f"fired competitor_prices.changed {event_id}: {sku} at {amount} EUR")

try:
    bus.competitor_prices.changed.fire(
        sku="",
        price=Money(amount="about 5", currency="EUR"),
        changed_at=datetime.now(UTC),
    )
except InvalidParameters as error:
    print(f"refused {error}")

bus.close()
