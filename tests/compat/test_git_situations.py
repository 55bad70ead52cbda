"""What the check takes for the old version, in every state that a repository can be in.

A row is a situation: how the repository is made, what is asked, and the exit code. 0 and 1 are
verdicts; 2 says that there was nothing to compare, and why.
"""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from lbgen.cli.app import app
from tests.compat.repositories import CONTRACT, commit, git, repository, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BROKEN = CONTRACT.replace("email: {", "mail: {").replace("order_id, email]", "order_id, mail]")
MORE = CONTRACT + "        note: {type: string}\n"
EVENT = """\
{
  "type": "object",
  "required": ["order_id"],
  "additionalProperties": false,
  "properties": {
    "order_id": {"type": "string"},
    "amount": {"type": "number"},
    "currency": {"type": "string"}
  }
}
"""
OTHER = CONTRACT.replace("shop.orders", "shop.payments").replace("order_placed", "paid")


def lbgen(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def break_it(folder: Path) -> None:
    write(folder, {"orders.yaml": BROKEN})


def commit_all(folder: Path, message: str = "change") -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


# How the repository is made: `main` holds the contract, `feature` is checked out and changed it.


def plain(folder: Path) -> None:
    break_it(folder)


def export_ignore(folder: Path) -> None:
    (folder / "schemas" / ".gitattributes").write_text("* export-ignore\n")
    commit_all(folder)
    git(folder, "branch", "--force", "main")
    break_it(folder)


def export_ignore_in_the_clone(folder: Path) -> None:
    (folder / ".git" / "info").mkdir(exist_ok=True)
    (folder / ".git" / "info" / "attributes").write_text("* export-ignore\n")
    break_it(folder)


def export_subst(folder: Path) -> None:
    # `git archive` would write the commit's id into a name, and call the event removed.
    (folder / ".gitattributes").write_text("*.yaml export-subst\n")
    text = CONTRACT.replace("shop.orders", 'shop.orders\ndescription: "$Format:%H$"')
    write(folder, {"orders.yaml": text})
    commit_all(folder)
    git(folder, "branch", "--force", "main")


def a_filter(folder: Path) -> None:
    git(folder, "config", "filter.empty.smudge", "true")
    (folder / ".git" / "info").mkdir(exist_ok=True)
    (folder / ".git" / "info" / "attributes").write_text("*.yaml filter=empty\n")
    break_it(folder)


def replaced_object(folder: Path) -> None:
    break_it(folder)
    commit_all(folder)
    git(folder, "replace", git(folder, "rev-parse", "main"), "HEAD")


def missing_object(folder: Path) -> None:
    oid = git(folder, "rev-parse", "main:schemas")
    break_it(folder)
    commit_all(folder)
    (folder / ".git" / "objects" / oid[:2] / oid[2:]).unlink()


def missing_file(folder: Path) -> None:
    oid = git(folder, "rev-parse", "main:schemas/orders.yaml")
    break_it(folder)
    commit_all(folder)
    (folder / ".git" / "objects" / oid[:2] / oid[2:]).unlink()


def folder_named_like_the_branch(folder: Path) -> None:
    break_it(folder)
    (folder / "main").mkdir()
    (folder / "main" / "orders.yaml").write_text(BROKEN)


def folder_named_like_the_remote_branch(folder: Path) -> None:
    git(folder, "update-ref", "refs/remotes/origin/main", "main")
    break_it(folder)
    (folder / "origin" / "main").mkdir(parents=True)
    (folder / "origin" / "main" / "orders.yaml").write_text(BROKEN)


def folder_named_head(folder: Path) -> None:
    break_it(folder)
    (folder / "HEAD").mkdir()
    (folder / "HEAD" / "orders.yaml").write_text(BROKEN)


def lock_named_like_the_branch(folder: Path) -> None:
    break_it(folder)
    assert lbgen("lock", "schemas", "--output", "main").exit_code == 0


def tag_named_like_the_branch(folder: Path) -> None:
    break_it(folder)
    commit_all(folder)
    git(folder, "tag", "main", "HEAD")


def branch_named_like_the_remote_branch(folder: Path) -> None:
    git(folder, "update-ref", "refs/remotes/origin/main", "main")
    break_it(folder)
    commit_all(folder)
    git(folder, "branch", "origin/main")


def main_moved_on(folder: Path) -> None:
    git(folder, "checkout", "--quiet", "main")
    commit(folder, {"orders.yaml": MORE, "payments.yaml": OTHER}, "add")
    git(folder, "checkout", "--quiet", "feature")


def main_moved_on_and_the_branch_breaks(folder: Path) -> None:
    main_moved_on(folder)
    break_it(folder)


def main_removed_what_the_branch_keeps(folder: Path) -> None:
    """The tip lost an enum value: nothing that the branch did."""
    git(folder, "checkout", "--quiet", "main")
    commit(folder, {"orders.yaml": CONTRACT.replace("[web, app]", "[web]")}, "fewer")
    git(folder, "checkout", "--quiet", "feature")


def unrelated_history(folder: Path) -> None:
    git(folder, "checkout", "--quiet", "--orphan", "other")
    commit_all(folder)
    git(folder, "branch", "--force", "main", "other")
    git(folder, "checkout", "--quiet", "feature")


def moved_folder(folder: Path) -> None:
    git(folder, "mv", "schemas", "contracts")
    commit_all(folder)


def moved_folder_with_a_break(folder: Path) -> None:
    moved_folder(folder)
    (folder / "contracts" / "orders.yaml").write_text(BROKEN)
    commit_all(folder)


def moved_folder_not_committed(folder: Path) -> None:
    git(folder, "mv", "schemas", "contracts")
    (folder / "contracts" / "orders.yaml").write_text(BROKEN)


def moved_folder_rewritten(folder: Path) -> None:
    git(folder, "rm", "--quiet", "-r", "schemas")
    (folder / "contracts").mkdir()
    text = (
        "description: all is new\n# and git sees no likeness\nlbgen: 1\napi: shop.orders\n"
        "events: {order_placed: {parameters: {type: object, properties: {}}}}\n"
    )
    (folder / "contracts" / "o.yaml").write_text(text)
    commit_all(folder)


def moved_folder_of_files_by_event(folder: Path) -> None:
    (folder / "events" / "shop" / "orders").mkdir(parents=True)
    (folder / "events" / "shop" / "orders" / "order_paid.schema.json").write_text(EVENT)
    commit_all(folder)
    git(folder, "branch", "--force", "main")
    git(folder, "mv", "events", "contracts")
    (folder / "contracts" / "shop" / "orders" / "order_paid.schema.json").write_text(
        EVENT.replace('"amount": {', '"sum": {')
    )


def copied_folder(folder: Path) -> None:
    (folder / "contracts").mkdir()
    (folder / "contracts" / "orders.yaml").write_text(BROKEN)
    commit_all(folder)


def empty_folder(folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "empty" / "note.yaml").write_text("a: 1\n")


def contract_removed(folder: Path) -> None:
    (folder / "schemas" / "orders.yaml").unlink()


def never_had_a_contract(folder: Path) -> None:
    git(folder, "rm", "--quiet", "-r", "schemas")
    (folder / "README.md").write_text("nothing yet")
    commit_all(folder)
    git(folder, "branch", "--force", "main")
    write(folder, {"orders.yaml": CONTRACT})


def another_contract_elsewhere(folder: Path) -> None:
    (folder / "billing").mkdir()
    (folder / "billing" / "payments.yaml").write_text(OTHER)


def another_repository(folder: Path, name: str, text: str) -> None:
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / name).write_text(text)
    be_ann(folder)
    commit_all(folder)


