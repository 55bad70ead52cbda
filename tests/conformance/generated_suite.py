"""The suite's schemas as contracts, compiled and imported in a few packages.

Each schema is seen in two views: as the whole of an event's parameters (a plain schema file), and
as the schema of one parameter, `value` (a contract file). A package holds as many schemas as have
no `$id` in common.
"""

from __future__ import annotations

import contextlib
import importlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from lbgen.compiler import Options, build
from lbgen.findings.diagnostic import Severity
from lbgen_runtime import ApiContract, EventContract
from tests.support.official_suite import DRAFTS, REMOTES, remotes
from tests.support.packages import imported, write_package

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from lbgen_runtime import Event
    from tests.support.official_suite import Group

__all__ = ["VIEWS", "Compiled", "View", "compiled"]

View = Literal["whole", "value"]
VIEWS: Final[tuple[View, ...]] = ("whole", "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A schema of the suite in one view.

    Attributes:
        group: the schema.
        view: how it is seen.
        contract: the event that was made of it; `None` if the build refused it.
        refusals: why, as `rule: message`.
    """

    group: Group
    view: View
    contract: EventContract[Event] | None
    refusals: tuple[str, ...] = ()


@contextlib.contextmanager
def compiled(groups: Iterable[Group], folder: Path) -> Iterator[list[Compiled]]:
    """Compile and import some schemas, each in both views.

    Args:
        groups: the schemas.
        folder: where the packages are written.
    """
    with contextlib.ExitStack() as stack:
        found: list[Compiled] = []
        for number, batch in enumerate(_batches(groups)):
            found += _compile(batch, folder / f"{folder.name}_{number}", stack)
        yield found


def _batches(groups: Iterable[Group]) -> list[list[tuple[Group, View]]]:
    batches: list[tuple[set[str], list[tuple[Group, View]]]] = []
    for group in groups:
        names = set(_names(group.schema))
        for view in VIEWS:
            for taken, batch in batches:
                if not names & taken:
                    taken |= names
                    batch.append((group, view))
                    break
            else:
                batches.append((set(names), [(group, view)]))
    return [batch for _, batch in batches]


def _names(schema: Any) -> Iterator[str]:
    """Everything that a schema says under `$id`."""
    if isinstance(schema, list):
        for each in schema:
            yield from _names(each)
    elif isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$id" and isinstance(value, str):
                yield value
            yield from _names(value)


def _compile(
    batch: list[tuple[Group, View]], folder: Path, stack: contextlib.ExitStack
) -> Iterator[Compiled]:
    sources = {f"remotes/{path}": json.dumps(value).encode() for path, value in remotes().items()}
    sources["other.json"] = (
        b'{"lbgen": 1, "api": "other", "events": {"happened": {"parameters": {}}}}'
    )
    for number, (group, view) in enumerate(batch):
        for path, value in _documents(group, view, f"n{number}").items():
            sources[path] = json.dumps(value).encode()
    refusals: dict[str, list[str]] = {}
    while True:
        built = build(sources, Options(urls={REMOTES: "remotes/"}))
        errors = [each for each in built.problems if each.severity is Severity.ERROR]
        if not errors:
            break
        for error in errors:
            api = error.place.file.split("/")[0]
            refusals.setdefault(api, []).append(f"{error.rule}: {error.message}")
        kept = {path: text for path, text in sources.items() if path.split("/")[0] not in refusals}
        assert "remotes/integer.json" in kept, refusals
        assert len(kept) < len(sources), errors
        sources = kept
    package = stack.enter_context(imported(write_package(built, folder)))
    for number, (group, view) in enumerate(batch):
        api = f"n{number}"
        contract: EventContract[Event] | None = None
        if api not in refusals:
            module = importlib.import_module(f"{package.__name__}.{api}")
            contract = EventContract(
                api=ApiContract(name=api), name="tested", event_type=module.Tested
            )
        yield Compiled(
            group=group, view=view, contract=contract, refusals=tuple(refusals.get(api, ()))
        )


def _documents(group: Group, view: View, api: str) -> dict[str, Any]:
    """The files of a schema in one view: an API with the event `tested`."""
    schema = group.schema
    if isinstance(schema, dict) and "$schema" not in schema:
        schema = {"$schema": DRAFTS[group.draft], **schema}
    if view == "whole":
        return {f"{api}/tested.schema.json": schema}
    # inside another schema, `#` leads to its root only if it names itself by `$id`; a default
    # that its schema refuses is an error in a contract file
    text = json.dumps(schema)
    movable = isinstance(schema, bool) or ("$id" in schema or '"#' not in text)
    movable = movable and group.keyword != "default"
    parameters = {
        "type": "object",
        "required": ["value"],
        "properties": {"value": schema if movable else {"$ref": "schema.json"}},
    }
    contract = {
        "lbgen": 1,
        "api": api,
        "$schema": DRAFTS[group.draft],
        "events": {"tested": {"parameters": parameters}},
    }
    if movable:
        return {f"{api}/api.json": contract}
    return {f"{api}/api.json": contract, f"{api}/schema.json": schema}
