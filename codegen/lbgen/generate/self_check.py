"""The last look at generated code, at its bytes as Python itself reads them.

Nothing of a contract may become code, or change how code is read. Literals and docstrings are made
in one place (`literal`), names in another (`names`); this pass trusts neither. In every file

- Python reads the bytes as UTF-8, and they parse;
- there is no control or format character, not even inside a string: those are escapes;
- the comments are those of the templates, word for word;
- the definitions are those of the plan, and no statement runs that was not planned.
"""

from __future__ import annotations

import ast
import io
import tokenize
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from ..findings.diagnostic import Diagnostic, Place
from .render import LATE_IMPORT, LONG_UNIONS, header

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .plan import PackagePlan
    from .plan.outline import ModulePlan

__all__ = ["check_output"]

_STRINGS: Final = (ast.Constant, ast.JoinedStr)


def check_output(files: Mapping[str, str], package: PackagePlan) -> list[Diagnostic]:
    """Compare generated files with their plan.

    Args:
        files: text of each file, by path.
        package: the plan that it was rendered from.

    Returns:
        A finding for each file that is not what was planned, which is a defect of lbgen.
    """
    problems: list[Diagnostic] = []
    for path, text in files.items():
        if not path.endswith(".py"):
            if text:
                problems.append(_problem(path, ".", "it is not empty"))
            continue
        module = next((each for each in package.modules if f"{each.name}.py" == path), None)
        source = "." if module is None or not module.sources else module.sources[0]
        expected = _expected(module) if module is not None else _expected_of_package(path, package)
        problems += [_problem(path, source, fault) for fault in _faults(text, expected)]
    return problems


def _problem(path: str, source: str, fault: str) -> Diagnostic:
    return Diagnostic(
        place=Place(file=source),
        rule="unexpected-code",
        message=f"the generated file {path} would not be what was planned: {fault}",
        help="nothing was written; this is a defect of lbgen, please report it with the contract",
    )


def _faults(text: str, expected: list[str]) -> Iterator[str]:
    """What is wrong with a file; no more than the first thing that keeps it from being read."""
    try:
        data = text.encode()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except (UnicodeEncodeError, SyntaxError) as error:
        yield str(error)
        return
    if encoding != "utf-8":
        yield f"Python would read it as {encoding}"
        return
    for number, line in enumerate(text.split("\n"), 1):
        if not line.isprintable():
            yield f"line {number} has a character that cannot be seen"
            return
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        yield f"it does not parse ({error})"
        return
    yield from _comments(data, tree)
    found = [_describe(node) for node in tree.body]
    if [each for each in found if each] != expected:
        yield f"it has {found} instead of {expected}"


def _comments(data: bytes, tree: ast.Module) -> Iterator[str]:
    """Comments that no template holds: every `#` that is in no string starts one."""
    starts: list[tuple[int, int]] = []
    ends: list[tuple[int, int]] = []
    strings = (node for node in ast.walk(tree) if isinstance(node, _STRINGS))
    for node in sorted(strings, key=lambda each: (each.lineno, each.col_offset)):
        starts.append((node.lineno, node.col_offset))
        ends.append((node.end_lineno or node.lineno, node.end_col_offset or 0))
    ours = {each.encode() for each in (*header().splitlines(), LONG_UNIONS, LATE_IMPORT)}
    for number, line in enumerate(data.split(b"\n"), 1):
        column = line.find(b"#")
        while column >= 0:
            before = bisect_right(starts, (number, column)) - 1
            if before < 0 or ends[before] <= (number, column):
                if line[column:] not in ours:
                    yield f"line {number} has a comment of its own"
                break
            column = line.find(b"#", column + 1)


def _describe(node: ast.stmt) -> str | None:
    match node:
        case ast.Import() | ast.ImportFrom():
            return None
        case ast.If(test=ast.Name(id=name), body=body, orelse=[]) if all(
            isinstance(each, ast.ImportFrom) for each in body
        ):
            return f"if {name}"
        case ast.Expr(value=ast.Constant(value=str())):
            return "doc"
        case ast.Expr(value=ast.Call(func=function, args=[ast.Constant()], keywords=[])):
            return ast.unparse(function)
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case ast.ClassDef(name=name, body=body):
            return f"class {name} {sum(isinstance(each, ast.AnnAssign) for each in body)}"
        case ast.FunctionDef(name=name):
            return f"def {name}"
        case _:
            return f"unexpected {type(node).__name__}"


def _expected(module: ModulePlan) -> list[str]:
    names = ["doc", "__all__"]
    if module.checked_imports:
        names.insert(1, "if _TYPE_CHECKING")
    if module.api is not None:
        names.append("_API")
    names += [f"class {each.name} {len(each.fields)}" for each in module.classes]
    names += [line.split(" ")[0] for line in module.aliases]
    if module.api is not None:
        names += [f"class {event.endpoint} 0" for event in module.api.events]
        names += [f"class {step.class_name} 0" for step in module.steps]
        names.append(f"class {module.api.class_name} 0")
    return names


def _expected_of_package(path: str, package: PackagePlan) -> list[str]:
    if path != "__init__.py":
        return ["doc", "__all__", "SCHEMAS"]
    steps = [f"class {each.class_name} 0" for each in package.steps]
    return [
        *("doc", "if _TYPE_CHECKING", "__all__", "_lbgen.require_compiler"),
        *steps,
        *("class Bus 0", "_MODULES", "def __getattr__"),
    ]
