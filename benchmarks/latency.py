"""From firing to the handler's first line, at a steady rate: lbgen, redis-py by hand, the peers.

Both ends run in one process, one after the other in each round; the figures are over all events of
all rounds. Firing keeps its pace: an event that is late does not hold up the next.

python benchmarks/latency.py [--rounds 5] [--seconds 5] [--rate 200]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from environments import Environments
from measuring import Result, SubjectFailed, measure, middle
from server import Server
from throughput import print_versions, print_where


def _percentile(ordered: list[float], percent: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def _variants(fast: str) -> dict[str, tuple[str, str, str]]:
    return {
        "redis-py": ("lbgen" + fast, "with_redis_py", "latency"),
        "redis-py, pydantic": ("lbgen" + fast, "with_redis_py", "latency_with_pydantic"),
        "lbgen": ("lbgen" + fast, "with_lbgen", "latency"),
        "FastStream": ("faststream" + fast, "with_faststream", "latency"),
        "taskiq-redis": ("taskiq", "with_taskiq", "latency"),
        "streaq": ("streaq", "with_streaq", "latency"),
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5, help="that one measurement takes")
    parser.add_argument("--rate", type=int, default=200, help="events per second")
    parser.add_argument("--rows", nargs="*", default=[], help="rows whose label begins so")
    parser.add_argument("--plain", action="store_true", help="without hiredis and uvloop")
    parser.add_argument("--server", default="redis-server")
    parser.add_argument("--environments", type=Path, help="where the environments are kept")
    options = parser.parse_args()
    environments = Environments(options.environments)
    variants = _variants("" if options.plain else "+fast")
    if options.rows:
        variants = {n: v for n, v in variants.items() if n.startswith(tuple(options.rows))}
    rows: dict[str, list[Result]] = {name: [] for name in variants}
    count = int(options.rate * options.seconds)
    with Server(options.server) as server:
        print_where(server)
        for _ in range(options.rounds):
            for name, variant in variants.items():
                try:
                    rows[name].append(
                        measure(environments, *variant, count, server, rate=options.rate)
                    )
                except SubjectFailed as failure:
                    print(failure, file=sys.stderr)
    print(f"\n{options.rate} events a second; milliseconds\n")
    print("| | p50 | p50 of each round | p99 | p99 of each round | CPU µs per event |")
    print("|---|--:|--:|--:|--:|--:|")
    for name, results in rows.items():
        if not results:
            print(f"| {name} | – | | | | |")
            continue
        everything = sorted(t * 1e3 for r in results for t in r.latencies)
        rounds = [sorted(t * 1e3 for t in r.latencies) for r in results]
        cells = [name]
        for percent in (50, 99):
            each = [_percentile(ordered, percent) for ordered in rounds]
            cells.append(f"{_percentile(everything, percent):.2f}")
            cells.append(f"{min(each):.2f}–{max(each):.2f}")
        cells.append(f"{middle([r.cpu / r.count * 1e6 for r in results]):.0f}")
        print("| " + " | ".join(cells) + " |")
    print_versions(r for results in rows.values() for r in results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
