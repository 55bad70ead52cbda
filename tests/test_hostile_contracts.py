"""Nothing of a contract becomes code, or changes how code is read. S1

Every hostile text stands in every position of a contract; what builds is compiled as Python reads
the bytes, imported, and read by ruff.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tokenize
from typing import TYPE_CHECKING, Any

import pytest

from lbgen.findings.diagnostic import Severity
from lbgen.generate.plan.outline import PackagePlan
from lbgen.generate.self_check import check_output
from lbgen.tasks.build import build_folder, compile_folder
from tests.support.hostile_texts import HOSTILE_TEXTS, MARK_FILE
from tests.support.packages import build_json, write_package

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lbgen.compiler import Built


def _contract(parameters: Any, **more: Any) -> dict[str, Any]:
    return {"lbgen": 1, "events": {"happened": {"parameters": parameters}}, **more}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _event(**more: Any) -> dict[str, Any]:
    return {"lbgen": 1, "events": {"happened": {"parameters": _object(a={}), **more}}}


def _branch(tag: Any, **more: Any) -> dict[str, Any]:
    return {"type": "object", "required": ["t"], "properties": {"t": {"const": tag}}, **more}


POSITIONS: dict[str, Callable[[str], dict[str, Any]]] = {
    "title of an API": lambda text: _contract(_object(), title=text),
    "description of an API": lambda text: _contract(_object(), description=text),
    "authoritative": lambda text: _contract(_object(), authoritative=[text]),
    "time zone": lambda text: _contract(_object(), assume_timezone=text),
    "extension of an API": lambda text: {**_contract(_object()), f"x-{text}": {text: text}},
    "title for Lightbus": lambda text: _contract(_object(), title=text, lightbus=True),
    "title of an event": lambda text: _event(title=text),
    "description of an event": lambda text: _event(description=text),
    "deprecation of an event": lambda text: _event(deprecated=text),
    "name of an event": lambda text: {"lbgen": 1, "events": {text: {"parameters": _object()}}},
    "property": lambda text: _contract(_object(**{text: {"type": "string"}})),
    "required property": lambda text: _contract(
        {**_object(**{text: {"format": "date", "type": "string"}}), "required": [text]}
    ),
    "undeclared property": lambda text: _contract({**_object(), "required": [text]}),
    "property with a default": lambda text: _contract(
        _object(**{text: {"type": "array", "default": [text]}, "b": {"type": "integer"}})
    ),
    "property in an object": lambda text: _contract(_object(a=_object(**{text: _object()}))),
    "dependency": lambda text: _contract(
        {**_object(), "dependentSchemas": {text: _object(**{text: {}})}}
    ),
    "pattern of properties": lambda text: _contract(
        {"type": "object", "patternProperties": {text: {"type": "integer"}, "^x": _object()}}
    ),
    "title of a class": lambda text: _contract(_object(a={**_object(b={}), "title": text})),
    "description of a property": lambda text: _contract(
        _object(a={"description": text}, b={**_object(c={"description": text})})
    ),
    "description of a class": lambda text: _contract(
        _object(a={**_object(b={}), "description": text})
    ),
    "comment": lambda text: _contract({**_object(), "$comment": text, "x-note": {text: [text]}}),
    "enum": lambda text: _contract(_object(a={"enum": [text, "b"]}, b={"enum": [[text], 1]})),
    "const": lambda text: _contract(_object(a={"const": text}, b={"const": {text: text}})),
    "default": lambda text: _contract(
        _object(
            a={"type": "string", "default": text},
            b={"default": {text: [text]}},
            c={"enum": [text], "default": text},
        )
    ),
    "example": lambda text: _contract(_object(a={"type": "string", "examples": [text, {text: 1}]})),
    "pattern": lambda text: _contract(_object(a={"type": "string", "pattern": text})),
    "format": lambda text: _contract(_object(a={"type": "string", "format": text})),
    "media type": lambda text: _contract(_object(a={"contentMediaType": text})),
    "definition": lambda text: _contract(
        {
            **_object(a={"$ref": "#/$defs/x"}),
            "$defs": {text: _object(a={}), "x": _object(b={})},
        }
    ),
    "definition that is used": lambda text: {
        **_contract(_object(a={"$ref": f"#/$defs/{_pointer(text)}"})),
        "$defs": {text: _object(a={"type": "string", "format": "uuid"})},
    },
    "tag": lambda text: _contract(_object(a={"oneOf": [_branch(text), _branch("b")]})),
    "name of a tag": lambda text: _contract(
        _object(
            a={
                "oneOf": [
                    {**_object(**{text: {"const": n}, f"x{n}": {}}), "required": [text]}
                    for n in (1, 2)
                ]
            }
        )
    ),
    "id": lambda text: _contract({**_object(a={}), "$id": f"https://example.com/{text}"}),
    "anchor": lambda text: _contract({**_object(a={}), "$anchor": text}),
    "dialect": lambda text: {**_contract(_object()), "$schema": text},
    "reference": lambda text: _contract(_object(a={"$ref": text})),
}


def _pointer(text: str) -> str:
    from urllib.parse import quote

    return quote(text.replace("~", "~0").replace("/", "~1").encode("utf-8", "replace"))


def _numbered(document: dict[str, Any], number: int) -> dict[str, Any]:
    return {"api": f"api_{number}", **document}


def _errors(built: Built) -> list[Any]:
    return [each for each in built.problems if each.severity is Severity.ERROR]


def _read_as_python_does(text: str) -> None:
    data = text.encode()
    assert tokenize.detect_encoding(io.BytesIO(data).readline)[0] == "utf-8"
    compile(data, "generated", "exec", dont_inherit=True)
    assert re.sub(r"[\n -~]", "", text).isprintable() or text.isascii()


_IMPORT_ALL = """
import importlib, pathlib
for file in sorted(pathlib.Path().glob("*/*.py")):
    importlib.import_module(".".join(file.with_suffix("").parts))
