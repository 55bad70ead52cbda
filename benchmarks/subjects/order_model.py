"""The event as pydantic models, with the constraints that its contract has."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

__all__ = ["ORDER", "Money", "OrderLine", "OrderPlaced"]


def _email(text: str) -> str:
    name, at, domain = text.partition("@")
    if not (name and at and "." in domain):
        raise ValueError("an e-mail address is needed")
    return text


class Money(BaseModel):
    """An amount of money."""

    amount: Annotated[Decimal, Field(max_digits=14, decimal_places=2)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]


class OrderLine(BaseModel):
    """Some pieces of one product."""

    sku: Annotated[str, Field(min_length=1)]
    quantity: Annotated[int, Field(ge=1, le=999)]
    unit_price: Money


class OrderPlaced(BaseModel):
    """A customer placed an order."""

    order_id: UUID
    customer_id: UUID
    email: Annotated[str, AfterValidator(_email)]
    placed_at: datetime
    channel: Literal["web", "app", "phone"]
    total: Money
    lines: Annotated[list[OrderLine], Field(min_length=1)]
    gift_wrapped: bool = False


def _values() -> dict[str, Any]:
    from order import PARAMETERS

    order = OrderPlaced.model_validate(PARAMETERS)
    return {name: getattr(order, name) for name in OrderPlaced.model_fields}


ORDER = _values()
"""The event's values in Python; its nested objects are made."""
