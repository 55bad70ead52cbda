"""`build`, `check`, `--help` and import by the number of events, beside datamodel-code-generator.

datamodel-code-generator makes pydantic models of the same parameters, one JSON Schema file per API:
the part of the job that it does too. CPU seconds of whole processes, medians.

python benchmarks/compile.py [--events 1 100 1000] [--runs 3]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from environments import Environments
from startup import cpu_seconds
from throughput import print_machine

if TYPE_CHECKING:
    from collections.abc import Callable

EVENTS_PER_API = 50


def _parameters(number: int) -> dict[str, Any]:
    """The parameters of an event: no two are the same."""
    return {
        "type": "object",
        "required": ["order_id", "placed_at", f"note_{number}", "total", "lines"],
        "properties": {
            "order_id": {"type": "string", "format": "uuid"},
            "placed_at": {"type": "string", "format": "date-time"},
            "channel": {"enum": ["web", "app", "phone"]},
            f"note_{number}": {"type": "string", "maxLength": 500},
            "total": {"$ref": "#/$defs/Money"},
            "lines": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Line"}},
        },
    }


_SHARED = {
    "Money": {
        "type": "object",
        "required": ["amount", "currency"],
        "properties": {
            "amount": {"type": "string", "pattern": "^-?[0-9]{1,12}\\.[0-9]{2}$"},
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        },
    },
    "Line": {
        "type": "object",
        "required": ["sku", "quantity", "unit_price"],
        "properties": {
            "sku": {"type": "string", "minLength": 1},
            "quantity": {"type": "integer", "minimum": 1, "maximum": 999},
            "unit_price": {"$ref": "#/$defs/Money"},
        },
    },
}


def _write(folder: Path, events: int) -> None:
    """The contract for lbgen, and the same parameters for the peer."""
    for name in ("schemas", "models"):
        (folder / name).mkdir()
    for at in range(0, events, EVENTS_PER_API):
        numbers = range(at, min(at + EVENTS_PER_API, events))
        api = {
            "lbgen": 1,
            "api": f"area{at}",
            "events": {f"order{n}_placed": {"parameters": _parameters(n)} for n in numbers},
            "$defs": _SHARED,
        }
        (folder / "schemas" / f"area{at}.json").write_text(json.dumps(api))
        models = {**_SHARED, **{f"Order{n}Placed": _parameters(n) for n in numbers}}
        document = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {name: {"$ref": f"#/$defs/{name}"} for name in models},
            "$defs": models,
        }
        (folder / "models" / f"area{at}.json").write_text(json.dumps(document))


def _import_all(package: str, modules: list[str]) -> str:
    return ";".join(f"import {package}.{module}" for module in modules)


def _modules(folder: Path) -> list[str]:
    return [path.stem for path in sorted(folder.glob("[a-z]*.py"))]


def _measure(folder: Path, events: int, runs: int, peer: Path) -> dict[str, float]:
    _write(folder, events)
    lbgen = [sys.executable, "-m", "lbgen"]
    generate = [str(peer.with_name("datamodel-codegen")), "--input", "models", "--output"]
    generate += ["peer", "--input-file-type", "jsonschema", "--disable-timestamp"]
    generate += [
        "--formatters",
        "builtin",
        "--output-model-type",
        "pydantic_v2.BaseModel",
        "--target-python-version",
        "3.11",
    ]
    commands: dict[str, Callable[[], list[str]]] = {
        "lbgen --help": lambda: [*lbgen, "--help"],
        "lbgen build": lambda: [*lbgen, "build", "schemas", "--output", "ours"],
        "lbgen build, nothing changed": lambda: [*lbgen, "build", "schemas", "--output", "ours"],
        "lbgen check, nothing changed": lambda: [
            *lbgen,
            "check",
            "schemas",
            "--against",
            "schemas",
        ],
        "import: python -c pass": lambda: [sys.executable, "-c", "pass"],
        "import: lbgen_runtime": lambda: [sys.executable, "-c", "import lbgen_runtime"],
        "import: package": lambda: [sys.executable, "-c", "import ours; ours.Bus"],
        "import: package, every module": lambda: [
            sys.executable,
            "-c",
            _import_all("ours", _modules(folder / "ours")),
        ],
        "datamodel-codegen --help": lambda: [generate[0], "--help"],
        "datamodel-codegen": lambda: [*generate],
        "import: its models, every module": lambda: [
            str(peer),
            "-c",
            _import_all("peer", _modules(folder / "peer")),
        ],
    }
    return {
        name: statistics.median(cpu_seconds(command(), folder) for _ in range(runs))
        for name, command in commands.items()
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--events", type=int, nargs="*", default=[1, 100, 1000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--environments", type=Path, help="where the environments are kept")
    options = parser.parse_args()
    peer = Environments(options.environments).python("datamodel-code-generator")
    version = "import importlib.metadata as m; print(m.version('datamodel-code-generator'))"
    print_machine()
    print(f"datamodel-code-generator {subprocess.check_output([peer, '-c', version], text=True)}")
    columns: list[dict[str, float]] = []
    for events in options.events:
        with tempfile.TemporaryDirectory(prefix="lbgen-compile-") as folder:
            columns.append(_measure(Path(folder), events, options.runs, peer))
    print("| CPU s | " + " | ".join(f"{events:,} events" for events in options.events) + " |")
    print("|---" + "|--:" * len(columns) + "|")
    for name in columns[0]:
        print(f"| {name} | " + " | ".join(f"{column[name]:.2f}" for column in columns) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
