"""The functions that may handle an event: which shapes there are, and which one a function has."""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import InvalidHandler
from .delivery import Delivery

if TYPE_CHECKING:
    from ..events.event import Event

__all__ = ["Handler", "Shape", "shape_of"]

_E = TypeVar("_E")

Handler = (
    Callable[[_E], None]
    | Callable[[_E, Delivery], None]
    | Callable[[_E], Awaitable[None]]
    | Callable[[_E, Delivery], Awaitable[None]]
)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a handler is called.

    Attributes:
        is_async: it is a coroutine function and runs on the event loop. Any other is called in a
            thread; should it return an awaitable, the loop awaits that.
        takes_delivery: it takes the `Delivery` after the event.
    """

    is_async: bool
    takes_delivery: bool


def shape_of(handler: Any, event_type: type[Event]) -> Shape:
    """How a handler of that event is to be called.

    Raises:
        InvalidHandler: it takes neither the event nor the event and a `Delivery`.
    """
    name = getattr(handler, "__qualname__", repr(handler))
    wanted = f"({event_type.__name__}) or ({event_type.__name__}, Delivery)"
    if not callable(handler):
        raise InvalidHandler(f"{name} is not a function; a handler takes {wanted}")
    called = inspect.unwrap(handler) if inspect.isroutine(handler) else handler.__call__
    if inspect.isgeneratorfunction(called) or inspect.isasyncgenfunction(called):
        raise InvalidHandler(f"{name} is a generator; a handler takes {wanted} and returns None")
    try:
        signature = inspect.signature(handler)
    except (TypeError, ValueError):
        raise InvalidHandler(
            f"{name} has a signature that cannot be read; a handler takes {wanted}"
        ) from None
    annotations = _annotations(handler)
    positional: list[inspect.Parameter] = []
    for parameter in signature.parameters.values():
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            positional.append(parameter)
        elif parameter.kind is parameter.VAR_POSITIONAL:
            raise InvalidHandler(f"{name} takes *{parameter.name}; a handler takes {wanted}")
        elif parameter.kind is parameter.KEYWORD_ONLY and (
            parameter.default is parameter.empty
            or _is_delivery(annotations.get(parameter.name))
            or parameter.name == "delivery"
        ):
            raise InvalidHandler(
                f"{name} has the keyword-only parameter {parameter.name!r}; a handler takes "
                f"{wanted}"
            )
    required = [p for p in positional if p.default is p.empty]
    if not positional or len(required) > 2:
        raise InvalidHandler(
            f"{name}{signature} has the wrong parameters; a handler takes {wanted}"
        )
    _check_event(name, annotations.get(positional[0].name), event_type)
    second = positional[1] if len(positional) > 1 else None
    typed = annotations.get(second.name) if second is not None else None
    untyped = second is not None and typed is None and second.name == "delivery"
    meant = untyped or _is_delivery(typed)
    takes_delivery = len(required) == 2 or meant
    if takes_delivery and not (meant or typed in (None, Any, object)):
        raise InvalidHandler(f"the second parameter of {name} must be a Delivery, not {typed!r}")
    function = handler.func if isinstance(handler, functools.partial) else handler
    is_async = inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        type(function).__call__
    )
    return Shape(is_async, takes_delivery)


def _annotations(handler: Any) -> dict[str, Any]:
    """The handler's annotations as types, as far as they can be resolved."""
    function = handler if inspect.isroutine(handler) else getattr(handler, "func", handler.__call__)
    try:
        return typing.get_type_hints(function)
    except Exception:  # noqa: BLE001 - annotations hold any code; without them the call decides
        return {}


def _is_delivery(annotation: Any) -> bool:
    return annotation is Delivery or Delivery in typing.get_args(annotation)


def _check_event(name: str, annotation: Any, event_type: type[Event]) -> None:
    from ..events.event import Event

    if (
        isinstance(annotation, type)
        and issubclass(annotation, Event)
        and not issubclass(event_type, annotation)
    ):
        raise InvalidHandler(
            f"{name} handles {annotation.__name__}, but this event is {event_type.__name__}"
        )
