"""What reading and checking a large contract costs.

    python benchmarks/large_contract.py [MEGABYTES]

Makes that many megabytes (default: 20) of event schemas with shared types, once as JSON, once as
JSON without spaces and once as YAML, one file for each API. Prints the seconds of processor time of
reading the files, and of all that `lbgen check` and `lbgen build` do before they compare or
generate. The last column is what libyaml alone takes to find the events of the same texts.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

import yaml

from lbgen.compiler import analyse
from lbgen.source.load import load

_EVENTS = 40
"""Events in one file."""


def _event(number: int) -> dict[str, Any]:
    """One event of about three kilobytes, with what real ones have."""
    address = {"$ref": "#/$defs/Address"}
    return {
        "title": f"Order {number} changed",
        "description": "Something about an order changed; the fields say what holds from now on.",
        "type": "object",
        "required": ["order_id", "at", "lines"],
        "properties": {
            "order_id": {"type": "string", "format": "uuid", "description": "Of the order."},
            "at": {"type": "string", "format": "date-time", "description": "When it changed."},
            "status": {"enum": ["new", "paid", "sent", "returned"], "default": "new"},
            "number": {"type": "integer", "minimum": 1, "maximum": 10_000 + number},
            "code": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{4,8}$", "maxLength": 20},
            "billing": address,
            "shipping": {"anyOf": [address, {"type": "null"}]},
            "lines": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["sku", "quantity"],
                    "properties": {
                        "sku": {"type": "string", "minLength": 1, "maxLength": 64},
                        "quantity": {"type": "integer", "minimum": 1},
                        "price": {"$ref": "common.json#/$defs/Money"},
                        "tags": {"type": "array", "items": {"type": "string"}},
                    },
                },
            },
            "payment": {
                "oneOf": [
                    {
                        "type": "object",
                        "required": ["kind", "iban"],
                        "properties": {"kind": {"const": "bank"}, "iban": {"type": "string"}},
                    },
                    {
                        "type": "object",
                        "required": ["kind", "card"],
                        "properties": {
                            "kind": {"const": "card"},
                            "card": {"type": "string", "pattern": "^[0-9]{12,19}$"},
                        },
                    },
                ]
            },
            "attributes": {"type": "object", "additionalProperties": {"type": "string"}},
            "note": {"type": ["string", "null"], "examples": ["Ring twice."]},
        },
    }


_ADDRESS: dict[str, Any] = {
    "type": "object",
    "required": ["street", "city", "country"],
    "properties": {
        "street": {"type": "string", "description": "Street and number."},
        "city": {"type": "string"},
        "country": {"type": "string", "pattern": "^[A-Z]{2}$"},
    },
}
_MONEY: dict[str, Any] = {
    "type": "object",
    "required": ["amount", "currency"],
    "properties": {
        "amount": {"type": "string", "pattern": "^-?[0-9]{1,12}\\.[0-9]{2}$"},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
    },
}


def contract(megabytes: float, form: str) -> dict[str, bytes]:
    """The sources of a contract, of about so many megabytes in all.

    Args:
        megabytes: how many.
        form: `json` with two spaces for each level, `compact` JSON, or `yaml`.
    """
    sources = {"common.json": json.dumps({"$defs": {"Money": _MONEY}}).encode()}
    total = 0
    while total < megabytes * 1_000_000:
        api = len(sources)
        value = {
            "lbgen": 1,
            "api": f"shop.orders_{api}",
            "events": {
                f"order_{number}_changed": {"parameters": _event(number)}
                for number in range(_EVENTS)
            },
            "$defs": {"Address": _ADDRESS},
        }
        if form == "json":
            text = json.dumps(value, indent=2)
        elif form == "compact":
            text = json.dumps(value, separators=(",", ":"))
        else:
            text = yaml.dump(value, Dumper=_Dumper, sort_keys=False)
        ending = "yaml" if form == "yaml" else "json"
        sources[f"orders_{api}.{ending}"] = text.encode()
        total += len(text)
    return sources


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def measure(megabytes: float, form: str) -> None:
    """Print one row."""
    sources = contract(megabytes, form)
    size = sum(map(len, sources.values())) / 1_000_000
    start = time.process_time()
    load(sources)
    read = time.process_time()
    analysis = analyse(sources)
    done = time.process_time()
    assert not analysis.problems, analysis.problems[:3]
    events = "-"
    if form == "yaml":
        before = time.process_time()
        for text in sources.values():
            for _ in yaml.parse(text, Loader=yaml.CBaseLoader):
                pass
        events = f"{time.process_time() - before:.1f} s"
    count = sum(len(api.events) for api in analysis.contract.apis)
    print(
        f"{form:7}  {size:>5.1f} MB {count:>7} {read - start:>7.1f} s {done - read:>7.1f} s"
        f" {events:>9}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("megabytes", nargs="?", type=float, default=20, help="default: 20")
    arguments = parser.parse_args()
    print("form          size  events  reading   in all   libyaml")
    for form in ("json", "compact", "yaml"):
        measure(arguments.megabytes, form)


if __name__ == "__main__":
    main()
