"""What somebody else has written on the server never forges what a command prints. S7"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from lbgen.cli.app import app
from tests.support.hostile_texts import HOSTILE_TEXTS

if TYPE_CHECKING:
    from tests.support.servers import Server

FORGED = "forged-group  0 undelivered  0 pending  9 processes"
PLAIN = [text for text in HOSTILE_TEXTS if text and len(text) < 500 and text != "\ud800"]
TEXTS = [
    f"x\n  {FORGED}",
    f"x\r  {FORGED}",
    f"x\u2028  {FORGED}",
    "::error::x",
    "##[error]x",
    "x::stop-commands::y",
    *(" ".join(PLAIN[start : start + 8]) for start in range(0, len(PLAIN), 8)),
]


def run(server: Server, *arguments: str) -> list[str]:
    """The lines that a command prints."""
    result = CliRunner().invoke(app, [*arguments, "--redis-url", server.url])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.output.replace("\n", "").isprintable(), ascii(result.output)
    lines = result.output.split("\n")
    assert not any(re.match(r"\s*(::|##\[|forged-group)", line) for line in lines)
    return lines[:-1]


def letter(text: str, **death: object) -> dict[str | bytes, str | bytes]:
    values = {
        "reason": "failed",
        "detail": f"{text}\nRuntimeError: {text}",
        "stream_id": text,
        "deliveries": 1,
        "process": text,
        "fired_at": text,
        "died_at": text,
        **death,
    }
    return {
        "lbgen": json.dumps(values),
        "id": text or "x",
        "api_name": text,
        "event_name": text,
        f":{text}": text,
    }


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_names_on_the_server_stay_on_the_line_of_what_they_name(server: Server, text: str) -> None:
    stream = f"{text}:stream"
    key = stream.encode()
    server.client.xadd(key, {"id": text, f":{text}": text})
    server.client.xgroup_create(key, text or "x", "0")
    server.client.xreadgroup(text or "x", text or "x", {key: ">"})
    server.client.hset(f"{{{text}.*:stream}}:groups", text or "x", text)
    lines = run(server, "group", "list")
    assert sum(not line.startswith("  ") for line in lines) <= 2
    assert len(lines) <= 4


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_dead_letters_stay_on_the_lines_of_what_they_tell(server: Server, text: str) -> None:
    server.client.xadd(f"{{{text}.*:stream}}:dead:library-shelf", letter(text))
    assert len(run(server, "dead", "list", "library", "shelf")) == 2
    (first, *_) = run(server, "dead", "list", "library", "shelf")
    shown = run(server, "dead", "show", "library", "shelf", first.split("  ")[0])
    assert shown[0] == first
    told = re.compile(r"(stream|stream id|fired at|process): |  \S*.* = |  \| ")
    assert all(told.match(line) for line in shown[1:]), shown
    assert len(run(server, "dead", "replay", "library", "shelf", "--all")) <= 2
    run(server, "dead", "drop", "library", "shelf", "--all")


@pytest.mark.parametrize(
    "death", [{"detail": 1}, {"deliveries": "x"}, {"process": None}, {"reason": ["x"]}]
)
def test_a_letter_with_values_of_other_types_is_listed_all_the_same(
    server: Server, death: dict[str, object]
) -> None:
    server.client.xadd("{notes.*:stream}:dead:library-shelf", letter("x", **death))
    (line, _) = run(server, "dead", "list", "library", "shelf")
    assert "unknown" in line
    assert run(server, "dead", "show", "library", "shelf", line.split("  ")[0])[0] == line