def be_ann(folder: Path) -> None:
    git(folder, "config", "user.name", "Ann")
    git(folder, "config", "user.email", "ann@example.com")


def add_submodule(folder: Path, inner: Path, path: str) -> None:
    allowed = ("-c", "protocol.file.allow=always")
    git(folder, *allowed, "submodule", "--quiet", "add", str(inner), path)


def submodule(folder: Path) -> None:
    """`schemas` is a submodule whose pin moves to a break."""
    git(folder, "rm", "--quiet", "-r", "schemas")
    inner = folder.parent / "inner"
    another_repository(inner, "orders.yaml", CONTRACT)
    add_submodule(folder, inner, "schemas")
    commit_all(folder)
    git(folder, "branch", "--force", "main")
    within = folder / "schemas"
    be_ann(within)
    (within / "orders.yaml").write_text(BROKEN)
    commit_all(within)
    commit_all(folder)


def submodule_without_the_old_pin(folder: Path) -> None:
    submodule(folder)
    within = folder / "schemas"
    git(within, "checkout", "--quiet", "--orphan", "new")
    commit_all(within)
    git(within, "update-ref", "-d", "refs/remotes/origin/main")
    git(within, "symbolic-ref", "--delete", "refs/remotes/origin/HEAD")
    git(within, "branch", "--quiet", "-D", "main")
    git(within, "reflog", "expire", "--expire=now", "--all")
    git(within, "gc", "--quiet", "--prune=now")


