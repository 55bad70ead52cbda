"""What a report says of the run as a whole, beside the findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..findings.diagnostic import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RunFacts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What holds for a run.

    Attributes:
        about: facts by name, such as what was compared with.
        failing: the severities of findings for which the command exits with 1.
    """

    about: Mapping[str, str] = field(default_factory=dict[str, str])
    failing: frozenset[Severity] = frozenset({Severity.ERROR})
