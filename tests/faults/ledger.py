"""What must hold after any faults, checked from journals and the server's state."""

from __future__ import annotations

import signal
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from lbgen_runtime.wire.dead_letter_entry import DeadLetterReason, reason_of
from lbgen_runtime.wire.keys import dead_key
from tests.faults.double_runs import DoubleRuns
from tests.faults.kinds import DEATHS
from tests.faults.verdict import Verdict

if TYPE_CHECKING:
    from tests.faults.journal import Line
    from tests.support.servers import Client

__all__ = ["GROUPS", "PATIENCE", "STREAM", "Ledger", "buried"]

STREAM: Final = b"notes.*:stream"
GROUPS: Final = ("asynchronous", "synchronous")

PATIENCE: Final = 10.0
"""Seconds after which a process that can reach the right server must work again."""

_SLOW_SCRIPT: Final = 1_000_000
"""Microseconds for which no script may hold the server up."""

_ENDS: Final = {"done", "failed", "cancelled", "gave up"}


def buried(client: Client, group: str) -> list[tuple[str, DeadLetterReason | None]]:
    """The dead letters of a group: the event's id, and what the letter says about its death."""
    found: list[tuple[str, DeadLetterReason | None]] = []
    for _, fields in client.xrange(dead_key(STREAM, f"service-{group}")):
        first, *_ = fields.items()
        found.append((fields.get(b"id", b"").decode(), reason_of(first)))
    return found


