"""What changed about a whole API: where its events go, who may fire them, how they are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from .finding import Finding, Proof, fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...contract.contract import Api
    from ...findings.diagnostic import Place
    from ..settings import Direction, Rules
    from .version import ContractVersion

__all__ = ["api_changes"]

_STREAM: Final[Mapping[Direction, str]] = {
    "backward": (
        "services with the new contract do not see events fired before this change, because "
        "they are in another stream"
    ),
    "forward": (
        "services with the old contract do not see events fired after this change, because "
        "they go to another stream"
    ),
}
_LIGHTBUS: Final[Mapping[Direction, str]] = {
    "forward": "Lightbus workers exit when they read an entry with an unknown field"
}
_AUTHORITATIVE: Final[Mapping[Direction, str]] = {
    "forward": "services that are not on the list get NotAuthoritative when they fire"
}
_TIMEZONE: Final[Mapping[Direction, str]] = {
    "backward": (
        "date-times without an offset in events fired before this change now mean another moment"
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """A change of an API.

    Attributes:
        keyword: in the contract.
        rule: id of its kind.
        state: whether it breaks.
        text: what changed.
        about: whom it concerns, by direction.
        way: what to do instead.
    """

    keyword: str
    rule: str
    state: Literal["breaking", "meaning"]
    text: str
    about: Mapping[Direction, str]
    way: str


def api_changes(old: ContractVersion, new: ContractVersion, rules: Rules) -> Iterator[Finding]:
    """What changed about the APIs that both versions have.

    Args:
        old: the old version.
        new: the new version.
        rules: what counts.
    """
    for name, one in old.apis.items():
        two = new.apis.get(name)
        for change in () if two is None else _changes(one, two):
            assert two is not None
            directions: list[Direction] = [
                way for way in rules.directions(name) if way in change.about
            ]
            if directions:
                yield Finding(
                    rule=change.rule,
                    state=change.state,
                    api=name,
                    event="",
                    text=change.text,
                    proofs=tuple(
                        Proof(direction=way, about=change.about[way]) for way in directions
                    ),
                    ways=(change.way,),
                    place=_place(new, two, change.keyword),
                    old_place=_place(old, one, change.keyword),
                    against=old.version,
                    fingerprint=fingerprint(change.rule, change.text),
                )


def _changes(old: Api, new: Api) -> Iterator[_Change]:
    if old.stream != new.stream:
        yield _Change(
            keyword="stream",
            rule="compat-stream-changed",
            state="breaking",
            text=f"its events moved from {_stream(old)} to {_stream(new)}",
            about=_STREAM,
            way=(
                "keep `stream`; listeners read the streams of the contract that they were "
                "built with"
            ),
        )
    if old.lightbus and not new.lightbus:
        yield _Change(
            keyword="lightbus",
            rule="compat-lightbus-changed",
            state="breaking",
            text="its events now have fields that Lightbus does not know",
            about=_LIGHTBUS,
            way="keep `lightbus: true` until no Lightbus worker reads the stream",
        )
    if _services(old) != _services(new):
        yield _Change(
            keyword="authoritative",
            rule="compat-authoritative-changed",
            state="meaning",
            text=f"the services that may fire changed from {_services(old)} to {_services(new)}",
            about=_AUTHORITATIVE,
            way="keep each service on the list until it no longer fires",
        )
    if old.assume_timezone != new.assume_timezone:
        zones = [one.assume_timezone or "none" for one in (old, new)]
        yield _Change(
            keyword="assume_timezone",
            rule="compat-timezone-changed",
            state="meaning",
            text=f"the assumed time zone changed from {zones[0]} to {zones[1]}",
            about=_TIMEZONE,
            way="keep `assume_timezone` as long as events without an offset are in the streams",
        )


def _place(side: ContractVersion, api: Api, keyword: str) -> Place:
    document = side.contract.documents.get(api.uri)
    if document is None or (keyword,) not in document.places:
        return api.place
    return document.key_place((keyword,))


def _stream(api: Api) -> str:
    return "one stream for the API" if api.stream == "per_api" else "a stream for each event"


def _services(api: Api) -> str:
    return "any" if api.authoritative is None else ", ".join(sorted(api.authoritative)) or "none"
