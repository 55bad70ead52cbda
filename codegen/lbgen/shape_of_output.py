"""The last look at generated code: it parses, and has the shape of the plan and no other."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .plan import PackagePlan
    from .plan.modules import ModulePlan

__all__ = ["UnexpectedOutput", "check_output"]


class UnexpectedOutput(AssertionError):
    """The generator made something else than it planned: a defect of lbgen."""


def check_output(files: Mapping[str, str], package: PackagePlan) -> None:
    """Compare the definitions of generated modules with their plan.

    Args:
        files: text of each file, by path.
        package: the plan that it was rendered from.

    Raises:
        UnexpectedOutput: a module does not parse, or defines or runs what was not planned.
    """
    for module in package.modules:
        text = files.get(f"{module.name}.py")
        if text is None:
            continue
        try:
            tree = ast.parse(text)
        except SyntaxError as error:
            raise UnexpectedOutput(f"{module.name}.py does not parse: {error}") from error
        found = [_describe(node) for node in tree.body]
        expected = _expected(module)
        if [each for each in found if each] != expected:
            raise UnexpectedOutput(f"{module.name}.py: {found} instead of {expected}")


def _describe(node: ast.stmt) -> str | None:
    match node:
        case ast.Import() | ast.ImportFrom():
            return None
        case ast.Expr(value=ast.Constant(value=str())):
            return "doc"
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case ast.ClassDef(name=name, body=body):
            return f"class {name} {sum(isinstance(each, ast.AnnAssign) for each in body)}"
        case _:
            return f"unexpected {type(node).__name__}"


def _expected(module: ModulePlan) -> list[str]:
    names = ["doc", "__all__"]
    if module.api is not None:
        names.append("_API")
    names += [f"class {each.name} {len(each.fields)}" for each in module.classes]
    if module.api is not None:
        names += [f"class {event.endpoint} 0" for event in module.api.events]
        names.append(f"class {module.api.class_name} 0")
    return names
