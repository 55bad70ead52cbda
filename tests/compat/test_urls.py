"""URLs that stand for files (`[tool.lbgen.urls]`) mean to the check what they mean to a build."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from lbgen.tasks.check import run_check
from tests.compat.repositories import commit, git, repository, write

if TYPE_CHECKING:
    from pathlib import Path

URLS = '[tool.lbgen.urls]\n"https://schemas.example.com/common/" = "common/"\n'
MONEY = {"$defs": {"Amount": {"type": "string"}}, "type": "object", "properties": {}}
PAID = {
    "type": "object",
    "required": ["price"],
    "properties": {
        "price": {"$ref": "https://schemas.example.com/common/money.json#/$defs/Amount"}
    },
}
STOCK = {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}}}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(URLS)
    files = {
        "common/money.json": json.dumps(MONEY),
        "shop/order_paid.schema.json": json.dumps(PAID),
        "shop/stock_changed.schema.json": json.dumps(STOCK),
    }
    repository(folder, files)
    monkeypatch.chdir(folder)
    return folder


def found(folder: Path) -> list[tuple[str, str]]:
    result = run_check(folder / "schemas", against=["main"])
    return [(one.rule, one.where) for one in result.findings]


def test_what_refers_by_a_url_is_decided(project: Path) -> None:  # contract/01
    more = {**PAID, "properties": {**PAID["properties"], "note": {"type": "string"}}}  # type: ignore[dict-item]
    longer = {**STOCK, "properties": {"sku": {"type": "string", "minLength": 3}}}
    write(project, {"shop/order_paid.schema.json": json.dumps(more)})
    write(project, {"shop/stock_changed.schema.json": json.dumps(longer)})
    assert found(project) == [("compat-limit-tightened", "shop.stock_changed#sku")]


def test_a_break_behind_a_url_is_found(project: Path) -> None:  # contract/01
    money = {**MONEY, "$defs": {"Amount": {"type": "integer"}}}
    write(project, {"common/money.json": json.dumps(money)})
    assert found(project) == [("compat-type-changed", "shop.order_paid#price")]


def test_a_url_that_stands_for_another_file_now_is_a_change(project: Path) -> None:  # K12
    other = {**MONEY, "$defs": {"Amount": {"type": "integer"}}}
    commit(project, {"other/money.json": json.dumps(other)}, "other")
    (project / "pyproject.toml").write_text(URLS.replace('= "common/"', '= "other/"'))
    assert found(project) == [("compat-type-changed", "shop.order_paid#price")]
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "other money")
    assert found(project) == []


def test_a_draft_that_means_another_one_now_is_a_change(project: Path) -> None:  # K12
    tuple_ = {
        "$schema": "https://schemas.example.com/ours",
        "type": "object",
        "required": ["pair"],
        "properties": {"pair": {"type": "array", "items": [{"type": "string"}]}},
    }
    drafts = '[tool.lbgen.drafts]\n"https://schemas.example.com/ours" = "{}"\n'
    (project / "pyproject.toml").write_text(URLS + drafts.format("2019-09"))
    commit(project, {"shop/pair_made.schema.json": json.dumps(tuple_)}, "pair")
    assert found(project) == []
    prefix = {
        **tuple_,
        "properties": {"pair": {"type": "array", "prefixItems": [{"type": "string"}]}},
    }
    (project / "pyproject.toml").write_text(URLS + drafts.format("2020-12"))
    write(project, {"shop/pair_made.schema.json": json.dumps(prefix)})
    assert found(project) == []
    # The same text, in which `prefixItems` means nothing now.
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "2020-12")
    (project / "pyproject.toml").write_text(URLS + drafts.format("2019-09"))
    assert found(project) != []
