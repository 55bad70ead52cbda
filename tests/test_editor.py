"""The editor's schema: complete, closed and self-contained, and understood by the real server."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from lbgen.contract.editor_schema import editor_schema
from lbgen.lint.linter import lint
from lbgen.schema.drafts import DRAFT_2020_12
from lbgen.source.load import load
from lbgen.tasks.build import compile_folder
from lbgen.tasks.init import start_project
from tests.support.language_server import LanguageServer

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCHEMAS = Path(__file__).parents[1] / "schemas"
_PACKAGE = "yaml-language-server@1"
_RETIRED = {"$recursiveAnchor", "$recursiveRef", "$vocabulary", "dependencies"}


def _valid(value: Any) -> bool:
    return jsonschema_rs.Draft7Validator(editor_schema(), offline=True).is_valid(value)


def _contract(parameters: Any) -> dict[str, Any]:
    return {"lbgen": 1, "api": "shop", "events": {"order_placed": {"parameters": parameters}}}


def test_it_accepts_the_contracts_of_the_example() -> None:
    sources = {
        path.relative_to(_SCHEMAS).as_posix(): path.read_bytes()
        for path in _SCHEMAS.rglob("*.yaml")
    }
    documents, _ = load(sources)
    contracts = [each.value for each in documents.values() if "lbgen" in each.value]
    assert len(contracts) == 3
    assert all(map(_valid, contracts))


def test_it_has_every_keyword_with_a_description() -> None:
    properties = editor_schema()["definitions"]["schema"]["properties"]
    assert properties.keys() - {"x-lbgen-ignore"} == DRAFT_2020_12.keywords.keys() - _RETIRED
    assert all(
        value.get("description") for key, value in properties.items() if key != "x-lbgen-ignore"
    )


@pytest.mark.parametrize(
    "parameters",
    [
        {"type": "strng"},
        {"minLenght": 1},
        {"properties": {"sku": {"minLenght": 1}}},
        {"properties": {"sku": {"items": {"oneOf": [{"patern": "x"}]}}}},
        {"minLength": -1},
        7,
    ],
)
def test_it_refuses_what_the_compiler_refuses(parameters: Any) -> None:
    assert _valid(_contract({"type": "object", "x-note": 1}))
    assert not _valid(_contract(parameters))


def test_it_refers_to_nothing_outside() -> None:
    references = re.findall(r'"\$ref": "([^"]+)"', json.dumps(editor_schema()))
    known = editor_schema()["definitions"]
    assert {each.removeprefix("#/definitions/") for each in references} <= known.keys()


def test_init_makes_a_project_that_builds_and_lints_and_touches_nothing_of_an_older_one(
    tmp_path: Path,
) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    with redirect_stdout(io.StringIO()) as out:
        assert start_project(tmp_path) == 0
        built = compile_folder(tmp_path / "schemas")
        assert built.files
        assert lint(built) == ()
        before = {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
        (tmp_path / "schemas/shop.yaml").write_text("mine")
        assert start_project(tmp_path) == 0
    after = {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    assert after == {**before, tmp_path / "schemas/shop.yaml": "mine"}
    assert "[tool.lbgen.lint]" in (tmp_path / "pyproject.toml").read_text()
    assert "lbgen build schemas/" in out.getvalue()


@pytest.mark.parametrize(
    ("present", "named"),
    [
        ([], "edit schemas/shop.yaml "),
        (["orders.yaml", ".lbgen-breaks.yaml"], "edit schemas/orders.yaml "),
        (["auth.yaml", "orders.yaml"], "edit schemas/ "),
    ],
)
def test_init_names_what_is_there_to_edit(tmp_path: Path, present: list[str], named: str) -> None:
    for name in present:
        (tmp_path / "schemas").mkdir(exist_ok=True)
        (tmp_path / "schemas" / name).write_text("mine")
    out = io.StringIO()
    with redirect_stdout(out):
        assert start_project(tmp_path) == 0
    assert named in out.getvalue()
    assert "pyproject.toml does not exist" in out.getvalue()
    assert not (tmp_path / "pyproject.toml").exists()


@pytest.fixture(scope="module")
def server_command(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command of the YAML language server, freshly installed."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("the YAML language server needs node and npm, which are not there")
    folder = tmp_path_factory.mktemp("npm")
    install = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder)]
    try:
        done = subprocess.run(
            [*install, _PACKAGE], capture_output=True, text=True, timeout=180, check=False
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm did not install {_PACKAGE} within three minutes")
    if done.returncode:
        pytest.skip(f"npm cannot install {_PACKAGE}: {done.stderr.strip()[-200:]}")
    return [node, str(folder / "node_modules/yaml-language-server/bin/yaml-language-server")]


_TEXT = """\
# yaml-language-server: $schema=../.lbgen/api.schema.json
lbgen: 1
api: shop
events:
  order_placed:
    parameters:
      type: object
      properties:
        sku:
          type: string
          minLenght: 1
        name:
          type: string
          min
        size:
          type: integer
          maximum: 3
"""


@pytest.fixture(scope="module")
def opened(
    server_command: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LanguageServer, str]]:
    """A server that has a contract with a misspelt keyword open, found through its modeline."""
    project = tmp_path_factory.mktemp("project")
    with redirect_stdout(io.StringIO()):
        start_project(project)
    contract = project / "schemas/shop.yaml"
    contract.write_text(_TEXT)
    yaml = {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}
    server = LanguageServer([*server_command, "--stdio"], project, {"yaml": yaml})
    yield server, server.open(contract)
    server.stop()


def _line(text: str) -> int:
    return next(number for number, row in enumerate(_TEXT.splitlines()) if row.strip() == text)


def test_the_language_server_marks_a_misspelt_keyword(opened: tuple[LanguageServer, str]) -> None:
    server, uri = opened
    found = server.diagnostics(uri)
    marked = [each for each in found if each["range"]["start"]["line"] == _line("minLenght: 1")]
    assert marked, found
    assert "minLenght" in marked[0]["message"]


def test_the_language_server_completes_keywords(opened: tuple[LanguageServer, str]) -> None:
    server, uri = opened
    found = server.at("textDocument/completion", uri, _line("min"), len("          min"))
    labels = {item["label"] for item in found["items"]}
    assert {"minLength", "minimum", "minItems"} <= labels


def test_the_language_server_explains_a_keyword(opened: tuple[LanguageServer, str]) -> None:
    server, uri = opened
    found = server.at("textDocument/hover", uri, _line("maximum: 3"), len("          max"))
    contents = found["contents"]
    assert "The maximum" in (contents if isinstance(contents, str) else contents["value"])
