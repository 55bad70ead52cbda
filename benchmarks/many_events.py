"""What a contract of many events costs to build and to import.

    python benchmarks/many_events.py [EVENTS ...]

For each number of events, once with 50 events per API and once with all in one API: CPU seconds of
`lbgen.compiler.build`, and CPU milliseconds of importing the package alone, of the package and all
its modules, and of the first use of one event, each in a process of its own and above what
importing pydantic and lbgen_runtime takes.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from lbgen.compiler import build

_NO_BYTE_CODE = "PYTHONDONTWRITEBYTECODE"

_IMPORT = """
import importlib, json, sys, time
import pydantic, lbgen_runtime, lbgen_runtime.codecs
sys.path.insert(0, {folder!r})
times = []
start = time.process_time()
import many
times.append(time.process_time() - start)
for module in {modules!r}:
    importlib.import_module("many." + module)
times.append(time.process_time() - start)
start = time.process_time()
event = getattr(importlib.import_module("many." + {modules!r}[0]), "Happened0")
event.from_dict({parameters!r})
times.append(time.process_time() - start)
print(json.dumps(times))
"""

_PARAMETERS: dict[str, Any] = {
    "type": "object",
    "required": ["id", "name", "at", "amount"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "name": {"type": "string", "minLength": 1},
        "at": {"type": "string", "format": "date-time"},
        "amount": {"$ref": "#/$defs/Amount"},
        "kind": {"enum": ["a", "b", "c"], "default": "a"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "note": {"type": ["string", "null"]},
    },
}
_AMOUNT: dict[str, Any] = {
    "type": "object",
    "required": ["value", "currency"],
    "properties": {"value": {"type": "string"}, "currency": {"type": "string"}},
}
_EXAMPLE: dict[str, Any] = {
    "id": "6f1c1f2e-8f0a-4f57-9a3e-2d8d7f2f3b10",
    "name": "x",
    "at": "2026-01-01T00:00:00+00:00",
    "amount": {"value": "1.00", "currency": "EUR"},
}


def contract(events: int, per_api: int) -> dict[str, bytes]:
    """The sources of a contract."""
    sources: dict[str, bytes] = {}
    for number, first in enumerate(range(0, events, per_api)):
        names = [f"happened_{index}" for index in range(first, min(first + per_api, events))]
        value = {
            "lbgen": 1,
            "api": f"api_{number}",
            "events": {
                name: {"description": f"{name} to somebody.", "parameters": _PARAMETERS}
                for name in names
            },
            "$defs": {"Amount": _AMOUNT},
        }
        sources[f"api_{number}.json"] = json.dumps(value, indent=1).encode()
    return sources


def measure(events: int, per_api: int, repeats: int) -> None:
    """Print one row."""
    sources = contract(events, per_api)
    start = time.process_time()
    built = build(sources)
    seconds = time.process_time() - start
    modules = [f"api_{number}" for number in range(len(sources))]
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "many"
        package.mkdir()
        for path, text in built.files.items():
            (package / path).write_text(text, encoding="utf-8")
        script = _IMPORT.format(folder=folder, modules=modules, parameters=_EXAMPLE)
        runs: list[list[float]] = []
        for _ in range(repeats + 1):  # the first one writes the byte code
            output = subprocess.run(
                [sys.executable, "-c", script],
                env={key: each for key, each in os.environ.items() if key != _NO_BYTE_CODE},
                capture_output=True,
                text=True,
                check=True,
            )
            runs.append(json.loads(output.stdout))
    package_ms, all_ms, use_ms = (
        1000 * statistics.median(each) for each in zip(*runs[1:], strict=True)
    )
    print(
        f"{events:>6} {len(sources):>6} {seconds:>9.2f} s {package_ms:>11.1f} ms"
        f" {all_ms:>11.1f} ms {use_ms:>9.1f} ms"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("events", nargs="*", type=int, default=[1, 100, 1000, 5000])
    parser.add_argument("--repeats", type=int, default=5, help="imports per row (default: 5)")
    arguments = parser.parse_args()
    print("events   APIs       build        package   all modules  first use")
    for events in arguments.events:
        for per_api in dict.fromkeys((min(50, events), events)):
            measure(events, per_api, arguments.repeats)


if __name__ == "__main__":
    main()
