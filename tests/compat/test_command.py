"""`lbgen check`, `allow`, `lock` and `changelog` as users run them."""

from __future__ import annotations

import datetime
import json
import shlex
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from lbgen.cli.app import app
from lbgen.compat.normal.formats import validator
from lbgen.report.formats import FORMATS
from lbgen.tasks.check import run_check
from tests.compat.expected_output import RENAMED_PARAMETER, check_renamed_parameter
from tests.compat.repositories import CONTRACT, commit, git, repository, write

ROOT = Path(__file__).parents[2]
RENAMED = CONTRACT.replace("email: {", "mail: {").replace("order_id, email]", "order_id, mail]")
TOLERANT = CONTRACT + "        note: {type: string}\n"


def lbgen(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a contract on `main`, as the working directory."""
    folder = repository(tmp_path / "project", {"orders.yaml": CONTRACT})
    monkeypatch.chdir(folder)
    return folder


def test_a_renamed_parameter_of_the_example_fails_with_the_golden_text(tmp_path: Path) -> None:
    result = check_renamed_parameter(tmp_path)
    assert result.exit_code == 1
    assert result.output == RENAMED_PARAMETER.read_text("utf-8")


def test_a_compatible_change_exits_with_0(project: Path) -> None:
    write(project, {"orders.yaml": TOLERANT})
    result = lbgen("check", "schemas", "--against", "main")
    assert result.exit_code == 0, result.output
    assert "1 compatible event" in result.output
    assert "rules: `fire`" in result.output


def test_a_check_touches_no_checkout(project: Path) -> None:
    write(project, {"orders.yaml": RENAMED})
    before = git(project, "status", "--porcelain")
    assert lbgen("check", "schemas", "--against", "HEAD").exit_code == 1
    assert git(project, "status", "--porcelain") == before


def test_old_versions_may_be_tags_folders_and_lock_files(project: Path, tmp_path: Path) -> None:
    git(project, "tag", "v1")
    shutil.copytree(project / "schemas", tmp_path / "old")
    assert lbgen("lock", "schemas", "--output", str(tmp_path / "old.json")).exit_code == 0
    write(project, {"orders.yaml": RENAMED})
    for against in ("v1", "main", "HEAD", str(tmp_path / "old"), str(tmp_path / "old.json")):
        result = lbgen("check", "schemas", "--against", against)
        assert result.exit_code == 1
        assert 'parameter "email" is now named "mail"' in result.output


def test_several_old_versions_are_checked_at_once(project: Path) -> None:
    git(project, "tag", "v1")
    commit(project, {"orders.yaml": CONTRACT.replace("[web, app]", "[web, app, fax]")}, "fax")
    result = lbgen("check", "schemas", "--against", "v1", "--against", "HEAD", "--format", "json")
    found = json.loads(result.output)
    assert found["against"] == ["v1", "HEAD"]
    assert [(one["rule"], one["old"]["against"]) for one in found["findings"]] == [
        ("compat-value-added", "v1")
    ]


def test_transitive_checks_each_of_the_last_versions_that_changed(project: Path) -> None:
    commit(project, {"orders.yaml": CONTRACT.replace("[web, app]", "[web]")}, "fewer")
    (project / "README.md").write_text("no contract", "utf-8")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "--message", "unrelated")
    plain = json.loads(lbgen("check", "schemas", "--against", "main", "--format", "json").output)
    assert plain["findings"] == []
    result = lbgen("check", "schemas", "--against", "main", "--transitive", "2", "--format", "json")
    found = json.loads(result.output)
    assert len(found["against"]) == 2
    assert [one["rule"] for one in found["findings"]] == ["compat-value-removed"]


def test_mode_chooses_the_direction(project: Path) -> None:
    write(project, {"orders.yaml": CONTRACT.replace("[web, app]", "[web, app, fax]")})
    codes = {
        mode: lbgen("check", "schemas", "--against", "main", "--mode", mode).exit_code
        for mode in ("backward", "forward", "full")
    }
    assert codes == {"backward": 0, "forward": 1, "full": 1}


def test_a_mode_for_one_api_stands_in_pyproject(project: Path) -> None:
    write(project, {"orders.yaml": CONTRACT.replace("[web, app]", "[web, app, fax]")})
    settings = '[tool.lbgen.compat]\nagainst = "main"\n[tool.lbgen.compat.modes]\n'
    (project / "pyproject.toml").write_text(f'{settings}"shop.orders" = "backward"\n', "utf-8")
    assert lbgen("check", "schemas").exit_code == 0
    (project / "pyproject.toml").write_text(f'{settings}"shop.orders" = "forward"\n', "utf-8")
    assert lbgen("check", "schemas").exit_code == 1


def test_strict_calls_a_new_optional_parameter_breaking(project: Path) -> None:
    write(project, {"orders.yaml": TOLERANT})
    result = lbgen("check", "schemas", "--against", "main", "--strict")
    assert result.exit_code == 1
    assert 'parameter "note" is new' in result.output
    assert "--strict" in result.output


@pytest.mark.parametrize(("how", "code"), [("error", 1), ("warn", 0)])
def test_what_is_undecided_fails_if_the_user_wants_it(project: Path, how: str, code: int) -> None:
    old = CONTRACT.replace("{enum: [web, app]}", r'{type: string, pattern: "\\bweb\\b"}')
    commit(project, {"orders.yaml": old}, "word boundaries")
    write(project, {"orders.yaml": old.replace(r"\\b", "")})
    arguments = ("check", "schemas", "--against", "main", "--mode", "backward")
    result = lbgen(*arguments, "--undecided", how)
    assert result.exit_code == code, result.output
    assert "compat-undecided" in result.output
    assert "cannot decide" in result.output
    assert lbgen(*arguments).exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "schemas"),
        ("check", "schemas", "--against", "no-such-ref"),
        ("check", "schemas", "--against", "main", "--mode", "sideways"),
        ("check", "schemas", "--against", "main", "--format", "xml"),
        ("check", "schemas", "--against", "main", "--undecided", "maybe"),
        ("check", "schemas", "--against", "pyproject.toml"),
        ("check", "no-such-folder", "--against", "main"),
        ("changelog", "schemas", "--against", "no-such-ref"),
    ],
)
def test_wrong_use_exits_with_2_and_says_why(project: Path, arguments: tuple[str, ...]) -> None:
    (project / "pyproject.toml").write_text("", "utf-8")
    result = lbgen(*arguments)
    assert result.exit_code == 2
    assert result.output


def test_a_shallow_clone_says_how_to_get_the_ref(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(project, "checkout", "--quiet", "-b", "feature")
    commit(project, {"orders.yaml": RENAMED}, "rename")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{project}", str(clone))
    monkeypatch.chdir(clone)
    result = lbgen("check", "schemas", "--against", "main")
    assert result.exit_code == 2
    assert "shallow" in result.output
    assert "git fetch --unshallow origin main:main" in result.output
    git(clone, "fetch", "--quiet", "--unshallow", "origin", "main:main")
    assert lbgen("check", "schemas", "--against", "main").exit_code == 1


def test_the_command_for_a_shallow_clone_fetches_what_was_asked_for(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = git(project, "rev-parse", "HEAD")
    git(project, "checkout", "--quiet", "-b", "feature")
    commit(project, {"orders.yaml": RENAMED}, "rename")
    for number, against in enumerate(("main", "origin/main", "HEAD~1", parent, parent[:8])):
        clone = tmp_path / f"clone-{number}"
        git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{project}", str(clone))
        monkeypatch.chdir(clone)
        result = lbgen("check", "schemas", "--against", against)
        assert result.exit_code == 2
        command = result.output.split("Fetch it first: `")[1].split("`")[0]
        git(clone, *shlex.split(command)[1:])
        assert lbgen("check", "schemas", "--against", against).exit_code == 1, command


def test_a_branch_of_the_remote_will_do(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(project, "checkout", "--quiet", "-b", "feature")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(project), str(clone))
    monkeypatch.chdir(clone)
    assert lbgen("check", "schemas", "--against", "main").exit_code == 0


def test_a_contract_that_was_not_there_has_nothing_to_break(project: Path) -> None:
    git(project, "mv", "schemas", "elsewhere")
    git(project, "commit", "--quiet", "--message", "move")
    assert lbgen("check", "elsewhere", "--against", "HEAD~1").exit_code == 0


def test_an_invalid_contract_is_a_finding(project: Path) -> None:
    write(project, {"orders.yaml": "lbgen: 1\n"})
    assert lbgen("check", "schemas", "--against", "main").exit_code == 1


# Deliberate breaks


def allow_renamed(*more: str) -> Result:
    place = "shop.orders.order_placed#mail"
    head = ("allow", "compat-parameter-renamed", place, "--against", "main")
    return lbgen(*head, "--reason", "all readers are ours", *more)


def test_an_allowed_break_passes_and_is_shown(project: Path) -> None:
    write(project, {"orders.yaml": RENAMED})
    assert allow_renamed("--until", "2999-12-31").exit_code == 0
    result = lbgen("check", "schemas", "--against", "main")
    assert result.exit_code == 0
    assert "allowed: all readers are ours (until 2999-12-31)" in result.output


def test_the_printed_command_allows_the_break(project: Path) -> None:
    write(project, {"orders.yaml": RENAMED})
    found = json.loads(lbgen("check", "schemas", "--against", "main", "--format", "json").output)
    command = shlex.split(found["findings"][0]["allow"])
    assert lbgen(*command[1:]).exit_code == 0
    assert lbgen("check", "schemas", "--against", "main").exit_code == 0


SHARED = """\
lbgen: 1
api: shop
events:
  order_placed:
    parameters: {type: object, required: [total], properties: {total: {$ref: "#/$defs/Money"}}}
  order_paid:
    parameters: {type: object, required: [paid], properties: {paid: {$ref: "#/$defs/Money"}}}
  order_refunded:
    parameters: {type: object, required: [back], properties: {back: {$ref: "#/$defs/Money"}}}
$defs:
  Money:
    type: object
    required: [amount, currency, place]
    properties:
      amount: {type: string}
      currency: {type: string}
      place: {type: string}
"""


AMOUNT = "amount: {type: string}"


def shared(folder: Path) -> None:
    commit(folder, {"orders.yaml": SHARED}, "share a type")


def test_an_edit_of_a_shared_type_is_told_once_and_allowed_once(project: Path) -> None:
    shared(project)
    write(project, {"orders.yaml": SHARED.replace(AMOUNT, "amount: {type: number}")})
    said = lbgen("check", "schemas", "--against", "main").output
    assert said.count("an old event:") == 1
    assert " = the same edit: 2 more events\n" in said
    assert "     shop.order_refunded#back.amount\n" in said
    assert "3 breaking" in said
    [command] = [line for line in said.splitlines() if "lbgen allow" in line]
    arguments = shlex.split(command[command.index("`lbgen") :].strip("`"))
    assert arguments[3] == "schemas/orders.yaml:15#amount"
    assert lbgen(*arguments[1:]).exit_code == 0
    result = lbgen("check", "schemas", "--against", "main")
    assert result.exit_code == 0
    assert "3 allowed" in result.output
    assert result.output.count("allowed: ...") == 1
    # Allowed are these changes and no others.
    write(project, {"orders.yaml": SHARED.replace(AMOUNT, "amount: {type: array}")})
    assert lbgen("check", "schemas", "--against", "main").exit_code == 1


def test_two_edits_of_one_place_are_told_apart(project: Path) -> None:
    shared(project)
    gone = SHARED.replace("required: [amount, currency, place]", "required: [amount]")
    gone = gone.replace("      currency: {type: string}\n      place: {type: string}\n", "")
    write(project, {"orders.yaml": gone})
    said = lbgen("check", "schemas", "--against", "main").output
    assert "6 breaking" in said
    assert said.count(" = the same edit: 2 more events\n") == 2
    commands = [line for line in said.splitlines() if "lbgen allow" in line]
    for count, command in enumerate(commands, 1):
        arguments = shlex.split(command[command.index("`lbgen") :].strip("`"))
        assert lbgen(*arguments[1:]).exit_code == 0
        result = lbgen("check", "schemas", "--against", "main")
        assert f"{3 * count} allowed" in result.output


def test_an_allowance_covers_no_later_change(project: Path) -> None:
    write(project, {"orders.yaml": RENAMED})
    assert allow_renamed().exit_code == 0
    write(project, {"orders.yaml": RENAMED + "        note: {type: string}\n"})
    result = lbgen("check", "schemas", "--against", "main")
    assert result.exit_code == 1
    assert "compat-allowance-unneeded" in result.output


def test_an_allowance_that_is_not_needed_any_more_is_a_warning(project: Path) -> None:
    write(project, {"orders.yaml": RENAMED})
    assert allow_renamed().exit_code == 0
    commit(project, {}, "rename")
    result = lbgen("check", "schemas", "--against", "main")
    assert result.exit_code == 0
    assert "compat-allowance-unneeded" in result.output


def test_an_expired_allowance_fails(project: Path) -> None:
    write(project, {"orders.yaml": RENAMED})
    assert allow_renamed("--until", "2030-01-31").exit_code == 0
    options: dict[str, Any] = {"against": ["main"]}
    last = run_check(Path("schemas"), today=datetime.date(2030, 1, 31), **options)
    late = run_check(Path("schemas"), today=datetime.date(2030, 2, 1), **options)
    assert last.exit_code == 0
    assert late.exit_code == 1
    assert [one.rule for one in late.problems] == ["compat-allowance-expired"]


def test_what_the_check_does_not_find_cannot_be_allowed(project: Path) -> None:
    result = allow_renamed()
    assert result.exit_code == 2
    assert not (project / "schemas" / ".lbgen-breaks.yaml").exists()


def test_a_broken_file_of_allowances_fails(project: Path) -> None:
    (project / "schemas" / ".lbgen-breaks.yaml").write_text("- rule: x\n", "utf-8")
    result = lbgen("check", "schemas", "--against", "main")
    assert result.exit_code == 1
    assert "compat-allowance-unreadable" in result.output


# Lock files and changelogs


def test_a_lock_file_is_the_same_for_the_same_sources(project: Path) -> None:
    path = project / "schemas" / ".lbgen-lock.json"
    assert lbgen("lock", "schemas").exit_code == 0
    first = path.read_bytes()
    assert lbgen("lock", "schemas").exit_code == 0
    assert path.read_bytes() == first
    assert lbgen("lock", "schemas", "--check").exit_code == 0
    write(project, {"orders.yaml": RENAMED})
    assert lbgen("lock", "schemas", "--check").exit_code == 1


def test_a_changelog_names_breaking_changes_first(project: Path) -> None:
    paid = "  order_paid:\n    description: The money came.\n    parameters: {type: object}\n"
    changed = RENAMED + "        note: {type: string}\n" + paid
    write(project, {"orders.yaml": changed})
    result = lbgen("changelog", "schemas", "--against", "main")
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "## Changes of the contract since main (8e7b158, the current commit)",
        "",
        "### Breaking",
        "",
        "#### shop.orders",
        "",
        '- `order_placed`: parameter "email" is now named "mail" (backward and forward)',
        "",
        "### Compatible",
        "",
        "#### shop.orders",
        "",
        '- `order_placed`: parameter "note" is new (string)',
        "- `order_paid`: new event: The money came.",
    ]


# Formats


def test_json_is_as_documented(project: Path) -> None:
    schema = json.loads((ROOT / "docs" / "reference" / "check.schema.json").read_text("utf-8"))
    write(project, {"orders.yaml": RENAMED})
    for more in ((), ("--strict",), ("--source",), ("--mode", "backward")):
        result = lbgen("check", "schemas", "--against", "main", "--format", "json", *more)
        found = json.loads(result.output)
        validator(schema).validate(found)
        assert found["exit_code"] == result.exit_code == 1
    assert allow_renamed().exit_code == 0
    found = json.loads(lbgen("check", "schemas", "--against", "main", "--format", "json").output)
    validator(schema).validate(found)
    assert found["findings"][0]["allowed"] == {"reason": "all readers are ours", "until": None}


def test_every_report_holds_the_errors_of_a_contract_that_cannot_be_compared(
    project: Path,
) -> None:
    schema = json.loads((ROOT / "docs" / "reference" / "check.schema.json").read_text("utf-8"))
    write(project, {"orders.yaml": CONTRACT.replace("{type: string}", "{type: strin}")})
    printed: dict[str, str] = {}
    for name in FORMATS:
        result = lbgen("check", "schemas", "--against", "main", "--format", name)
        assert result.exit_code == 1
        assert "schemas has errors" in result.stderr
        printed[name] = result.stdout
    found = json.loads(printed["json"])
    validator(schema).validate(found)
    assert found["exit_code"] == 1
    assert found["findings"] == []
    (problem,) = found["problems"]
    assert (problem["rule"], problem["line"]) == ("invalid-schema", 9)
    (entry,) = json.loads(printed["gitlab"])
    assert entry["location"] == {"path": "schemas/orders.yaml", "lines": {"begin": 9}}
    assert printed["github"].startswith("::error file=schemas/orders.yaml,line=9,")
    assert json.loads(printed["sarif"])["runs"][0]["results"][0]["ruleId"] == "invalid-schema"
    assert ElementTree.fromstring(printed["junit"]).get("failures") == "1"
    assert printed["text"] == ""


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "text"])
def test_every_report_says_that_nothing_was_compared(project: Path, name: str) -> None:  # K23
    result = lbgen("check", "schemas", "--against", "nowhere", "--format", name)
    assert result.exit_code == 2
    assert "nowhere" in result.stderr
    if name == "json":
        schema = json.loads((ROOT / "docs" / "reference" / "check.schema.json").read_text("utf-8"))
        validator(schema).validate(json.loads(result.stdout))
        assert json.loads(result.stdout)["exit_code"] == 2
    if name in ("gitlab", "sarif"):
        json.loads(result.stdout)
    if name == "junit":
        assert ElementTree.fromstring(result.stdout).get("failures") == "1"
    assert "the git ref nowhere does not exist" in result.stdout


def test_github_annotates_the_changed_line(project: Path) -> None:
    write(project, {"orders.yaml": RENAMED})
    result = lbgen("check", "schemas", "--against", "main", "--format", "github")
    assert result.exit_code == 1
    assert result.output.startswith("::error file=schemas/orders.yaml,line=10,")
    assert "compat-parameter-renamed" in result.output


def test_gitlab_gets_a_code_quality_report(project: Path) -> None:
    write(project, {"orders.yaml": RENAMED})
    result = lbgen("check", "schemas", "--against", "main", "--format", "gitlab")
    (found,) = json.loads(result.output)
    assert found["location"] == {"path": "schemas/orders.yaml", "lines": {"begin": 10}}
    assert found["severity"] == "major"
    assert found["fingerprint"]
    assert found["check_name"] == "compat-parameter-renamed"


def test_sarif_and_junit_hold_the_finding(project: Path) -> None:
    write(project, {"orders.yaml": RENAMED})
    sarif = json.loads(lbgen("check", "schemas", "--against", "main", "--format", "sarif").output)
    assert sarif["runs"][0]["results"][0]["ruleId"] == "compat-parameter-renamed"
    junit = lbgen("check", "schemas", "--against", "main", "--format", "junit").output
    suite = ElementTree.fromstring(junit)
    assert suite.get("failures") == "1"


def test_source_reports_signatures_that_changed(project: Path) -> None:
    old = CONTRACT.replace("order_id: {type: string}", "order_id: {type: string, minLength: 36}")
    commit(project, {"orders.yaml": old}, "length")
    write(project, {"orders.yaml": old.replace("minLength: 36", "minLength: 36, format: uuid")})
    plain = json.loads(lbgen("check", "schemas", "--against", "main", "--format", "json").output)
    arguments = ("check", "schemas", "--against", "main", "--source", "--format", "json")
    found = json.loads(lbgen(*arguments).output)
    assert {one["state"] for one in plain["findings"]} == {"breaking"}
    (source,) = [one for one in found["findings"] if one["state"] == "source"]
    assert source["path"] == "order_id"
    assert "UUID" in source["message"]


def test_a_removed_parameter_points_at_no_other_one(project: Path) -> None:  # U9
    write(project, {"orders.yaml": CONTRACT.replace("        channel: {enum: [web, app]}\n", "")})
    arguments = ("check", "schemas", "--against", "main", "--source", "--format", "json")
    findings = json.loads(lbgen(*arguments).stdout)["findings"]
    (source,) = [one for one in findings if one["rule"] == "compat-source-changed"]
    line = CONTRACT.splitlines()[source["line"] - 1]
    assert line.strip() == "properties:"


@pytest.mark.parametrize("name", ["order_bought", None])
def test_what_became_of_an_event_is_no_new_event_beside_it(  # U9
    project: Path, name: str | None
) -> None:
    paid = "  order_paid:\n    parameters: {type: object, properties: {id: {type: string}}}\n"
    commit(project, {"orders.yaml": CONTRACT + paid}, "paid")
    write(project, {"orders.yaml": CONTRACT + (paid.replace("order_paid", name) if name else "")})
    result = lbgen("check", "schemas", "--against", "HEAD")
    assert result.exit_code == 1
    assert "add a new event, and fire both" not in result.output


def test_a_variant_is_named_without_quotes_in_quotes(project: Path) -> None:  # U9
    def tagged(*kinds: str) -> str:
        variants = "".join(
            f"\n            - {{required: [kind], properties: {{kind: {{const: {kind}}}}}}}"
            for kind in kinds
        )
        return CONTRACT.replace("{enum: [web, app]}", f"\n          oneOf:{variants}")

    commit(project, {"orders.yaml": tagged("bank", "card")}, "variants")
    write(project, {"orders.yaml": tagged("bank", "card", "embassy")})
    output = lbgen("check", "schemas", "--against", "HEAD").output
    assert 'has a new variant kind="embassy"' in output
