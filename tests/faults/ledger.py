"""What must hold after any faults, checked from journals and the server's state."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lbgen_runtime.dead_letters import Death, dead_key, death_of

if TYPE_CHECKING:
    from pathlib import Path

    import redis

__all__ = ["GROUPS", "STREAM", "Ledger", "Verdict", "buried"]

STREAM = b"notes.*:stream"
_GUILTY = {"poison", "crash", "invalid"}
"""Kinds of events that end among the dead."""
GROUPS = ("asynchronous", "synchronous")

_NETWORK = {"blackhole", "drop_replies", "delay"}


def buried(client: redis.Redis, group: str) -> list[tuple[str, Death | None]]:
    """The dead letters of a group: the event's id, and what the letter says about its death."""
    found: list[tuple[str, Death | None]] = []
    for _, fields in client.xrange(dead_key(STREAM, f"service-{group}")):
        first, *_ = fields.items()
        found.append((fields.get(b"id", b"").decode(), death_of(first)))
    return found


@dataclass
class Verdict:
    """What the ledger found, each violation in words."""

    confirmed: int = 0
    runs: int = 0
    double_runs: int = 0
    explained: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    dead: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    violations: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def broken(self) -> set[str]:
        """The rules that were broken."""
        return {rule for rule, found in self.violations.items() if found}

    def __str__(self) -> str:
        lines = [
            f"{self.confirmed} confirmed events, {self.runs} runs, {self.double_runs} double runs",
            f"double runs by cause: {dict(self.explained)}",
            f"dead letters by kind: {dict(self.dead)}",
        ]
        for rule, found in self.violations.items():
            lines.append(f"BROKEN: {rule}: {len(found)}, such as {found[:3]}")
        return "\n".join(lines)


def _run(line: dict[str, Any]) -> tuple[str, str, str, int]:
    return line["who"], line["group"], line["id"], line["delivery"]