def submodule_inside(folder: Path, text: str = CONTRACT) -> None:
    """A type that an event uses lies in a submodule, and nothing of it changed."""
    inner = folder.parent / "types"
    another_repository(inner, "types.yaml", "$defs:\n  Id: {type: string}\n")
    add_submodule(folder, inner, "schemas/common")
    with_types = text.replace(
        "order_id: {type: string}", 'order_id: {$ref: "common/types.yaml#/$defs/Id"}'
    )
    write(folder, {"orders.yaml": with_types})
    commit_all(folder)
    git(folder, "branch", "--force", "main")
    write(folder, {"orders.yaml": with_types + "        note: {type: string}\n"})


def submodule_inside_with_a_break(folder: Path) -> None:
    submodule_inside(folder)
    types = folder / "schemas" / "common" / "types.yaml"
    types.write_text("$defs:\n  Id: {type: integer}\n")


def link_inside(folder: Path) -> None:
    write(folder, {"shared/types.yaml": "$defs:\n  Id: {type: string}\n"})
    (folder / "schemas" / "common").mkdir()
    (folder / "schemas" / "common" / "types.yaml").symlink_to("../../schemas/shared/types.yaml")
    with_types = CONTRACT.replace(
        "order_id: {type: string}", 'order_id: {$ref: "common/types.yaml#/$defs/Id"}'
    )
    write(folder, {"orders.yaml": with_types})
    commit_all(folder)
    git(folder, "branch", "--force", "main")
    write(folder, {"orders.yaml": with_types + "        note: {type: string}\n"})


def link_inside_with_a_break(folder: Path) -> None:
    link_inside(folder)
    write(folder, {"shared/types.yaml": "$defs:\n  Id: {type: integer}\n"})


def loop_of_links_before(folder: Path) -> None:
    (folder / "schemas" / "a.yaml").symlink_to("b.yaml")
    (folder / "schemas" / "b.yaml").symlink_to("a.yaml")
    commit_all(folder)
    git(folder, "branch", "--force", "main")
    for name in ("a.yaml", "b.yaml"):
        (folder / "schemas" / name).unlink()


def loop_of_links_before_and_a_break(folder: Path) -> None:
    loop_of_links_before(folder)
    break_it(folder)


def folder_is_a_link(folder: Path) -> None:
    """`schemas` was a folder and is now a link to a folder with a break."""
    git(folder, "mv", "schemas", "real")
    (folder / "schemas").symlink_to("real")
    (folder / "real" / "orders.yaml").write_text(BROKEN)
    commit_all(folder)


def folder_was_a_link(folder: Path) -> None:
    git(folder, "mv", "schemas", "real")
    (folder / "schemas").symlink_to("real")
    commit_all(folder)
    git(folder, "branch", "--force", "main")
    (folder / "schemas").unlink()
    git(folder, "mv", "real", "schemas")
    break_it(folder)


def space_before_the_name(folder: Path) -> None:
    git(folder, "mv", "schemas", " schemas")
    commit_all(folder)
    git(folder, "branch", "--force", "main")
    (folder / " schemas" / "orders.yaml").write_text(BROKEN)


def name_that_is_not_utf_8(folder: Path) -> None:
    name = os.fsdecode(b"sch\xe9mas")
    git(folder, "mv", "schemas", name)
    commit_all(folder)
    git(folder, "branch", "--force", "main")
    (folder / name / "orders.yaml").write_text(BROKEN)


def pattern_in_the_name(folder: Path) -> None:
    git(folder, "mv", "schemas", "sch[e]mas*")
    commit_all(folder)
    git(folder, "branch", "--force", "main")
    (folder / "sch[e]mas*" / "orders.yaml").write_text(BROKEN)


