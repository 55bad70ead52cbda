"""The how-to on events outside of the bus: its code runs, and does what it says."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import pickle
import pprint
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "howto" / "use-events.md").read_text()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The page's code, run as one module."""
    path = tmp_path_factory.mktemp("page") / "page.py"
    path.write_text("\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))
        return runpy.run_path(str(path))


def test_its_test_of_a_handler_passes(page: dict[str, Any]) -> None:
    asyncio.run(page["test_an_event_is_handled_once"]())


def test_an_event_is_a_body_of_fastapi(page: dict[str, Any]) -> None:
    post = page["app"].openapi()["paths"]["/prices"]["post"]
    assert "requestBody" in post
    assert "parameters" not in post


def test_an_event_is_copied_and_shown_as_a_dataclass_is(page: dict[str, Any]) -> None:
    event: Any = page["event"]
    assert dataclasses.is_dataclass(page["event"])
    assert dataclasses.replace(event, sku="B") == dataclasses.replace(event, sku="B")
    assert dataclasses.replace(event, sku="B") != event
    assert [field.name for field in dataclasses.fields(event)][:2] == ["sku", "price"]
    assert dataclasses.asdict(event)["price"] == {"amount": "19.90", "currency": "EUR"}
    assert copy.deepcopy(event) == pickle.loads(pickle.dumps(event)) == event
    assert pprint.pformat(event) == repr(event)
    with pytest.raises(TypeError, match="has no field nothing"):
        dataclasses.replace(event, nothing=1)
