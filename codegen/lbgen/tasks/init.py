"""`lbgen init`: what a project needs to start, without touching what is there."""

from __future__ import annotations

import json
import shlex
import sys
import tomllib
from pathlib import Path
from typing import Final

from ..contract.editor_schema import EDITOR_SCHEMA_ID, editor_schema_text
from ..report.console import say, say_lines
from ..source.links import link_on_the_way
from ..source.load import ENDINGS

__all__ = ["start_project"]

_EXAMPLE_FILE: Final = "shop.yaml"
_EXAMPLE: Final = """\
# yaml-language-server: $schema=../.lbgen/api.schema.json
lbgen: 1
api: shop
description: What happens in our shop.
events:
  order_placed:
    description: A customer placed an order.
    parameters:
      type: object
      required: [order_id, placed_at, total]
      properties:
        order_id: {type: string, format: uuid, description: The new order.}
        placed_at: {type: string, format: date-time, description: When the customer confirmed.}
        total: {$ref: "#/$defs/Money"}
        channel:
          description: Where the customer ordered.
          enum: [web, app, phone]
          default: web
$defs:
  Money:
    description: An amount of money, as a decimal in a string, so that no cent is lost.
    type: object
    required: [amount, currency]
    properties:
      amount: {type: string, pattern: "^-?[0-9]{1,12}\\\\.[0-9]{2}$", examples: ["19.90"]}
      currency: {type: string, pattern: "^[A-Z]{3}$", examples: [EUR]}
"""

_SETTINGS: Final = """
[tool.lbgen.lint]
ignore = []  # ids of rules; `lbgen rule` lists them
"""

_NEXT: Final = """
Next:{move}
  {edit:<26}  your editor completes keywords and marks typos
  lbgen lint schemas/         check the style of the contract
  lbgen build schemas/        generate the typed package `generated`\
"""


def start_project(folder: Path) -> int:
    """Write what is missing in a project, and say what to do next.

    Args:
        folder: of the project.

    Returns:
        The exit code: 2 where something would be written through a symbolic link.
    """
    schemas, settings = folder / "schemas", folder / "pyproject.toml"
    editor = folder / ".lbgen" / "api.schema.json"
    example = () if _holds_something(schemas) else (schemas / _EXAMPLE_FILE,)
    for path in (*example, editor, settings):
        link = link_on_the_way(path)
        if link is not None:
            say(
                f"lbgen init: {link} is a symbolic link, and lbgen does not write through "
                "symbolic links; replace it with its target, or remove it",
                stream=sys.stderr,
            )
            return 2
    try:
        _start(folder, schemas, editor, settings)
    except OSError as error:
        say(f"lbgen init: {error.filename}: {error.strerror}", stream=sys.stderr)
        return 1
    return 0


def _start(folder: Path, schemas: Path, editor: Path, settings: Path) -> None:
    if _holds_something(schemas):
        say(f"{schemas}/ already exists, unchanged")
    else:
        _write(schemas / _EXAMPLE_FILE, _EXAMPLE)
        say(f"{schemas / _EXAMPLE_FILE}: an example contract")
    say(f"{editor}: {_editor_schema(editor)}")
    if settings.is_file():
        say(f"{settings}: {_settings(settings)}")
    else:
        say(f"{settings} does not exist, so no settings were added")
    move = "" if folder == Path() else f"\n  cd {shlex.quote(str(folder))}"
    say_lines(_NEXT.format(move=move, edit=f"edit {_to_edit(schemas)}"))


def _holds_something(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _to_edit(schemas: Path) -> str:
    """The contract of a project that starts; the folder where none of several is the one."""
    files = [path.relative_to(schemas) for path in schemas.rglob("*") if path.is_file()]
    found = [
        path.as_posix()
        for path in files
        if path.suffix in ENDINGS and not any(part.startswith(".") for part in path.parts)
    ]
    if _EXAMPLE_FILE in found:
        return f"schemas/{_EXAMPLE_FILE}"
    return f"schemas/{found[0]}" if len(found) == 1 else "schemas/"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")


def _editor_schema(path: Path) -> str:
    text = editor_schema_text()
    if not path.exists():
        _write(path, text)
        return "the JSON Schema of contracts, for your editor"
    present = path.read_text("utf-8", "replace")
    if present == text:
        return "already up to date"
    try:
        ours = json.loads(present)["$id"] == EDITOR_SCHEMA_ID
    except (ValueError, KeyError, TypeError):
        ours = False
    if not ours:
        return "not written by lbgen, unchanged"
    _write(path, text)
    return "updated to this version of lbgen"


def _settings(path: Path) -> str:
    text = path.read_text("utf-8", "replace")
    try:
        tool = tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError:
        return "cannot be read, unchanged"
    if "lbgen" in tool:
        return "already has settings of lbgen, unchanged"
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(_SETTINGS if text.endswith("\n") or not text else f"\n{_SETTINGS}")
    return "added the table [tool.lbgen.lint]"
