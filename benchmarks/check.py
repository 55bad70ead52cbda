"""`lbgen check` on a large contract, and single decisions.

`python benchmarks/check.py` measures

- a contract of 1,000 events in 100 files against one in which 50 of them changed: seconds and
  peak memory of the whole command, in a process of its own;
- decisions on single pairs, those of the differential test: median, 95th percentile, slowest.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
APIS, EVENTS, CHANGED, PAIRS = 100, 10, 50, 1000

EVENT = """\
  thing_{event}_happened:
    description: Something happened.
    parameters:
      type: object
      required: [id, at, total, lines]
      properties:
        id: {{type: string, format: uuid}}
        at: {{type: string, format: date-time}}
        channel: {{enum: [{channels}]}}
        total: {{$ref: "../common/money.yaml#/$defs/Money"}}
        note: {{type: string, maxLength: {length}}}
        lines:
          type: array
          minItems: 1
          items:
            type: object
            required: [sku, quantity, price]
            properties:
              sku: {{type: string, minLength: 1}}
              quantity: {{type: integer, minimum: 1, maximum: 999}}
              price: {{$ref: "../common/money.yaml#/$defs/Money"}}
"""
MONEY = """\
$defs:
  Money:
    type: object
    required: [amount, currency]
    properties:
      amount: {type: string, pattern: "^-?[0-9]{1,12}\\\\.[0-9]{2}$"}
      currency: {type: string, pattern: "^[A-Z]{3}$"}
"""


def write_contract(folder: Path, changed: int) -> None:
    """A contract of 1,000 events; of those that changed, every second one breaks readers."""
    (folder / "common").mkdir(parents=True)
    (folder / "apis").mkdir()
    (folder / "common" / "money.yaml").write_text(MONEY)
    for api in range(APIS):
        events = []
        for event in range(EVENTS):
            number = api * EVENTS + event
            differs = number % (APIS * EVENTS // CHANGED) == 0 and changed
            breaks = differs and number % (2 * APIS * EVENTS // CHANGED) == 0
            channels = "web, app, phone" if breaks else "web, app"
            events.append(
                EVENT.format(event=event, channels=channels, length=500 if not differs else 400)
            )
        text = f"lbgen: 1\napi: area{api}.things\nevents:\n{''.join(events)}"
        (folder / "apis" / f"api{api}.yaml").write_text(text)


def children_cpu() -> float:
    """Seconds of processor time that ended child processes took."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure_contract() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_contract(folder / "old", 0)
        write_contract(folder / "new", CHANGED)
        command = [sys.executable, "-m", "lbgen", "check", "new", "--against", "old"]
        seconds: list[float] = []
        processor: list[float] = []
        for _ in range(3):
            start, before = time.perf_counter(), children_cpu()
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            seconds.append(time.perf_counter() - start)
            processor.append(children_cpu() - before)
        assert done.returncode == 1, done.stderr
        print(done.stdout.strip().splitlines()[-2])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"contract of {APIS * EVENTS} events, {CHANGED} changed, best of 3:")
    print(f"{min(seconds):.2f} s; {min(processor):.2f} s of processor time")
    print(f"peak memory: {peak:.0f} MiB")


def measure_pairs() -> None:
    sys.path[:0] = [str(ROOT)]
    from lbgen.compat.decide import Documents, Version, decide
    from lbgen.source.document import Location
    from tests.compat.random_schemas import Schemas

    uri = "lbgen:///event.json"
    taken: list[float] = []
    undecided = 0
    for seed in range(PAIRS):
        schemas = Schemas(5_000_000 + seed)
        old = schemas.document()
        new = schemas.changed(old)
        for one, two in ((old, new), (new, old)):
            start = time.process_time()
            writer, reader = (Version(Documents({uri: each}), Location(uri)) for each in (one, two))
            undecided += decide(writer, reader).state == "undecided"
            taken.append(time.process_time() - start)
    taken.sort()
    print(f"{len(taken)} decisions, both schemas read anew for each; {undecided} undecided")
    print("processor time:")
    print(f"median {statistics.median(taken) * 1000:.1f} ms")
    print(f"95 %   {taken[int(len(taken) * 0.95)] * 1000:.1f} ms")
    print(f"worst  {taken[-1] * 1000:.1f} ms")


if __name__ == "__main__":
    measure_contract()
    measure_pairs()
