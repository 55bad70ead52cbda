"""Generated source reads like code that a person wrote, whatever names the contract has."""

from __future__ import annotations

import ast
import importlib
import json
import pickle
import subprocess
import sys
import typing
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lbgen.tasks.check import run_check
from lbgen_runtime import InvalidParameters
from tests.support.packages import build_json, contract_of, imported, write_package
from tests.support.servers import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CARD = {
    "title": "Card payment",
    "type": "object",
    "required": ["kind", "last_digits"],
    "properties": {
        "kind": {"const": "card"},
        "last_digits": {
            "description": "The last digits, as printed on receipts",
            "type": "string",
            "minLength": 4,
            "maxLength": 4,
            "pattern": "^[0-9]+$",
            "examples": ["4242"],
        },
    },
}
CASH = {
    "title": "Cash payment",
    "type": "object",
    "required": ["kind", "pay-desk", "confirmed", "nothing"],
    "properties": {
        "kind": {"enum": ["cash"]},
        "pay-desk": {"const": 7},
        "confirmed": {"const": True},
        "nothing": {"const": None},
        "note": {"const": "optional"},
    },
}
PAID: dict[str, Any] = {
    "type": "object",
    "required": ["payment", "version"],
    "properties": {
        "payment": {"oneOf": [CARD, CASH]},
        "version": {"const": 2},
        "at": {"type": ["string", "null"], "format": "date-time"},
        "amount": {"type": "number", "exclusiveMinimum": 0, "maximum": 1000, "multipleOf": 0.01},
        "lines": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string"}},
    },
}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a package that can be imported."""
    built = build_json({"shop.json": contract_of("shop", paid=PAID)})
    folder = write_package(built, tmp_path_factory.mktemp("readable") / "readable")
    with imported(folder):
        yield folder


@pytest.fixture
def shop(package: Path) -> Any:
    """The module of the API."""
    return importlib.import_module("readable.shop")


def test_a_required_property_of_one_value_need_not_be_given(shop: Any) -> None:
    card = shop.CardPayment(last_digits="4242")
    assert card.kind == "card"
    event = shop.Paid(payment=card)
    assert event.to_dict() == {"payment": {"kind": "card", "last_digits": "4242"}, "version": 2}
    assert shop.Paid.from_json(event.to_json()) == event
    assert pickle.loads(pickle.dumps(event)) == event
    assert card.__replace__(last_digits="1111") == shop.CardPayment(last_digits="1111")
    cash = shop.CashPayment(nothing=None)
    assert cash.to_dict() == {"kind": "cash", "pay-desk": 7, "confirmed": True, "nothing": None}
    assert shop.Paid.from_json(shop.Paid(payment=cash).to_json()).payment == cash


def test_fire_sends_it(shop: Any) -> None:
    server = Server("valkey")
    try:
        bus = importlib.import_module("readable").Bus(service_name="shop", redis_url=server.url)
        bus.shop.paid.fire(payment=shop.CardPayment(last_digits="4242"))
        bus.close()
        (key,) = server.client.keys("*:stream")
        ((_, sent),) = server.client.xrange(key)
        assert json.loads(sent[b":version"]) == 2
        assert json.loads(sent[b":payment"])["kind"] == "card"
    finally:
        server.stop()


def test_the_schema_still_requires_it(shop: Any) -> None:
    with pytest.raises(InvalidParameters, match="kind"):
        shop.CardPayment.from_dict({"last_digits": "4242"})
    with pytest.raises(InvalidParameters, match="kind"):
        shop.CardPayment(kind="cash", last_digits="4242").to_dict()
    with pytest.raises(TypeError, match="nothing"):  # null is what None means: it must be said
        shop.CashPayment()
    assert shop.CashPayment(nothing=None).note is None  # it is not required, so it may be absent


def test_hypothesis_makes_branches_of_a_union(shop: Any) -> None:
    @settings(max_examples=20, database=None, deadline=None)
    @given(st.from_type(shop.Paid))
    def check(event: Any) -> None:
        assert event.version == 2
        assert event.payment.kind in {"card", "cash"}

    check()


@pytest.mark.parametrize("command", ["mypy --strict --config-file= .", "pyright -p ."])
def test_type_checkers_know_the_default(command: str, package: Path, tmp_path: Path) -> None:
    write_package(
        build_json({"shop.json": contract_of("shop", paid=PAID)}), tmp_path / "readable_typed"
    )
    (tmp_path / "service.py").write_text(
        "from readable_typed import Bus\n"
        "from readable_typed.shop import CardPayment, CashPayment, Paid, PaidEndpoint\n"
        'card = CardPayment(last_digits="4242")\n'
        "event = Paid(payment=CashPayment(nothing=None))\n"
        "def pay(endpoint: PaidEndpoint) -> str:\n"
        "    return endpoint.fire(payment=card)\n"
        "pay(Bus().shop.paid)\n"
    )
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    done = subprocess.run(
        [sys.executable, "-m", *command.split()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_field_says_what_the_contract_says_of_it(package: Path) -> None:
    tree = ast.parse((package / "shop.py").read_text())
    assert _field_docs(tree, "CardPayment") == {
        "last_digits": "The last digits, as printed on receipts.\n"
        'Exactly 4 characters; matches `^[0-9]+$`; for example `"4242"`.\n'
    }
    assert _field_docs(tree, "Paid") == {
        "amount": "More than 0; at most 1000; a multiple of 0.01.",
        "lines": "At least 1 item; no two items are equal.",
    }


def test_fire_says_it_too_and_what_it_raises_once(shop: Any) -> None:
    said = shop.PaidEndpoint.fire.__doc__
    assert "            lines: At least 1 item; no two items are equal.\n" in said
    assert said.count("Raises:") == 1
    assert "Raises:" not in shop.PaidEndpoint.fire_async.__doc__


def _field_docs(tree: ast.Module, name: str) -> dict[str, str]:
    """The docstring below each field of a class, as an editor shows it."""
    body = next(e for e in tree.body if isinstance(e, ast.ClassDef) and e.name == name).body
    return {
        ast.unparse(field.target): "\n".join(
            line.strip() for line in below.value.value.splitlines()
        )
        for field, below in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }


def test_types_are_called_by_their_names_unless_a_field_has_the_name(
    shop: Any, tmp_path: Path
) -> None:
    source = build_json({"shop.json": contract_of("shop", paid=PAID)}).files["shop.py"]
    assert "\nimport datetime\n" in source
    assert "    at: datetime.datetime | Unset | None = UNSET\n" in source
    fields = {
        name: {"type": ["string", "null"], "format": format_}
        for name, format_ in [
            ("datetime", "date-time"), ("uuid", "uuid"), ("UNSET", "date"), ("Unset", "time"),
            ("after", "date-time"), ("id", "uuid"),
        ]
    }  # fmt: skip
    built = build_json({"x.json": contract_of("x", seen={"type": "object", "properties": fields})})
    with imported(write_package(built, tmp_path / "with_unlucky_names")):
        seen = importlib.import_module("with_unlucky_names.x").Seen
        assert typing.get_type_hints(seen)["after"] == typing.get_type_hints(shop.Paid)["at"]
        text = json.dumps({"after": "2026-11-23T09:00:00+00:00", "uuid": None})
        assert json.loads(seen.from_json(text).to_json()) == json.loads(text)


def test_a_class_of_the_contract_keeps_its_name_beside_an_endpoint(tmp_path: Path) -> None:
    inner = {"type": "object", "properties": {"a": {"type": "string"}}, "title": "SeenEndpoint"}
    seen = {"type": "object", "properties": {"b": inner}}
    contract = contract_of("x", seen=seen, found={"type": "object", "properties": {}})
    below = contract_of("x.FoundEndpoint", lost={"type": "object", "properties": {}})
    with imported(
        write_package(build_json({"x.json": contract, "y.json": below}), tmp_path / "met")
    ):
        module = importlib.import_module("met.x")
        assert module.Seen(b=module.SeenEndpoint(a="1")).to_dict() == {"b": {"a": "1"}}
        assert not {"_SeenEndpoint", "FoundEndpoint"} & set(module.__all__)
        bus = importlib.import_module("met").Bus()
        assert type(bus.x.seen).__name__ == "_SeenEndpoint"
        assert type(bus.x.found).__name__ == "_FoundEndpoint"  # x.FoundEndpoint is an API
        assert type(bus.x.FoundEndpoint.lost).__name__ == "LostEndpoint"


def test_the_check_tells_that_a_default_is_gone(tmp_path: Path) -> None:
    later = {**PAID, "properties": {**PAID["properties"], "version": {"enum": [2, 3]}}}
    for version, schema in (("old", PAID), ("new", later)):
        (tmp_path / version).mkdir()
        (tmp_path / version / "shop.json").write_text(json.dumps(contract_of("shop", paid=schema)))
    against = [str(tmp_path / "old")]
    findings = run_check(tmp_path / "new", against=against, source=True).findings
    assert [each.path for each in findings if each.rule == "compat-source-changed"] == ["version"]
