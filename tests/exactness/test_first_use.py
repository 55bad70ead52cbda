"""D2: what is made at first use is made right, however many threads come first."""

from __future__ import annotations

import contextlib
import functools
import importlib
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from lbgen_runtime import ApiContract, EventContract, InvalidParameters, cached_property
from tests.support.packages import build_json, contract_of, imported, write_package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

THREADS = 12
STARTS = 25
WIDE = [f"field_{number}" for number in range(60)]
MONEY = {
    "type": "object",
    "properties": {"amount": {"type": "string"}, "currency": {"type": "string"}},
    "required": ["amount"],
}
TREE = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "children": {"type": "array", "items": {"$ref": "#/$defs/Tree"}},
        "leaf": {"$ref": "#/$defs/Leaf"},
    },
}
LEAF = {
    "type": "object",
    "properties": {"price": {"$ref": "#/$defs/Money"}, "tree": {"$ref": "#/$defs/Tree"}},
}
PARAMETERS: dict[str, Any] = {
    "type": "object",
    "properties": {
        **{
            name: {"type": "string", "format": "uuid"} if number % 2 else {"type": "integer"}
            for number, name in enumerate(WIDE)
        },
        "tree": {"$ref": "#/$defs/Tree"},
        "prices": {"type": "array", "items": {"$ref": "#/$defs/Money"}},
        "either": {"anyOf": [{"$ref": "#/$defs/Leaf"}, {"type": "integer"}]},
    },
    "required": WIDE,
}
VALUE: dict[str, Any] = {
    **{
        name: "6f1c1f2e-8f0a-4f57-9a3e-2d8d7f2f3b10" if number % 2 else number
        for number, name in enumerate(WIDE)
    },
    "tree": {
        "name": "a",
        "children": [{"name": "b", "children": [{"leaf": {"tree": {"name": "c"}}}]}],
    },
    "prices": [{"amount": "1"}, {"amount": "2", "currency": "EUR"}],
    "either": {"price": {"amount": "3"}, "tree": {"name": "d"}},
}
TEXTS = {key: json.dumps(each, separators=(",", ":")).encode() for key, each in VALUE.items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    contract = contract_of("shop", placed=PARAMETERS)
    contract["$defs"] = {"Money": MONEY, "Tree": TREE, "Leaf": LEAF}
    return write_package(
        build_json({"shop.json": contract}), tmp_path_factory.mktemp("made") / "first_use_package"
    )


@contextlib.contextmanager
def contract(folder: Path) -> Iterator[EventContract[Any]]:
    """The event of a package that is imported anew: nothing of it is made yet."""
    with imported(folder):
        module = importlib.import_module(f"{folder.name}.shop")
        yield EventContract(api=ApiContract(name="shop"), name="placed", event_type=module.Placed)


@contextlib.contextmanager
def switching_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def at_once(work: Callable[[], Any]) -> list[Any]:
    """What some work gives in many threads that start it at the same moment."""
    barrier = Barrier(THREADS)

    def run() -> Any:
        barrier.wait()
        return work()

    with ThreadPoolExecutor(THREADS) as pool:
        return [each.result() for each in [pool.submit(run) for _ in range(THREADS)]]


@pytest.mark.parametrize("how", ["decode", "encode", "refuse"])
def test_the_first_use_of_a_class_in_many_threads_at_once_is_right(folder: Path, how: str) -> None:
    with switching_often():
        for _ in range(STARTS):
            with contract(folder) as placed:
                if how == "decode":
                    results = at_once(lambda placed=placed: placed.decode(TEXTS))
                    assert [placed.encode(each) for each in results] == [TEXTS] * THREADS
                elif how == "encode":
                    # Made of plain mappings: no class inside it has been used either.
                    event = placed.event_type(**VALUE)
                    results = at_once(lambda placed=placed, event=event: placed.encode(event))
                    assert results == [TEXTS] * THREADS
                else:

                    def refused(placed: EventContract[Any] = placed) -> tuple[str, ...]:
                        with pytest.raises(InvalidParameters) as error:
                            placed.decode({**TEXTS, "field_0": b'"x"'})
                        return tuple(each.pointer for each in error.value.violations)

                    assert at_once(refused) == [("/field_0",)] * THREADS


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_process_can_use_a_class_whose_first_use_was_under_way(folder: Path) -> None:
    with switching_often():
        for _ in range(STARTS):
            with contract(folder) as placed, ThreadPoolExecutor(THREADS) as pool:
                barrier = Barrier(THREADS + 1)

                def use(
                    placed: EventContract[Any] = placed, barrier: Barrier = barrier
                ) -> EventContract[Any]:
                    barrier.wait()
                    return placed.decode(TEXTS)

                under_way = [pool.submit(use) for _ in range(THREADS)]
                barrier.wait()
                child = os.fork()
                if not child:
                    right = False
                    with contextlib.suppress(BaseException):
                        right = placed.encode(placed.decode(TEXTS)) == TEXTS
                    os._exit(0 if right else 1)
                assert os.waitpid(child, 0)[1] == 0
                for each in under_way:
                    each.result()


def test_every_thread_gets_the_same_value_of_an_attribute() -> None:
    class Holder:
        @cached_property
        def value(self) -> object:
            return object()

    with switching_often():
        for _ in range(200):
            holder = Holder()
            assert len(set(map(id, at_once(lambda holder=holder: holder.value)))) == 1
    assert isinstance(Holder.value, functools.cached_property), "tools know it"