class Ledger:
    """Compares the journals of all actors and of the harness with each other, and with the server.

    Args:
        lines: the lines of all journals.
        acknowledgement_timeout: the consumers' setting, in seconds.
        grace: the consumers' setting, in seconds.
    """

    def __init__(self, lines: list[Line], acknowledgement_timeout: float, grace: float) -> None:
        self._timeout = acknowledgement_timeout
        self._grace = grace
        self.lines = sorted(lines, key=lambda line: line["at"])
        self._runs: dict[tuple[str, str], list[Line]] = defaultdict(list)
        """By group and event, the lines of its runs."""
        for line in self.lines:
            if line["what"] in _ENDS or line["what"] == "began":
                self._runs[line["group"], line["id"]].append(line)

    def check(self, client: Client) -> Verdict:
        """Compare what was confirmed with what was run, and with what the server holds."""
        verdict = self.check_journals()
        confirmed = self._confirmed()
        stream = client.xrange(STREAM)
        entries: dict[str, set[str]] = defaultdict(set)
        for (_, event_id), lines in self._runs.items():
            entries[event_id] |= {line["entry"] for line in lines}
        for entry_id, fields in stream:
            if b"id" in fields:
                entries[fields[b"id"].decode()].add(entry_id.decode())
        for event_id, seen in entries.items():
            if event_id and len(seen) > 1:
                verdict.found("one entry per fired id", f"{event_id}: {sorted(seen)}")
        for group in GROUPS:
            dead = self._check_dead(client, group, verdict, confirmed)
            for event_id, line in confirmed.items():
                if event_id not in dead and not self._is_done(group, event_id):
                    runs = [
                        f"{run['what']} by {run['who']} at {run['at']:.3f}"
                        for run in self._runs[group, event_id]
                    ]
                    verdict.found(
                        "every confirmed event is run or dead",
                        f"{group} {event_id} ({line['kind']}, {line['number']}): {runs}",
                    )
            self._check_group(client, group, {entry_id for entry_id, _ in stream}, verdict)
        self._check_scripts(client, verdict)
        return verdict

    def check_journals(self) -> Verdict:
        """What the journals alone can tell."""
        verdict = Verdict(confirmed=len(self._confirmed()))
        verdict.again = sum("again" in line for line in self.lines if line["what"] == "confirmed")
        verdict.runs = sum(line["what"] == "began" for line in self.lines)
        verdict.stalls = sum(line["what"] == "stalled" for line in self.lines)
        DoubleRuns(self.lines, self._timeout, self._grace).check(verdict)
        self._check_firing(verdict)
        self._check_children(verdict)
        for line in self.lines:
            match line["what"]:
                case "unacknowledged":
                    verdict.found("what was handled is acknowledged", f"{line}")
                case "ended" if not self._ended_as_told(line):
                    verdict.found("no process ends by itself", f"{line}")
                case "silent":
                    verdict.found("every process that listens reads", f"{line}")
                case _:
                    pass
        return verdict

    def _ended_as_told(self, ended: Line) -> bool:
        """Whether a process has left at once, and says so, since it had to.

        It got a second signal, or stood still until its time to drain was over.
        """
        about = [line for line in self.lines if line.get("whom") == ended["whom"]]
        told = [line["at"] for line in about if line["what"] == "terminate"]
        resumed = [line["at"] for line in about if line["what"] == "resumed"]
        had_to = len(told) > 1 or bool(told and resumed and resumed[-1] > told[0])
        return had_to and ended["code"] == 128 + signal.SIGTERM

    def _confirmed(self) -> dict[str, Line]:
        """By id, the events that the bus has."""
        return {line["id"]: line for line in self.lines if line["what"] == "confirmed"}

    def _is_done(self, group: str, event_id: str) -> bool:
        return any(line["what"] == "done" for line in self._runs[group, event_id])

    def _check_firing(self, verdict: Verdict) -> None:
        """A valid event is taken, as soon as there is a server that can take it."""
        calm = 0.0
        refused_since: dict[str, float] = {}
        for line in self.lines:
            who, at = line["who"], line["at"]
            match line["what"]:
                case "server" | "network":
                    calm = at
                case "refused":
                    verdict.found("no valid event is refused", f"{line}")
                case "confirmed":
                    refused_since.pop(who, None)
                case "unconfirmed":
                    since = max(refused_since.setdefault(who, at), calm)
                    if at - since > PATIENCE:
                        verdict.found("no refusal lasts", f"{line}, since {since:.3f}")
                case _:
                    pass

    def _check_children(self, verdict: Verdict) -> None:
        """What a handler has fired before it was done was confirmed."""
        children = {line["id"] for line in self.lines if line["what"] == "confirmed"}
        for line in self.lines:
            for child in line.get("children", ()):
                if line["what"] == "done" and child not in children:
                    verdict.found("every child of a handled event is confirmed", f"{line}")

    def _check_dead(
        self,
        client: Client,
        group: str,
        verdict: Verdict,
        confirmed: dict[str, Line],
    ) -> set[str]:
        """Check the dead letters of a group; returns the ids of their events."""
        letters = [
            (line["id"], DeadLetterReason(**line["death"]))
            for line in self.lines
            if line["what"] == "buried" and line["group"] == group
        ]
        found: set[str] = set()
        for event_id, death in [*buried(client, group), *letters]:
            kind = confirmed[event_id]["kind"] if event_id in confirmed else "invalid"
            found.add(event_id)
            verdict.dead[kind] += 1
            if death is None:
                verdict.found("a dead letter says why", event_id)
                continue
            about = f"{group} {event_id} ({kind}): {death.reason}, {death.deliveries} deliveries"
            if kind not in DEATHS:
                verdict.found(
                    "no innocent event is among the dead", f"{about}: {death.detail[-300:]}"
                )
            elif death.reason not in DEATHS[kind]:
                verdict.found("a dead letter says the true reason", about)
            if self._is_done(group, event_id):
                verdict.found("no event that succeeded is among the dead", about)
        return found

    @staticmethod
    def _check_group(client: Client, group: str, entries: set[bytes], verdict: Verdict) -> None:
        name = f"service-{group}"
        infos = [info for info in client.xinfo_groups(STREAM) if info["name"] == name.encode()]
        if not infos:
            verdict.found("every group is there in the end", group)
            return
        if client.xrange(STREAM, b"(" + infos[0]["last-delivered-id"], count=1):
            verdict.found("nothing is undelivered in the end", f"{group} {infos[0]}")
        pending: list[Any] = client.xpending_range(STREAM, name, "-", "+", 1000)
        for each in pending:
            verdict.found("nothing is pending in the end", f"{group} {each}")
            if each["message_id"] not in entries:
                verdict.found("no pending entry is missing from its stream", f"{group} {each}")

    @staticmethod
    def _check_scripts(client: Client, verdict: Verdict) -> None:
        """No script has held the server up for long."""
        for slow in client.slowlog_get(128):
            if slow["command"].startswith(b"EVAL") and slow["duration"] > _SLOW_SCRIPT:
                verdict.found("no script holds the server up", f"{slow}"[:300])
