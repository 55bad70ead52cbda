"""CPU time of `lbgen --help` and of importing packages, as medians of whole processes.

python benchmarks/startup.py [--runs N]
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def cpu_seconds(command: list[str], folder: Path = ROOT) -> float:
    """User and system seconds of one run of a command in a folder."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "lbgen --help": [sys.executable, "-m", "lbgen", "--help"],
        "lbgen build --help": [sys.executable, "-m", "lbgen", "build", "--help"],
        "import pydantic": [sys.executable, "-c", "import pydantic.main"],
        "import lbgen_runtime": [sys.executable, "-c", "import lbgen_runtime"],
        "import generated": [sys.executable, "-c", "import generated"],
        "import generated, make a Bus": [
            sys.executable,
            "-c",
            "import generated; generated.Bus()",
        ],
        "import generated.shop_orders": [sys.executable, "-c", "import generated.shop_orders"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            times[name].append(cpu_seconds(command))
    print(f"| {'process':<30} | median, s | least, s | most, s |")
    print(f"|{'-' * 32}|----------:|---------:|--------:|")
    for name, found in times.items():
        middle = statistics.median(found)
        print(f"| {name:<30} | {middle:9.3f} | {min(found):8.3f} | {max(found):7.3f} |")


if __name__ == "__main__":
    main()
