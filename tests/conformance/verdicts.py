"""What generated code says about the suite's instances, by each of its ways."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lbgen_runtime import InvalidParameters
from tests.support.kept_values import kept

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lbgen_runtime import Event, EventContract
    from tests.conformance.generated_suite import Compiled

__all__ = ["mistakes"]


def mistakes(compiled: Compiled, instance: Any, valid: bool) -> list[str]:
    """What generated code gets wrong about an instance, as sentences; nothing if all is right.

    Args:
        compiled: the schema; its build was not refused.
        instance: a JSON value.
        valid: the verdict of the specification.
    """
    contract = compiled.contract
    assert contract is not None
    parameters = {"value": instance} if compiled.view == "value" else instance
    found = [
        f"{way} says {verdict}"
        for way, verdict in _verdicts(contract, parameters)
        if verdict is not valid
    ]
    if valid and not found:
        found += _losses(contract, parameters)
    return found


def _verdicts(contract: EventContract[Event], parameters: Any) -> Iterator[tuple[str, bool]]:
    event_type = contract.event_type
    yield "from_dict", _accepts(event_type.from_dict, parameters)
    yield "from_json", _accepts(event_type.from_json, json.dumps(parameters))
    if isinstance(parameters, dict):
        texts = {key: json.dumps(value).encode() for key, value in parameters.items()}
        yield "decode", _accepts(contract.decode, texts)
        event = _made_by_hand(event_type, parameters)
        if event is not None:
            try:
                written = contract.encode(event)
            except InvalidParameters as error:
                if any(each.rule != "unknown parameter" for each in error.violations):
                    yield "encode", False
            else:
                if not _is_filled_in(parameters, written):
                    yield "encode", True


def _is_filled_in(parameters: dict[str, Any], written: Mapping[str, bytes]) -> bool:
    """Whether classes have added properties that have one value: another event was written."""

    def adds(given: Any, made: Any) -> bool:
        if isinstance(given, dict) and isinstance(made, dict):
            return not made.keys() <= given.keys() or any(
                adds(given[key], value) for key, value in made.items()
            )
        if isinstance(given, list) and isinstance(made, list):
            return any(map(adds, given, made))
        return False

    read = json.JSONDecoder().decode  # `json.loads` is replaced where a fault is planted
    return adds(parameters, {key: read(text.decode()) for key, text in written.items()})


def _accepts(read: Any, value: Any) -> bool:
    try:
        read(value)
    except InvalidParameters:
        return False
    return True


def _made_by_hand(event_type: type[Event], parameters: dict[str, Any]) -> Event | None:
    """The event that somebody makes of plain JSON values; `None` if the class cannot have them."""
    names, extra = event_type.__lbgen_codec__.names, event_type.__lbgen_additional__
    values = {names[key]: value for key, value in parameters.items() if key in names}
    rest = {key: value for key, value in parameters.items() if key not in names}
    if rest and extra is None:
        return None
    if rest:
        values[str(extra)] = rest
    if not event_type.__lbgen_codec__.required <= values.keys():
        return None
    if any(
        value is None and getattr(event_type, name, 0) is None for name, value in values.items()
    ):
        return None  # `None` stands for an absent parameter where null is no value
    return event_type(**values)


def _losses(contract: EventContract[Event], parameters: dict[str, Any]) -> Iterator[str]:
    """What a valid event is not any more, after it was read."""
    event = contract.event_type.from_dict(parameters)
    written = contract.event_type.__lbgen_codec__.encode(event)
    if not kept(parameters, written, event):
        yield f"read and written, it is {written!r}"
    if written == parameters:
        again = contract.decode(contract.encode(event))
        if again != event or repr(again) != repr(event):
            yield f"fired and received, {event!r} is {again!r}"
