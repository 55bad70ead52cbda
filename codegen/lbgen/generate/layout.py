"""Source of expressions, laid out as ruff and Black lay them out at 88 columns.

An expression stands on one line where it fits; else its outermost brackets are opened, one item a
line, each with a comma behind it, which is the form that formatters leave alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

__all__ = ["WIDTH", "Brackets", "Either", "Expression", "Named", "in_parentheses", "lay_out"]

WIDTH: Final = 88


@dataclass(frozen=True, slots=True)
class Brackets:
    """Items in brackets: a call, a subscript, a dictionary.

    Attributes:
        head: what is before the opening bracket.
        items: what stands between the brackets.
        form: the two brackets.
        always_open: whether each item has a line of its own even where all fit in one.
    """

    head: str
    items: tuple[Expression, ...]
    form: str = "()"
    always_open: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A keyword argument or a dictionary's entry: `prefix` is `name=` or `"key": `."""

    prefix: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Either:
    """A union of types: `A | B`, and `Union[...]` where that is too long for a line."""

    members: tuple[Expression, ...]


Expression: TypeAlias = str | Brackets | Named | Either


def lay_out(expression: Expression, indent: int, before: int, behind: int) -> str:
    """The source of an expression.

    Args:
        expression: what to lay out.
        indent: of the line on which it starts, in columns.
        before: columns of that line that stand before it, indentation included.
        behind: columns that follow its last bracket on the same line.
    """
    flat = _flat(expression)
    if flat is not None and before + len(flat) + behind <= WIDTH:
        return flat
    match expression:
        case str():
            return expression
        case Named(prefix=prefix, value=value):
            return prefix + lay_out(value, indent, before + len(prefix), behind)
        case Either(members=members):
            return lay_out(Brackets("Union", members, "[]"), indent, before, WIDTH)
        case Brackets(head=head, items=items, form=form):
            if not items:
                return f"{head}{form}"
            inner = indent + 4
            rows = "".join(f"{' ' * inner}{lay_out(item, inner, inner, 1)},\n" for item in items)
            return f"{head}{form[0]}\n{rows}{' ' * indent}{form[1]}"


def in_parentheses(text: str, indent: int, before: int) -> str:
    """A text that cannot be broken, on a line of its own where it fits only there.

    Args:
        text: a name or a literal.
        indent: of the line on which it starts, in columns.
        before: columns of that line that stand before it, indentation included.
    """
    if before + len(text) <= WIDTH or indent + 4 + len(text) > WIDTH:
        return text
    return f"(\n{' ' * (indent + 4)}{text}\n{' ' * indent})"


def _flat(expression: Expression) -> str | None:
    """The source on one line; `None` if it never stands on one."""
    match expression:
        case str():
            return expression
        case Named(prefix=prefix, value=value):
            flat = _flat(value)
            return None if flat is None else prefix + flat
        case Either(members=members):
            flats = [_flat(member) for member in members]
            return None if None in flats else " | ".join(each for each in flats if each)
        case Brackets(head=head, items=items, form=form, always_open=always_open):
            if always_open and items:
                return None
            flats = [_flat(item) for item in items]
            if None in flats:
                return None
            return f"{head}{form[0]}{', '.join(each for each in flats if each)}{form[1]}"
