"""Where the time goes: each path of lbgen under cProfile, by file.

What a file calls that is no Python counts to the file: the validator to `schemas.py`, JSON to
the codec, the socket to redis-py and asyncio. cProfile makes Python's own calls look dearer than
they are, so the shares tell where to look, and not what is gained there. The event loop itself
(uvloop) does not show.

python benchmarks/profiles.py [--count 20000] [--largest 12]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from environments import Environments
from measuring import measure
from server import Server
from throughput import print_where

PATHS = ("fire", "fire_async", "fire_in_tasks", "consume")


def _name(file: str) -> str:
    """A file as the table calls it: a module of lbgen, else its distribution."""
    path = Path(file)
    if "site-packages" in path.parts:
        return path.parts[path.parts.index("site-packages") + 1]
    if path.parent.name == "generated":
        return "the generated package"
    if path.parent.name == "subjects":
        return "the benchmark"
    if file == "<lbgen>":
        return f"lbgen_runtime: {file}"
    if "lbgen_runtime" in path.parts:
        below = path.parts[path.parts.index("lbgen_runtime") + 1 :]
        return f"lbgen_runtime: {'/'.join(below)}"
    return "Python's library"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--count", type=int, default=20_000, help="events")
    parser.add_argument("--largest", type=int, default=12, help="rows per table")
    parser.add_argument("--server", default="redis-server")
    parser.add_argument("--environments", type=Path, help="where the environments are kept")
    options = parser.parse_args()
    environments = Environments(options.environments)
    with Server(options.server) as server:
        print_where(server)
        for path in PATHS:
            result = measure(
                environments, "lbgen+fast", "with_lbgen", path, options.count, server, profile=True
            )
            files: dict[str, float] = {}
            for file, seconds in result.found["profile"].items():
                files[_name(file)] = files.get(_name(file), 0.0) + seconds
            print(f"\n| {path} | share |\n|---|--:|")
            total = sum(files.values())
            largest = sorted(files.items(), key=lambda pair: -pair[1])[: options.largest]
            for name, seconds in largest:
                print(f"| {name} | {seconds / total:.0%} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
