"""Rules as text: for a terminal, one at a time, and for `docs/reference/rules.md`, all of them."""

from __future__ import annotations

from typing import Final

from .catalogue import FAMILIES, Rule, all_rules, suggest_rules

__all__ = ["markdown", "rule_list", "rule_text", "unknown_rule"]

_HEAD: Final = """# Rules

Every finding names a rule. `lbgen rule ID` prints the section of this page about that rule.
`lbgen build` refuses a contract with errors. `lbgen lint` exits with 1 for errors and warnings, but
not for notes.

You can turn off rules of the linter for a project, in `pyproject.toml`:

```toml
[tool.lbgen.lint]
ignore = ["technical-event-name"]
```

or for a part of a contract, with the reason:

```yaml
x-lbgen-ignore: {integer-id: The numbers come from the old system.}
```

This page is generated with `python -m tests.rewrite_expected rules`.
"""


def markdown() -> str:
    """All rules, as Markdown."""
    pieces = [_HEAD]
    for family, heading in FAMILIES.items():
        rules = [rule for rule in all_rules() if rule.family == family]
        if rules:
            pieces.append(f"\n## {heading}\n")
            pieces += [f"\n### `{rule.id}`\n\n{_body(rule)}" for rule in rules]
    return "".join(pieces)


def rule_text(rule: Rule) -> str:
    """One rule, as text for a terminal."""
    return f"{rule.id}\n{'=' * len(rule.id)}\n\n{_body(rule)}"


def rule_list() -> str:
    """Every rule with its title, a line each."""
    width = max(len(rule.id) for rule in all_rules())
    return "".join(
        f"{rule.id:<{width}}  {rule.severity:<7}  {rule.title}\n" for rule in all_rules()
    )


def unknown_rule(name: str) -> str:
    """What to say about an id that no rule has."""
    near = suggest_rules(name)
    meant = f"did you mean {', '.join(near)}?" if near else "run `lbgen rule` to list all rules"
    return f"{name!r} is not a rule; {meant}"


def _body(rule: Rule) -> str:
    text = f"{rule.title}. Severity: {rule.severity}.\n\n{rule.explanation}\n"
    for heading, example in (("Bad:", rule.bad), ("Good:", rule.good)):
        if example:
            text += f"\n{heading}\n\n{_example(example)}"
    return text


def _example(example: str) -> str:
    pieces: list[str] = []
    found = Rule.files(example)
    for path, content in found.items():
        language = path.rsplit(".", 1)[-1]
        title = f"{path}:\n\n" if len(found) > 1 or language != "yaml" else ""
        pieces.append(f"{title}```{language}\n{content}```\n")
    return "\n".join(pieces)
