"""What `lightbus dumpschema` writes, and what is under `schema:{api}`.

Three forms of JSON: an object of APIs by name (a file of `dumpschema`), one such file per API (a
folder of `dumpschema`), and one API alone (the value of the key), which says its name only in the
titles of its events.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..contract.grammar import API_NAME, EVENT_NAME
from ..generate.lightbus_schema.published import PUBLISHED_BY
from ..schema.equality import json_equal
from ..source.json_types import is_array, is_object
from ..source.load import MAX_DEPTH

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Dump", "DumpedApi", "read_dump"]

_TITLE: Final = re.compile(r"Event (?P<api>.+)\.(?P<event>[^.]+) parameters")
_OWN: Final = "internal."
"""Lightbus's own APIs, about its processes, start with it."""
_TOO_DEEP: Final = f"objects and arrays are nested more than {MAX_DEPTH} levels deep"


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpedApi:
    """An API of a dump.

    Attributes:
        name: its name.
        events: the schema of each event's parameters, by the event's name.
        rpcs: the names of its remote procedures.
    """

    name: str
    events: dict[str, Any]
    rpcs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """What could be read of a dump.

    Attributes:
        apis: the APIs that have events, by name.
        left_out: the names of APIs without events, of Lightbus's own, and of those that lbgen has
            published.
        problems: what is wrong, in words.
    """

    apis: tuple[DumpedApi, ...]
    left_out: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def read_dump(files: Iterable[tuple[str, bytes]], *, name: str | None = None) -> Dump:
    """Read dumps.

    Args:
        files: a name for messages and the content of each file.
        name: of the API, where a file holds one alone and no event to tell.
    """
    apis: dict[str, DumpedApi] = {}
    left_out: set[str] = set()
    problems: list[str] = []
    for file, content in files:
        try:
            value: Any = json.loads(content)
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            problems.append(
                f"{file}: the file contains an unpaired surrogate, which is not a character"
            )
            continue
        except ValueError as error:
            problems.append(f"{file}: not valid JSON: {error}")
            continue
        except RecursionError:
            problems.append(f"{file}: {_TOO_DEEP}")
            continue
        if _depth(value) > MAX_DEPTH:
            problems.append(f"{file}: {_TOO_DEEP}")
            continue
        for api, schema in _apis(value, name).items():
            if not _is_api(schema):
                problems.append(f"{file}: {api or 'this'} is not an API of a Lightbus dump")
            elif not api:
                problems.append(
                    f"{file}: the file does not contain the name of the API; pass it with --api"
                )
            elif api.startswith(_OWN) or not schema["events"] or _is_ours(schema):
                left_out.add(api)
            elif api in apis and _differ(apis[api], _dumped(api, schema)):
                problems.append(f"{file}: the API {api} has a different schema in another file")
            else:
                problems.extend(f"{file}: {problem}" for problem in _misnamed(api, schema))
                apis[api] = _dumped(api, schema)
    return Dump(
        apis=tuple(apis[api] for api in sorted(apis)),
        left_out=tuple(sorted(left_out)),
        problems=tuple(problems),
    )


def _depth(value: Any) -> int:
    """How deep objects and arrays nest."""
    depth, level = 0, _inside([value])
    while level:
        depth, level = depth + 1, _inside(level)
    return depth


def _inside(values: list[Any]) -> list[Any]:
    """What the objects and arrays among some values hold."""
    found: list[Any] = []
    for value in values:
        if is_object(value):
            found += value.values()
        elif is_array(value):
            found += value
    return found


def _apis(value: Any, name: str | None) -> dict[str, Any]:
    if not is_object(value):
        return {"": value}
    return {name or _told_name(value) or "": value} if _is_api(value) else value


def _is_api(value: Any) -> bool:
    return (
        is_object(value)
        and is_object(value.get("events"))
        and is_object(value.get("rpcs", {}))
        and all(
            is_object(event) and is_object(event.get("parameters"))
            for event in value["events"].values()
        )
    )


def _is_ours(schema: dict[str, Any]) -> bool:
    """Whether lbgen has published a schema: there is a contract already."""
    return any(
        event["parameters"].get("$comment") == PUBLISHED_BY for event in schema["events"].values()
    )


def _told_name(value: dict[str, Any]) -> str | None:
    """The name of an API that its events' titles agree on."""
    titles = [event["parameters"].get("title") for event in value["events"].values()]
    found = [_TITLE.fullmatch(title) if isinstance(title, str) else None for title in titles]
    names = {match["api"] for match in found if match}
    return names.pop() if len(names) == 1 else None


def _misnamed(api: str, schema: dict[str, Any]) -> Iterable[str]:
    if not re.fullmatch(API_NAME, api):
        yield f"{api!r} is not a valid API name in a contract; use letters, digits, `_` and dots"
    for event in schema["events"]:
        if not re.fullmatch(EVENT_NAME, event):
            yield f"{api}: {event!r} is not a valid event name in a contract"


def _differ(one: DumpedApi, two: DumpedApi) -> bool:
    return one.rpcs != two.rpcs or not json_equal(one.events, two.events)


def _dumped(api: str, schema: dict[str, Any]) -> DumpedApi:
    rpcs = schema.get("rpcs", {})
    return DumpedApi(
        name=api,
        events={name: event["parameters"] for name, event in sorted(schema["events"].items())},
        rpcs=tuple(sorted(rpcs)) if is_object(rpcs) or is_array(rpcs) else (),
    )
