"""What the CI page tells people to copy, run as far as a machine without network can."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.compat.repositories import CONTRACT, commit, git, repository, write

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "howto" / "ci.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
RENAMED = CONTRACT.replace("email: {", "mail: {").replace("order_id, email]", "order_id, mail]")
TOLERANT = CONTRACT + "        note: {type: string}\n"


def block(mark: str) -> str:
    """The one block of the page that holds a text."""
    (found,) = [text for _, text in BLOCKS if mark in text]
    return str(found)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A pull request's checkout: a clone with the branch of the remote."""
    origin = repository(tmp_path / "origin", {"orders.yaml": CONTRACT})
    folder = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(origin), str(folder))
    git(folder, "checkout", "--quiet", "-b", "feature")
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Variables with an `lbgen` on the PATH, and a `pip` that installs nothing."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "lbgen").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lbgen "$@"\n')
    (bin_ / "pip").write_text("#!/bin/sh\nexit 0\n")
    for command in bin_.iterdir():
        command.chmod(0o755)
    return {**os.environ, "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}"}


def shell(text: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = ["bash", "-e", "-o", "pipefail", "-c", text]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(("contract", "code"), [(TOLERANT, 0), (RENAMED, 1)])
def test_the_plain_shell_lines_work(
    clone: Path, environment: dict[str, str], contract: str, code: int
) -> None:
    write(clone, {"orders.yaml": contract})
    done = shell(block("# Fetch the branch and the full history"), clone, environment)
    assert done.returncode == code, done.stdout + done.stderr


def test_the_lines_with_a_lock_file_work(clone: Path, environment: dict[str, str]) -> None:
    done = shell(block("last-release.lock.json"), clone, environment)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("contract", "code"), [(TOLERANT, 0), (RENAMED, 1)])
def test_the_github_workflow_without_the_action_works(
    clone: Path, environment: dict[str, str], contract: str, code: int
) -> None:
    write(clone, {"orders.yaml": contract})
    workflow = yaml.safe_load(block("contract-plain.yml"))
    steps = [step for step in workflow["jobs"]["check"]["steps"] if "run" in step]
    done = None
    for step in steps:
        assert set(step.get("env", {})) <= {"BASE"}
        done = shell(step["run"], clone, {**environment, "BASE": "main"})
    assert done is not None
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stdout.startswith("::error") == (code == 1)


def test_the_github_workflow_gives_the_action_only_inputs_that_it_has() -> None:
    workflow = yaml.safe_load(block("contract.yml\n"))
    (step,) = [s for s in workflow["jobs"]["check"]["steps"] if "lbgen" in s.get("uses", "")]
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    assert set(step["with"]) <= set(action["inputs"])


def evaluated(value: str, context: dict[str, str]) -> str:
    """A value with its `${{ ... }}` expressions, which are alternatives of names, evaluated."""

    def replaced(match: re.Match[str]) -> str:
        found = (context.get(name.strip(), "") for name in match[1].split("||"))
        return next(filter(None, found), "")

    return re.sub(r"\$\{\{(.*?)\}\}", replaced, value)