def side_branch(folder: Path) -> None:
    """A side branch tried a value and dropped it before it came to `main`."""
    git(folder, "checkout", "--quiet", "-b", "side", "main")
    commit(folder, {"orders.yaml": CONTRACT.replace("[web, app]", "[web, app, fax]")}, "fax")
    commit(folder, {"orders.yaml": MORE}, "no fax")
    git(folder, "checkout", "--quiet", "main")
    (folder / "README.md").write_text("x")
    commit_all(folder)
    git(folder, "merge", "--quiet", "--no-ff", "--message", "merge", "side")
    git(folder, "checkout", "--quiet", "-B", "feature")


def history_of_a_moved_folder(folder: Path) -> None:
    """A value went away two versions ago, before the folder was moved."""
    git(folder, "checkout", "--quiet", "main")
    commit(folder, {"orders.yaml": CONTRACT.replace("[web, app]", "[web]")}, "fewer")
    git(folder, "mv", "schemas", "contracts")
    commit_all(folder)
    git(folder, "checkout", "--quiet", "-B", "feature")


def main_with_errors(folder: Path) -> None:
    write(
        folder,
        {"orders.yaml": CONTRACT.replace("order_id: {type: string}", "order_id: {type: strin}")},
    )
    commit_all(folder)
    git(folder, "branch", "--force", "main")
    write(folder, {"orders.yaml": CONTRACT})


def main_with_errors_and_a_break_beside(folder: Path) -> None:
    wrong = OTHER.replace("order_id: {type: string}", "order_id: {type: strin}")
    write(folder, {"payments.yaml": wrong})
    commit_all(folder)
    git(folder, "branch", "--force", "main")
    write(folder, {"payments.yaml": OTHER, "orders.yaml": BROKEN})


def main_with_a_reference_to_nothing(folder: Path) -> None:
    wrong = OTHER.replace("order_id: {type: string}", 'order_id: {$ref: "https://x.example/id"}')
    write(folder, {"payments.yaml": wrong})
    commit_all(folder)
    git(folder, "branch", "--force", "main")
    write(folder, {"payments.yaml": OTHER, "orders.yaml": BROKEN})


def main_with_a_file_that_refers_to_nothing(folder: Path) -> None:
    """Of two files with an event each, one has an error, and the other one is broken now."""
    files = {
        "shop/order_paid.schema.json": EVENT,
        "shop/order_sent.schema.json": '{"properties": {"a": {"$ref": "https://x.example/id"}}}',
    }
    write(folder, files)
    commit_all(folder)
    git(folder, "branch", "--force", "main")
    files = {
        "shop/order_paid.schema.json": EVENT.replace('"amount": {', '"sum": {'),
        "shop/order_sent.schema.json": '{"type": "object", "properties": {}}',
    }
    write(folder, files)


def main_that_is_no_yaml(folder: Path) -> None:
    write(folder, {"orders.yaml": "lbgen: 1\napi: [\n"})
    commit_all(folder)
    git(folder, "branch", "--force", "main")
    write(folder, {"orders.yaml": CONTRACT})


def plain_json_before(folder: Path) -> None:
    """The first change that brings lbgen to a folder of schemas that others use."""
    git(folder, "rm", "--quiet", "-r", "schemas")
    write(folder, {"shop/orders/order-paid!.schema.json": '{"$schema": "https://x.example/v1"}'})
    commit_all(folder)
    git(folder, "branch", "--force", "main")
    git(folder, "rm", "--quiet", "-r", "schemas")
    write(folder, {"shop/orders/order_paid.schema.json": '{"type": "object", "properties": {}}'})


