"""Date-times without an offset, as Lightbus writes them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

import lbgen_runtime
from lbgen_runtime.events.naive_times import read_zone
from tests.support.packages import build_json, imported, write_package

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import TypeAlias

    Decoders: TypeAlias = dict[str | None, Callable[..., Any]]

NAIVE = "2026-11-23T07:48:42.123456"
MOMENT = {"type": "string", "format": "date-time"}
PARAMETERS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "at": MOMENT,
        "maybe": {"anyOf": [MOMENT, {"type": "null"}]},
        "inside": {"type": "object", "properties": {"at": {"$ref": "#/$defs/Moment"}}},
        "several": {"type": "array", "items": {"oneOf": [MOMENT, {"type": "integer"}]}},
        "by_name": {"type": "object", "additionalProperties": {"anyOf": [{"anyOf": [MOMENT]}]}},
        "text": {"type": "string"},
        "either": {"anyOf": [MOMENT, {"type": "string"}]},
    },
}


def documents(**keys: Any) -> dict[str, Any]:
    api = {"lbgen": 1, "api": "clock", "events": {"struck": {"parameters": PARAMETERS}}, **keys}
    return {"clock.json": {**api, "$defs": {"Moment": MOMENT}}}


@pytest.fixture(scope="module")
def decoders(
    tmp_path_factory: pytest.TempPathFactory,
) -> Decoders:
    """Reads the parameters of an event, per `assume_timezone`."""
    zones: Decoders = {}
    for zone in (None, "UTC", "Europe/Berlin"):
        keys = {} if zone is None else {"assume_timezone": zone}
        folder = tmp_path_factory.mktemp("zone") / "clock_package"
        write_package(build_json(documents(**keys)), folder)
        with imported(folder) as package:
            contract = package.Bus().clock.struck._contract

            def decode(contract: Any = contract, **parameters: Any) -> Any:
                return contract.decode(
                    {name: json.dumps(value).encode() for name, value in parameters.items()}
                )

            zones[zone] = decode
    return zones


def test_a_naive_date_time_is_refused_with_the_setting_that_reads_it(
    decoders: Decoders,
) -> None:
    for parameters in (
        {"at": NAIVE},
        {"maybe": NAIVE},
        {"inside": {"at": NAIVE}},
        {"several": [NAIVE]},
    ):
        with pytest.raises(lbgen_runtime.InvalidParameters, match="assume_timezone"):
            decoders[None](**parameters)


def test_a_refusal_for_another_reason_does_not_name_the_setting(
    decoders: Decoders,
) -> None:
    for zone in (None, "UTC"):
        for wrong in ("tomorrow", "2026-13-23T07:48:42", 7, "2026-11-23"):
            with pytest.raises(lbgen_runtime.InvalidParameters) as refused:
                decoders[zone](at=wrong)
            assert "assume_timezone" not in str(refused.value)


def test_assume_timezone_reads_naive_date_times_at_any_depth(
    decoders: Decoders,
) -> None:
    event = decoders["UTC"](
        at=NAIVE,
        maybe=NAIVE,
        inside={"at": NAIVE},
        several=[1, NAIVE],
        by_name={"a": NAIVE},
    )
    moment = datetime(2026, 11, 23, 7, 48, 42, 123456, tzinfo=UTC)
    assert event.at == event.maybe == event.inside.at == event.several[1] == moment
    assert event.by_name["a"] == moment
    assert event.several[0] == 1


def test_texts_that_need_be_no_date_time_stay_as_they_are(
    decoders: Decoders,
) -> None:
    event = decoders["UTC"](at=NAIVE, text=NAIVE, either=NAIVE)
    assert event.text == event.either == NAIVE


def test_a_date_time_with_an_offset_keeps_it(
    decoders: Decoders,
) -> None:
    event = decoders["UTC"](at="2026-11-23T07:48:42+05:30", maybe=NAIVE)
    assert event.at.utcoffset() == timedelta(hours=5, minutes=30)


def test_a_zone_has_its_offset_of_the_day(
    decoders: Decoders,
) -> None:
    decode = decoders["Europe/Berlin"]
    assert decode(at="2026-07-01T12:00:00").at.utcoffset() == timedelta(hours=2)
    assert decode(at="2026-12-01T12:00:00").at.utcoffset() == timedelta(hours=1)


def test_a_listener_with_a_zone_that_is_unknown_is_refused(tmp_path: Path) -> None:
    write_package(build_json(documents(assume_timezone="Moon/Base")), tmp_path / "moon_package")
    with imported(tmp_path / "moon_package") as package:
        bus = package.Bus(service_name="tower")
        with pytest.raises(lbgen_runtime.InvalidSettings, match="Moon/Base"):
            bus.clock.struck.listen(lambda event: None, listener_name="bell")


def test_utc_needs_no_time_zone_database() -> None:
    assert read_zone("UTC") is UTC
