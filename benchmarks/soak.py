"""A random mix of all faults for as long as it is told; prints the ledger.

python benchmarks/soak.py --minutes 15 --server redis --seed 1
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATH = ["tests", "tests/faults", "tests/delivery", "codegen", "runtime"]
sys.path[:0] = [str(ROOT / part) for part in PATH]
os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)


def main() -> int:
    """Run the mix; the exit status is 1 where the ledger finds anything."""
    from mix import KINDS, run_mix
    from stage import Stage

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--server", choices=("valkey", "redis"), default="valkey")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--rate", type=float, default=20, help="events per second and thread")
    parser.add_argument("--plant", default="", help="a fault of tests/faults/planted.py")
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="lbgen-soak-"))
    print(f"{options.server}, {options.minutes} minutes, seed {options.seed}, journals: {folder}")
    stage = Stage(
        options.server,
        folder,
        seed=options.seed,
        plant=options.plant,
        kinds=KINDS,
        listen={"max_deliveries": 8},
    )
    began = time.monotonic()

    def tell(what: str) -> None:
        if not options.quiet:
            print(f"{time.monotonic() - began:8.1f} s  {what}", flush=True)

    try:
        verdict = run_mix(stage, options.minutes * 60, rate=options.rate, tell=tell)
    finally:
        stage.close()
    print(verdict)
    return 1 if verdict.broken else 0


if __name__ == "__main__":
    sys.exit(main())