"""


def _import_all(folder: Path) -> None:
    """Import every module of every package in a folder, and see that nothing of theirs ran."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _IMPORT_ALL],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not list(folder.rglob(MARK_FILE))


def _lint(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--quiet", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[:4000]


@pytest.mark.thorough
def test_a_hostile_text_in_any_position_is_data_or_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for index, (position, make) in enumerate(POSITIONS.items()):
        accepted: dict[str, Any] = {}
        for number, text in enumerate(HOSTILE_TEXTS):
            document = _numbered(make(text), number)
            built = build_json({f"f{number}.json": document})
            if errors := _errors(built):
                assert all(each.place.line >= 1 and each.message for each in errors)
                assert "unexpected-code" not in {each.rule for each in errors}, (position, text)
                continue
            for generated in built.files.values():
                _read_as_python_does(generated)
            accepted[f"f{number}.json"] = document
        if accepted:
            write_package(build_json(accepted), tmp_path / f"position_{index}")
    assert len(list(tmp_path.glob("*/_schemas.py"))) > len(POSITIONS) - 8
    _import_all(tmp_path)
    _lint(tmp_path)


FILE_TEXTS = [text for text in HOSTILE_TEXTS if "\x00" not in text and len(text) < 150]


@pytest.mark.parametrize("position", ["file", "folder", "shared file", "event file"])
def test_a_hostile_name_of_a_file_is_data_or_refused(
    position: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shared = '{"$defs": {"T": {"type": "object", "properties": {"a": {}}}}}'
    built = 0
    for number, text in enumerate(FILE_TEXTS):
        schemas = tmp_path / f"schemas-{number}"
        name = text.replace("/", "|") or "x"
        if name in {".", ".."}:
            continue
        path, content = {
            "file": (f"{name}.json", _contract(_object(), api="shop")),
            "folder": (f"{name}/shop.json", _contract(_object(), api="shop")),
            "shared file": (
                "shop.json",
                _contract(_object(a={"$ref": f"{_pointer(name)}.json#/$defs/T"}), api="shop"),
            ),
            "event file": (f"shop/{name}.schema.json", _object(a={})),
        }[position]
        try:
            (schemas / path).parent.mkdir(parents=True)
            if position == "shared file":
                (schemas / f"{name}.json").write_text(shared)
            (schemas / path).write_text(json.dumps(content))
        except (OSError, UnicodeEncodeError):
            continue  # the file system has no such name
        found = compile_folder(schemas)
        if _errors(found):
            assert not found.files
            continue
        for generated in found.files.values():
            _read_as_python_does(generated)
        write_package(found, tmp_path / f"package_{number}")
        built += 1
    assert built > (0 if position == "event file" else len(FILE_TEXTS) // 2)
    _import_all(tmp_path)


def test_the_name_of_a_contract_file_never_says_how_its_module_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S1: the file name holds a coding line, the description the end of a docstring in UTF-7."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schemas").mkdir()
    run = f"+AAoAIgAiACIACg-open(+ACI-{MARK_FILE}+ACI-, +ACI-w+ACI-)+AAoAIgAiACI-"
    contract = _contract(_object(a={}), api="shop", description=f"Orders. {run}")
    (tmp_path / "schemas" / "shop coding=utf-7 .json").write_text(json.dumps(contract))
    assert build_folder(tmp_path / "schemas", tmp_path / "out", check=False, format="text") == 0
    _import_all(tmp_path)


@pytest.mark.parametrize("text", [*filter(None, FILE_TEXTS), "a.b", "-", "con"])
def test_a_hostile_output_folder_is_a_package_or_refused(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "shop.json").write_text(json.dumps(_contract(_object(), api="shop")))
    name = text.replace("/", "|")
    code = build_folder(tmp_path / "schemas", tmp_path / name, check=False, format="text")
    assert code == (0 if name.isidentifier() and name not in {"class", "None"} else 2)
    assert {path.name for path in tmp_path.iterdir()} <= {"schemas", name}


@pytest.mark.parametrize(
    ("spoilt", "named"),
    [
        ("# coding: utf-7\n{}", "utf-7"),
        ("# coding: no-such-coding\n{}", "no-such-coding"),
        ("{}\n# noqa\n", "comment of its own"),
        ("{}\nX = 1  # type: ignore\n", "comment of its own"),
        ("{}\nprint()\n", "instead of"),
        ("{}\nX = 1\n", "instead of"),
        ("{}\n'\u202e'\n", "cannot be seen"),
        ("{}\n'\x07'\n", "cannot be seen"),
        ("{}\n'\ud800'\n", "surrogates"),
        ("{}\n(\n", "does not parse"),
    ],
)
@pytest.mark.parametrize("path", ["shop.py", "__init__.py", "_schemas.py"])
def test_a_generated_file_that_is_not_what_was_planned_is_a_finding(
    path: str, spoilt: str, named: str
) -> None:
    built = build_json({"shop.json": _contract(_object(a={}), api="shop")})
    assert isinstance(built.package, PackagePlan)
    files = dict(built.files)
    assert check_output(files, built.package) == []
    files[path] = spoilt.replace("{}", files[path])
    problems = check_output(files, built.package)
    assert {problem.rule for problem in problems} == {"unexpected-code"}
    assert all(path in problem.message for problem in problems)
    assert any(named in problem.message for problem in problems)
