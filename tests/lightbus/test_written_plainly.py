"""Date-times as Lightbus 1.1 reads them: on Python 3.9, `fromisoformat` takes few forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.packages import build_json, contract_of, imported, write_package

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

MOMENT = {"type": "string", "format": "date-time"}
PARAMETERS: dict[str, Any] = {
    "type": "object",
    "properties": {"at": MOMENT, "several": {"type": "array", "items": MOMENT}},
}
TEXTS = {
    "2026-11-23T07:48:42Z": "2026-11-23T07:48:42+00:00",
    "2026-11-23T07:48:42.5Z": "2026-11-23T07:48:42.500000+00:00",
    "2026-11-23T07:48:42.1234567+05:30": "2026-11-23T07:48:42.123456+05:30",
    "2026-06-30T23:59:60Z": "2026-07-01T00:00:00+00:00",
    "2026-11-23T07:48:42+00:00": "2026-11-23T07:48:42+00:00",
}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    documents = {
        "shop.json": {**contract_of("shop", order_placed=PARAMETERS), "lightbus": True},
        "desk.json": contract_of("desk", order_placed=PARAMETERS),
    }
    folder = tmp_path_factory.mktemp("plain") / "plain_package"
    write_package(build_json(documents), folder)
    with imported(folder) as module:
        yield module


@pytest.mark.parametrize("text", TEXTS)
def test_date_times_for_lightbus_are_written_as_isoformat_does(
    package: ModuleType, text: str
) -> None:
    contract = package.Bus().shop.order_placed._contract
    event = contract.event_type.from_dict({"at": text, "several": [text]})
    assert contract.encode(event) == {
        "at": f'"{TEXTS[text]}"'.encode(),
        "several": f'["{TEXTS[text]}"]'.encode(),
    }


@pytest.mark.parametrize("text", TEXTS)
def test_date_times_of_other_apis_leave_as_they_came(package: ModuleType, text: str) -> None:
    contract = package.Bus().desk.order_placed._contract
    event = contract.event_type.from_dict({"at": text})
    assert contract.encode(event) == {"at": f'"{text}"'.encode()}
