"""An allowance covers one change, in the directions that it names, against one version, once."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from lbgen.cli.app import app
from lbgen.compat.allowances import Allowance, day_of, read_allowances
from tests.compat.repositories import CONTRACT, commit, git, repository, write

BROKEN = CONTRACT.replace("email: {", "mail: {").replace("order_id, email]", "order_id, mail]")
FAX = CONTRACT.replace("[web, app]", "[web, app, fax]")
BREAKS = Path("schemas/.lbgen-breaks.yaml")
RENAME = ("compat-parameter-renamed", "shop.orders.order_placed#mail")


def lbgen(*arguments: str) -> Result:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def check(*options: str) -> int:
    return lbgen("check", "schemas", *(options or ("--against", "main"))).exit_code


def allow(*arguments: str, against: str = "main", reason: str = "it is meant") -> Result:
    return lbgen("allow", *arguments, "--against", against, "--reason", reason)


def commit_all(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "change")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A branch of a repository with a contract on `main`, as the working directory."""
    folder = repository(tmp_path / "project", {"orders.yaml": CONTRACT})
    git(folder, "checkout", "--quiet", "-b", "feature")
    monkeypatch.chdir(folder)
    return folder


# Versions


def test_the_order_of_versions_decides_nothing(project: Path) -> None:  # K7
    git(project, "tag", "v1")
    git(project, "checkout", "--quiet", "main")
    more = CONTRACT + "        note: {type: string}\n"
    commit(project, {"orders.yaml": more}, "note")
    git(project, "checkout", "--quiet", "-B", "feature")
    write(project, {"orders.yaml": more.replace("[web, app]", "[web, app, fax]")})
    assert allow("compat-value-added", "shop.orders.order_placed#channel").exit_code == 0
    assert check("--against", "main") == 0
    assert check("--against", "v1") == 1
    assert check("--against", "v1", "--against", "main") == 1
    assert check("--against", "main", "--against", "v1") == 1
    assert check("--against", "main", "--transitive", "2") == 1


def test_one_command_allows_what_breaks_the_same_against_several_versions(project: Path) -> None:
    git(project, "checkout", "--quiet", "main")
    commit(project, {"orders.yaml": CONTRACT + "        note: {type: string}\n"}, "note")
    git(project, "checkout", "--quiet", "-B", "feature")
    write(project, {"orders.yaml": FAX + "        note: {type: string}\n"})
    options = ("--against", "main", "--transitive", "2", "--mode", "forward")
    said = json.loads(lbgen("check", "schemas", *options, "--format", "json").stdout)
    (finding,) = said["findings"]
    assert len(said["against"]) == 2
    assert len(finding["old"]["also"]) == 1
    command = finding["allow"].replace('--reason "..."', "--reason x --mode forward").split()[1:]
    assert lbgen(*[part.strip("'") for part in command]).exit_code == 0
    assert check(*options) == 0


def test_a_version_may_hide_nothing_of_another_with_the_same_words(project: Path) -> None:  # K7
    """Two variants without a name are two findings, wherever they are new."""
    union = CONTRACT.replace(
        "channel: {enum: [web, app]}", "channel: {oneOf: [{type: integer}, {type: 'null'}]}"
    )
    commit(project, {"orders.yaml": union}, "union")
    two = union.replace("{type: integer}", "{type: integer}, {type: string}, {type: array}")
    write(project, {"orders.yaml": two})
    found = json.loads(lbgen("check", "schemas", "--against", "HEAD", "--format", "json").stdout)
    assert sum(one["rule"] == "compat-variant-added" for one in found["findings"]) == 2


# Directions


