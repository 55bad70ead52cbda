"""Events per second, and what each costs: lbgen, redis-py by hand, and the peers.

Every variant does the same with the same event against the same server, one after the other in
each round, in a process of its own: client and server on a core each where the machine allows.
The first round finds out how many events take `--seconds`, and does not count.

python benchmarks/throughput.py [--rounds 5] [--seconds 1.5] [--only fire consume] [--without ...]
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from environments import Environments
from measuring import Result, SubjectFailed, measure, middle
from server import Server

if TYPE_CHECKING:
    from collections.abc import Iterable

FIRST_COUNT = 500


@dataclass(frozen=True, slots=True)
class Variant:
    """One row of a table.

    Attributes:
        label: what the row says.
        environment: its virtual environment.
        script: its subject.
        action: what the subject does.
    """

    label: str
    environment: str
    script: str
    action: str


def _variants(fast: str) -> dict[str, list[Variant]]:
    """The tables, and the rows of each.

    Args:
        fast: `+fast` for the environments with hiredis and uvloop, else empty.
    """
    ours, stream = "lbgen" + fast, "faststream" + fast
    bare, lb, peer = "with_redis_py", "with_lbgen", "with_faststream"
    return {
        "fire: one after the other, sync": [
            Variant("redis-py", ours, bare, "fire"),
            Variant("lbgen", ours, lb, "fire"),
        ],
        "fire: one after the other, asyncio": [
            Variant("redis-py", ours, bare, "fire_async"),
            Variant("lbgen", ours, lb, "fire_async"),
            Variant("FastStream", stream, peer, "fire_async"),
            Variant("taskiq-redis", "taskiq", "with_taskiq", "fire_async"),
            Variant("streaq", "streaq", "with_streaq", "fire_async"),
            Variant("Lightbus", "lightbus", "with_lightbus", "fire_async"),
        ],
        "fire: 64 tasks at once": [
            Variant("redis-py", ours, bare, "fire_in_tasks"),
            Variant("redis-py, coalesced by hand", ours, bare, "fire_coalesced"),
            Variant(
                "redis-py, coalesced by hand, pydantic", ours, bare, "fire_coalesced_with_pydantic"
            ),
            Variant("lbgen", ours, lb, "fire_in_tasks"),
            Variant("lbgen, fire_many", ours, lb, "fire_many"),
            Variant("FastStream", stream, peer, "fire_in_tasks"),
            Variant("FastStream, its pipeline", stream, peer, "fire_in_pipeline"),
            Variant("taskiq-redis", "taskiq", "with_taskiq", "fire_in_tasks"),
            Variant("streaq", "streaq", "with_streaq", "fire_in_tasks"),
            Variant("Lightbus", "lightbus", "with_lightbus", "fire_in_tasks"),
        ],
        "consume": [
            Variant("redis-py, each acknowledged", ours, bare, "consume"),
            Variant("redis-py, coalesced by hand", ours, bare, "consume_coalesced"),
            Variant(
                "redis-py, coalesced by hand, pydantic",
                ours,
                bare,
                "consume_coalesced_with_pydantic",
            ),
            Variant("lbgen, async handler", ours, lb, "consume"),
            Variant("lbgen, sync handler", ours, lb, "consume_in_threads"),
            Variant("FastStream", stream, peer, "consume"),
            Variant("FastStream, batches", stream, peer, "consume_batches"),
            Variant("taskiq-redis", "taskiq", "with_taskiq", "consume"),
            Variant("streaq", "streaq", "with_streaq", "consume"),
        ],
    }


def _columns(results: list[Result]) -> list[str]:
    def of(value: list[float], form: str) -> str:
        return format(middle(value), form)

    return [
        of([r.rate for r in results], ",.0f"),
        f"{min(r.rate for r in results):,.0f}–{max(r.rate for r in results):,.0f}",
        of([r.cpu / r.count * 1e6 for r in results], ".1f"),
        of([r.server_cpu / r.count * 1e6 for r in results], ".1f"),
        of([r.commands_per_event for r in results], ".3f"),
        of([r.memory / r.count for r in results], ".0f"),
    ]


_HEAD = ["events/s", "spread", "CPU µs", "server CPU µs", "commands", "bytes in Redis"]
_RATIOS = ["CPU / first row", "rate / first row"]


def _print_table(title: str, rows: dict[str, list[Result]]) -> None:
    print(f"\n{title}\n")
    print("| " + " | ".join(["per event", *_HEAD, *_RATIOS]) + " |")
    print("|---" + "|--:" * (len(_HEAD) + len(_RATIOS)) + "|")
    first = next(iter(rows.values()))
    for label, results in rows.items():
        if not results or not first:
            print(f"| {label} | – |" + " |" * (len(_HEAD) + len(_RATIOS) - 1))
            continue
        pairs = list(zip(results, first, strict=False))
        cpu = middle([(r.cpu / r.count) / (f.cpu / f.count) for r, f in pairs])
        rate = middle([r.rate / f.rate for r, f in pairs])
        print("| " + " | ".join([label, *_columns(results), f"{cpu:.2f}", f"{rate:.2f}"]) + " |")


def print_where(server: Server) -> None:
    """What was measured on, and when."""
    print(f"{server.version}, ", end="")
    print_machine()


def print_machine() -> None:
    """The machine and the time."""
    print(
        f"{datetime.datetime.now(datetime.UTC).date()}, Python {platform.python_version()}, ",
        end="",
    )
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, ", end="")
    print(f"load {os.getloadavg()[0]:.1f} before")


def print_versions(results: Iterable[Result]) -> None:
    """The versions of everything that took part."""
    versions: dict[str, str] = {}
    for result in results:
        versions |= result.versions
    print("\n" + ", ".join(f"{name} {number}" for name, number in sorted(versions.items())))


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5, help="that one measurement takes")
    parser.add_argument("--only", nargs="*", default=[], help="tables whose title begins so")
    parser.add_argument("--rows", nargs="*", default=[], help="rows whose label begins so")
    parser.add_argument("--plain", action="store_true", help="without hiredis and uvloop")
    parser.add_argument("--server", default="redis-server")
    parser.add_argument("--environments", type=Path, help="where the environments are kept")
    parser.add_argument("--json", type=Path, help="also write every result there")
    options = parser.parse_args()
    if shutil.which(options.server) is None:
        parser.error(f"there is no {options.server} on the PATH")
    environments = Environments(options.environments)
    taken: list[Result] = []
    everything: dict[str, dict[str, list[dict[str, object]]]] = {}
    with Server(options.server) as server:
        print_where(server)
        for title, variants in _variants("" if options.plain else "+fast").items():
            if options.only and not title.startswith(tuple(options.only)):
                continue
            if options.rows:
                variants = [v for v in variants if v.label.startswith(tuple(options.rows))]
            counts = dict.fromkeys(variants, FIRST_COUNT)
            rows: dict[str, list[Result]] = {variant.label: [] for variant in variants}
            for number in range(options.rounds + 2):
                for variant in variants:
                    try:
                        result = measure(
                            environments,
                            variant.environment,
                            variant.script,
                            variant.action,
                            counts[variant],
                            server,
                        )
                    except SubjectFailed as failure:
                        print(failure, file=sys.stderr)
                        continue
                    if number < 2:  # twice: the first is too short to tell
                        seconds = options.seconds if number else options.seconds / 10
                        counts[variant] = max(FIRST_COUNT, int(result.rate * seconds))
                    else:
                        rows[variant.label].append(result)
                        taken.append(result)
            _print_table(title, rows)
            everything[title] = {n: [asdict(r) for r in found] for n, found in rows.items()}
    print_versions(taken)
    if options.json:
        options.json.write_text(json.dumps(everything))
    return 0


if __name__ == "__main__":
    sys.exit(main())
