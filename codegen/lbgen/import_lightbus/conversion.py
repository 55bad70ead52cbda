"""A dumped API as a contract: what Lightbus made of type hints, in the words of draft-07.

Handles: Lightbus's titles of events; `additionalProperties: false`, which Lightbus puts on
everything; classes that several events share; a default that is in every branch of an `anyOf`;
tuples, whose `prefixItems` draft-07 does not know. What a type hint has lost becomes a comment.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ..schema.drafts import DRAFT_07
from ..source.json_types import is_array, is_object

if TYPE_CHECKING:
    from ..source.document import Path
    from .dump import DumpedApi

__all__ = ["Imported", "import_api"]

_DECIMAL: Final = r"^-?\d+(\.\d+)?$"
_MOMENTS: Final = ("_at", "_on", "_time", "date", "timestamp")


class Imported:
    """A contract file in the making.

    Attributes:
        value: the file's JSON value.
        comments: lines before a part, by its path; those of `()` open the file.
    """

    def __init__(self) -> None:
        self.value: dict[str, Any] = {}
        self.comments: dict[Path, list[str]] = {}

    def comment(self, path: Path, line: str) -> None:
        """Put a line before a part, once."""
        lines = self.comments.setdefault(path, [])
        if line not in lines:
            lines.append(line)


def import_api(api: DumpedApi, *, stream: str) -> Imported:
    """The contract of an API.

    Args:
        api: the API.
        stream: `per_api` or `per_event`, as the services' `stream_use` says.
    """
    return _Importer(api, stream).imported


class _Importer:
    def __init__(self, api: DumpedApi, stream: str) -> None:
        self.imported = Imported()
        self._definitions: dict[str, Any] = {}
        self._definition_paths: dict[str, str] = {}
        self._open(api)
        value = self.imported.value
        value["$schema"] = f"{DRAFT_07.uri}#"
        value["lbgen"] = 1
        value["api"] = api.name
        value["lightbus"] = True
        if stream != "per_api":
            value["stream"] = stream
        value["events"] = {
            name: {"parameters": self._event(name, schema)} for name, schema in api.events.items()
        }
        if self._definitions:
            value["definitions"] = self._definitions
        if self._has_moments(value):
            self.imported.comment(
                ("events",),
                "Lightbus also writes date-times without an offset. lbgen refuses them, unless "
                "you set their\ntime zone:\nassume_timezone: UTC",
            )

    def _open(self, api: DumpedApi) -> None:
        say = self.imported.comment
        say((), f"The events of {api.name}, imported from the schema of Lightbus.")
        say(
            (),
            (
                "Lightbus refuses additional properties. Here, writers refuse them and readers "
                "ignore them."
            ),
        )
        if api.rpcs:
            say((), f"Left out, because lbgen only has events: the RPCs {', '.join(api.rpcs)}.")

    def _has_moments(self, value: Any) -> bool:
        return '"format": "date-time"' in json.dumps(value)

    def _event(self, name: str, schema: dict[str, Any]) -> dict[str, Any]:
        path: Path = ("events", name, "parameters")
        rest = {
            key: value
            for key, value in schema.items()
            if key not in ("$schema", "$comment", "title")
        }
        found: dict[str, Any] = self._schema(path, None, rest)
        return found

    def _schema(self, path: Path, name: str | None, schema: Any) -> Any:
        """A schema in the words of draft-07; comments are noted by the way.

        Args:
            path: where it will stand.
            name: of the property that it describes.
            schema: what Lightbus says.
        """
        if not is_object(schema):
            return schema
        if schema.get("type") == "object" and isinstance(schema.get("title"), str):
            return self._definition(schema)
        result: dict[str, Any] = {}
        for keyword, value in schema.items():
            here = (*path, keyword)
            match keyword:
                case "additionalProperties" if value is False:
                    continue
                case "properties" | "definitions" if is_object(value):
                    result[keyword] = {
                        each: self._schema((*here, each), each, inner)
                        for each, inner in value.items()
                    }
                case "anyOf" if is_array(value):
                    self._any_of(path, name, value, result)
                case "prefixItems" | "items" if is_array(value):
                    result["items"] = [
                        self._schema((*path, "items", index), None, inner)
                        for index, inner in enumerate(value)
                    ]
                    if keyword == "prefixItems":
                        self._say(path, "A tuple. Lightbus does not check the types in it.")
                case "items" | "additionalProperties":
                    result[keyword] = self._schema(here, None, value)
                case _:
                    result[keyword] = value
        self._guess(path, name, schema)
        return {key: result[key] for key in sorted(result, key=_in_reading_order)}

    def _any_of(
        self, path: Path, name: str | None, branches: list[Any], result: dict[str, Any]
    ) -> None:
        defaults = [json.dumps(each.get("default", _NONE)) for each in branches if is_object(each)]
        if len(set(defaults)) == 1 and len(defaults) == len(branches) and _NONE not in defaults[0]:
            result["default"] = branches[0]["default"]
            branches = [
                {key: value for key, value in each.items() if key != "default"} for each in branches
            ]
        result["anyOf"] = [
            self._schema((*path, "anyOf", index), name, each) for index, each in enumerate(branches)
        ]

    def _definition(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A class of Lightbus's side becomes a definition, the same one for all that use it."""
        around = {key: schema[key] for key in ("default",) if key in schema}
        core = {key: value for key, value in schema.items() if key not in ("default", "title")}
        text = schema["title"] + json.dumps(core, sort_keys=True)
        name = self._definition_paths.get(text)
        if name is None:
            wanted = "".join(char for char in schema["title"] if char.isalnum() or char == "_")
            name, number = wanted or "Object", 1
            while name in self._definitions:
                number += 1
                name = f"{wanted}{number}"
            self._definition_paths[text] = name
            self._definitions[name] = {}
            self._definitions[name] = self._schema(("definitions", name), None, core)
        reference = {"$ref": f"#/definitions/{name}"}
        return {"allOf": [reference], **around} if around else reference

    def _guess(self, path: Path, name: str | None, schema: dict[str, Any]) -> None:
        if schema.get("pattern") == _DECIMAL:
            self._say(
                path, ("The pattern suggests a decimal. It is a string, so that no digit is lost.")
            )
        if name is None:
            return
        if not schema:
            self._say(path, "Lightbus has no type for this parameter, so it accepts any value.")
        elif schema.get("type") == "string" and not {"pattern", "format", "enum"} & schema.keys():
            if name.endswith(_MOMENTS):
                self._say(path, "Any string. If it is a point in time, add: format: date-time")
            elif name == "id" or name.endswith(("_id", "uuid")):
                self._say(path, "Any string. If it is a UUID, add: format: uuid")

    def _say(self, path: Path, line: str) -> None:
        # inside a list or behind `items`, the comment is before the property around it
        while path and (isinstance(path[-1], int) or path[-1] in ("anyOf", "items", "allOf")):
            path = path[:-1]
        self.imported.comment(path, line)


def _in_reading_order(keyword: str) -> tuple[int, str]:
    order = ("type", "format", "pattern", "enum", "required", "anyOf", "items", "properties")
    return (order.index(keyword) if keyword in order else len(order), keyword)


_NONE: Final = "lbgen: there is none"
