from generated.competitor_prices import Changed

event = Changed.from_json(
    """{"sku": "A-1", "price": {"amount": "19.90", "currency": "EUR"},
        "changed_at": "2026-11-23T09:00:00+00:00"}"""
)
print(event.changed_at.year, event.source, event.to_json())