class Ledger:
    """Reads the journals of all actors and of the harness.

    Args:
        folder: where the journals are.
        acknowledgement_timeout: the consumers' setting, in seconds.
    """

    def __init__(self, folder: Path, acknowledgement_timeout: float) -> None:
        self._timeout = acknowledgement_timeout
        self.lines: list[dict[str, Any]] = []
        for path in sorted(folder.glob("journal-*")):
            content = path.read_bytes()
            whole = content[: content.rfind(b"\n") + 1]  # a line may be half written
            for line in whole.splitlines():
                self.lines.append(json.loads(line))
        self.lines.sort(key=lambda line: line["at"])

    def check(self, client: redis.Redis) -> Verdict:
        """Compare what was confirmed with what was run, and with what the server holds."""
        verdict = Verdict()
        confirmed = {line["id"]: line for line in self.lines if line["what"] == "confirmed"}
        verdict.confirmed = len(confirmed)
        done: set[tuple[str, str]] = set()
        entries: dict[str, set[str]] = defaultdict(set)
        for line in self.lines:
            if line["what"] == "done":
                done.add((line["group"], line["id"]))
            if line["what"] == "began":
                verdict.runs += 1
                entries[line["id"]].add(line["entry"])
        stream = client.xrange(STREAM)
        for entry_id, fields in stream:
            if b"id" in fields:
                entries[fields[b"id"].decode()].add(entry_id.decode())
        for event_id, seen in entries.items():
            if event_id and len(seen) > 1:
                verdict.violations["one entry per fired id"].append(f"{event_id}: {sorted(seen)}")
        for group in GROUPS:
            dead = self._dead(client, group, verdict, confirmed, done)
            for event_id, line in confirmed.items():
                if (group, event_id) not in done and event_id not in dead:
                    verdict.violations["every confirmed event is run or dead"].append(
                        f"{group} {event_id} ({line['kind']}, {line['number']})"
                    )
            self._check_group(client, group, {entry_id for entry_id, _ in stream}, verdict)
        self.check_double_runs(verdict)
        return verdict

    def _dead(
        self,
        client: redis.Redis,
        group: str,
        verdict: Verdict,
        confirmed: dict[str, dict[str, Any]],
        done: set[tuple[str, str]],
    ) -> set[str]:
        found: set[str] = set()
        letters = [line for line in self.lines if line["what"] == "buried"]
        for event_id, death in [
            *buried(client, group),
            *((line["id"], Death(**line["death"])) for line in letters if line["group"] == group),
        ]:
            kind = confirmed[event_id]["kind"] if event_id in confirmed else "invalid"
            found.add(event_id)
            verdict.dead[kind] += 1
            if death is None:
                verdict.violations["a dead letter says why"].append(event_id)
            elif kind not in _GUILTY:
                verdict.violations["no innocent event is among the dead"].append(
                    f"{group} {event_id} ({kind}): {death.reason}, {death.deliveries} deliveries"
                )
            if (group, event_id) in done:
                verdict.violations["no event that succeeded is among the dead"].append(
                    f"{group} {event_id} ({kind})"
                )
        return found

    @staticmethod
    def _check_group(
        client: redis.Redis, group: str, entries: set[bytes], verdict: Verdict
    ) -> None:
        name = f"service-{group}"
        pending = client.xpending_range(STREAM, name, "-", "+", 1000)
        for each in pending:
            rule = "nothing is pending in the end"
            verdict.violations[rule].append(f"{group} {each}")
            if each["message_id"] not in entries:
                verdict.violations["no pending entry is missing from its stream"].append(
                    f"{group} {each}"
                )
        [info] = [g for g in client.xinfo_groups(STREAM) if g["name"] == name.encode()]
        if client.xrange(STREAM, b"(" + info["last-delivered-id"], count=1):
            verdict.violations["nothing is undelivered in the end"].append(f"{group} {info}")

    def check_double_runs(self, verdict: Verdict) -> None:
        """Find what explains that a handler began again; the rest is a violation."""
        ended: dict[str, list[float]] = defaultdict(list)
        disasters: list[tuple[float, str]] = []
        lost: dict[tuple[str, str], list[float]] = defaultdict(list)
        runs: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        resumed: dict[str, list[float]] = defaultdict(list)
        # One process may run one delivery twice: its group was destroyed and counts afresh.
        failed: dict[tuple[str, str, str, int], list[float]] = defaultdict(list)
        done: dict[tuple[str, str, str, int], list[float]] = defaultdict(list)
        for line in self.lines:
            match line["what"]:
                case "kill" | "terminate" | "left" | "stopped":
                    ended[line.get("whom", line["who"])].append(line["at"])
                case "resumed":
                    resumed[line["whom"]].append(line["at"])
                case "done":
                    done[_run(line)].append(line["at"])
                case "server" | "group lost":
                    disasters.append((line["at"], line["what"]))
                case "network" if line["mode"] in _NETWORK and line["seconds"] >= self._timeout / 2:
                    disasters.append((line["at"], "network"))
                case "log" if "has taken event" in line["text"]:
                    event_id = line["text"].partition("has taken event ")[2].split()[0]
                    lost[line["who"], event_id].append(line["at"])
                case "began":
                    if line["kind"] == "crash":
                        ended[line["who"]].append(line["at"])
                    runs[line["group"], line["id"]].append(line)
                case "failed":
                    failed[_run(line)].append(line["at"])
                case _:
                    pass
        for (group, event_id), began in runs.items():
            for first, second in itertools.pairwise(began):
                if any(first["at"] <= at <= second["at"] for at in failed[_run(first)]):
                    continue  # a retry, not a double run
                verdict.double_runs += 1
                finished = next((at for at in done[_run(first)] if at >= first["at"]), 0.0)
                cause = self._cause(first, second, ended, disasters, lost[first["who"], event_id])
                if not cause and any(
                    first["at"] <= at <= second["at"] + 60 and finished <= at + self._timeout / 2
                    for at in resumed[first["who"]]
                    if finished
                ):
                    cause = "its process was stopped, and done before it could learn of its loss"
                if cause:
                    verdict.explained[cause] += 1
                else:
                    verdict.violations["every double run has a cause"].append(
                        f"{group} {event_id}: {first} then {second}"
                    )

    def _cause(
        self,
        first: dict[str, Any],
        second: dict[str, Any],
        ended: dict[str, list[float]],
        disasters: list[tuple[float, str]],
        lost: list[float],
    ) -> str:
        early, late = first["at"] - 0.05, second["at"] + 0.05
        if any(what == "group lost" and early <= at <= late for at, what in disasters):
            return "group lost"
        if any(early <= at <= late for at in ended[first["who"]]):
            return "its process ended"
        if any(early <= at <= late + 2 * self._timeout for at in lost):
            return "its claim was lost"
        for at, what in disasters:
            if early - 2 * self._timeout <= at <= late:
                return what
        return ""
