"""What the commands print, wherever it goes and whatever somebody else has written into it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from lbgen.tasks import check
from tests.compat.repositories import CONTRACT, commit, git, repository, write

FORMATS = ("text", "json", "github", "gitlab", "sarif", "junit")
UMLAUTS = CONTRACT.replace("channel", "größe")
BROKEN = UMLAUTS.replace("[web, app]", "[web]")
COMMANDS = {
    "check": ["check", "schemas", "--against", "main"],
    "changelog": ["changelog", "schemas", "--against", "main"],
    "lint": ["lint", "schemas"],
    "help": ["check", "--help"],
    "version": ["--version"],
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = repository(tmp_path / "project", {"orders.yaml": UMLAUTS})
    write(folder, {"orders.yaml": BROKEN})
    monkeypatch.chdir(folder)
    return folder


def lbgen(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "lbgen", *arguments]
    done = subprocess.run(command, check=False, **{"capture_output": True, **options})
    assert b"Traceback" not in (done.stderr or b""), done.stderr
    return done


@pytest.mark.parametrize("name", FORMATS)
def test_a_terminal_that_has_only_ascii_gets_the_report(project: Path, name: str) -> None:  # K21
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = lbgen(*COMMANDS["check"], "--format", name, env=environment)
    assert done.returncode == 1
    if name in ("json", "gitlab", "sarif"):
        assert "größe" in str(json.loads(done.stdout))
    if name == "text":
        assert b"gr\\xf6\\xdfe" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full device")
@pytest.mark.parametrize("name", COMMANDS)
def test_output_that_cannot_be_written_is_told_and_is_no_finding(  # K20, K21
    project: Path, name: str
) -> None:
    with open("/dev/full", "w") as full:
        done = lbgen(*COMMANDS[name], capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert b"No space left" in done.stderr


def test_a_closed_output_leaves_the_verdict(project: Path) -> None:
    command = f"{sys.executable} -m lbgen check schemas --against main >&- 2>&-"
    assert subprocess.run(["sh", "-c", command], check=False).returncode == 1


def test_a_file_whose_name_is_no_text_is_told(project: Path) -> None:  # K21
    (Path(os.fsdecode(b"schemas/caf\xe9.yaml"))).write_text("a: 1\n")
    for name in FORMATS:
        done = lbgen(*COMMANDS["check"], "--format", name)
        assert done.returncode == 1
        assert b"not UTF-8" in done.stdout + done.stderr
    assert lbgen("lint", "schemas").returncode == 1


def test_a_file_whose_name_was_no_text_is_not_compared(project: Path) -> None:  # K21
    path = Path(os.fsdecode(b"schemas/caf\xe9.yaml"))
    path.write_text("a: 1\n")
    commit(project, {"orders.yaml": UMLAUTS}, "name")
    path.unlink()
    done = lbgen("check", "schemas", "--against", "HEAD")
    assert done.returncode == 0
    assert b"compat-old-invalid" in done.stdout


HOSTILE = "a\nb\r::error::x\x1b[31m##[error]y\u202e.yaml"


@pytest.mark.parametrize("name", FORMATS)
def test_the_name_of_a_file_makes_no_line_of_its_own(project: Path, name: str) -> None:  # K22
    (project / "schemas" / HOSTILE).write_text("lbgen: 1\n")
    commit(project, {}, "name")
    (project / "schemas" / HOSTILE).unlink()
    for arguments in (["check", "schemas", "--against", "HEAD"], ["lint", "schemas"]):
        if arguments[0] == "lint":
            (project / "schemas" / HOSTILE).write_text("lbgen: 1\n")
            if name == "gitlab":
                continue
        done = lbgen(*arguments, "--format", name)
        text = (done.stdout + done.stderr).decode()
        assert "\x1b" not in text
        assert "\u202e" not in text
        lines = [line.strip() for line in text.splitlines()]
        assert not any(line.startswith(("::error::", "##[", "b\\r")) for line in lines)


def test_a_changelog_is_no_markup_of_somebody_else(project: Path) -> None:  # K22
    hostile = "<img src=x onerror=y> [a](javascript:b) `c` *d* # e | f\\n\\n# Heading\\n\\n- item"
    paid = f'  order_paid:\n    description: "{hostile}"\n    parameters: {{properties: {{}}}}\n'
    write(project, {"orders.yaml": BROKEN + paid})
    done = lbgen("changelog", "schemas", "--against", "main")
    assert done.returncode == 0
    text = done.stdout.decode()
    (line,) = [line for line in text.splitlines() if "order_paid" in line]
    assert "\\<img src=x onerror=y\\>" in line
    assert "\\[a\\](javascript:b)" in line
    assert "\\`c\\` \\*d\\*" in line
    assert "Heading" in line
    assert "item" in line


def test_a_report_is_appended_to_a_file_or_the_reason_told(project: Path, tmp_path: Path) -> None:
    command = COMMANDS["check"]
    assert lbgen(*command, "--changelog", str(tmp_path / "a.md")).returncode == 1
    assert (tmp_path / "a.md").read_text().startswith("## Changes of the contract since main")
    done = lbgen(*command, "--changelog", str(tmp_path / "none" / "a.md"))
    assert done.returncode == 2
    assert b"cannot be written" in done.stderr


# Lock files


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"{}", "is not a lock file"),
        (b"[]", "is not a lock file"),
        (b"\xff\xfe", "is not a lock file"),
        (b"[" * 100_000, "is not a lock file"),
        (b'{"lbgen-lock": 2, "files": {}}', "version 2"),
        (b'{"lbgen-lock": true, "files": {}}', "version true"),
        (b'{"lbgen-lock": 1}', "is damaged"),
        (b'{"lbgen-lock": 1, "files": {"a.yaml": 1}}', "is damaged"),
        (b'{"lbgen-lock": 1, "files": [1]}', "is damaged"),
        (b'{"lbgen-lock": 1, "files": {"a.yaml": "\\ud800"}}', "is damaged"),
        (b'{"lbgen-lock": 1, "files": {"\\ud800.yaml": "a"}}', "is damaged"),
        (b'{"lbgen-lock": 1, "files": {}, "settings": {"drafts": 1}}', "is damaged"),
        (b'{"lbgen-lock": 1, "files": {}}', "has no contract"),
        (b'{"lbgen-lock": 1, "files": {"a.txt": "lbgen"}}', "has no contract"),
    ],
)
def test_a_lock_file_that_is_none_is_told(
    project: Path, text: bytes, says: str
) -> None:  # K21, K23
    Path("old.json").write_bytes(text)
    done = lbgen("check", "schemas", "--against", "./old.json")
    assert done.returncode == 2
    assert says in done.stderr.decode()


@pytest.mark.parametrize("output", ["none/old.json", "schemas", "/proc/old.json"])
def test_a_lock_file_that_cannot_be_written_is_told(project: Path, output: str) -> None:  # K21
    done = lbgen("lock", "schemas", "--output", output)
    assert done.returncode == 2
    assert b"cannot be written" in done.stderr


def test_a_lock_file_holds_the_settings(project: Path) -> None:  # K12
    settings = '[tool.lbgen.urls]\n"https://x.example/" = "common/"\n'
    (project / "pyproject.toml").write_text(settings)
    assert lbgen("lock", "schemas", "--output", "old.json").returncode == 0
    lock = json.loads(Path("old.json").read_text())
    assert lock["settings"]["urls"] == {"https://x.example/": "common/"}


# What reports say of the run


def test_every_report_names_the_commit_that_it_compared_with(project: Path) -> None:
    commit = git(project, "rev-parse", "HEAD")
    write(project, {"orders.yaml": CONTRACT.replace("order_id: {type: string}", "order_id: {}")})
    sarif = json.loads(lbgen("check", "schemas", "--against", "main", "--format", "sarif").stdout)
    about = sarif["runs"][0]["properties"]
    assert about["commit"] == commit
    assert commit[:7] in about["against"]
    junit = lbgen("check", "schemas", "--against", "main", "--format", "junit").stdout.decode()
    suite = ElementTree.fromstring(junit)[0]
    names = {each.attrib["name"]: each.attrib["value"] for each in suite.iter("property")}
    assert names["commit"] == commit
    for entry in json.loads(
        lbgen("check", "schemas", "--against", "main", "--format", "gitlab").stdout
    ):
        assert f"Compared with main ({commit[:7]}" in entry["description"]


def test_only_what_fails_the_check_is_a_failure_for_junit(project: Path) -> None:
    write(project, {"orders.yaml": UMLAUTS})
    (project / "pyproject.toml").write_text('[tool.lbgen.compat]\nmode = "backward"\n')
    done = lbgen("check", "schemas", "--against", "main", "--format", "junit")
    assert done.returncode == 0, done.stderr
    suite = ElementTree.fromstring(done.stdout.decode())[0]
    assert "compat-settings-changed" in done.stdout.decode()  # a warning
    assert suite.attrib["failures"] == "0"
    assert not list(suite.iter("failure"))


def test_a_format_that_cannot_be_written_loses_no_finding(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, {"orders.yaml": CONTRACT.replace("order_id: {type: string}", "order_id: {}")})

    def fail(*_: object) -> str:
        raise ValueError("Exceeds the limit for integer string conversion")

    monkeypatch.setattr(check, "check_json", fail)
    assert check.check_folder(Path("schemas"), format="json", against=["main"]) == 1
    errors = capsys.readouterr().err
    assert "shop.orders.order_placed" in errors
    assert "the json report cannot be written" in errors


def test_a_recursive_type_is_called_as_its_author_calls_it(project: Path) -> None:
    node = "$defs:\n  Node: {type: object, properties: {next: {$ref: '#/$defs/Node'}}}\n"
    old = CONTRACT.replace("channel: {enum: [web, app]}", "channel: {$ref: '#/$defs/Node'}")
    commit(project, {"orders.yaml": old + node}, "a type that recurs")
    write(project, {"orders.yaml": CONTRACT.replace("{enum: [web, app]}", "{type: string}")})
    done = lbgen("check", "schemas", "--against", "main")
    assert 'parameter "channel" changed from Node to string' in done.stdout.decode()
