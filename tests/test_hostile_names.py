"""No name of a contract hides a name that the generated code uses. S8, G5, G6, G7

Every name that generated code uses, and others that mean something to Python, to dataclasses or to
lbgen, stand in every position where a contract gives a name. The packages are imported, used, and
read by both type checkers and the linter.
"""

from __future__ import annotations

import ast
import json
import keyword
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import lbgen_runtime
from lbgen.generate.names import USED_IN_CLASSES, USED_IN_PACKAGE, class_name, parameter_name
from lbgen.generate.plan.imports import PLAIN
from lbgen_runtime import Event
from tests.support.packages import build_json, imported, place_of, write_package
from tests.support.servers import Server

if TYPE_CHECKING:
    from pathlib import Path


def _thing(**more: Any) -> dict[str, Any]:
    return {"type": "object", "required": ["zz"], "properties": {"zz": {"type": "integer"}}, **more}


def _event(name: str) -> dict[str, Any]:
    """Parameters of which one has the name, and neighbors of every type."""
    return {
        "type": "object",
        "required": ["zz_id", "zz_thing", "zz_any"],
        "properties": {
            name: {"type": "string", "default": "x"},
            "zz_any": {},
            "zz_bool": {"type": "boolean", "default": True},
            "zz_int": {"type": "integer", "default": 1},
            "zz_float": {"type": "number"},
            "zz_list": {"type": "array", "items": {"type": "string"}, "default": ["x"]},
            "zz_dict": {"type": "object", "additionalProperties": {"type": "integer"}},
            "zz_enum": {"enum": ["a", "b"], "default": "a"},
            "zz_id": {"type": "string", "format": "uuid"},
            "zz_time": {"type": "string", "format": "date-time"},
            "zz_pair": {"type": "array", "prefixItems": [{"type": "string"}], "items": False},
            "zz_union": {"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
            "zz_long": {"anyOf": [_thing(title=f"Zz thing number {i}") for i in range(6)]},
            "zz_never": {"type": "array", "items": False},
            "zz_thing": {"$ref": "#/$defs/Zz"},
        },
    }


def _contract(api: str, event: str, parameters: Any, **defs: Any) -> dict[str, Any]:
    return {
        "lbgen": 1,
        "api": api,
        "events": {event: {"parameters": parameters}},
        "$defs": {"Zz": _thing(), **defs},
    }


def _used() -> set[str]:
    """Every name that generated code uses and that no contract has given it."""
    built = build_json(
        {
            "zz.json": _contract("zz", "zz_happened", _event("zz")),
            "zz/below.json": _contract("zz.zz_below", "zz_happened", _event("zz")),
            "zz/step.json": _contract("zz_a.zz_step", "zz_happened", _event("zz")),
        }
    )
    found: set[str] = set()
    for text in built.files.values():
        for node in ast.walk(ast.parse(text)):
            match node:
                case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                    found.add(name)
                case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                    found.add(name)
                case ast.alias(name=name, asname=other):
                    found |= {*name.split("."), other or name}
                case _:
                    pass
    bare = {name.strip("_") for name in found}
    return {name for name in found | bare if "zz" not in name.lower()}


NAMES = sorted(
    {
        *_used(),
        *USED_IN_CLASSES,
        *USED_IN_PACKAGE,
        *keyword.kwlist,
        *keyword.softkwlist,
        *dir(Event),
        *lbgen_runtime.__all__,
        *("property", "type", "id", "super", "len", "set", "bytes", "Exception", "TypeError"),
        *("annotations", "init", "shop", "module_shop", "_module_shop", "model_dump", "fields"),
        *("Happened", "HappenedEndpoint", "Zz", "ZzApi", "ShopApi", "ShopApis", "dataclass"),
        *("additional_properties", "additional_properties_"),
    }
)
FEW = sorted(
    {*USED_IN_CLASSES, *USED_IN_PACKAGE, *keyword.kwlist, "Zz", "ZzApi", "ShopApi", "ShopApis"}
    | {"API", "SCHEMAS", "lbgen", "codec", "cached_property", "schemas", "init", "module_shop"}
    | {"name", "bus", "fire", "datetime", "uuid", "property", "type", "Event", "Record", "model"}
)
"""Those for positions that take a module each."""
LETTER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
"""What the names of APIs and events may be."""


SMALL = {"type": "object", "properties": {"a": {"type": "integer"}}}


def _as_properties(names: list[str]) -> dict[str, Any]:
    """Names as properties: with a default, required, undeclared, optional, and of a class."""
    typed = {"type": "string", "format": "date"}
    texts = {name: {"type": "string", "default": "x"} for name in names}
    first = _event(names[0])
    first["properties"] |= texts
    first["properties"]["zz_required"] = {
        "type": "object",
        "required": names,
        "properties": {**dict.fromkeys(names, typed), "zz_more": {"$ref": "#/$defs/Zz"}},
        "additionalProperties": {"type": "integer"},
    }
    first["properties"]["zz_undeclared"] = {
        "type": "object",
        "required": names,
        "properties": {"zz_more": {"$ref": "#/$defs/Zz"}, "zz_enum": {"enum": ["a"]}},
    }
    first["properties"]["zz_objects"] = {
        "type": "object",
        "properties": {
            **{name: _thing(title=f"{name} thing") for name in names},
            "zz_enum": {"enum": [1]},
        },
    }
    first["properties"]["zz_optional"] = {
        "type": "object",
        "properties": {
            **{name: {"type": ["string", "null"]} for name in names},
            "zz_any": {},
            "zz_date": typed,
        },
    }
    return first


def _as_classes(names: list[str]) -> dict[str, Any]:
    """Names as keys of `$defs` and as titles, and each class beside a property of its name."""
    parameters = _event("name")
    for name in names:
        parameters["properties"][f"zz_by_key_{name}"] = {"$ref": f"#/$defs/{name}"}
        parameters["properties"][name] = {"$ref": f"#/$defs/{name}"}
    return parameters


def _of_event(name: str) -> dict[str, Any]:
    """Parameters of an event of a name, of which one has the name of the event and its class."""
    parameters = _event(name)
    few = (name, "zz_any", "zz_enum", "zz_id", "zz_time", "zz_thing")
    properties = {key: parameters["properties"][key] for key in few}
    properties.setdefault(class_name(name).rstrip("_"), {"type": "integer"})
    return parameters | {"properties": properties}


def _as_shared(name: str) -> dict[str, Any]:
    """The name as that of a file with types: one that other files have too, and one of its own."""
    refs = {key: {"$ref": f"../{name}.json#/$defs/{key}"} for key in ("Thing", f"{name}Thing")}
    return {"type": "object", "properties": {"a": {"type": "integer"}, **refs}}


def _apart(names: list[str]) -> list[list[str]]:
    """The names that APIs and events can have, in lists in which no two become one."""
    lists: list[dict[str, str]] = []
    for name in names:
        if LETTER.fullmatch(name):
            key = class_name(name).lower().strip("_")
            free = next((each for each in lists if key not in each), None)
            if free is None:
                lists.append(free := {})
            free[key] = name
    return [list(each.values()) for each in lists]


def _packages() -> dict[str, dict[str, Any]]:
    """The documents of a package for each kind of position."""
    found: dict[str, dict[str, Any]] = {"properties": {}}
    for i in range(0, len(NAMES), 40):
        found["properties"][f"n{i}.json"] = _contract(
            f"n{i}", "zz_happened", _as_properties(NAMES[i : i + 40])
        )
    reserved = {each for each in dir(lbgen_runtime.Bus) if not each.startswith("_")}
    for i, every in enumerate(_apart(NAMES)):
        defs = {name: _thing() for name in every}
        titled = {f"d{j}": _thing(title=name) for j, name in enumerate(every)}
        titles = {"type": "object", "properties": {k: {"$ref": f"#/$defs/{k}"} for k in titled}}
        found[f"classes_{i}"] = {
            "keys.json": _contract("keys", "zz_happened", _as_classes(every), **defs),
            "titles.json": _contract("titles", "zz_happened", titles, **titled),
            "events.json": {
                **_contract("events", "zz_happened", SMALL),
                "events": {name: {"parameters": _of_event(name)} for name in every},
            },
        }
    for i, every in enumerate(_apart(FEW)):
        names = [name for name in every if name not in reserved]
        found[f"apis_{i}"] = {f"{n}.json": _contract(n, "happened", SMALL) for n in names}
        found[f"steps_{i}"] = {
            f"{n}.json": _contract(f"{n}.{n}.{n}", "happened", SMALL) for n in names
        }
        found[f"below_{i}"] = {
            "shop.json": _contract("shop", "zz_happened", SMALL),
            **{f"{n}.json": _contract(f"shop.{n}", "paid", SMALL) for n in every},
            **{f"far/{n}.json": _contract(f"shop.x.y.z{n}.{n}", "paid", SMALL) for n in every},
        }
        found[f"shared_{i}"] = {
            "some/events.json": {
                "lbgen": 1,
                "api": "some.events",
                "events": {f"happened_{n}": {"parameters": _as_shared(n)} for n in every},
            },
            **{f"{n}.json": {"$defs": {"Thing": _thing(), f"{n}Thing": _thing()}} for n in every},
        }
    return found


PACKAGES = _packages()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a package for each kind of position."""
    folder = tmp_path_factory.mktemp("names")
    for name, documents in PACKAGES.items():
        built = build_json(documents)
        assert not place_of(built)
        write_package(built, folder / name)
    return folder


def _accepts(folder: Path, *command: str) -> None:
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[:5000]


def test_packages_with_hostile_names_pass_mypy_strict(folder: Path) -> None:
    _accepts(folder, "-m", "mypy", "--strict", "--config-file=", ".")


@pytest.mark.thorough
def test_packages_with_hostile_names_pass_pyright_strict(folder: Path) -> None:
    (folder / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    _accepts(folder, "-m", "pyright", "-p", ".")


def test_packages_with_hostile_names_are_clean(folder: Path) -> None:
    ignored = "--extend-ignore=N999"  # an API's own name, where it has capitals
    _accepts(folder, "-m", "ruff", "check", "--isolated", "--no-cache", "--quiet", ignored, ".")
    _accepts(folder, "-m", "ruff", "format", "--check", "--isolated", ".")


def _value(schema: dict[str, Any], defs: dict[str, Any]) -> Any:
    """A value of one of this file's schemas, with everything in it that is declared."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return _value(defs.get(name, _thing()), defs)
    if schema.get("format"):
        return {
            "uuid": "6a4bd5b0-ffcb-4e0f-a8a4-ab6ca4b5a1b2",
            "date-time": "2026-11-23T09:00:00+00:00",
            "date": "2026-11-23",
        }[schema["format"]]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _value(schema["anyOf"][0], defs)
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            undeclared = {name: 1 for name in schema.get("required", []) if name not in properties}
            return {name: _value(each, defs) for name, each in properties.items()} | undeclared
        case "array":
            return [_value(each, defs) for each in schema.get("prefixItems", [])]
        case "integer":
            return 7
        case "number":
            return 1.5
        case "boolean":
            return False
        case _:
            return "text"


@pytest.mark.parametrize("package", PACKAGES)
def test_events_with_hostile_names_are_read_written_and_fired(package: str, folder: Path) -> None:
    server = Server("valkey")
    try:
        with imported(folder / package) as generated:
            fired: list[str] = []
            bus = generated.Bus(service_name="names", redis_url=server.url)
            for document in PACKAGES[package].values():
                fired += [_fire(bus, document, event) for event in document.get("events", {})]
            bus.close()
        assert len(set(fired)) == len(fired) > 0
        found = sum(server.client.xlen(key) for key in server.client.keys("*:stream"))
        assert found == len(fired)
    finally:
        server.stop()


def _fire(bus: Any, document: dict[str, Any], name: str) -> str:
    """Read an event, write it, and fire it by what it was read as."""
    api = bus
    for step in document["api"].split("."):
        api = getattr(api, parameter_name(step))
    endpoint = getattr(api, parameter_name(name))
    event_type = next(each.__args__[0] for each in type(endpoint).__orig_bases__)
    value = _value(document["events"][name]["parameters"], document.get("$defs", {}))
    event = event_type.from_json(json.dumps(value))
    assert json.loads(event.to_json()) == value
    assert event_type.from_dict(event.to_dict()) == event
    fired: str = endpoint.fire(**event.__dict__)
    return fired


def test_generated_code_uses_no_name_that_is_not_listed() -> None:
    """A name without a `_` before it is listed, so that it never means something of a contract."""
    built = build_json({"zz.json": _contract("zz", "zz_happened", _event("zz"))})
    loaded: set[str] = set()
    for file, text in built.files.items():
        tree = ast.parse(text if file.endswith(".py") else "")
        names = {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)}
        loaded |= names - {each.arg for each in ast.walk(tree) if isinstance(each, ast.arg)}
    loaded = {name for name in loaded if name[0] != "_" and "zz" not in name.lower()}
    of_functions, exported = {"module"}, {"SCHEMAS"}
    assert loaded - of_functions - exported <= USED_IN_CLASSES | USED_IN_PACKAGE | PLAIN
