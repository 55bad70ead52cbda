"""Faults that are aimed at one promise each; every one also catches a planted fault."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.faults import plays

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.stage import Stage
    from tests.faults.verdict import Verdict

__all__ = ["SCENARIOS", "Scenario"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A fault and what it needs.

    Attributes:
        play: makes the fault happen, and asks the ledger.
        plant: the planted fault that the scenario must catch.
        breaks: the rule that the planted fault breaks.
        options: how the stage is set up.
    """

    play: Callable[[Stage], Verdict]
    plant: str
    breaks: str
    options: dict[str, Any] = field(default_factory=dict[str, Any])


SCENARIOS = {
    scenario.play.__name__: scenario
    for scenario in (
        Scenario(
            play=plays.consumers_are_killed,
            plant="acknowledges before handling",
            breaks="every confirmed event is run or dead",
            options={"kinds": {"ok": 0.5, "late": 0.2, "flaky": 0.1, "chain": 0.2}},
        ),
        Scenario(
            play=plays.replies_are_lost,
            plant="fires with blind retries",
            breaks="one entry per fired id",
        ),
        Scenario(
            play=plays.handlers_are_slow,
            plant="sends no heartbeat",
            breaks="every double run has a cause",
            options={"kinds": {"slow": 1}},
        ),
        Scenario(
            play=plays.a_process_is_stopped,
            plant="renews unfenced",
            breaks="every double run has a cause",
            options={
                "kinds": {"slower": 1},
                "listen": {"concurrency": 16, "acknowledgement_timeout": 1.0},
            },
        ),
        Scenario(
            play=plays.groups_are_destroyed,
            plant="recreates groups at the end",
            breaks="every confirmed event is run or dead",
        ),
        Scenario(
            play=plays.nobody_listens_for_a_while,
            plant="trims by length",
            breaks="every confirmed event is run or dead",
            options={"bus": {"retention": 0, "trim_interval": 0.3}},
        ),
        Scenario(  # D1
            play=plays.handlers_return_when_their_claim_is_lost,
            plant="acknowledges what it has lost",
            breaks="every confirmed event is run or dead",
            options={"kinds": {"gate": 1}},
        ),
        Scenario(  # D1
            play=plays.handlers_are_cut_off_by_grace,
            plant="acknowledges what it has lost",
            breaks="every confirmed event is run or dead",
            options={"kinds": {"gate": 1}, "listen": {"grace": 0.3}},
        ),
        Scenario(  # D2
            play=plays.wide_events_wait_for_many_threads,
            plant="takes codecs for made before they are",
            breaks="no innocent event is among the dead",
            options={
                "kinds": {"wide": 1},
                "listen": {"concurrency": 16},
                "produce": {"rate": 200, "threads": 8},
                "actors": {"switch_interval": 0.0001},
            },
        ),
        Scenario(  # D3
            play=plays.the_server_is_demoted,
            plant="stays with a demoted server",
            breaks="what was handled is acknowledged",
            options={"bus": {"fire_deadline": 2}},
        ),
        Scenario(  # D4
            play=plays.a_newcomer_registers_first_after_a_loss,
            plant="keeps the group of a newcomer",
            breaks="every confirmed event is run or dead",
        ),
        Scenario(  # D5
            play=plays.many_are_fired_again,
            plant="looks through the whole stream",
            breaks="no script's work grows with the stream",
            options={
                "kinds": {"ok": 0.7, "outbox": 0.3},
                "bus": {"retention": 3600},
            },
        ),
        Scenario(  # D8
            play=plays.reads_lose_their_replies,
            plant="runs first what comes back",
            breaks="events run in their order",
            options={"kinds": {"brief": 1}, "listen": {"concurrency": 1}},
        ),
        Scenario(  # D7
            play=plays.a_slow_event_comes_back,
            plant="waits for what it has recovered",
            breaks="a slow event does not hold up the others",
        ),
    )
}
