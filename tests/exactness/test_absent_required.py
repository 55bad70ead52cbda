"""A field that only one branch requires may be absent, and is then sent as absent."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

from tests.support.packages import build_json, contract_of, imported, write_package

if TYPE_CHECKING:
    from pathlib import Path

SEEN: dict[str, Any] = json.loads("""
{"type": "object", "properties": {"True": {"anyOf": [{"$ref": "#/$defs/Event"},
{"$ref": "#/$defs/Record"}]}, "kind": {"enum": ["x", "y"]}}, "anyOf": [{"properties": {"True":
{"type": "object", "properties": {"with": {"type": "number", "multipleOf": 0.5}}, "required":
["with"]}}, "required": ["with"], "oneOf": [{"properties": {"with": {"$ref": "#/$defs/Record"}},
"not": {"required": ["Bus"]}, "dependentRequired": {"from_json": ["True"]}}]}, {"properties":
{"kind": {"type": "object", "properties": {"Bus": {"type": "integer"}, "True": {"const": true}}},
"from_json": {"type": "integer"}}, "title": "List"}], "not": {"required": ["kind"]}}
""")
DEFINITIONS: dict[str, Any] = json.loads("""
{"Event": {"type": "object", "properties": {"with": {"type": ["string", "null"]}}, "required":
["from_json"], "title": "Event"}, "Record": {"type": "object", "properties": {"True": {"$ref":
"#/$defs/Event"}, "from_json": {}}, "additionalProperties": true}}
""")


def test_what_no_branch_required_is_not_sent(tmp_path: Path) -> None:
    contract = {**contract_of("x", seen=SEEN), "$defs": DEFINITIONS}
    with imported(write_package(build_json({"x.json": contract}), tmp_path / "absent_required")):
        seen = importlib.import_module("absent_required.x").Seen
        given = {"True": {"from_json": None}, "from_json": 7}
        assert json.loads(seen.from_dict(given).to_json()) == given
