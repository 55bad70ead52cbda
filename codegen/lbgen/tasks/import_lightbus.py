"""`lbgen import lightbus`: from dumped schemas to contract files that build and lint cleanly."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Final

from ..compiler import build
from ..findings.diagnostic import Severity
from ..import_lightbus.conversion import import_api
from ..import_lightbus.dump import read_dump
from ..import_lightbus.yaml_text import yaml_text
from ..lint.linter import lint
from ..report.console import counted, say
from ..source.json_types import is_object
from ..source.links import link_on_the_way

if TYPE_CHECKING:
    from pathlib import Path

    from ..findings.diagnostic import Diagnostic
    from ..import_lightbus.conversion import Imported
    from ..import_lightbus.dump import DumpedApi
    from ..source.document import Document
    from ..source.document import Path as Steps

__all__ = ["import_files"]

_IGNORE: Final = "x-lbgen-ignore"
_REASON: Final = "imported from Lightbus, which uses this name"
_UNDESCRIBED: Final = "imported from Lightbus, which has no descriptions"
_ROUNDS: Final = 3


def import_files(source: Path, output: Path, *, api: str | None, stream: str, force: bool) -> int:
    """Write a contract file for each API of a dump.

    Args:
        source: a file or a folder of `lightbus dumpschema`; `-` is standard input.
        output: the schema folder.
        api: name of the API, where the dump does not tell it.
        stream: the services' `stream_use`.
        force: whether a file that is there may be replaced.

    Returns:
        The exit code.
    """
    if str(source) == "-":
        files = [("standard input", sys.stdin.buffer.read())]
    elif source.is_dir():
        files = [(path.name, path.read_bytes()) for path in sorted(source.glob("*.json"))]
    else:
        files = [(source.name, source.read_bytes())]
    dump = read_dump(files, name=api)
    problems = list(dump.problems)
    texts: dict[str, str] = {}
    for each in () if problems else dump.apis:
        text = _text(each, stream)
        if text is None:
            problems.append(
                f"{each.name} cannot be written as YAML: it has a name that is too long"
            )
        else:
            texts[f"{each.name.replace('.', '/')}.yaml"] = text
    if not texts and not problems:
        problems.append(f"{source}: the input has no API with events")
    changed = [file for file, text in texts.items() if _read(output / file) != text]
    if not force:
        problems += [
            f"{output / file}: the file already exists" for file in changed if _there(output, file)
        ]
    links = {link_on_the_way(output / file) for file in texts} - {None}
    problems += [
        f"{link} is a symbolic link, and lbgen does not write through symbolic links"
        for link in links
    ]
    if problems:
        for problem in problems:
            say(problem, stream=sys.stderr)
        say("nothing was written", stream=sys.stderr)
        return 1
    for file in changed:
        path = output / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[file], encoding="utf-8")
    for each in dump.apis:
        written = output / f"{each.name.replace('.', '/')}.yaml"
        rpcs = ""
        if each.rpcs:
            rpcs = f"; left out {counted(len(each.rpcs), 'RPC')}: {', '.join(each.rpcs)}"
        say(f"{written}: {counted(len(each.events), 'event')} of {each.name}{rpcs}")
    if dump.left_out:
        say(
            "left out, because they have no events or belong to Lightbus: "
            f"{', '.join(dump.left_out)}"
        )
    return 0


def _there(output: Path, file: str) -> bool:
    return (output / file).exists()


def _read(path: Path) -> str | None:
    return path.read_text("utf-8") if path.is_file() else None


def _text(api: DumpedApi, stream: str) -> str | None:
    """The file of an API, with an ignore at each place where the linter would warn.

    What Lightbus's services know by a name cannot be renamed, so the rule is for what comes later.

    Returns:
        The text; `None` where it could not be read again.
    """
    imported = import_api(api, stream=stream)
    file = f"{api.name.replace('.', '/')}.yaml"
    for _ in range(_ROUNDS):
        text = yaml_text(imported.value, imported.comments)
        built = build({file: text.encode()})
        document = built.analysis.sources.get(file)
        if document is None:
            return None
        wrong = [each for each in built.problems if each.rule == "invalid-default"]
        for problem in wrong:
            _leave_out(imported, document, problem)
        found = [each for each in lint(built) if each.severity is not Severity.NOTE]
        for finding in found if not wrong else ():
            _ignore(imported, document, finding)
        if not found and not wrong:
            break
    return yaml_text(imported.value, imported.comments)


def _leave_out(imported: Imported, document: Document, problem: Diagnostic) -> None:
    """Leave a default out that is not a value of its parameter."""
    path = _path(document, problem)
    while path and path[-1] != "default":
        path = path[:-1]
    part: Any = imported.value
    for step in path[:-1]:
        part = part[step]
    if path and "default" in part:
        default = json.dumps(part.pop("default"))
        imported.comment(
            path[:-1],
            f"Lightbus has the default {default} here, which is not valid for the parameter.",
        )


def _path(document: Document, finding: Diagnostic) -> Steps:
    """The part of a file that a finding is about."""
    path: Steps = ()
    for places in (document.key_places, document.places):
        found = [each for each, place in places.items() if place == finding.place]
        path = max(found, key=len, default=path)
    return path


def _ignore(imported: Imported, document: Document, finding: Diagnostic) -> None:
    """Turn a rule off for the part of the contract that a finding is about."""
    path = () if finding.rule == "missing-description" else _path(document, finding)
    while path and not _holds_ignores(imported.value, path):
        path = path[:-1]
    part: Any = imported.value
    for step in path:
        part = part[step]
    ignores = part.setdefault(_IGNORE, {})
    ignores[finding.rule] = _UNDESCRIBED if finding.rule == "missing-description" else _REASON
    if not path:  # before the events, where it is seen
        events = part.pop("events")
        definitions = part.pop("definitions", None)
        part["events"] = events
        if definitions is not None:
            part["definitions"] = definitions


def _holds_ignores(value: Any, path: Steps) -> bool:
    """Whether a path leads to an event or to a schema that is an object."""
    for step in path:
        value = value[step]
    if not is_object(value) or "$ref" in value:
        return False
    if path[0] == "events":
        return (
            len(path) == 2
            or path[-1] in ("parameters", "items", "additionalProperties")
            or (len(path) > 3 and path[-2] in ("properties", "anyOf", "items"))
        )
    return path[-2] in ("definitions", "properties", "anyOf", "items") or path[-1] in (
        "items",
        "additionalProperties",
    )
