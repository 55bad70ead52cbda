"""What is too large is refused with a place, soon, and without a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lbgen import load
from lbgen.build import build

if TYPE_CHECKING:
    from collections.abc import Callable

CONTRACT = b"lbgen: 1\napi: shop\nevents: {}\n"


def findings(file: str, content: bytes) -> list[tuple[str, str]]:
    """The place and the message of everything that is too large."""
    return [
        (str(problem.place), problem.message)
        for problem in build({file: content}).problems
        if problem.rule == "too-large"
    ]


def test_a_file_may_have_sixteen_mebibytes() -> None:
    allowed = CONTRACT + b"#" * (load.MAX_BYTES - len(CONTRACT))
    assert findings("shop.yaml", allowed) == []
    assert findings("shop.yaml", allowed + b"#") == [
        ("shop.yaml:1:1", "the file has 16,777,217 bytes; 16,777,216 are allowed")
    ]


@pytest.mark.parametrize("file", ["shop.json", "shop.yaml"])
def test_a_file_may_have_a_million_values(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load.MAX_NODES == 1_000_000
    monkeypatch.setattr(load, "MAX_NODES", 1_000)  # a thousand are read in less time
    values = b"[" + b"0, " * 998 + b"0]"
    assert findings(file, values) == []
    assert findings(file, values.replace(b"]", b", 0]")) == [
        (f"{file}:1:2999", "the file holds more than 1,000 values")
    ]


@pytest.mark.parametrize("file", ["shop.json", "shop.yaml"])
@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_values_may_nest_a_hundred_deep(file: str, opening: bytes) -> None:
    """U1: whatever the parser's own limit is."""
    closing = b"]" if opening == b"[" else b"}"
    depth = load.MAX_DEPTH
    assert findings(file, opening * depth + b"0" + closing * depth) == []
    for deep in (depth + 1, 2_000, 50_000):
        (finding,) = findings(file, opening * deep + b"0" + closing * deep)
        assert finding[1].endswith("nest deeper than 100")


@pytest.mark.parametrize(
    "level",
    [lambda _: "- ", lambda deep: f"{' ' * deep}-\n", lambda deep: f"{' ' * deep}a:\n"],
    ids=["in a row", "sequences", "mappings"],
)
def test_indented_values_may_nest_a_hundred_deep(level: Callable[[int], str]) -> None:
    depth = load.MAX_DEPTH

    def nested(levels: int) -> bytes:
        lines = "".join(level(each) for each in range(levels))
        return f"{lines}{' ' * levels if lines.endswith(chr(10)) else ''}0\n".encode()

    assert findings("shop.yaml", nested(depth)) == []
    for deep in (depth + 1, 2_000):
        (finding,) = findings("shop.yaml", nested(deep))
        assert finding[1].endswith("nest deeper than 100")