def test_an_allowance_covers_the_directions_that_it_names(project: Path) -> None:  # K9
    write(project, {"orders.yaml": BROKEN})
    assert lbgen("allow", *RENAME, "--against", "main", "--reason", "x", "--mode", "backward")
    assert check("--against", "main", "--mode", "backward") == 0
    assert check("--against", "main", "--mode", "forward") == 1
    result = lbgen("check", "schemas", "--against", "main", "--format", "json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)["findings"]
    parts = [(one["allowed"] is not None, one["breaks"][0]["direction"]) for one in found]
    assert sorted(parts) == [(False, "forward"), (True, "backward")]
    assert allow(*RENAME).exit_code == 0
    assert check() == 0
    assert BREAKS.read_text().count("- rule") == 2


def test_an_allowance_without_strict_covers_nothing_strict(project: Path) -> None:  # K9
    write(project, {"orders.yaml": BROKEN})
    assert allow(*RENAME).exit_code == 0
    assert check() == 0
    assert check("--against", "main", "--strict") == 1
    assert allow(*RENAME, "--strict").exit_code == 0
    assert check("--against", "main", "--strict") == 0
    assert check() == 0


# One change


def test_an_allowance_covers_one_of_two_alike(project: Path) -> None:  # K10
    union = CONTRACT.replace(
        "channel: {enum: [web, app]}",
        "channel:\n          oneOf:\n            - {type: integer}\n            - {type: 'null'}",
    )
    commit(project, {"orders.yaml": union}, "union")
    two = union + "            - {type: string}\n            - {type: array}\n"
    write(project, {"orders.yaml": two})
    line = two.splitlines().index("            - {type: string}") + 1
    vague = allow("compat-variant-added", "shop.orders.order_placed#channel", against="HEAD")
    assert vague.exit_code == 2
    place = f"schemas/orders.yaml:{line}:15"
    assert place in vague.output
    assert allow("compat-variant-added", place, against="HEAD").exit_code == 0
    result = lbgen("check", "schemas", "--against", "HEAD", "--format", "json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)["findings"]
    assert [one["line"] for one in found if one["allowed"] is None] == [line + 1]


STREAM = CONTRACT.replace("events:", "stream: per_event\nevents:")
LIGHTBUS = CONTRACT.replace("events:", "lightbus: true\nevents:")
PAID = "  order_paid: {parameters: {type: object, properties: {}}}\n"


@pytest.mark.parametrize(
    ("before", "after", "rule", "place"),
    [
        (CONTRACT, STREAM, "compat-stream-changed", "shop.orders"),
        (LIGHTBUS, CONTRACT, "compat-lightbus-changed", "shop.orders"),
        (CONTRACT + PAID, CONTRACT, "compat-event-removed", "shop.orders.order_paid"),
        (CONTRACT, BROKEN, *RENAME),
    ],
    ids=["stream", "lightbus", "removed", "renamed"],
)
def test_an_allowance_does_not_cover_the_same_change_made_again(  # K11
    project: Path, before: str, after: str, rule: str, place: str
) -> None:
    commit(project, {"orders.yaml": before + "# begin\n"}, "before")
    git(project, "branch", "--force", "main")
    write(project, {"orders.yaml": after})
    assert allow(rule, place).exit_code == 0
    assert check() == 0
    commit_all(project)
    assert check() == 0
    git(project, "branch", "--force", "main")
    commit(project, {"orders.yaml": before}, "taken back")
    git(project, "branch", "--force", "main")
    write(project, {"orders.yaml": after})
    result = lbgen("check", "schemas", "--against", "main")
    assert result.exit_code == 1
    assert "compat-allowance-used" in result.output
    assert allow(rule, place).exit_code == 0
    assert check() == 0


def test_a_lock_file_holds_the_allowances_that_are_used(project: Path) -> None:  # K11
    write(project, {"orders.yaml": STREAM})
    assert allow("compat-stream-changed", "shop.orders").exit_code == 0
    write(project, {"orders.yaml": CONTRACT})
    assert lbgen("lock", "schemas", "--output", "old.json").exit_code == 0
    write(project, {"orders.yaml": STREAM})
    assert check() == 0
    assert check("--against", "old.json") == 1


# Days


def test_an_expired_allowance_may_be_allowed_again(project: Path) -> None:  # K18
    write(project, {"orders.yaml": BROKEN})
    assert allow(*RENAME).exit_code == 0
    BREAKS.write_text(
        BREAKS.read_text().replace("  fingerprint", "  until: 2020-01-31\n  fingerprint")
    )
    assert check() == 1
    assert allow(*RENAME, "--until", "2999-12-31").exit_code == 0
    result = lbgen("check", "schemas", "--against", "main")
    assert result.exit_code == 0, result.output
    assert result.output.count("compat-allowance-unneeded") == 2  # the old entry, and the advice
    assert ".lbgen-breaks.yaml:3:" in result.output


def test_the_last_day_is_the_same_everywhere(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # K23
    write(project, {"orders.yaml": BROKEN})
    today = datetime.datetime.now(datetime.UTC).date()
    assert allow(*RENAME, "--until", today.isoformat()).exit_code == 0
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
        monkeypatch.setenv("TZ", zone)
        done = subprocess.run(
            [sys.executable, "-m", "lbgen", "check", "schemas", "--against", "main"],
            capture_output=True,
            check=False,
        )
        # Midnight in UTC may have passed since the entry was written.
        assert done.returncode == int(datetime.datetime.now(datetime.UTC).date() > today)


@pytest.mark.parametrize(
    "until", ["", " ", "2020-01-01", "2999-02-30", "20991231", "2999-W01-1", "tomorrow", "2999-1-1"]
)
def test_a_last_day_that_is_none_or_is_over_is_refused(project: Path, until: str) -> None:  # K23
    write(project, {"orders.yaml": BROKEN})
    result = allow(*RENAME, "--until", until)
    assert result.exit_code == 2
    assert "--until" in result.output
    assert not BREAKS.exists()


# The file

ENTRY = """\
- rule: compat-parameter-renamed
  at: "shop.orders.order_placed#email"
  breaks: [backward]
  reason: r
  fingerprint: "0123456789abcdef"
"""


@pytest.mark.parametrize(
    "text",
    [
        ENTRY + "  until: 2099-02-30\n",
        ENTRY + "  until: 2099-01-01 10:00:00\n",
        ENTRY + "  until: 2099-01-01T10:00:00Z\n",
        ENTRY + "  until: [2099-01-01]\n",
        ENTRY + "  strict: maybe\n",
        ENTRY.replace("backward", "sideways"),
        ENTRY.replace("  breaks: [backward]\n", ""),
        "[" * 5000,
        "{a: " * 5000,
        "- !!python/object:os.system x\n",
        "- &a [*a]\n",
        "a: 1\n",
        "- \n",
        "- 1\n",
        "x: \x00\n",
    ],
)
def test_a_file_that_cannot_be_read_is_told_where(project: Path, text: str) -> None:  # K21
    BREAKS.write_text(text)
    result = lbgen("check", "schemas", "--against", "main")
    assert result.exit_code == 1
    assert "schemas/.lbgen-breaks.yaml:" in result.output
    assert "compat-allowance-unreadable" in result.output
    write(project, {"orders.yaml": BROKEN})
    assert allow(*RENAME).exit_code == 2
    assert BREAKS.read_text() == text


def test_bytes_that_are_no_text_are_told(project: Path) -> None:  # K21
    BREAKS.write_bytes(b"- rule: \xff\n")
    result = lbgen("check", "schemas", "--against", "main")
    assert result.exit_code == 1
    assert "compat-allowance-unreadable" in result.output


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", 0),
        ("# only a comment", 0),
        (ENTRY, 0),
        (ENTRY.rstrip("\n"), 0),
        ("".join(f"    {line}\n" for line in ENTRY.splitlines()), 0),
        ("---\n" + ENTRY, 0),
        ("[]\n", 2),
        ("- {rule: r, at: a, breaks: [backward], reason: r, fingerprint: f}\n", 0),
        ("[{rule: r, at: a, breaks: [backward], reason: r, fingerprint: f}]\n", 2),
        (ENTRY + "...\n", 2),
        (ENTRY.replace("\n", "\r\n"), 0),
    ],
)
def test_an_entry_is_appended_so_that_it_can_be_read_or_not_at_all(  # K23
    project: Path, text: str, code: int
) -> None:
    BREAKS.write_text(text, newline="")
    write(project, {"orders.yaml": BROKEN})
    result = allow(*RENAME)
    assert result.exit_code == code, result.output
    assert check() == (1 if code else 0)
    assert BREAKS.read_bytes().decode().startswith(text)
    if code:
        assert BREAKS.read_bytes().decode() == text


@pytest.mark.parametrize(
    "reason",
    ["a\nb", 'q"uo\\te', "emoji \U0001f600", "\x1b[31m", "\u202e", "- a: b # c"],
)
def test_every_reason_can_be_read_again(project: Path, reason: str) -> None:
    write(project, {"orders.yaml": BROKEN})
    assert allow(*RENAME, reason=reason).exit_code == 0
    (entry,), problems = read_allowances(BREAKS.read_bytes())
    assert not problems
    assert entry.reason == reason
    assert check() == 0


@pytest.mark.parametrize("reason", ["", "  ", "\udcff"])
def test_a_reason_that_is_none_is_refused(project: Path, reason: str) -> None:
    write(project, {"orders.yaml": BROKEN})
    result = allow(*RENAME, reason=reason)
    assert result.exit_code == 2
    assert "reason" in result.output


def test_two_at_once_write_one_entry(project: Path) -> None:  # K23
    write(project, {"orders.yaml": BROKEN})
    command = [sys.executable, "-m", "lbgen", "allow", *RENAME, "--against", "main"]
    both = [subprocess.Popen([*command, "--reason", "x"]) for _ in range(2)]
    assert [one.wait() for one in both] == [0, 0]
    entries, problems = read_allowances(BREAKS.read_bytes())
    assert (len(entries), problems) == (1, [])


def test_a_file_that_is_a_link_is_not_written_through(project: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("")
    BREAKS.symlink_to(tmp_path / "elsewhere")
    write(project, {"orders.yaml": BROKEN})
    result = allow(*RENAME)
    assert result.exit_code == 2
    assert "symbolic link" in result.output
    assert (tmp_path / "elsewhere").read_text() == ""


def test_a_folder_in_the_place_of_the_file_is_told(project: Path) -> None:  # K21
    BREAKS.mkdir()
    write(project, {"orders.yaml": BROKEN})
    for result in (lbgen("check", "schemas", "--against", "main"), allow(*RENAME)):
        assert result.exit_code == 2
        assert "Is a directory" in result.output


def test_days_are_written_in_one_way() -> None:
    assert day_of("2026-12-31") == datetime.date(2026, 12, 31)
    assert day_of("20261231") is None


def test_entries_that_differ_in_one_word_are_two() -> None:
    words: dict[str, Any] = {"rule": "r", "at": "a", "fingerprint": "f", "reason": "x"}
    one = Allowance(breaks=("backward",), **words)
    assert one == Allowance(breaks=("backward",), line=7, **words)
    assert one != Allowance(breaks=("backward",), id="1", **words)


# Settings


@pytest.mark.parametrize(
    "setting",
    [
        'strict = "true"',
        "strict = 1",
        'source = "yes"',
        "source = 0",
        "mode = true",
        'mode = "sideways"',
        "undecided = false",
        'undecided = "never"',
        'against = ""',
        'against = [""]',
        "against = 1",
        "against = [1]",
        "against = {a = 1}",
        'against-tip = [" "]',
        'modes = "full"',
        'modes = {"shop.order" = "full"}',
        'modes = {"shop.orders" = "sideways"}',
        'aganst = ["main"]',
    ],
)
def test_a_setting_without_effect_is_wrong_use(project: Path, setting: str) -> None:  # K13, K1
    (project / "pyproject.toml").write_text(f"[tool.lbgen.compat]\n{setting}\n")
    result = lbgen("check", "schemas", "--against", "main")
    assert result.exit_code == 2, result.output
    assert setting.split()[0] in result.output


def test_the_settings_name_the_old_version(project: Path) -> None:
    git(project, "checkout", "--quiet", "main")
    commit(project, {"orders.yaml": CONTRACT.replace("[web, app]", "[web]")}, "fewer")
    git(project, "checkout", "--quiet", "feature")
    (project / "pyproject.toml").write_text('[tool.lbgen.compat]\nagainst = "main"\n')
    assert lbgen("check", "schemas").exit_code == 0
    (project / "pyproject.toml").write_text('[tool.lbgen.compat]\nagainst-tip = ["main"]\n')
    assert lbgen("check", "schemas").exit_code == 1


def test_a_change_that_loosens_its_own_check_is_told(project: Path) -> None:  # K12, S3
    path = project / "pyproject.toml"
    path.write_text('[tool.lbgen.compat]\nmode = "full"\n')
    commit_all(project)
    git(project, "branch", "--force", "main")
    assert "settings" not in lbgen("check", "schemas", "--against", "main").output
    path.write_text('[tool.lbgen.compat]\nmode = "backward"\n')
    write(project, {"orders.yaml": FAX})
    result = lbgen("check", "schemas", "--against", "main")
    assert result.exit_code == 0
    assert "pyproject.toml:1:1: compat-settings-changed" in result.output
    assert ": mode" in result.output
