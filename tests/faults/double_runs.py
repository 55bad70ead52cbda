"""Why a handler began again what had begun before, without having raised."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tests.faults.journal import Line
    from tests.faults.verdict import Verdict

__all__ = ["DoubleRuns"]

_LOST: Final = re.compile(r"took over event (\S+)")
_TAKEN: Final = re.compile(r"took over event (\S+) from")
_SLACK: Final = 0.05
"""Seconds by which the journals of two processes may differ about one moment."""

_Run = tuple[str, str, str, int]


def _run(line: Line) -> _Run:
    return line["who"], line["group"], line["id"], line["delivery"]


class DoubleRuns:
    """Finds the cause of every double run.

    Its group was destroyed, while it ran or while its process held it; its process ended before it
    was done, or stood still; the server or the network was gone or stood still. Anything else is a
    violation.

    Args:
        lines: the lines of all journals, by their times.
        timeout: the consumers' `acknowledgement_timeout`. What was done is acknowledged within
            this time where nothing is wrong, and a loss is learned of within twice as much.
        grace: the consumers' `grace`.
    """

    def __init__(self, lines: list[Line], timeout: float, grace: float) -> None:
        self._timeout = timeout
        self._grace = grace
        self._killed: dict[str, list[float]] = defaultdict(list)
        self._left: dict[str, list[float]] = defaultdict(list)
        self._paused: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self._disasters: list[tuple[float, str]] = []
        self._disturbances: list[float] = []
        self._groups_lost: list[float] = []
        self._lost: dict[tuple[str, str], list[float]] = defaultdict(list)
        self._taken: dict[tuple[str, str], list[float]] = defaultdict(list)
        self._runs: dict[tuple[str, str], list[Line]] = defaultdict(list)
        # One process may run one delivery twice: its group was destroyed and counts afresh.
        self._failed: dict[_Run, list[float]] = defaultdict(list)
        self._done: dict[_Run, list[float]] = defaultdict(list)
        for line in lines:
            self._read(line)

    def _read(self, line: Line) -> None:  # noqa: C901 - a branch for each kind of line
        at = line["at"]
        if line.get("lost"):
            self._lost[line["who"], line["id"]].append(at)
        match line["what"]:
            case "kill":
                self._killed[line["whom"]].append(at)
            case "terminate":
                # A second signal ends a process at once.
                ends = self._killed if self._left[line["whom"]] else self._left
                ends[line["whom"]].append(at)
            case "left" | "stopped":
                self._left[line["who"]].append(at)
            case "paused":
                self._paused[line["whom"]].append((at, float("inf")))
            case "resumed":
                self._paused[line["whom"]][-1] = (self._paused[line["whom"]][-1][0], at)
            case "group lost":
                self._groups_lost.append(at)
            case "server":
                self._disasters.append((at, "the server was gone"))
            case "stalled" if line["seconds"] >= self._timeout / 2:
                for end in (at - line["seconds"], at):
                    self._disasters.append((end, "the server stood still"))
            case "reset":
                self._disturbances.append(at)
            case "network":
                self._disturbances.append(at)
                if line["seconds"] >= self._timeout / 2:
                    self._disasters.append((at, "the network was gone"))
            case "log":
                for pattern, found in ((_LOST, self._lost), (_TAKEN, self._taken)):
                    if match := pattern.search(line["text"]):
                        found[line["who"], match[1]].append(at)
            case "began":
                if line["kind"] == "crash":
                    self._killed[line["who"]].append(at)
                self._runs[line["group"], line["id"]].append(line)
            case "failed":
                self._failed[_run(line)].append(at)
            case "done":
                self._done[_run(line)].append(at)
            case _:
                pass

    def check(self, verdict: Verdict) -> None:
        """Count the double runs, and find those without a cause."""
        for (group, event_id), began in self._runs.items():
            for first, second in itertools.pairwise(began):
                if any(first["at"] <= at <= second["at"] for at in self._failed[_run(first)]):
                    continue  # a retry, not a double run
                verdict.double_runs += 1
                done = min((at for at in self._done[_run(first)] if at >= first["at"]), default=0.0)
                taken = self._taken_over(first, second)
                if cause := self._cause(first, second["at"], done, taken):
                    verdict.explained[cause] += 1
                else:
                    finished = 0 < done < taken
                    verdict.found(
                        "nothing begins again after it was done"
                        if finished
                        else "every double run has a cause",
                        f"{group} {event_id}: {first} then {second}",
                    )

    def _taken_over(self, first: Line, second: Line) -> float:
        """When the second run's process got the event, as far as that is known."""
        taken = self._taken[second["who"], second["id"]]
        return max((at for at in taken if first["at"] <= at <= second["at"]), default=second["at"])

    def _cause(self, first: Line, again: float, done: float, taken: float) -> str:
        """The cause in words; empty if there is none.

        Args:
            first: the first run's beginning.
            again: when the second run began.
            done: when the first was done; 0 if it never was.
            taken: when the second run's process got the event.
        """
        who, began, timeout = first["who"], first["at"] - _SLACK, self._timeout
        acknowledged = done + timeout if done else float("inf")
        until = min(taken + _SLACK, acknowledged)
        # What a process holds of the group before, it may begin until the claim's time is over.
        if any(began - timeout <= at <= again + _SLACK for at in self._groups_lost):
            return "its group was destroyed"
        if any(began <= at <= until for at in self._killed[who]):
            return "its process was killed"
        left = [at for at in self._left[who] if began <= at <= until]
        if left and (not done or done > taken or done > left[0] + self._grace - timeout / 3):
            return "its process left before it was done"
        for at, what in self._disasters:
            if began - 2 * timeout <= at <= until:
                return what
        learned = any(began <= at <= again + 2 * timeout for at in self._lost[who, first["id"]])
        for stopped, resumed in self._paused[who]:
            if (
                stopped <= until
                and resumed >= began
                and (
                    learned or done <= resumed + timeout / 2  # before it could learn of its loss
                )
            ):
                return "its process stood still"
        # It ran the event when it was taken, and was killed before it had to tell of its loss.
        silenced = not 0 < done < taken and any(
            taken - _SLACK <= at <= taken + 2 * timeout for at in self._killed[who]
        )
        # A loss is no cause: a process that lives, and reaches the server, keeps its claims.
        disturbed = any(began - timeout <= at <= until for at in self._disturbances)
        if disturbed and (learned or silenced):
            return "its connections were ended"
        return ""
