"""A random mix of all faults for as long as it is told; prints the ledger, and a table of figures.

python benchmarks/soak.py --minutes 15 --server redis --seed 1
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.stage import Stage
    from tests.faults.verdict import Verdict

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))


def main() -> int:
    """Run the mix; the exit status is 1 where the ledger finds anything."""
    from tests.faults.kinds import MIX
    from tests.faults.mix import run_mix
    from tests.faults.stage import Stage

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
        kinds=MIX,
        listen={"max_deliveries": 8},
    )
    began = time.monotonic()
    faults: Counter[str] = Counter()

    def tell(what: str) -> None:
        faults[what] += 1
        if not options.quiet:
            print(f"{time.monotonic() - began:8.1f} s  {what}", flush=True)

    try:
        verdict = run_mix(stage, options.minutes * 60, rate=options.rate, tell=tell)
        table = _table(stage, verdict)
    finally:
        stage.close()
    print(verdict)
    print(f"faults: {', '.join(f'{count} times {what}' for what, count in faults.most_common())}\n")
    print(table)
    return 1 if verdict.broken else 0


def _table(stage: Stage, verdict: Verdict) -> str:
    """The figures for docs/design/delivery.md."""
    broken = dict(verdict.violations)

    def violations(*rules: str) -> int:
        return sum(len(broken.pop(rule, ())) for rule in rules)

    about = stage.server.client.info("server")
    name = "Valkey" if "valkey_version" in about else "Redis"
    version = about.get("valkey_version", about["redis_version"])
    causeless = "every double run has a cause", "nothing begins again after it was done"
    innocent = "no innocent event is among the dead", "no event that succeeded is among the dead"
    dead = ", ".join(f"{count:,} {kind}" for kind, count in verdict.dead.most_common())
    rows: dict[str, int | str] = {
        "confirmed events": verdict.confirmed,
        "fired again under their ids": verdict.again,
        "lost": violations("every confirmed event is run or dead"),
        "duplicate entries": violations("one entry per fired id"),
        "innocent events among the dead": violations(*innocent),
        "refused for longer than 10 s": violations("no refusal lasts", "no valid event is refused"),
        "double runs without a cause": violations(*causeless),
        "other rules broken": sum(map(len, broken.values())),
        "handler runs (two listeners)": verdict.runs,
        "double runs, all explained": sum(verdict.explained.values()),
        **{f"… {cause}": count for cause, count in verdict.explained.most_common()},
        "the server stood still for half of the timeout": verdict.stalls,
        "dead letters": dead or "none",
    }
    lines = [f"| | {name} {version} (seed {stage.seed}) |", "|---|---|"]
    for what, count in rows.items():
        lines.append(f"| {what} | {count if isinstance(count, str) else f'{count:,}'} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
