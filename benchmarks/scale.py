"""Cost as the work grows: listeners, processes, length of a stream, size of an event.

python benchmarks/scale.py [--only listeners] [--largest 1000000]
python benchmarks/scale.py --only memory --minutes 20
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from environments import Environments
from measuring import SubjectFailed, measure, start
from server import Server
from throughput import print_where

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

SCRIPT = "lbgen_at_scale"
GROUP = "shop-web-sharing"


def _print_table(head: list[str], rows: list[list[object]]) -> None:
    print("| " + " | ".join(head) + " |")
    print("|--:" * len(head) + "|", flush=True)
    for row in rows:
        cells = [f"{cell:,.3g}" if isinstance(cell, float) else f"{cell:,}" for cell in row]
        print("| " + " | ".join(cells) + " |", flush=True)


class Scale:
    """The measurements, each a table.

    Args:
        environments: where the virtual environment of lbgen is.
        server: where.
        options: of the command line.
    """

    def __init__(
        self, environments: Environments, server: Server, options: argparse.Namespace
    ) -> None:
        self._environments = environments
        self._server = server
        self._options = options

    def _measure(self, action: str, count: int, **options: Any) -> Any:
        return measure(
            self._environments,
            self._options.environment,
            SCRIPT,
            action,
            count,
            self._server,
            timeout=self._options.minutes * 60 + 600,
            **options,
        )

    def listeners(self) -> None:
        """Listeners of one event in one process; each gets every event."""
        rows: list[list[object]] = []
        for number in (1, 10, 100, 1000):
            result = self._measure("listeners", 4000, listeners=number)
            found = result.found
            rows.append([number, *found.values(), result.rate, result.cpu / result.count * 1e6])
            head = ["listeners", *found, "handler calls/s", "CPU µs per call"]
        _print_table(head, rows)

    def workers(self) -> None:
        """Processes that share one listener's events."""
        rows: list[list[object]] = [[n, self._share(n, 20_000)] for n in (1, 2, 3, 4)]
        _print_table(["processes", "events/s together"], rows)

    def _share(self, processes: int, count: int) -> float:
        self._measure("fire_large", count - 1, size=0)
        client = self._server.client
        started = [
            start(self._environments, self._options.environment, SCRIPT, "share", 0, self._server)
            for _ in range(processes)
        ]
        stream = "shop.orders.*:stream"
        while int(client.get("here") or 0) < processes:
            self._check(started)
            time.sleep(0.05)
        began = time.perf_counter()
        client.set("go", 1)
        while True:
            [group] = client.xinfo_groups(stream)
            if not group["pending"] and group["entries-read"] >= count:
                break
            self._check(started)
            time.sleep(0.02)
        seconds = time.perf_counter() - began
        client.set("done", 1)
        for process in started:
            process.communicate(timeout=60)
        return count / seconds

    def _check(self, started: list[subprocess.Popen[str]]) -> None:
        for process in started:
            if process.poll() is not None:
                raise SubjectFailed(f"{SCRIPT} has ended:\n{process.communicate()[1][-3000:]}")

    def streams(self) -> None:
        """Streams of growing length; nothing here may depend on it."""
        rows: list[list[object]] = []
        length = 10_000
        while length <= self._options.largest:
            result = self._measure("long_stream", 1, length=length)
            rows.append([length, *result.found.values()])
            head = ["entries", *result.found]
            length *= 10
        _print_table(head, rows)

    def payloads(self) -> None:
        """Events of growing size."""
        rows: list[list[object]] = []
        for size in (100, 1_000, 10_000, 100_000, 1_000_000):
            count = max(50, min(5_000, 40_000_000 // (size + 1000)))
            fired = self._measure("fire_large", count, size=size)
            handled = self._measure("consume_large", count, size=size)
            rows.append(
                [
                    size,
                    fired.rate,
                    fired.cpu / fired.count * 1e6,
                    handled.rate,
                    handled.cpu / handled.count * 1e6,
                    handled.rate * size / 1e6,
                ]
            )
        head = ["bytes more", "fired/s", "CPU µs", "handled/s", "CPU µs", "MB/s handled"]
        _print_table(head, rows)

    def memory(self) -> None:
        """The memory of a process that fires and handles all the time."""
        seconds = self._options.minutes * 60
        result = self._measure(
            "endure",
            1,
            seconds=seconds,
            every=seconds / 12,
            bus={"retention": "10000 events", "trim_interval": 5},
        )
        rows: list[list[object]] = [
            [at / 60, handled, size / 2**20] for at, handled, size in result.found["samples"]
        ]
        _print_table(["minutes", "events handled", "MiB resident"], rows)


TABLES: dict[str, Callable[[Scale], None]] = {
    "listeners": Scale.listeners,
    "workers": Scale.workers,
    "streams": Scale.streams,
    "payloads": Scale.payloads,
    "memory": Scale.memory,
}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", nargs="*", choices=TABLES, default=[])
    parser.add_argument("--largest", type=int, default=1_000_000, help="entries of a stream")
    parser.add_argument("--minutes", type=float, default=2, help="that memory is watched")
    parser.add_argument("--environment", default="lbgen+fast", help="or lbgen")
    parser.add_argument("--server", default="redis-server")
    parser.add_argument("--environments", type=Path, help="where the environments are kept")
    options = parser.parse_args()
    with Server(options.server) as server:
        print_where(server)
        scale = Scale(Environments(options.environments), server, options)
        for name, table in TABLES.items():
            if not options.only or name in options.only:
                print(f"\n{table.__doc__}\n")
                table(scale)
    return 0


if __name__ == "__main__":
    sys.exit(main())
