"""U3: a web framework's 422 says what `fire`, `from_json` and `lbgen validate` say, and where."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pydantic
import pytest

from lbgen_runtime import Event, InvalidParameters, Schemas

if TYPE_CHECKING:
    from types import ModuleType

PARAMETERS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "lines": {
            "type": "array",
            "items": {"type": "object", "properties": {"quantity": {"type": "integer"}}},
        },
        "0": {"type": "string"},
    },
    "required": ["lines"],
}
SCHEMA = Schemas({"lbgen:///shop.yaml": json.dumps(PARAMETERS)}).at("lbgen:///shop.yaml#")


class Placed(Event):
    """A customer placed an order."""

    lines: list[Any]

    __lbgen_event__ = "shop.placed"
    __lbgen_schema__ = SCHEMA


class Batch(pydantic.BaseModel):
    """Some events."""

    events: list[Placed]


WRONG = {"lines": [{"quantity": 1}, {"quantity": "2"}], "0": 5}


def violations() -> list[tuple[str, str]]:
    with pytest.raises(InvalidParameters) as refused:
        Placed.from_json(json.dumps(WRONG))
    return [(each.pointer, each.message) for each in refused.value.violations]


def test_pydantic_names_each_violation_at_its_place() -> None:
    with pytest.raises(pydantic.ValidationError) as refused:
        Batch.model_validate({"events": [{"lines": []}, WRONG]})
    assert [(each["loc"], each["msg"], each["ctx"]["rule"]) for each in refused.value.errors()] == [
        (
            ("events", 1, "lines", 1, "quantity"),
            "'2' is a string; write an integer, without quotes",
            "type",
        ),
        (("events", 1, "0"), "5 is an integer; write a string", "type"),
    ]
    assert [each["msg"] for each in refused.value.errors()] == [text for _, text in violations()]


def test_a_422_of_fastapi_names_each_violation_at_its_place() -> None:
    fastapi: ModuleType = pytest.importorskip("fastapi")
    exceptions: ModuleType = pytest.importorskip("fastapi.exceptions")
    app = fastapi.FastAPI()
    refusals: list[Any] = []

    @app.exception_handler(exceptions.RequestValidationError)
    async def refuse(request: Any, error: Any) -> Any:
        refusals.extend(error.errors())
        return fastapi.responses.JSONResponse(status_code=422, content={})

    @app.post("/")
    def place(event: Placed) -> None:
        """Never reached."""

    assert post(app, json.dumps(WRONG).encode()) == 422
    assert [(each["loc"], each["msg"]) for each in refusals] == [
        (("body", "lines", 1, "quantity"), "'2' is a string; write an integer, without quotes"),
        (("body", "0"), "5 is an integer; write a string"),
    ]


def post(app: Any, body: bytes) -> int:
    """The status of the answer to a request, without a client's distribution."""
    import asyncio

    answers: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        answers.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/",
        "raw_path": b"/",
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
        "client": ("test", 1),
        "server": ("test", 80),
    }
    asyncio.run(app(scope, receive, send))
    return int(answers[0]["status"])
