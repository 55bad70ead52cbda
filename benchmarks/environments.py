"""A virtual environment for each library that is measured, made once and kept."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

__all__ = ["ENVIRONMENTS", "Environments"]

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
FAST = PROJECT["optional-dependencies"]["fast"]

ENVIRONMENTS: dict[str, list[str]] = {
    "lbgen": PROJECT["dependencies"],
    "lbgen+fast": [*PROJECT["dependencies"], *FAST],
    "faststream": ["faststream[redis]==0.7.8"],
    "faststream+fast": ["faststream[redis]==0.7.8", *FAST],
    "taskiq": ["taskiq-redis==1.2.0", "taskiq<0.13", "pydantic>=2.11,<3"],
    "streaq": ["streaq==7.2.0", "pydantic>=2.11,<3"],
    "lightbus": ["lightbus==1.3.0a6", "setuptools<81"],
    "datamodel-code-generator": ["datamodel-code-generator==0.89.0"],
}
"""What is installed in each. lbgen itself is the working tree's."""


class Environments:
    """Virtual environments below a folder.

    Args:
        folder: where they are kept; below the system's folder for temporary files if left out.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path(tempfile.gettempdir()) / "lbgen-benchmarks"

    def python(self, name: str) -> Path:
        """The interpreter of an environment, which is made if it is not there."""
        needs = ENVIRONMENTS[name]
        digest = hashlib.sha256(json.dumps([sys.version, needs]).encode()).hexdigest()[:12]
        folder = self._folder / f"{name}-{digest}"
        python = folder / "bin" / "python"
        made = folder / "made"
        if not made.exists():
            print(f"making the environment of {name} in {folder}", file=sys.stderr)
            subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
            pip = [
                python,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--quiet",
                "--disable-pip-version-check",
            ]
            subprocess.run([*pip, *needs], check=True, stdout=sys.stderr)
            made.touch()
        return python

    def variables(self) -> dict[str, str]:
        """The environment variables of a subject's process."""
        path = [ROOT / "benchmarks" / "subjects", ROOT / "runtime", ROOT / "codegen", ROOT]
        return {
            **{
                name: value for name, value in os.environ.items() if name.startswith(("LC", "LANG"))
            },
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": os.pathsep.join(map(str, path)),
            "PYTHONDONTWRITEBYTECODE": "",
        }
