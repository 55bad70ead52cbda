"""Diagnostics as JUnit XML, in the form that CI services read as test results.

A test case per finding, failed where the command fails for it; a passed one per file without any.
What the run compared with is a property of the suite.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from .words import lines, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..findings.diagnostic import Diagnostic
    from .excerpts import Excerpts
    from .run_facts import RunFacts

__all__ = ["as_junit"]


def as_junit(diagnostics: Sequence[Diagnostic], excerpts: Excerpts, facts: RunFacts) -> str:
    """One test suite."""
    found = {each.place.file for each in diagnostics}
    passed = [excerpts.path(file) for file in excerpts.files if file not in found]
    failures = sum(each.severity in facts.failing for each in diagnostics)
    numbers = f'tests="{len(diagnostics) + len(passed)}" failures="{failures}"'
    head = f"""<?xml version="1.0" encoding="utf-8"?>
<testsuites {numbers}>
  <testsuite name="lbgen" {numbers} errors="0" skipped="0">
"""
    cases = [f'<testcase classname={_attribute(path)} name="no finding"/>' for path in passed]
    cases += [_case(each, excerpts, facts) for each in diagnostics]
    body = "".join(f"    {case}\n" for case in cases)
    if facts.about:
        head += f"    <properties>\n{_properties(facts)}    </properties>\n"
    return f"{head}{body}  </testsuite>\n</testsuites>\n"


def _case(diagnostic: Diagnostic, excerpts: Excerpts, facts: RunFacts) -> str:
    place = diagnostic.place
    path = excerpts.path(place.file)
    name = f"{diagnostic.rule} at {place.line}:{place.column}"
    first, *more = lines(diagnostic, excerpts)
    message = f"{one_line(path)}:{place.line}:{place.column}: {diagnostic.rule} {first}"
    text = escape("\n".join((message, *more)))
    case = f"classname={_attribute(path)} name={_attribute(name)} file={_attribute(path)}"
    if diagnostic.severity not in facts.failing:
        inner = f"<system-out>{text}</system-out>"
    else:
        kind, message = _attribute(diagnostic.rule), _attribute(diagnostic.message)
        inner = f"<failure type={kind} message={message}>{text}</failure>"
    return f'<testcase {case} line="{place.line}">\n      {inner}\n    </testcase>'


def _properties(facts: RunFacts) -> str:
    return "".join(
        f"      <property name={_attribute(name)} value={_attribute(value)}/>\n"
        for name, value in facts.about.items()
    )


def _attribute(text: str) -> str:
    return quoteattr(one_line(text))
