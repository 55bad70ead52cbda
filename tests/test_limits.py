"""What is too large is refused with a place, soon, and without a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lbgen.compiler import build
from lbgen.source import load

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
        ("shop.yaml:1:1", "the file has 16,777,217 bytes; the limit is 16,777,216")
    ]


@pytest.mark.parametrize("file", ["shop.json", "shop.yaml"])
def test_a_file_may_have_a_million_values(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load.MAX_NODES == 1_000_000
    monkeypatch.setattr(load, "MAX_NODES", 1_000)  # a thousand are read in less time
    values = b"[" + b"0, " * 998 + b"0]"
    assert findings(file, values) == []
    assert findings(file, values.replace(b"]", b", 0]")) == [
        (f"{file}:1:2999", "the file contains more than 1,000 values")
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
        assert finding[1].endswith("nested more than 100 levels deep")


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
        assert finding[1].endswith("nested more than 100 levels deep")


@pytest.mark.parametrize("file", ["shop.yaml", "{}/placed.schema.yaml"])
def test_the_name_of_an_api_may_have_200_characters(file: str) -> None:
    """Every step of a dotted name becomes a class that is called after all steps before it."""

    def problems(name: str) -> list[str]:
        parameters = "events: {placed: {parameters: {type: object, properties: {}}}}"
        text = f"lbgen: 1\napi: {name}\n{parameters}" if "{" not in file else "type: object"
        folder = name.replace(".", "/")
        return [each.message for each in build({file.format(folder): text.encode()}).problems]

    assert problems("a." * 99 + "ab") == []
    assert len(problems("a." * 99 + "abc")) == 1
    assert len(problems("a." * 20_000 + "a")) == 1


def test_the_name_of_an_event_may_have_200_characters() -> None:
    def problems(name: str) -> list[str]:
        text = f"lbgen: 1\napi: shop\nevents: {{{name}: {{parameters: {{type: object}}}}}}"
        return [each.message for each in build({"shop.yaml": text.encode()}).problems]

    assert problems("a" * 200) == []
    assert len(problems("a" * 201)) == 1
