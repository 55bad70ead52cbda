"""Settings: where a value comes from, and what it can be."""

from __future__ import annotations

import inspect
import re
from typing import Any, get_overloads

import pytest

import lbgen_runtime
from lbgen_runtime.bus import RESERVED_API_NAMES
from lbgen_runtime.settings.declarations import SETTINGS
from lbgen_runtime.settings.scopes import ListenerOptions
from tests.delivery.notes import Bus
from tests.delivery.settings_page import PAGE, page


def settings_of(bus: Bus) -> Any:
    return bus.__lbgen__.settings


def test_the_page_of_settings_says_what_the_runtime_does() -> None:
    assert PAGE.read_text() == page()


def test_bus_and_listen_take_every_setting_that_is_theirs() -> None:
    of_bus = set(inspect.signature(lbgen_runtime.Bus).parameters)
    assert of_bus == {setting.name for setting in SETTINGS}
    of_listen = set(ListenerOptions.__annotations__)
    assert of_listen == {setting.name for setting in SETTINGS if setting.per_listener}
    for overload in get_overloads(lbgen_runtime.EventEndpoint.listen):
        options = inspect.signature(overload).parameters["options"]
        assert options.annotation == "Unpack[ListenerOptions]"


def test_a_value_comes_from_the_call_else_the_environment_else_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LBGEN_SERVICE_NAME", "from-environment")
    monkeypatch.setenv("LBGEN_FIRE_DEADLINE", "3")
    monkeypatch.setenv("LBGEN_CONCURRENCY", "7")
    bus = Bus(service_name="from-call")
    assert settings_of(bus).service_name == "from-call"
    assert settings_of(Bus()).service_name == "from-environment"
    assert settings_of(bus).fire_deadline == 3
    assert settings_of(bus).max_event_size == 1_048_576
    assert settings_of(bus).listener.concurrency == 7
    bus.notes.noted.listen(lambda event: None, listener_name="shelf", concurrency=2)
    bus.notes.noted.listen(lambda event: None, listener_name="index", grace=1)
    assert [each.settings.concurrency for each in bus.listeners] == [2, 7]
    assert bus.listeners[1].settings.grace == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("service_name", "with space"),
        ("service_name", ""),
        ("process_name", "{unknown}"),
        ("redis_url", "http://localhost"),
        ("fire_deadline", 0),
        ("fire_deadline", "soon"),
        ("fire_deadline", True),
        ("durability", "replicas:0"),
        ("max_event_size", 1.5),
        ("retention", "some events"),
        ("on_full", "wait"),
        ("concurrency", 0),
        ("on_error", "IGNORE"),
        ("since", "yesterday"),
        ("since", "2026-01-01T00:00:00"),
        ("credentials", "os:no_such_function"),
        ("credentials", "no_such_module_anywhere:token"),
        ("credentials", 7),
        ("address_map", "10.0.0.1=localhost:7000"),
        ("address_map", {"10.0.0.1:6379": "localhost:0"}),
        ("address_map", 7),
    ],
)
def test_a_value_that_a_setting_cannot_have_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(lbgen_runtime.InvalidSettings, match=re.escape(name)):
        Bus(**{name: value})


def test_a_duration_may_be_a_text_wherever_seconds_are_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """U20."""
    monkeypatch.setenv("LBGEN_GRACE", "1.5m")
    bus = Bus(retention="1d", fire_deadline="500ms", trim_interval="90 s", service_name="s")
    settings = settings_of(bus)
    assert (settings.retention, settings.fire_deadline, settings.trim_interval) == (86_400, 0.5, 90)
    assert settings.listener.grace == 90
    bus.notes.noted.listen(lambda event: None, listener_name="shelf", max_processing="2h")
    assert bus.listeners[0].settings.max_processing == 7200
    for wrong in ("1w", "d", "-1d", "1 day", "0s", "1e3s", "\u0661d"):
        with pytest.raises(lbgen_runtime.InvalidSettings, match="90s, 15m, 2h or 7d"):
            Bus(fire_deadline=wrong)


def test_a_wrong_variable_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LBGEN_GRACE", "long")
    with pytest.raises(lbgen_runtime.InvalidSettings, match="LBGEN_GRACE"):
        Bus()


def test_placeholders_of_the_process_name_are_replaced() -> None:
    bus = Bus(process_name="a-{hostname}-{pid}-{random4}-{random8}-{random16}")
    name = bus.__lbgen__.process_name
    assert re.fullmatch(r"a-\S+-\d+-[0-9a-f]{4}-[0-9a-f]{8}-[0-9a-f]{16}", name)
    assert re.fullmatch("[0-9a-f]{4}", Bus().__lbgen__.process_name)


def test_names_that_an_api_cannot_have_are_the_attributes_of_a_bus() -> None:
    assert {"run", "run_async", "close", "close_async", "listeners"} == RESERVED_API_NAMES
