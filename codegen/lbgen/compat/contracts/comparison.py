"""Two versions of a whole contract: which events are compared, and what else breaks an event."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from ..change.blame import Cause, causes
from ..change.kinds import Change, change_of
from ..change.meaning import meanings
from ..change.touched import Touched
from ..decide import Parameters, Version, decide
from ..normal.schema import UnsupportedSchema
from ..prove.engine import Engine
from ..prove.terms import Lit, OutOfSteps
from .api_changes import api_changes
from .finding import Finding, Proof, fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...contract.contract import Api, DeclaredEvent
    from ...findings.diagnostic import Place
    from ..normal.schema import Bundle
    from ..settings import Direction, Rules
    from .version import ContractVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What a comparison found.

    Attributes:
        findings: in the order of the new contract's text.
        compatible: full names of the events that were found compatible.
    """

    findings: tuple[Finding, ...]
    compatible: frozenset[str]


def compare(
    old: ContractVersion, new: ContractVersion, rules: Rules, *, settings_changed: bool = False
) -> Compared:
    """Everything that the change from one version to the other breaks.

    Args:
        old: the old version.
        new: the new version.
        rules: what counts.
        settings_changed: whether the same documents may mean something else in the two.
    """
    return _Comparison(old, new, rules, everything=settings_changed).run()