def git_lfs(folder: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    write(folder, {"orders.yaml": pointer})
    commit_all(folder)
    git(folder, "branch", "--force", "main")
    write(folder, {"orders.yaml": BROKEN})


def first_commit(folder: Path) -> None:
    git(folder, "checkout", "--quiet", "--orphan", "empty")
    for branch in ("main", "feature"):
        git(folder, "branch", "--quiet", "-D", branch)


@dataclass(frozen=True)
class Row:
    made: Callable[[Path], object]
    arguments: str
    code: int
    says: str = ""


MAIN = "schemas --against main"


def sparse_checkout_of_a_part(folder: Path) -> None:
    write(folder, {"payments.yaml": OTHER})
    commit_all(folder)
    git(folder, "branch", "--force", "main")
    git(folder, "sparse-checkout", "set", "--no-cone", "/schemas/orders.yaml")


def sparse_checkout_of_the_folder(folder: Path) -> None:
    (folder / "docs").mkdir()
    (folder / "docs" / "page.yaml").write_text("a: 1\n")
    commit_all(folder)
    git(folder, "sparse-checkout", "set", "schemas")
    break_it(folder)


ROWS = [
    Row(plain, MAIN, 1, "against main ("),
    Row(plain, "schemas --against HEAD", 1),
    Row(plain, "schemas --against HEAD --against main", 1),
    Row(plain, "./schemas/ --against refs/heads/main", 1),
    Row(plain, "schemas --against main:schemas", 1),
    Row(plain, "schemas --against main:schemas/", 1),
    Row(plain, "schemas --against main:./schemas", 1),
    Row(plain, "schemas --against main...HEAD", 1, "the merge base of the two"),
    Row(plain, "schemas --against :/begin", 1),
    Row(plain, "schemas --against main~0", 1),
    Row(plain, "schemas --against HEAD^{/begin}", 1),
    # K1: against itself, or against nothing
    Row(plain, "schemas --against=", 2, "is empty"),
    Row(plain, "schemas --against-tip=", 2, "is empty"),
    Row(plain, "schemas --against .", 2, "is part of the new version"),
    Row(plain, "schemas --against schemas/", 2, "is part of the new version"),
    Row(plain, "schemas --against ./schemas", 2, "is part of the new version"),
    Row(plain, "schemas --against schemas", 2, "write `./schemas`"),
    # K2: the committed bytes
    Row(export_ignore, MAIN, 1),
    Row(export_ignore_in_the_clone, MAIN, 1),
    Row(export_subst, MAIN, 0, "1 compatible event"),
    Row(a_filter, MAIN, 1),
    Row(git_lfs, MAIN, 2, "Git LFS"),
    Row(replaced_object, MAIN, 1),
    # K3: what git cannot read
    Row(missing_object, MAIN, 2, "git cannot read it"),
    Row(missing_file, MAIN, 2, "git cannot read it"),
    Row(space_before_the_name, "' schemas' --against main", 1),
    Row(name_that_is_not_utf_8, "sch\udce9mas --against main", 1),
    Row(pattern_in_the_name, "'sch[e]mas*' --against main", 1),
    # K4, K16: submodules
    Row(submodule, MAIN, 1),
    Row(submodule, "schemas --against HEAD~1", 1),
    Row(submodule_without_the_old_pin, MAIN, 2, "fetch origin"),
    Row(submodule_inside, MAIN, 0, "1 compatible event"),
    Row(submodule_inside_with_a_break, MAIN, 1),
    # K16, K21: links
    Row(link_inside, MAIN, 0, "1 compatible event"),
    Row(link_inside_with_a_break, MAIN, 1),
    Row(loop_of_links_before, MAIN, 0, "the target of the link does not exist"),
    Row(loop_of_links_before_and_a_break, MAIN, 1),
    Row(folder_is_a_link, MAIN, 1),
    Row(folder_was_a_link, MAIN, 1),
    # K5, S3: a folder or a file never stands in for a ref
    Row(folder_named_like_the_branch, MAIN, 1),
    Row(folder_named_like_the_branch, "schemas --against ./main", 0, "against ./main, "),
    Row(folder_named_like_the_branch, "schemas --against main/", 0, "against main/, "),
    Row(folder_named_like_the_remote_branch, "schemas --against origin/main", 1),
    Row(folder_named_head, "schemas --against HEAD", 1),
    Row(lock_named_like_the_branch, MAIN, 1),
    Row(lock_named_like_the_branch, "schemas --against ./main", 0),
    # K6: two meanings
    Row(tag_named_like_the_branch, MAIN, 2, "refs/tags/main, refs/heads/main"),
    Row(tag_named_like_the_branch, "schemas --against main~0", 2, "ambiguous"),
    Row(tag_named_like_the_branch, "schemas --against refs/heads/main", 1),
    Row(branch_named_like_the_remote_branch, "schemas --against origin/main", 2, "is ambiguous"),
    # K14: where the branch began
    Row(main_moved_on, MAIN, 0, "the merge base with this branch"),
    Row(main_moved_on, "schemas --against-tip main", 1, "its tip"),
    Row(main_moved_on_and_the_branch_breaks, MAIN, 1),
    Row(main_removed_what_the_branch_keeps, MAIN, 0),
    Row(main_removed_what_the_branch_keeps, "schemas --against-tip main", 1),
    Row(unrelated_history, MAIN, 2, "--against-tip main"),
    Row(unrelated_history, "schemas --against-tip main", 0),
    # U2: folders that moved, are empty or are not there
    Row(moved_folder, "contracts --against main", 0, "1 compatible event"),
    Row(moved_folder, "schemas --against main", 2, "does not exist"),
    Row(moved_folder_with_a_break, "contracts --against main", 1),
    Row(moved_folder_with_a_break, "contracts --against main:schemas", 1),
    Row(moved_folder_with_a_break, "contracts --against main:nowhere", 2, "main:schemas"),
    Row(moved_folder_with_a_break, "contracts --against main --transitive 5", 1),
    Row(moved_folder_not_committed, "contracts --against HEAD", 1),
    Row(moved_folder_rewritten, "contracts --against main", 2, "--against main:schemas"),
    Row(moved_folder_rewritten, "contracts --against main --first", 2, "--against main:schemas"),
    Row(moved_folder_of_files_by_event, "contracts --against main", 1),
    Row(copied_folder, "contracts --against main", 2, "--against main:schemas"),
    Row(empty_folder, "empty --against main", 2, "lbgen check schemas --against main"),
    Row(empty_folder, "schemas --against ./empty", 2, "has no contract"),
    Row(empty_folder, "schemas --against main:empty", 2, "has no contract"),
    Row(plain, "schemsa --against main", 2, "did you mean schemas"),
    Row(contract_removed, MAIN, 2, "declares an event"),
    Row(sparse_checkout_of_a_part, MAIN, 2, "git sparse-checkout add schemas"),
    Row(sparse_checkout_of_the_folder, MAIN, 1),
    Row(never_had_a_contract, MAIN, 2, "--first"),
    Row(never_had_a_contract, "schemas --against main --first", 0, "adds the first one"),
    Row(never_had_a_contract, "schemas --against main --first --transitive 3", 0),
    Row(another_contract_elsewhere, "billing --against main", 2, "--first"),
    Row(another_contract_elsewhere, "billing --against main --first", 0),
    Row(first_commit, "schemas --against HEAD", 2, "no commit yet"),
    Row(first_commit, "schemas --against HEAD --first", 0),
    # K8, K17: versions before
    Row(side_branch, "schemas --against main --transitive 5", 0),
    Row(side_branch, "schemas --against side~1", 1),
    Row(history_of_a_moved_folder, "contracts --against main", 0),
    Row(history_of_a_moved_folder, "contracts --against main --transitive 3", 1),
    Row(plain, "schemas --against ./other --transitive 3", 2),
    # K19: a main with errors can be repaired
    Row(main_with_errors, MAIN, 0, "was not compared"),
    Row(main_with_errors_and_a_break_beside, MAIN, 1, "compat-parameter-renamed"),
    Row(main_with_a_reference_to_nothing, MAIN, 1, "compat-parameter-renamed"),
    Row(main_with_a_file_that_refers_to_nothing, MAIN, 1, "compat-parameter-"),
    Row(main_that_is_no_yaml, MAIN, 0, "was not compared"),
    Row(plain_json_before, MAIN, 0, "was not compared"),
    # K22, K23: what is no commit
    Row(plain, "schemas --against=--upload-pack=x", 2, "cannot start with '-'"),
    Row(plain, "schemas --against main:schemas/orders.yaml", 2),
    Row(plain, "schemas --against main..HEAD", 2, "is a range"),
    Row(plain, "schemas --against :schemas", 2),
    Row(plain, "schemas --against maine", 2, "did you mean main?"),
    Row(plain, "schemas --against 0123456789012345678901234567890123456789", 2),
]


@pytest.mark.parametrize(
    "row",
    ROWS,
    ids=lambda row: ascii(f"{row.made.__name__}: {row.arguments}"),
)
def test_the_right_version_is_compared(
    row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = repository(tmp_path / "project", {"orders.yaml": CONTRACT})
    git(folder, "checkout", "--quiet", "-b", "feature")
    monkeypatch.chdir(folder)
    row.made(folder)
    result = lbgen("check", *shlex.split(row.arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.exit_code == row.code, result.output
    assert row.says in result.output
    assert "0 compatible" not in result.output
