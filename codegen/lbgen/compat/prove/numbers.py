"""A number between limits, in some lattices and outside others."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, gcd, lcm
from typing import TYPE_CHECKING, Final

from ..normal.json_values import canonical, from_rational, rational
from .terms import EMPTY, Answer, found, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .facts import Facts

_MOST: Final = 2000
_DIGITS: Final = (0, 1, 2, 3, 6, 9)


def solve(facts: Facts, spend: Callable[[], None]) -> Answer:
    """A number that fulfils the facts."""
    answer = _number(facts, spend)
    if answer.state != "found" or facts.written_whole is not False:
        return answer
    value = float(answer.value)
    if rational(value) != rational(answer.value):
        return unknown("large whole numbers that are written with a fraction")
    return found(value)


def _number(facts: Facts, spend: Callable[[], None]) -> Answer:
    refused = {canonical(value) for value in facts.refused}
    spend()
    if facts.multiples:
        return _in_lattice(facts, refused)
    for number in _dense(facts):
        if _fits(number, facts, refused):
            return found(from_rational(number))
    one_point = facts.low is not None and facts.high is not None and facts.low[0] == facts.high[0]
    return EMPTY if one_point else unknown("numbers between close limits")


def _fits(number: Fraction, facts: Facts, refused: set[str]) -> bool:
    if not _within(number, facts):
        return False
    if any((number / step).denominator == 1 for step in facts.non_multiples):
        return False
    value = from_rational(number)
    return rational(value) == number and canonical(value) not in refused


def _within(number: Fraction, facts: Facts) -> bool:
    if facts.low is not None and (
        number < facts.low[0] or (facts.low[1] and number == facts.low[0])
    ):
        return False
    high = facts.high
    return high is None or not (number > high[0] or (high[1] and number == high[0]))


def _dense(facts: Facts) -> Iterator[Fraction]:
    """Numbers in an interval, plain ones first."""
    low = facts.low[0] if facts.low else None
    high = facts.high[0] if facts.high else None
    yield Fraction(0)
    yield Fraction(1, 2)
    for bound in (low, high):
        if bound is not None:
            yield bound
            for digits in _DIGITS:
                step = Fraction(1, 10**digits)
                yield from (bound + step, bound - step, bound + step / 2, bound - step / 2)
    if low is not None and high is not None:
        for parts in (2, 3, 7, 1000):
            middle = low + (high - low) / parts
            for digits in range(16):
                yield Fraction(round(middle * 10**digits), 10**digits)
    start = low if low is not None else high - 1000 if high is not None else Fraction(0)
    for index in range(200):
        yield Fraction(floor(start)) + index
        yield Fraction(floor(start)) + index + Fraction(1, 2)
        yield Fraction(floor(start)) + index + Fraction(37, 1000)


def _in_lattice(facts: Facts, refused: set[str]) -> Answer:
    step = _common_multiple(facts.multiples)
    if any((step / other).denominator == 1 for other in facts.non_multiples):
        return EMPTY
    low, high = facts.low, facts.high
    first = None if low is None else ceil(low[0] / step)
    if first is not None and low is not None and low[1] and first * step == low[0]:
        first += 1
    last = None if high is None else floor(high[0] / step)
    if last is not None and high is not None and high[1] and last * step == high[0]:
        last -= 1
    if first is not None and last is not None:
        if first > last:
            return EMPTY
        indexes = iter(range(first, min(last, first + _MOST) + 1))
        complete = last <= first + _MOST
    elif first is not None:
        indexes, complete = iter(range(max(first, 0), max(first, 0) + _MOST)), False
    elif last is not None:
        indexes, complete = iter(range(min(last, 0), min(last, 0) - _MOST, -1)), False
    else:
        indexes, complete = iter(range(_MOST)), False
    for index in indexes:
        number = index * step
        if any((number / other).denominator == 1 for other in facts.non_multiples):
            continue
        value = from_rational(number)
        if rational(value) != number:
            complete = False
        elif canonical(value) not in refused:
            return found(value)
    return EMPTY if complete else unknown("multiples of several numbers")


def _common_multiple(steps: frozenset[Fraction]) -> Fraction:
    numerator, denominator = 1, 0
    for step in steps:
        numerator = lcm(numerator, step.numerator)
        denominator = gcd(denominator, step.denominator)
    return Fraction(numerator, denominator)