class _Comparison:
    def __init__(
        self, old: ContractVersion, new: ContractVersion, rules: Rules, *, everything: bool
    ) -> None:
        self.old = old
        self.new = new
        self.rules = rules
        self.touched = None if everything else Touched(old.contract, new.contract)

    def run(self) -> Compared:
        findings: list[Finding] = []
        compatible: set[str] = set()
        findings += api_changes(self.old, self.new, self.rules)
        for name, (api, event) in self.old.events.items():
            if name in self.new.events:
                found = self._event(name)
                compatible.update([] if found else [name])
                findings += [*found, *self._meaning(name, found)]
            else:
                findings += self._gone(name, api, event)
        return Compared(
            findings=tuple(sorted(findings, key=_order)), compatible=frozenset(compatible)
        )

    # Events in both versions

    def _version(self, side: ContractVersion, event: DeclaredEvent) -> Version:
        return Parameters(side.documents, event.location, strict=self.rules.strict)

    def _event(self, name: str) -> list[Finding]:
        (_, one), (api, two) = self.old.events[name], self.new.events[name]
        if self._untouched(one, two):
            return []
        old, new = self._version(self.old, one), self._version(self.new, two)
        together: dict[tuple[str, ...], Finding] = {}
        for direction in self.rules.directions(api.name):
            backward = direction == "backward"
            writer, reader = (old, new) if backward else (new, old)
            decision = decide(writer, reader)
            if decision.state == "compatible":
                continue
            try:
                found = causes(writer, reader, decision)
            except (UnsupportedSchema, ValueError, jsonschema_rs.ReferencingError):
                found = [Cause(edits=(), decision=decision)]
            for cause in found:
                finding = self._finding(name, old, new, cause, direction)
                key = (finding.rule, finding.path, str(finding.place), str(finding.old_place))
                together[key] = _merged(together.get(key), finding)
        return list(together.values())

    def _finding(
        self, name: str, old: Version, new: Version, cause: Cause, direction: Direction
    ) -> Finding:
        (_, one), (api, two) = self.old.events[name], self.new.events[name]
        decision = cause.decision
        proof = Proof(
            direction=direction,
            event=decision.event,
            message=decision.message,
            reason=decision.reason,
        )
        changes = [change_of(edit, direction) for edit in cause.edits]
        change = changes[0] if changes else None
        undecided = decision.state == "undecided"
        places = [] if change is None else [str(change.old_place), str(change.new_place)]
        return Finding(
            rule=change.rule if change is not None and not undecided else "compat-undecided",
            state="undecided" if undecided else "breaking",
            api=api.name,
            event=two.name,
            path=change.path if change is not None else "",
            text=_text(changes, undecided=undecided),
            proofs=(proof,),
            ways=change.ways if change is not None else (),
            place=self.new.place(change.new_place, two.place) if change else two.place,
            old_place=self.old.place(change.old_place, one.place) if change else one.place,
            against=self.old.version,
            fingerprint=fingerprint(_marks(old), _marks(new), places),
            flags=("--strict",) if self.rules.strict else (),
        )

    def _meaning(self, name: str, found: list[Finding]) -> Iterator[Finding]:
        """What is read as before and means something else, beside what breaks."""
        (_, one), (api, two) = self.old.events[name], self.new.events[name]
        if self._untouched(one, two):
            return
        old, new = self._version(self.old, one), self._version(self.new, two)
        told = {(finding.path, finding.text) for finding in found}
        for change, about in meanings(old, new):
            directions: list[Direction] = [
                way for way in self.rules.directions(api.name) if way in about
            ]
            if (change.path, change.text) in told or not directions:
                continue
            yield Finding(
                rule=change.rule,
                state="meaning",
                api=api.name,
                event=two.name,
                path=change.path,
                text=change.text,
                proofs=tuple(Proof(direction=way, about=about[way]) for way in directions),
                ways=change.ways,
                place=self.new.place(change.new_place, two.place),
                old_place=self.old.place(change.old_place, one.place),
                against=self.old.version,
                fingerprint=fingerprint(_marks(old), _marks(new), change.text),
            )

    def _untouched(self, one: DeclaredEvent, two: DeclaredEvent) -> bool:
        touched = self.touched
        return touched is not None and not touched.event(one.location, two.location)

    # Events that are not there any more

    def _gone(self, name: str, api: Api, event: DeclaredEvent) -> Iterator[Finding]:
        version = self._version(self.old, event)
        sample = _sample(version)
        place, rule = self._where(api), "compat-event-removed"
        text, way = "the event was removed", "keep it until nobody fires or reads it"
        renamed = self._renamed(api, event, version)
        if renamed is not None:
            new_api, new_event = renamed
            place = new_event.place
            if new_api.name == api.name:
                rule, text = "compat-event-renamed", f'the event is now named "{new_event.name}"'
                way = f"keep it, add `{new_event.name}`, and fire both for a while"
            else:
                rule, text = "compat-event-moved", f"the event moved to the API {new_api.name}"
                way = "keep it in its API, and fire both for a while"
        lost = {
            "backward": Proof(
                direction="backward", event=sample, message=f"it has no event {name}"
            ),
            "forward": Proof(
                direction="forward",
                about="services with the old contract no longer receive it",
            ),
        }
        proofs = tuple(lost[direction] for direction in self.rules.directions(api.name))
        yield Finding(
            rule=rule,
            state="breaking",
            api=api.name,
            event=event.name,
            text=text,
            proofs=proofs,
            ways=(way,),
            place=place,
            old_place=event.place,
            against=self.old.version,
            fingerprint=fingerprint(_marks(version), rule, text),
        )

    def _where(self, api: Api) -> Place:
        """Where in the new contract an event is missed: its API, else the contract's beginning."""
        now = self.new.apis.get(api.name)
        return now.place if now is not None else api.place

    def _renamed(
        self, api: Api, event: DeclaredEvent, version: Version
    ) -> tuple[Api, DeclaredEvent] | None:
        new = [pair for name, pair in self.new.events.items() if name not in self.old.events]
        moved = [pair for pair in new if pair[1].name == event.name and pair[0].name != api.name]
        same_api = [pair for pair in new if pair[0].name == api.name]
        for candidates in (same_api, moved):
            alike = [pair for pair in candidates if self._alike(version, pair[1])]
            if len(alike) == 1:
                return alike[0]
        return None

    def _alike(self, version: Version, event: DeclaredEvent) -> bool:
        return bool(_marks(version) == _marks(self._version(self.new, event)))


def _text(changes: list[Change], *, undecided: bool) -> str:
    if not changes:
        return "lbgen cannot decide whether this change is breaking"
    text = "; ".join(dict.fromkeys(change.text for change in changes))
    if undecided:
        return f"lbgen cannot decide whether this is breaking: {text}"
    return text


def _merged(one: Finding | None, two: Finding) -> Finding:
    if one is None:
        return two
    return replace(one, proofs=(*one.proofs, *two.proofs), ways=(*one.ways, *two.ways))


def _marks(version: Version) -> Any:
    """What a version of an event says, references resolved; the author's text if unsupported."""
    try:
        return version.reader.key
    except UnsupportedSchema:
        return [str(version.location), str(version.documents.documents)]


def _sample(version: Version) -> Any:
    """An event that can be fired."""
    try:
        bundle: Bundle = version.writer
        engine = Engine(bundle.definitions, 5000)
        return engine.inhabit(frozenset({Lit(bundle.root, positive=True)})).value
    except (UnsupportedSchema, OutOfSteps, RecursionError):
        return None


def _order(finding: Finding) -> tuple[Any, ...]:
    return (finding.place, finding.full_name, finding.rule, finding.path)
