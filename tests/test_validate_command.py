"""`lbgen validate`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAID = {
    "order_id": "5f1c8a52-66b7-4a6e-9d29-9f0d1ad0c2a1",
    "paid_at": "2026-11-23T09:00:00Z",
    "amount": {"amount": "19.90", "currency": "EUR"},
    "method": {"kind": "card", "last_digits": "1234"},
}


def validate(text: str, event: str = "shop.orders.order_paid") -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "lbgen", "validate", "schemas", event, "-"],
        cwd=ROOT,
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def line_of(file: str, text: str, after: str = "") -> int:
    lines = (ROOT / "schemas" / file).read_text().splitlines()
    start = next(n for n, line in enumerate(lines) if after in line)
    return next(n for n, line in enumerate(lines, 1) if n > start and text in line)


def test_a_valid_value_is_said_to_be_valid() -> None:
    assert validate(json.dumps(PAID)) == (0, "standard input: valid\n")


def test_each_violation_names_pointer_rule_file_and_line() -> None:
    wrong = {**PAID, "amount": {"amount": "19.9", "currency": "EUR"}}
    del wrong["paid_at"]
    code, output = validate(json.dumps(wrong))
    assert code == 1
    pattern = line_of("common/money.yaml", "pattern:", "amount:")
    assert "/amount/amount: " in output
    assert f"(pattern at schemas/common/money.yaml:{pattern})" in output
    required = line_of("shop/orders.yaml", "required:", "order_paid:")
    assert f"(required at schemas/shop/orders.yaml:{required})" in output


def test_what_is_no_json_is_said_to_be_none() -> None:
    code, output = validate("{")
    assert code == 1
    assert "this is not valid JSON" in output


def test_an_unknown_event_is_wrong_use_with_a_suggestion() -> None:
    code, output = validate("{}", "shop.orders.order_paidd")
    assert code == 2
    assert "did you mean shop.orders.order_paid?" in output


def test_what_no_reader_takes_is_not_valid() -> None:
    text = json.dumps(PAID)[:-1]
    assert validate(f'{text}, "more": 1e400}}') == (
        1,
        "standard input: a number is outside the range of a 64-bit float; send it as a string\n",
    )
    code, output = validate(f'{text}, "more": {"[" * 200}{"]" * 200}}}')
    assert code == 1
    assert "nested more than 128 levels deep" in output
