"""What a check found, as data."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from ...findings.diagnostic import Place
    from ..allowances import Allowance
    from ..baseline.old_version import OldVersion
    from ..settings import Direction

BREAKS: Final[dict[str, str]] = {
    "backward": "services with the new contract cannot read events fired before this change",
    "forward": "services with the old contract cannot read events fired after this change",
    "source": "code that uses the generated package no longer type-checks",
}
"""Whom a finding breaks, by direction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What shows that a direction breaks.

    Attributes:
        direction: which one.
        event: the parameters of an event that one side fires and the other cannot read.
        message: what the reader's validator says about it.
        reason: instead of an event: what could not be decided.
        about: whom it breaks, where the direction alone does not say it.
    """

    direction: Direction
    event: Any = None
    message: str = ""
    reason: str = ""
    about: str = ""

    @property
    def whom(self) -> str:
        """Whom it breaks."""
        return self.about or BREAKS[self.direction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A change of a contract that breaks somebody, or may.

    Attributes:
        rule: id of the kind of change.
        state: `breaking` or `undecided`; `source` breaks code, not events; `meaning` changes what
            is read and breaks nothing.
        api: name of the API.
        event: name of the event; empty if the whole API is meant.
        path: where below the event's parameters, in words.
        text: what changed.
        proofs: what shows it, per direction.
        ways: what to do instead.
        place: where in the new contract.
        old_place: where in the old contract.
        against: the old version.
        also: other old versions from which the same change breaks the same.
        fingerprint: of the change and both versions of the event, so that an allowance covers this
            change only.
        flags: options of the check without which it is not found.
        allowance: the entry that allows it.
    """

    rule: str
    state: Literal["breaking", "undecided", "source", "meaning"]
    api: str
    event: str
    path: str = ""
    text: str
    proofs: tuple[Proof, ...] = ()
    ways: tuple[str, ...] = ()
    place: Place
    old_place: Place
    against: OldVersion
    also: tuple[OldVersion, ...] = ()
    fingerprint: str = ""
    flags: tuple[str, ...] = ()
    allowance: Allowance | None = field(default=None)

    @property
    def full_name(self) -> str:
        """The API's and the event's name."""
        return f"{self.api}.{self.event}" if self.event else self.api

    @property
    def where(self) -> str:
        """The place as `lbgen allow` takes it: `shop.orders.order_placed#lines[].quantity`."""
        return f"{self.full_name}#{self.path}" if self.path else self.full_name

    @property
    def strict(self) -> bool:
        """Whether it is found only where producers are not ours."""
        return "--strict" in self.flags

    def allowed_by(self, entry: Allowance, direction: str) -> bool:
        """Whether an entry is about a direction of this finding, expired or not."""
        return (
            direction in entry.breaks
            and (entry.strict or not self.strict)
            and (entry.rule, entry.at, entry.fingerprint)
            == (self.rule, self.where, self.fingerprint)
        )

    @property
    def headline(self) -> str:
        """The finding in one line."""
        return f"{self.full_name}: {self.text}"


def fingerprint(*parts: Any) -> str:
    """A short text that changes when either version of what is compared changes."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
