"""Seventh pass: the plan as text. Templates print and decide nothing."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import jinja2

from lbgen_runtime.version import __version__

from .literal import python_literal

if TYPE_CHECKING:
    from .plan import PackagePlan

__all__ = ["MARK", "render"]

MARK: Final = "# lbgen:generated\n"
"""The line by which a file of ours is known."""


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("lbgen"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters["python_literal"] = python_literal
    return environment


def render(package: PackagePlan) -> dict[str, str]:
    """The text of each file of a package, by its path in the package."""
    environment = _environment()
    files = {
        "__init__.py": environment.get_template("init.py.jinja").render(
            version=__version__, package=package
        ),
        "_schemas.py": environment.get_template("schemas.py.jinja").render(
            version=__version__, schemas=package.schemas
        ),
        "py.typed": "",
    }
    template = environment.get_template("module.py.jinja")
    for module in package.modules:
        files[f"{module.name}.py"] = template.render(version=__version__, module=module)
    return files