def run_action(
    folder: Path, environment: dict[str, str], context: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """The action's last step, with the ones before it but the installation."""
    action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    defaults = {f"inputs.{name}": one["default"] for name, one in action["inputs"].items()}
    defaults["steps.install.outputs.python"] = sys.executable
    done = None
    for step in action["runs"]["steps"]:
        assert step["shell"] == "bash"
        if step["name"] == "Install lbgen":
            continue  # needs the network
        variables = {
            name: evaluated(text, {**defaults, **context}) for name, text in step["env"].items()
        }
        variables["GITHUB_STEP_SUMMARY"] = str(folder.parent / "summary.md")
        done = shell(step["run"], folder, {**environment, **variables})
        if done.returncode:
            break
    assert done is not None
    return done


@pytest.mark.parametrize(("contract", "code"), [(TOLERANT, 0), (RENAMED, 1)])
def test_the_action_judges_a_pull_request(
    clone: Path, environment: dict[str, str], contract: str, code: int
) -> None:
    write(clone, {"orders.yaml": contract})
    done = run_action(clone, environment, {"github.base_ref": "main"})
    assert done.returncode == code, done.stdout + done.stderr
    assert ("compat-parameter-renamed" in done.stdout) == (code == 1)
    summary = (clone.parent / "summary.md").read_text("utf-8")
    assert summary.startswith("## Changes of the contract")
    assert "\nagainst main (" in f"\n{done.stdout}"


def test_the_action_judges_a_push_to_a_shallow_clone(  # K20
    tmp_path: Path, environment: dict[str, str]
) -> None:
    origin = repository(tmp_path / "origin", {"orders.yaml": CONTRACT})
    before = git(origin, "rev-parse", "HEAD")
    commit(origin, {"orders.yaml": RENAMED}, "break")
    commit(origin, {"note.yaml": "a: 1"}, "note")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{origin}", str(tmp_path / "clone"))
    done = run_action(tmp_path / "clone", environment, {"github.event.before": before})
    assert done.returncode == 1, done.stderr
    assert "compat-parameter-renamed" in done.stdout


@pytest.mark.parametrize("before", ["", "0" * 40])
def test_the_action_judges_a_push_that_has_nothing_before(  # K20
    clone: Path, environment: dict[str, str], before: str
) -> None:
    commit_as_ann(clone, RENAMED)
    done = run_action(clone, environment, {"github.event.before": before})
    assert done.returncode == 1, done.stderr
    assert "compat-parameter-renamed" in done.stdout


def commit_as_ann(folder: Path, contract: str) -> None:
    git(folder, "config", "user.name", "Ann")
    git(folder, "config", "user.email", "ann@example.com")
    commit(folder, {"orders.yaml": contract}, "change")


def test_the_action_annotates_a_contract_with_errors(  # K20
    clone: Path, environment: dict[str, str]
) -> None:
    write(clone, {"orders.yaml": CONTRACT.replace("{type: string}", "{type: strin}")})
    done = run_action(clone, environment, {"github.base_ref": "main"})
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=schemas/orders.yaml,line=")


def test_the_action_lets_the_first_contract_in(  # K19
    clone: Path, environment: dict[str, str]
) -> None:
    git(clone, "mv", "schemas", "elsewhere")
    (clone / "elsewhere" / "orders.yaml").write_text("a: 1")
    commit_as_ann(clone, CONTRACT)
    git(clone, "rm", "--quiet", "-r", "--cached", "schemas")
    git(clone, "commit", "--quiet", "--message", "none")
    git(clone, "push", "--quiet", "origin", "HEAD:other")
    done = run_action(clone, environment, {"github.base_ref": "other"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "has no contract, so there is nothing to compare" in done.stdout


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ("--mode backward", 0),
        ("--mode 'forward'", 1),
        ('--mode "backward"\n--undecided warn', 0),
        ("--mode *", 2),
        ("--mode 'backward", 1),
        ("$(touch pwned)", 2),
    ],
)
def test_the_action_takes_options_as_a_shell_would_but_expands_nothing(  # K20
    clone: Path, environment: dict[str, str], args: str, code: int
) -> None:
    write(clone, {"orders.yaml": CONTRACT.replace("[web, app]", "[web, app, fax]")})
    done = run_action(clone, environment, {"github.base_ref": "main", "inputs.args": args})
    assert done.returncode == code, done.stdout + done.stderr
    if args == "--mode backward":
        summary = (clone.parent / "summary.md").read_text("utf-8")
        assert "### Breaking" not in summary  # the changelog knows the options
    assert not (clone / "pwned").exists()
    if args == "--mode *":
        assert "not '*'" in done.stderr


@pytest.mark.parametrize(
    "against",
    [
        "--upload-pack=touch pwned",
        "--upload-pack=touch${IFS}pwned;",
        "-c",
        "$(touch pwned)",
        "`touch pwned`",
        "main; touch pwned",
        "main\ntouch pwned",
        "ext::sh -c touch% pwned",
    ],
)
def test_the_name_of_the_old_version_runs_nothing(  # K22
    clone: Path, environment: dict[str, str], against: str
) -> None:
    write(clone, {"orders.yaml": RENAMED})
    done = run_action(clone, environment, {"inputs.against": against})
    assert done.returncode == 2, done.stdout + done.stderr
    assert not list(clone.rglob("pwned*"))
    assert done.stdout.count("\n") == done.stdout.count("::error ")


def test_the_action_installs_the_version_that_it_is_of() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    assert action["inputs"]["version"]["default"] == ""
    assert action["runs"]["steps"][0]["env"]["OWN"] == "${{ github.action_path }}"


def test_the_action_runs_nothing_that_a_pull_request_holds(
    clone: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    """S6: modules named after those that the action runs, and words that a shell would run."""
    owned = tmp_path / "owned"
    for name in ("pip", "venv", "lbgen", "lbgen_runtime", "yaml", "rich", "json", "sitecustomize"):
        (clone / f"{name}.py").write_text(f"open({str(owned)!r}, 'w')\n")
    action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    output = tmp_path / "output.txt"
    environment |= {
        "PIP_NO_INDEX": "1",
        "PIP_NO_INPUT": "1",
        "PYTHONPATH": str(clone),
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }
    context = {f"inputs.{name}": one["default"] for name, one in action["inputs"].items()}
    context["github.base_ref"] = "main"
    context["steps.install.outputs.python"] = sys.executable
    for name, value in (("version", f"==1; touch {owned}"), ("version", f"$(touch {owned})")):
        install = action["runs"]["steps"][0]
        done = shell(
            install["run"],
            clone,
            {
                **environment,
                "OWN": str(ROOT),
                "VERSION": evaluated(
                    install["env"]["VERSION"], {**context, f"inputs.{name}": value}
                ),
            },
        )
        assert done.returncode != 0  # nothing can be installed without an index
        assert (tmp_path / "lbgen").is_dir()
    for step in action["runs"]["steps"][1:]:
        variables = {name: evaluated(text, context) for name, text in step["env"].items()}
        done = shell(step["run"], clone, {**environment, **variables})
        assert done.returncode == 0, done.stdout + done.stderr
    assert not owned.exists()


@pytest.mark.parametrize(("contract", "code"), [(TOLERANT, 0), (RENAMED, 1)])
def test_the_gitlab_script_works(
    clone: Path, environment: dict[str, str], contract: str, code: int
) -> None:
    write(clone, {"orders.yaml": contract})
    job = yaml.safe_load(block("# .gitlab-ci.yml"))["contract"]
    variables = {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", **job["variables"]}
    done = shell("\n".join(job["script"]), clone, {**environment, **variables})
    assert done.returncode == code, done.stdout + done.stderr
    report = job["artifacts"]["reports"]["codequality"]
    assert len(json.loads((clone / report).read_text("utf-8"))) == code


@pytest.mark.parametrize(("contract", "code"), [(TOLERANT, 0), (RENAMED, 1)])
def test_the_pre_commit_hook_works(
    clone: Path, environment: dict[str, str], contract: str, code: int
) -> None:
    write(clone, {"orders.yaml": contract})
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (used,) = yaml.safe_load(block("# .pre-commit-config.yaml"))["repos"][0]["hooks"]
    assert used["id"] == hook["id"]
    assert not hook["pass_filenames"]
    for arguments in (hook["args"], used["args"]):
        done = shell(shlex.join([*hook["entry"].split(), *arguments]), clone, environment)
        assert done.returncode == code, done.stdout + done.stderr


def test_the_settings_of_the_page_are_known(clone: Path, environment: dict[str, str]) -> None:
    (clone / "pyproject.toml").write_text(block("# pyproject.toml"), "utf-8")
    done = shell("lbgen check schemas", clone, environment)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_command_that_allows_a_break_works(clone: Path, environment: dict[str, str]) -> None:
    write(clone, {"orders.yaml": RENAMED})
    done = shell(block("lbgen allow"), clone, environment)
    assert done.returncode == 0, done.stdout + done.stderr
    done = shell("lbgen check schemas --against main", clone, environment)
    assert done.returncode == 0, done.stdout + done.stderr
