"""The old version in clones that lack a part of it, in linked worktrees and hooks."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from lbgen.cli.app import app
from tests.compat.repositories import CONTRACT, commit, git, repository, write

if TYPE_CHECKING:
    from pathlib import Path

BROKEN = CONTRACT.replace("email: {", "mail: {").replace("order_id, email]", "order_id, mail]")


def check(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["check", "schemas", *arguments])


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """`main` has three versions; `feature` breaks the third one."""
    folder = repository(tmp_path / "origin", {"orders.yaml": CONTRACT.replace("[web", "[fax, web")})
    commit(folder, {"orders.yaml": CONTRACT.replace("[web", "[telex, web")}, "two")
    commit(folder, {"orders.yaml": CONTRACT}, "three")
    git(folder, "config", "uploadpack.allowFilter", "true")
    git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(folder, "checkout", "--quiet", "-b", "feature")
    commit(folder, {"orders.yaml": BROKEN}, "break")
    return folder


def clone(origin: Path, *options: str) -> Path:
    folder = origin.parent / "clone"
    git(origin.parent, "clone", "--quiet", *options, f"file://{origin}", str(folder))
    return folder


def test_a_shallow_clone_is_not_compared_with_another_commit(
    origin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = clone(origin, "--depth=1", "--no-single-branch")
    monkeypatch.chdir(folder)
    result = check("--against", "main")
    assert result.exit_code == 2
    assert "does not contain the merge base" in result.output
    assert check("--against-tip", "main").exit_code == 1
    git(folder, "fetch", "--quiet", "--unshallow", "origin", "main")
    assert check("--against", "main").exit_code == 1


@pytest.mark.parametrize(("count", "code"), [(1, 1), (2, 2), (4, 2)])
def test_a_shallow_clone_has_no_fewer_versions_than_were_asked_for(  # K8
    origin: Path, monkeypatch: pytest.MonkeyPatch, count: int, code: int
) -> None:
    folder = clone(origin, "--depth=3")
    monkeypatch.chdir(folder)
    result = check("--against", "HEAD~1", "--transitive", str(count))
    assert result.exit_code == code, result.output
    assert ("this clone is shallow" in result.output) == (code == 2)
    git(folder, "fetch", "--quiet", "--unshallow", "origin", "feature")
    assert check("--against", "HEAD~1", "--transitive", str(count)).exit_code == 1


def test_a_partial_clone_fetches_what_it_needs(
    origin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = clone(origin, "--filter=blob:none")
    monkeypatch.chdir(folder)
    assert check("--against", "HEAD~1").exit_code == 1


@pytest.mark.parametrize("left_out", ["blob:none", "tree:0"])
def test_a_partial_clone_without_its_remote_is_not_compatible(  # K3
    origin: Path, monkeypatch: pytest.MonkeyPatch, left_out: str
) -> None:
    folder = clone(origin, f"--filter={left_out}")
    origin.rename(origin.with_name("gone"))
    monkeypatch.chdir(folder)
    result = check("--against", "HEAD~1")
    assert result.exit_code == 2, result.output
    assert "git cannot read it" in result.output


def test_a_linked_worktree_is_compared_with_its_own_branch(  # K15
    origin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked = origin.parent / "linked"
    git(origin, "worktree", "add", "--quiet", str(linked), "main")
    write(linked, {"orders.yaml": BROKEN})
    monkeypatch.chdir(linked)
    # What git sets for a hook that runs there.
    monkeypatch.setenv("GIT_DIR", str(origin / ".git" / "worktrees" / "linked"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(origin / ".git" / "worktrees" / "linked" / "index"))
    monkeypatch.setenv("GIT_PREFIX", "")
    assert check("--against", "HEAD").exit_code == 1
    assert check("--against-tip", "feature").exit_code == 0


@pytest.mark.parametrize("name", ["GIT_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"])
def test_the_environment_leads_to_no_other_repository(  # K15
    origin: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    other = repository(origin.parent / "other", {"orders.yaml": BROKEN})
    monkeypatch.chdir(origin)
    paths = {"GIT_WORK_TREE": other, "GIT_DIR": other / ".git"}
    monkeypatch.setenv(name, str(paths.get(name, other / ".git" / "objects")))
    assert check("--against", "main").exit_code == 1


def test_a_hook_that_commits_a_break_fails(origin: Path) -> None:  # K15
    linked = origin.parent / "linked"
    git(origin, "worktree", "add", "--quiet", str(linked), "main")
    hook = origin / ".git" / "hooks" / "pre-commit"
    hook.write_text(f"#!/bin/sh\nexec {sys.executable} -m lbgen check schemas --against HEAD\n")
    hook.chmod(0o755)
    write(linked, {"orders.yaml": BROKEN})
    command = ["git", "-C", str(linked), "commit", "--quiet", "--all", "--message", "break"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "compat-parameter-renamed" in done.stdout + done.stderr


def test_a_repository_of_somebody_else_is_told_as_such(  # K23
    origin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(origin)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    result = check("--against", "main")
    assert result.exit_code == 2
    assert "dubious ownership" in result.output
    assert "safe.directory" in result.output


def test_without_git_every_name_is_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in (("schemas", BROKEN), ("old", CONTRACT)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "orders.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert check("--against", "old").exit_code == 1
    assert check("--against", "main").exit_code == 2


def test_a_machine_without_git_says_so(origin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(origin)
    monkeypatch.setenv("PATH", "/nowhere")
    result = check("--against", "main")
    assert result.exit_code == 2
    assert "cannot run git" in result.output


def test_a_path_needs_no_git(origin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = origin.parent / "old"
    old.mkdir()
    (old / "orders.yaml").write_text(CONTRACT)
    monkeypatch.chdir(origin)
    monkeypatch.setenv("PATH", "/nowhere")
    assert check("--against", "../old").exit_code == 1


@pytest.mark.parametrize("inside", ["", "schemas", "other", ".."])
def test_the_working_directory_decides_nothing(
    origin: Path, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    (origin / "other").mkdir()
    monkeypatch.chdir(origin / inside)
    for schemas in (str(origin / "schemas"), os.path.relpath(origin / "schemas")):
        arguments = ["check", schemas, "--against", "main"]
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 1, result.output
        assert "compat-parameter-renamed" in result.output


def test_a_check_of_what_is_checked_out_says_so(
    origin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(origin, "checkout", "--quiet", "main")
    monkeypatch.chdir(origin)
    result = check("--against", "main")
    assert result.exit_code == 0
    assert ", the current commit)" in result.output
