"""Which classes a type or a class needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model.types import RecordOf, every_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ...model import RecordType
    from ...model.parts import Parts

__all__ = ["circles_of", "records_in"]


def records_in(record: RecordType) -> Iterator[Parts]:
    """The records that a record's annotations name."""
    types = [field.type for field in record.fields]
    if record.additional is not None:
        types.append(record.additional)
    for type_ in types:
        for each in every_type(type_):
            if isinstance(each, RecordOf):
                yield each.parts


def circles_of(needs: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """The modules that each module needs and that need it, itself included.

    Source: the strongly connected components of a graph, R. Tarjan, 1972, without recursion.

    Args:
        needs: the modules that each module needs directly.
    """
    circles: dict[str, frozenset[str]] = {}
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_: list[str] = []
    for start in needs:
        waiting = [] if start in number else [(start, iter(needs[start]))]
        while waiting:
            module, following = waiting[-1]
            if module not in number:
                number[module] = lowest[module] = len(number)
                open_.append(module)
            for next_module in following:
                if next_module not in number:
                    waiting.append((next_module, iter(needs.get(next_module, ()))))
                    break
                if next_module not in circles:
                    lowest[module] = min(lowest[module], number[next_module])
            else:
                waiting.pop()
                if waiting:
                    outer = waiting[-1][0]
                    lowest[outer] = min(lowest[outer], lowest[module])
                if lowest[module] == number[module]:
                    circle = frozenset(open_[open_.index(module) :])
                    del open_[open_.index(module) :]
                    circles.update(dict.fromkeys(circle, circle))
    return circles
