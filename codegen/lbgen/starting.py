"""`lbgen init`: what a project needs to start, without touching what is there."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Final

from .console import say, say_lines
from .editor_schema import EDITOR_SCHEMA_ID, editor_schema_text
from .load import ENDINGS

if TYPE_CHECKING:
    from pathlib import Path

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
Next:
  {edit:<26}  your editor's YAML server completes and checks it
  lbgen lint schemas/         what could be better
  lbgen build schemas/        the typed package `generated`\
"""


def start_project(folder: Path) -> int:
    """Write what is missing in a project, and say what to do next.

    Args:
        folder: of the project.

    Returns:
        The exit code.
    """
    schemas = folder / "schemas"
    if schemas.is_dir() and any(schemas.iterdir()):
        say("schemas/ is there and stays as it is")
    else:
        _write(schemas / _EXAMPLE_FILE, _EXAMPLE)
        say(f"schemas/{_EXAMPLE_FILE}: an example contract")
    say(f".lbgen/api.schema.json: {_editor_schema(folder / '.lbgen' / 'api.schema.json')}")
    settings = folder / "pyproject.toml"
    if settings.is_file():
        say(f"pyproject.toml: {_settings(settings)}")
    else:
        say("pyproject.toml is not there, so nothing is written for settings")
    say_lines(_NEXT.format(edit=f"edit {_to_edit(schemas)}"))
    return 0


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
        return "the schema of contracts, for your editor"
    present = path.read_text("utf-8")
    if present == text:
        return "is there and fresh"
    try:
        ours = json.loads(present)["$id"] == EDITOR_SCHEMA_ID
    except (ValueError, KeyError, TypeError):
        ours = False
    if not ours:
        return "is not lbgen's and stays as it is"
    _write(path, text)
    return "now of this version of lbgen"


def _settings(path: Path) -> str:
    text = path.read_text("utf-8")
    try:
        tool = tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError:
        return "cannot be read and stays as it is"
    if "lbgen" in tool:
        return "has settings of lbgen and stays as it is"
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(_SETTINGS if text.endswith("\n") or not text else f"\n{_SETTINGS}")
    return "the table [tool.lbgen.lint]"
